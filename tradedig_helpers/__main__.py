"""The command line: a thin door to the functions of the package."""

from __future__ import annotations

import argparse
from dataclasses import replace
from pathlib import Path

from tradedig_helpers.economy import (
    Calibration,
    content_hash,
    load_calibration,
    simulate,
)
from tradedig_helpers.economy.calibration import STORED, calibrate, save_calibration
from tradedig_helpers.economy.sample import save_economy
from tradedig_helpers.economy.simulate import FIRMS, SEED
from tradedig_helpers.published import PAPER_FIRMS


def main(arguments: list[str] | None = None) -> None:
    """Run one command: ``simulate`` or ``calibrate``."""
    options = _parser().parse_args(arguments)
    options.run(options)


def run_simulate(options: argparse.Namespace) -> None:
    """Write a synthetic economy and print its sizes and content hash."""
    economy = simulate(options.firms, options.seed)
    sizes = save_economy(economy, options.out)
    for name, frame in economy.frames().items():
        print(f"{name:13}{len(frame):>12,} rows{sizes[f'{name}.parquet']:>14,} bytes")
    print(f"content hash {content_hash(economy)}")


def run_calibrate(options: argparse.Namespace) -> None:
    """Find the loadings of the economy anew and print the gaps to the published figures."""
    from tradedig_helpers.evidence.moments import moments

    def found(calibration: Calibration) -> dict[str, float]:
        return moments(simulate(options.firms, options.seed, calibration), calibration)

    scale = f"--firms {options.firms} --seed {options.seed} --steps {options.steps}"
    start = replace(
        load_calibration(),
        firms=options.firms,
        seed=options.seed,
        command=f"python -m tradedig_helpers calibrate {scale}",
    )
    calibration, gaps = calibrate(start, found, options.steps)
    save_calibration(calibration, options.out)
    for name, gap in gaps.items():
        print(f"{name:10}{gap:>+12.5f} from its target before the last step")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tradedig_helpers")
    commands = parser.add_subparsers(required=True, metavar="command")
    make = commands.add_parser("simulate", help="write a synthetic economy as Parquet files")
    make.add_argument("--firms", type=int, default=FIRMS, help="number of exporters")
    make.add_argument("--seed", type=int, default=SEED, help="seed of all randomness")
    make.add_argument("--out", type=Path, required=True, help="folder to write")
    make.set_defaults(run=run_simulate)
    fit = commands.add_parser("calibrate", help="find the loadings that give published figures")
    fit.add_argument("--firms", type=int, default=PAPER_FIRMS, help="number of exporters")
    fit.add_argument("--seed", type=int, default=7, help="seed, the same in every step")
    fit.add_argument("--steps", type=int, default=2, help="how often to step")
    fit.add_argument("--out", type=Path, default=STORED, help="file to write")
    fit.set_defaults(run=run_calibrate)
    return parser


if __name__ == "__main__":
    main()
