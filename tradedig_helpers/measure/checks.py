"""Checks at the boundary: each names the column, counts the rows and says what to do."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, get_args

import numpy as np
import pandas as pd


def require_columns(frame: pd.DataFrame, columns: Iterable[str], name: str) -> None:
    """Raise unless ``frame`` is a data frame with rows and all of ``columns``."""
    if not isinstance(frame, pd.DataFrame):
        raise TypeError(f"{name} is a {type(frame).__name__}; give a pandas DataFrame")
    missing = [column for column in columns if column not in frame.columns]
    if missing:
        raise ValueError(
            f"{name} lacks the columns {missing}; it has {list(frame.columns)}; rename or add them"
        )
    if frame.empty:
        raise ValueError(f"{name} has no rows; give at least one")


def require_numbers(frame: pd.DataFrame, columns: Iterable[str], name: str) -> None:
    """Raise unless each column is numeric, without NaN and without infinity."""
    for column in columns:
        values = frame[column]
        if not pd.api.types.is_numeric_dtype(values) or pd.api.types.is_bool_dtype(values):
            raise TypeError(f"{name}.{column} has type {values.dtype}; convert it to numbers")
        bad = int(values.isna().sum()) or int(np.isinf(values.to_numpy(dtype=float)).sum())
        if bad:
            raise ValueError(
                f"{name}.{column} is missing or infinite in {bad} of {len(frame)} rows; "
                "drop or repair them before measuring"
            )


def require_above(
    frame: pd.DataFrame, columns: Iterable[str], name: str, bound: float = 0.0
) -> None:
    """Raise unless each column is numeric, finite and above ``bound`` in every row."""
    columns = list(columns)
    require_numbers(frame, columns, name)
    for column in columns:
        bad = frame[column].to_numpy(dtype=float) <= bound
        if bad.any():
            raise ValueError(
                f"{name}.{column} must exceed {bound:g}; it does not in {int(bad.sum())} of "
                f"{len(frame)} rows (lowest {frame[column].min():g}); drop or repair them"
            )


def require_present(frame: pd.DataFrame, columns: Iterable[str], name: str) -> None:
    """Raise if an identifying column is missing in a row, which grouping would drop."""
    for column in columns:
        if missing := int(frame[column].isna().sum()):
            raise ValueError(
                f"{name}.{column} is missing in {missing} of {len(frame)} rows; it identifies "
                "the row, so fill it in or drop the row"
            )


def require_key(frame: pd.DataFrame, key: Sequence[str], name: str) -> None:
    """Raise if a key column is missing in a row, or if two rows share the same key."""
    require_present(frame, key, name)
    if repeated := int(frame.duplicated(list(key)).sum()):
        raise ValueError(
            f"{name} repeats the key {list(key)} in {repeated} of {len(frame)} rows; "
            "keep one row each"
        )


def require_option(value: str, options: Any, name: str) -> None:
    """Raise unless ``value`` is one of the strings of the ``Literal`` type ``options``."""
    allowed = get_args(options)
    if value not in allowed:
        raise ValueError(f"{name} = {value!r} is unknown; choose one of {list(allowed)}")
