"""How a table is declared: its columns, what each may hold, and the key that tells rows apart."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

ColumnKind = Literal["identifier", "code", "integer", "year", "number", "text", "date"]

EARLIEST_YEAR, LATEST_YEAR = 1900, 2100
"""The years that a calendar year or a year of adoption may be."""
FIRST_FOUNDED = 1000
"""The first year in which a firm may have been founded."""

Columns = Mapping[str, Any]
"""Arrays by name, all of one length: a table while it is drawn, without the cost of a frame."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its kind, unit, meaning, where it is made, and what it may hold.

    Attributes
    ----------
    name, unit, meaning : what a reader of the data sees
    kind : ``identifier`` a whole number here, whole numbers or text in one's own files,
        ``code`` a pandas category of text, ``integer`` a whole number, ``year`` a whole
        number that may be missing, ``number`` a float written with six decimals, ``text``
        free text, ``date`` a calendar day
    source : the module of the generator that makes it
    low, high : smallest and largest value allowed, if any
    above : bound that every value must exceed, if any
    optional : whether a value may be missing
    options : the values allowed, if they are few
    pattern : a regular expression that the whole of a code or text must match, if any
    may_lack : whether one's own files may do without the column; the sample has it
    """

    name: str
    kind: ColumnKind
    unit: str
    meaning: str
    source: str
    low: float | None = None
    high: float | None = None
    above: float | None = None
    optional: bool = False
    options: tuple[str, ...] = ()
    pattern: str = ""
    may_lack: bool = False

    @property
    def described(self) -> str:
        """The meaning, and whether one's own files may do without the column."""
        return f"{self.meaning} (your own files may lack it)" if self.may_lack else self.meaning


@dataclass(frozen=True, slots=True)
class Table:
    """A table: what one row is, the columns that identify it, and all its columns."""

    name: str
    row: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]

    @property
    def names(self) -> list[str]:
        """The column names in their order."""
        return [column.name for column in self.columns]


def named_by(file: str, tables: Iterable[str]) -> str:
    """Return which of ``tables`` the name of a file begins with, the longest: customs_2007.csv.

    An empty text if it begins with none.
    """
    found = [table for table in tables if re.match(rf"{table}(?![a-z])", file.lower())]
    return max(found, key=len, default="")


def conform(frame: pd.DataFrame, table: Table) -> pd.DataFrame:
    """Return ``frame`` with the columns, order and types of ``table``, rounded as written."""
    return pd.DataFrame({c.name: _typed(frame[c.name], c) for c in table.columns}, copy=False)


def taken(columns: Columns, rows: NDArray[Any]) -> dict[str, Any]:
    """Return the rows of columns that ``rows`` flags or lists by position."""
    return {name: values[rows] for name, values in columns.items()}


def validate(frame: pd.DataFrame, table: Table) -> None:
    """Raise ``ValueError`` naming what differs between ``frame`` and ``table``."""
    if list(frame.columns) != table.names:
        raise ValueError(f"{table.name}: columns {list(frame.columns)}, expected {table.names}")
    for column in table.columns:
        expected = str(_typed(frame[column.name].iloc[:0], column).dtype)
        if str(frame[column.name].dtype) != expected:
            found = frame[column.name].dtype
            raise ValueError(f"{table.name}.{column.name}: type {found}, expected {expected}")
        if not column.optional and frame[column.name].isna().any():
            raise ValueError(f"{table.name}.{column.name}: has missing values")
    if table.key and (duplicates := int(frame.duplicated(list(table.key)).sum())):
        raise ValueError(f"{table.name}: {duplicates} rows repeat the key {table.key}")


def _typed(values: pd.Series, column: Column) -> pd.Series:
    """Return ``values`` in the type that ``column`` declares."""
    typed = values.astype(_TYPES[column.kind])
    return typed.round(6) if column.kind == "number" else typed


# Numbers have types rather than names of types, which pandas parses at every use.
_TYPES: dict[ColumnKind, Any] = {
    "identifier": np.int64,
    "code": "category",
    "integer": np.int64,
    "year": pd.Int16Dtype(),
    "number": np.float64,
    "text": "str",
    "date": "datetime64[s]",
}
