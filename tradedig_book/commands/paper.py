"""``paper``: the whole paper on a synthetic economy, from shipments to stored estimates."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from tradedig_book.economy.sample import write_economy
from tradedig_book.published import PAPER_FIRMS
from tradedig_helpers.commands.paper import add_results, carried_out
from tradedig_helpers.commands.stages import Stages

PAPER_SEED = 7


def add(commands: Any) -> None:
    """Add the command to the parser of the package."""
    parser = commands.add_parser("paper", help="simulate, measure and estimate the whole paper")
    parser.add_argument("--firms", type=int, default=PAPER_FIRMS, help="number of exporters")
    parser.add_argument("--seed", type=int, default=PAPER_SEED, help="seed of all randomness")
    add_results(parser)
    parser.set_defaults(run=main)


def main(options: argparse.Namespace) -> int:
    """Simulate, measure, estimate; write the results, or compare them with those stored.

    Returns
    -------
    int
        As :func:`tradedig_helpers.commands.paper.main`.
    """

    @contextmanager
    def tables(stages: Stages) -> Iterator[tuple[Path, str]]:
        with TemporaryDirectory() as name:
            folder = Path(name)
            with stages.stage("simulate", options.firms, "exporters") as bar:
                written = write_economy(
                    folder, options.firms, options.seed, lambda done: bar.update(done - bar.n)
                )
            yield folder, written.content.hexdigest()

    made = f"python -m tradedig_book paper --firms {options.firms} --seed {options.seed}"
    return carried_out(options, tables, made, (OSError, ValueError, ModuleNotFoundError))
