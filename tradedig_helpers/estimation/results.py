"""Estimates kept in files, with what they were made from; and whether they still hold."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
import pandas as pd

from tradedig_helpers.estimation.specification_curve import CHOICES
from tradedig_helpers.frames.options import require_option

PAPER_COMMAND = "python -m tradedig_helpers paper"
STALE = 1e-6
"""Relative difference of stored and new numbers beyond which the stored ones are stale."""

Name = Literal["estimates", "columns", "curve"]
KEYS: dict[Name, list[str]] = {
    "estimates": ["table", "column", "term"],
    "columns": ["table", "column"],
    "curve": list(CHOICES),
}
TEXT = ("outcome", "estimator", "sample", "effects", "problem")


@dataclass(frozen=True, slots=True)
class StoredResults:
    """A table of results with its origin.

    Attributes
    ----------
    name : which table
    frame : ``estimates`` and ``columns`` as :class:`.Results` has
        them, ``curve`` as :func:`.specification_curve` does
    content : hash of the synthetic data; "own data" otherwise
    command : what makes it
    """

    name: Name
    frame: pd.DataFrame
    content: str
    command: str


def save_results(kept: StoredResults, folder: Path) -> None:
    """Write ``<name>.csv`` into ``folder``; its first line says what it was made from.

    Raises
    ------
    ValueError
        If there is no table of that name.
    """
    require_option(kept.name, Name, "name")
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    text = kept.frame.to_csv(index=False, float_format="%.10g", lineterminator="\n")
    path = folder / f"{kept.name}.csv"
    path.write_text(f"# data {kept.content}, made by: {kept.command}\n{text}", encoding="utf-8")


def load_results(name: Name, folder: Path, command: str = "") -> StoredResults:
    """Return a table of results that :func:`save_results` wrote.

    Parameters
    ----------
    name : which table
    folder : where it was written
    command : what would make it, if that is not ``paper --data``

    Raises
    ------
    FileNotFoundError
        Naming the command that makes it.
    ValueError
        If there is no table of that name, or the file holds another.
    """
    require_option(name, Name, "name")
    path = Path(folder) / f"{name}.csv"
    if not path.is_file():
        own = f"{PAPER_COMMAND} --data DATA --out {folder}" + " --curve" * (name == "curve")
        raise FileNotFoundError(f"{path} is missing; make it with: {command or own}")
    with path.open(encoding="utf-8") as file:
        first = file.readline()
    content, _, command = first.removeprefix("# data ").strip().partition(", made by: ")
    columns = list(pd.read_csv(path, skiprows=1, nrows=0)) if command else []
    if lost := [column for column in KEYS[name] if column not in columns]:
        raise ValueError(f"{path} holds no results: it lacks {lost}; make it anew")
    frame = pd.read_csv(path, skiprows=1, keep_default_na=False, na_values=_empty(path))
    return StoredResults(name, frame, content, command)


def differences(stored: StoredResults, made: StoredResults) -> list[str]:
    """Return in words what differs, nothing if ``stored`` is still what is made."""
    found = [
        f"{made.name}: {field} was {getattr(stored, field)!r} and is {getattr(made, field)!r}"
        for field in ("content", "command")
        if getattr(stored, field) != getattr(made, field)
    ]
    key = KEYS[made.name]
    old, new = (
        kept.frame.astype(dict.fromkeys(key, str)).set_index(key) for kept in (stored, made)
    )
    if list(old.columns) != list(new.columns) or set(old.index) != set(new.index):
        lost, more = set(old.index) - set(new.index), set(new.index) - set(old.index)
        return [
            *found,
            f"{made.name}: rows or columns differ: only stored {sorted(lost)}, "
            f"only made {sorted(more)}",
        ]
    return found + [f"{made.name}: {line}" for line in _cells(old, new.loc[old.index])]


def _cells(old: pd.DataFrame, new: pd.DataFrame) -> list[str]:
    """Return the cells that differ between two frames with the same rows and columns."""
    found = []
    for column in old.columns:
        before, now = old[column], new[column]
        if column in TEXT:
            same = (before == now).to_numpy()
        else:
            same = np.isclose(
                before.astype(float), now.astype(float), rtol=STALE, atol=1e-12, equal_nan=True
            )
        found += [
            f"{', '.join(place)}: {column} was {before.loc[place]} and is {now.loc[place]}"
            for place in old.index[~same]
        ]
    return found


def _empty(path: Path) -> dict[str, str]:
    """Return the columns in which an empty cell is a missing number."""
    columns = pd.read_csv(path, skiprows=1, nrows=0).columns
    return {str(name): "" for name in columns if name not in TEXT}
