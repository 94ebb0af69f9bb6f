"""Quality at growing scale: our measures beside hand-written queries, and in little memory.

The customs records of a synthetic economy are cut after an eighth, a quarter, a half and all of
their rows, hence of their firms. On each, our QSY and a query written by hand for the same
library (``raw_quality``) go from Parquet to quality by firm and year. Every run has a process of
its own, and is timed after the imports. The runs are paired: a repeat holds one of each, one
after the other, and ratios are medians of the ratios within repeats. Peak memory is the most
that the process held at once, Python and its libraries included, Java excluded.

``python -m benchmarks.quality_scale --firms 20000`` measures a smaller economy. PySpark is
measured where Java is.
"""

import argparse
import json
import shutil
import subprocess
import sys
from pathlib import Path
from shutil import which
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any, TypeAlias

import numpy as np
import pandas as pd
import polars as pl

from benchmarks.hosts import ROOT
from benchmarks.quality_run import LIMITED, Run
from tradedig_book.economy.sample import write_economy
from tradedig_book.economy.simulate import SAMPLE_SEED
from tradedig_book.published.load import PAPER_FIRMS

SHARES = (0.125, 0.25, 0.5, 1.0)
REPEATS = 3
LARGEST = {"pandas": 6_000_000, "PySpark": 3_000_000}
"""Rows up to which: pandas holds every shipment in memory, Spark on one machine takes minutes."""
FASTEST = ("Polars", "DuckDB")
PAIRED = ("QSY", "raw")
Runs: TypeAlias = dict[tuple[str, str], list[Run]]


def measure(
    firms: int = PAPER_FIRMS,
    repeats: int = REPEATS,
    folder: Path | None = None,
) -> pd.DataFrame:
    """Return one row for each measure, library and number of shipments.

    An economy of so many ``firms`` is simulated, unless a ``folder`` holds one.
    """
    with TemporaryDirectory() as name:
        place = Path(name)
        if folder is None:
            folder = place / "whole"
            write_economy(folder, firms, SAMPLE_SEED)
        parts = [_part(folder, place / f"{share:g}", share) for share in SHARES]
        found = [row for part in parts for row in _of_size(part, repeats)]
    table = pd.DataFrame(found)
    growth = table.groupby(["measure", "library"])[["rows", "ours_s"]].apply(_exponent)
    return table.join(growth.rename("growth"), on=["measure", "library"])


def _part(whole: Path, part: Path, share: float) -> Path:
    """Write the first rows of the customs records to a folder of their own."""
    part.mkdir()
    customs = pl.scan_parquet(whole / "customs.parquet")
    rows = customs.select(pl.len()).collect().item()
    customs.head(round(share * rows)).sink_parquet(part / "customs.parquet")
    shutil.copy(whole / "elasticities.parquet", part)
    return part


def _of_size(part: Path, repeats: int) -> list[dict[str, Any]]:
    """Return the rows of the table for one number of shipments."""
    rows = pl.scan_parquet(part / "customs.parquet").select(pl.len()).collect().item()
    slower = [name for name, most in LARGEST.items() if rows <= most]
    libraries = [*FASTEST, *(name for name in slower if name != "PySpark" or which("java"))]
    paired = [(measure, name) for name in libraries for measure in ("QSY", "raw")]
    alone = [("QLP", "Polars"), ("QOP", "Polars"), ("QSY", LIMITED)]
    repeated = [{job: _in_process(*job, part) for job in paired} for _ in range(repeats)]
    runs = {job: [one[job] for one in repeated] for job in paired}
    runs |= {job: [_in_process(*job, part)] for job in alone}
    _require_same(runs)
    return [_row(*job, rows, runs) for job in runs if job[0] != "raw"]


def _row(measure: str, library: str, rows: int, runs: Runs) -> dict[str, Any]:
    """Return a row of the table, with its peers where it has some."""
    ours, raw = runs[measure, library], runs.get(("raw", library), [])
    row = {"measure": measure, "library": library, "rows": rows}
    row |= {"ours_s": _middle(ours, "seconds"), "ours_MB": _middle(ours, "megabytes")}
    if measure != "QSY" or not raw:
        return row
    peers = zip(*(runs["raw", name] for name in FASTEST), strict=True)
    fastest = [min(peer, key=lambda run: run.seconds) for peer in peers]
    row |= {"raw_s": _middle(raw, "seconds"), "raw_MB": _middle(raw, "megabytes")}
    return row | {"ratio": _ratio(ours, raw), "to_fastest": _ratio(ours, fastest)}


def _middle(runs: list[Run], what: str) -> float:
    return float(median(getattr(run, what) for run in runs))


def _ratio(ours: list[Run], peers: list[Run]) -> float:
    return median(our.seconds / peer.seconds for our, peer in zip(ours, peers, strict=True))


def _exponent(runs: pd.DataFrame) -> float:
    """Return b of seconds = a rows^b, by least squares in logs; missing for one size."""
    if len(runs) == 1:
        return float("nan")
    return float(np.polyfit(np.log(runs["rows"]), np.log(runs["ours_s"]), 1)[0])


def _require_same(runs: Runs) -> None:
    """Raise unless ours and the raw queries give the same quality."""
    found = [run for (measure, _), each in runs.items() for run in each if measure in PAIRED]
    rows, totals = {run.firm_years for run in found}, [run.total for run in found]
    if len(rows) > 1 or not np.allclose(totals, totals[0], rtol=1e-9):
        raise RuntimeError(f"the runs disagree: {rows} firm-years, totals {totals}")


def _in_process(measure: str, library: str, part: Path) -> Run:
    """Return a run in a process of its own."""
    command = [sys.executable, "-m", "benchmarks.quality_run", measure, library, str(part)]
    done = subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True)
    return Run(**json.loads(done.stdout.splitlines()[-1]))


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--firms", type=int, default=PAPER_FIRMS, help="exporters to simulate")
    parser.add_argument("--folder", type=Path, help="an economy written before, to measure instead")
    parser.add_argument("--repeats", type=int, default=REPEATS)
    given = parser.parse_args()
    table = measure(given.firms, given.repeats, given.folder)
    print(table.round(2).to_string(index=False, na_rep=""))


if __name__ == "__main__":
    main()
