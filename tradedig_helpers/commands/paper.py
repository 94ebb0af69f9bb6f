"""``paper``: every column of Tables 2-7, from shipments to stored estimates."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from contextlib import contextmanager
from math import prod
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pandas as pd

from tradedig_helpers.commands.stages import Stages
from tradedig_helpers.economy.sample import write_economy
from tradedig_helpers.evidence.curve import CHOICES, specification_curve
from tradedig_helpers.evidence.results import (
    Kept,
    Name,
    differences,
    load_results,
    save_results,
)
from tradedig_helpers.evidence.runner import paper_frames, run
from tradedig_helpers.evidence.specifications import PAPER
from tradedig_helpers.measure.folder import open_folder
from tradedig_helpers.measure.panel import MEASURES, firm_panel
from tradedig_helpers.published import PAPER_FIRMS

SEED = 7


def add(commands: Any) -> None:
    """Add the command to the parser of the package."""
    parser = commands.add_parser("paper", help="estimate every column of the paper's tables")
    parser.add_argument("--firms", type=int, default=PAPER_FIRMS, help="number of exporters")
    parser.add_argument("--seed", type=int, default=SEED, help="seed of all randomness")
    parser.add_argument("--data", type=Path, help="a folder of tables, instead of synthetic ones")
    parser.add_argument("--out", type=Path, default=Path("results"), help="folder of the results")
    parser.add_argument(
        "--curve", action="store_true", help="estimate the specification curve as well"
    )
    parser.add_argument(
        "--check", action="store_true", help="write nothing; fail if OUT holds other estimates"
    )
    parser.set_defaults(run=main)


def main(options: argparse.Namespace) -> int:
    """Simulate, measure, estimate; write the results, or compare them with those stored."""
    stages = Stages()
    with _tables(options, stages) as (folder, content):
        frames = estimate_folder(folder, stages, options.curve)
    made = [Kept(name, frame, content, _command(options)) for name, frame in frames.items()]
    print(stages)
    problems = frames["columns"]["problem"]
    for reason in problems[problems != ""]:
        print(f"not estimated: {reason}")
    if not options.check:
        for kept in made:
            save_results(kept, options.out)
        return 0
    found = [
        line for kept in made for line in differences(load_results(kept.name, options.out), kept)
    ]
    print("\n".join(found) or f"{options.out} holds what this command makes")
    return 1 if found else 0


def estimate_folder(folder: Path, stages: Stages, curve: bool = False) -> dict[Name, pd.DataFrame]:
    """Measure and estimate the tables of a folder, stage by stage."""
    with stages.stage("measure", 1, "panel") as bar:
        data = open_folder(folder)
        panel = firm_panel(data, tuple(MEASURES))
        bar.update()
    with stages.stage("estimate", len(PAPER), "columns") as bar:
        frames = paper_frames(panel, data.firms)
        results = run(PAPER, frames, lambda done: bar.update(done - bar.n))
    found: dict[Name, pd.DataFrame] = {"estimates": results.estimates, "columns": results.columns}
    if curve:
        size = prod(len(options) for options in CHOICES.values())
        with stages.stage("curve", size, "columns") as bar:
            found["curve"] = specification_curve(panel.frame, lambda done: bar.update(done - bar.n))
    return found


@contextmanager
def _tables(options: argparse.Namespace, stages: Stages) -> Iterator[tuple[Path, str]]:
    """Give the folder of the tables, and the hash of their content if they are synthetic."""
    if options.data is not None:
        yield options.data, "own data"
        return
    with TemporaryDirectory() as name:
        folder = Path(name)
        with stages.stage("simulate", options.firms, "exporters") as bar:
            written = write_economy(
                folder, options.firms, options.seed, lambda done: bar.update(done - bar.n)
            )
        yield folder, written.content.hexdigest()


def _command(options: argparse.Namespace) -> str:
    """Return the command that makes these results."""
    data = f"--data {options.data}" if options.data else ""
    made = data or f"--firms {options.firms} --seed {options.seed}"
    return f"python -m tradedig_helpers paper {made}"
