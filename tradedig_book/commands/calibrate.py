"""``calibrate``: find the loadings of the economy anew."""

from __future__ import annotations

import argparse
from dataclasses import replace
from pathlib import Path
from typing import Any

from tradedig_book.economy.calibration import STORED, load_calibration, save_calibration
from tradedig_book.published import PAPER_FIRMS
from tradedig_helpers.commands import complain


def add(commands: Any) -> None:
    """Add the command to the parser of the package."""
    parser = commands.add_parser(
        "calibrate", help="find the loadings that give the published figures"
    )
    parser.add_argument("--firms", type=int, default=PAPER_FIRMS, help="number of exporters")
    parser.add_argument("--seed", type=int, default=7, help="seed, the same in every step")
    parser.add_argument("--steps", type=int, default=3, help="how often to step")
    parser.add_argument("--out", type=Path, default=STORED, help="file to write")
    parser.set_defaults(run=main)


def main(options: argparse.Namespace) -> int:
    """Step from the stored loadings, save the result, print the gaps that are left."""
    from tradedig_book.truth.calibrate import calibrate

    scale = f"--firms {options.firms} --seed {options.seed} --steps {options.steps}"
    start = replace(
        load_calibration(),
        firms=options.firms,
        seed=options.seed,
        command=f"python -m tradedig_book calibrate {scale}",
    )
    try:
        if not options.out.absolute().parent.is_dir():
            raise NotADirectoryError(f"{options.out.parent} is no folder; make it first")
        calibration, gaps = calibrate(start, options.steps)
        save_calibration(calibration, options.out)
    except (OSError, ValueError) as error:
        return complain("calibrate", error)
    print(gaps.to_string(index=False))
    return 0
