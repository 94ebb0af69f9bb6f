"""One plain form of pandas frames: whatever types, missing values and index came in."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from numbers import Number
from typing import Any

import numpy as np
import pandas as pd

EXACT_DOUBLE = 2**53
"""Whole numbers from here on have neighbours that float64 takes for one."""
NUMERIC_OBJECTS = {"integer", "floating", "mixed-integer-float", "decimal", "mixed", "empty"}
"""What pandas calls columns of objects that may all be numbers where they are not missing."""


def plain(frame: Any, name: str, columns: Iterable[str] | None = None) -> pd.DataFrame:
    """Return a frame whose columns have NumPy's types, with a fresh index: the door of pandas.

    Numbers of any width or library are int64 or float64; flags bool, or float64 where one is
    missing; text, categories of text and dates stay what they are. A missing value is NaN or
    None, never NA, which turns comparisons into a third truth value. Identifiers that float64
    cannot hold stay whole numbers, among objects where one is missing. Columns that are plain
    already are shared with ``frame``, not copied.

    Parameters
    ----------
    frame : what was given
    name : what to call it in an error
    columns : those that are made plain, if they are there, the others left as they are; all
        by default

    Raises
    ------
    TypeError
        If ``frame`` is no pandas DataFrame, or a column holds complex numbers.
    ValueError
        If two columns have one name.
    """
    if not isinstance(frame, pd.DataFrame):
        kind = f"{type(frame).__module__.split('.')[0]} {type(frame).__name__}"
        raise TypeError(
            f"{name} is a {kind.removeprefix('builtins ')}; give a pandas DataFrame, "
            "to which every engine converts its own (in Polars: .to_pandas())"
        )
    named_once(frame.columns, name)
    found = frame.copy(deep=False)
    wanted = None if columns is None else set(columns)
    for column in frame:
        if (wanted is None or column in wanted) and not _is_plain(frame[column]):
            if getattr(frame[column].dtype, "kind", "O") == "c":
                raise TypeError(
                    f"{name}.{column} has type {frame[column].dtype}; give numbers without an "
                    "imaginary part"
                )
            found[column] = _plain(frame[column])
    return found.reset_index(drop=True)


def named_once(columns: Iterable[Any], name: str) -> None:
    """Raise ``ValueError`` if two of the columns of a frame have one name."""
    if twice := [column for column, times in Counter(columns).items() if times > 1]:
        raise ValueError(f"{name} has more than one column named {twice}; rename or drop one")


def _is_plain(values: pd.Series) -> bool:
    kind = values.dtype
    if isinstance(kind, pd.CategoricalDtype):
        return not pd.api.types.is_numeric_dtype(kind.categories.dtype)
    if isinstance(kind, pd.StringDtype):
        return kind.na_value is not pd.NA
    return isinstance(kind, np.dtype) and (
        kind in (np.dtype("int64"), np.dtype("float64"), np.dtype("bool")) or kind.kind in "mMU"
    )


def _plain(values: pd.Series) -> pd.Series:
    """Return a column in a type of NumPy's, or as it is where there is none for it."""
    kind = values.dtype
    if isinstance(kind, pd.CategoricalDtype):
        return _plain(values.astype(kind.categories.dtype))
    if pd.api.types.is_object_dtype(kind):
        return _numbers(values)
    if isinstance(kind, pd.ArrowDtype) and str(kind).startswith("null"):
        return values.astype(float)
    if pd.api.types.is_bool_dtype(kind):
        return values.astype(float if values.hasnans else bool)
    if pd.api.types.is_numeric_dtype(kind):
        return _number(values)
    if isinstance(kind, pd.ArrowDtype) and str(kind).startswith("dictionary"):
        return values.astype("category")
    if pd.api.types.is_string_dtype(kind):
        return values.astype("str")
    return values


def _number(values: pd.Series) -> pd.Series:
    """Return numbers as int64, which identifiers need, or else as float64."""
    if not pd.api.types.is_integer_dtype(values.dtype):
        return _exact(values.astype("float64"), values)
    if not values.hasnans:
        wide = np.iinfo(np.int64).max
        return values.astype("int64") if not len(values) or values.max() <= wide else values
    return _exact(values.astype("float64"), values)


def _exact(floats: pd.Series, values: pd.Series) -> pd.Series:
    """Return ``floats``, or ``values`` as whole numbers if floats do not tell them apart."""
    large = floats.abs() >= EXACT_DOUBLE
    if values.dtype.kind == "f" or not large.any() or np.isinf(floats).any():
        return floats
    known = values.dropna()
    if not all(value == int(value) for value in known):
        return floats
    if len(known) == len(values) and floats.abs().max() < np.iinfo(np.int64).max:
        return pd.Series([int(value) for value in values], index=values.index, dtype="int64")
    whole = [None if pd.isna(value) else int(value) for value in values]
    return pd.Series(whole, index=values.index, dtype=object)


def _numbers(values: pd.Series) -> pd.Series:
    """Return objects as numbers, if they are where they are not missing; else without NA."""
    kind = pd.api.types.infer_dtype(values, skipna=True)
    known = values.where(values.notna(), None)  # NA becomes None
    if kind not in NUMERIC_OBJECTS or (kind == "mixed" and not _all_numbers(values.dropna())):
        return known
    if kind == "integer" and not values.hasnans:
        return _number(pd.Series(pd.array(values.to_numpy()), index=values.index))
    return _exact(known.astype(float), known)


def _all_numbers(values: pd.Series) -> bool:
    return all(isinstance(value, Number) and not isinstance(value, bool) for value in values)
