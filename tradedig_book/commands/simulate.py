"""``simulate``: write a synthetic economy."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from tqdm import tqdm

from tradedig_book.economy.model_tables import write_model_world
from tradedig_book.economy.records.make import make_records
from tradedig_book.economy.sample import Written, load_sample, write_economy, write_records
from tradedig_book.economy.simulate import SAMPLE_FIRMS, SAMPLE_SEED
from tradedig_helpers.commands import complain


def add(commands: Any) -> None:
    """Add the command to the parser of the package."""
    parser = commands.add_parser("simulate", help="write a synthetic economy as Parquet files")
    parser.add_argument("--firms", type=int, default=SAMPLE_FIRMS, help="number of exporters")
    parser.add_argument("--seed", type=int, default=SAMPLE_SEED, help="seed of all randomness")
    parser.add_argument("--out", type=Path, required=True, help="folder to write")
    parser.add_argument(
        "--workers", type=int, help="processes that draw; by default one for each processor"
    )
    parser.add_argument(
        "--records", action="store_true", help="write the raw records too, into OUT/records"
    )
    parser.add_argument(
        "--world",
        choices=("calibrated", "model"),
        default="calibrated",
        help="the calibrated economy, or the model's own, whose markets obey (2), (5), (6) and (8)",
    )
    parser.set_defaults(run=main)


def main(options: argparse.Namespace) -> int:
    """Write, and print the sizes and the content hash."""
    try:
        written = _write(options)
    except (OSError, ValueError) as error:
        return complain("simulate", error)
    for name, rows in written.rows.items():
        print(f"{name:18}{rows:>13,} rows{_size(options.out / f'{name}.parquet'):>15,} bytes")
    if options.records:
        records = make_records(load_sample(options.out), options.seed)
        folder = options.out / "records"
        for name, rows in write_records(records, folder).items():
            print(f"{name:18}{rows:>13,} rows{_size(folder / f'{name}.parquet'):>15,} bytes")
    print(f"content hash {written.content.hexdigest()}")
    return 0


def _write(options: argparse.Namespace) -> Written:
    """Write the tables, those of the calibrated economy under a bar, which an error wipes off."""
    if options.world == "model":
        if options.records or options.workers is not None:
            raise ValueError("--world model has neither records nor workers; leave both out")
        return write_model_world(options.out, options.firms, options.seed)
    with tqdm(total=options.firms, unit=" exporters", unit_scale=True, leave=False) as bar:
        written = write_economy(
            options.out,
            options.firms,
            options.seed,
            lambda done: _show(bar, done),
            workers=options.workers,
        )
        bar.leave = True
    return written


def _show(bar: Any, done: int) -> None:
    bar.update(done - bar.n)


def _size(path: Path) -> int:
    return path.stat().st_size
