"""What is stored for chapters to show: estimates at the paper's scale, and measured speed."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from tradedig_book.shipped import shipped
from tradedig_helpers.estimation.results import Name, StoredResults, load_results

ESTIMATES, BENCHMARKS = shipped("results"), shipped("benchmarks/results")


@dataclass(frozen=True, slots=True)
class StoredBenchmark:
    """The table that a benchmark stored.

    Attributes
    ----------
    frame : the table
    measured : on what, and when
    command : what makes it again, from the root of the repository
    """

    frame: pd.DataFrame
    measured: str
    command: str

    @property
    def made(self) -> str:
        """How it is made and on what it was, for a line under a table."""
        return f"Made by {self.command}; {self.measured}."


def stored_benchmark(name: str, folder: Path = BENCHMARKS) -> StoredBenchmark:
    """Return what the benchmark ``name`` stored, as ``benchmarks/run.py`` writes it.

    Raises
    ------
    FileNotFoundError
        Naming the command that makes the file.
    """
    command = f"python -m benchmarks.run {name}"
    path = folder / f"{name}.csv"
    if not path.is_file():
        raise FileNotFoundError(
            f"{path} is missing; make it with: {command}, in a clone of the repository"
        )
    with path.open(encoding="utf-8") as file:
        measured = file.readline().removeprefix("#").strip()
    return StoredBenchmark(pd.read_csv(path, comment="#"), measured, command)


def stored_results(name: Name) -> StoredResults:
    """Return estimates at the paper's scale, as ``make results`` stored them.

    Raises
    ------
    FileNotFoundError
        Naming the command that makes the file.
    ValueError
        If there is no table of that name.
    """
    return load_results(name, ESTIMATES, "make results")
