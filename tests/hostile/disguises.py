"""Ways in which the same data, or spoilt data, come in; and how two results are compared."""

from __future__ import annotations

import dataclasses
import traceback
from collections.abc import Callable, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import narwhals as nw
import numpy as np
import pandas as pd
import polars as pl

PACKAGE = Path(__file__).resolve().parents[2] / "tradedig_helpers"
KEYS = [
    "firm", "unit", "pair", "row", "table", "source", "product", "destination", "mode", "year",
    "cohort", "event_time", "term", "path", "method", "step", "estimator", "column", "control",
    "covariate", "first", "second",
]  # fmt: skip
"""Columns that tell the rows of a result apart."""

Frame = pd.DataFrame
Change = Callable[[Frame], Any]


def whole(frame: Frame) -> list[str]:
    """Return the columns of whole numbers."""
    return [name for name in frame if pd.api.types.is_integer_dtype(frame[name])]


def numeric(frame: Frame) -> list[str]:
    """Return the columns of numbers."""
    return [name for name in frame if pd.api.types.is_numeric_dtype(frame[name])]


def narrow(kind: str) -> Change:
    """Return a change of whole numbers to the fewest bytes that hold them."""

    def change(frame: Frame) -> Frame:
        small = {name: pd.to_numeric(frame[name], downcast=kind) for name in whole(frame)}
        return frame.assign(**small)

    return change


def single(frame: Frame) -> Frame:
    """Return numbers that are no identifiers in single precision, where that is exact."""
    exact = [
        name
        for name in numeric(frame)
        if name not in KEYS
        and frame[name].astype("float32").astype(float).equals(frame[name] * 1.0)
    ]
    return frame.astype(dict.fromkeys(exact, "float32"))


def decimals(frame: Frame) -> Frame:
    """Return numbers that are no identifiers as a database gives them: Decimal, or None."""
    found = {
        name: [None if pd.isna(value) else Decimal(repr(float(value))) for value in frame[name]]
        for name in numeric(frame)
        if name not in KEYS
    }
    return frame.assign(
        **{n: pd.Series(v, dtype=object, index=frame.index) for n, v in found.items()}
    )


def keyed(frame: Frame) -> Frame:
    """Return a frame with firm and year in its index as well as in its columns."""
    names = [name for name in ("firm", "year") if name in frame] or [str(frame.columns[0])]
    return frame.set_index(names, drop=False)


TYPES: Mapping[str, Change] = {
    "int8 to int32": narrow("signed"),
    "uint8 to uint32": narrow("unsigned"),
    "float32": single,
    "floats": lambda frame: frame.astype(dict.fromkeys(whole(frame), float)),
    "nullable": lambda frame: frame.convert_dtypes(),
    "pyarrow": lambda frame: frame.convert_dtypes(dtype_backend="pyarrow"),
    "decimal": decimals,
    "objects": lambda frame: frame.astype(object).where(frame.notna(), None),
    "categories": lambda frame: frame.astype(
        dict.fromkeys(frame.select_dtypes(["str", "object"]), "category")
    ),
}
"""The same numbers and texts, stored in another way."""

INDEX: Mapping[str, Change] = {
    "repeated index": lambda frame: frame.set_axis([7] * len(frame)),
    "firm and year in the index": keyed,
    "index out of order": lambda frame: frame.set_axis(range(len(frame), 0, -1)),
}
"""The same rows, under other labels."""

ENGINES: Mapping[str, Change] = {
    "Polars": pl.from_pandas,
    "lazy Polars": lambda frame: pl.from_pandas(frame).lazy(),
    "DuckDB": duckdb.from_df,
}


def shuffled(frame: Frame) -> Frame:
    """Return the rows in another order."""
    return frame.sample(frac=1, random_state=1).reset_index(drop=True)


def spoil(frame: Frame, column: str, value: Any) -> Frame:
    """Return a frame with one bad value in its second row."""
    values = frame[column].astype(object).to_numpy(copy=True)
    values[1] = value
    kept = [one for one in values if one is not None]
    numbers = all(isinstance(one, int | float) for one in kept)
    return frame.assign(**{column: pd.Series(values, dtype=float if numbers else object)})


def pandas_of(native: Any) -> Any:
    """Return a frame of any engine as pandas; anything else as it is."""
    if isinstance(native, pl.LazyFrame):
        native = native.collect()
    if isinstance(native, duckdb.DuckDBPyRelation):
        return native.df()
    return native.to_pandas() if isinstance(native, pl.DataFrame | pl.Series) else native


def parts(result: Any, path: str = "") -> dict[str, Any]:
    """Return the frames, arrays and numbers of a result, by where they stand in it."""
    result = pandas_of(result)
    if isinstance(result, nw.LazyFrame | nw.DataFrame):
        return parts(result.to_native(), path)
    if dataclasses.is_dataclass(result) and not isinstance(result, type):
        pairs = {field.name: getattr(result, field.name) for field in dataclasses.fields(result)}
    elif isinstance(result, Mapping):
        pairs = {f"{key:g}" if isinstance(key, float | int) else str(key): value
                 for key, value in result.items()}  # fmt: skip
    elif isinstance(result, tuple | list) and not isinstance(result, str):
        pairs = {str(place): value for place, value in enumerate(result)}
    else:
        return {path: result}
    return {k: v for name, one in pairs.items() for k, v in parts(one, f"{path}.{name}").items()}


def settled(value: Any) -> Any:
    """Return a part of a result in one form: rows by key, numbers in double precision."""
    if isinstance(value, pd.Series):
        value = value.reset_index(drop=True).to_frame("value")
    if not isinstance(value, pd.DataFrame):
        return value
    value = value.reset_index(drop=True)
    columns = {}
    for name in value:
        column = value[name]
        if isinstance(column.dtype, pd.CategoricalDtype):
            column = column.astype(column.cat.categories.dtype)
        number = pd.api.types.is_numeric_dtype(column) or pd.api.types.is_bool_dtype(column)
        if not number and column.notna().any() and not isinstance(column.dropna().iloc[0], str):
            number = all(isinstance(one, int | float | Decimal) for one in column.dropna())
        columns[name] = column.astype("Float64").astype(float) if number else column.astype("str")
    plain = pd.DataFrame(columns)
    keys = [name for name in KEYS if name in plain]
    others = [name for name in plain if name not in keys]
    return plain.sort_values([*keys, *others]).reset_index(drop=True) if keys else plain


def same(found: Any, expected: Any) -> None:
    """Assert that two results say the same, whatever the types of their frames."""
    one, other = parts(found), parts(expected)
    assert one.keys() == other.keys()
    for place, value in other.items():
        left, right = settled(one[place]), settled(value)
        if isinstance(right, pd.DataFrame):
            shared = [name for name in right if name in left]
            assert set(left.columns) == set(right.columns), place
            pd.testing.assert_frame_equal(
                left[shared], right[shared], rtol=1e-7, atol=1e-9, check_dtype=False
            )
        elif isinstance(right, np.ndarray | float | int | np.number):
            np.testing.assert_allclose(left, right, rtol=1e-7, atol=1e-9, err_msg=place)
        else:
            assert str(left) == str(right), place


def require_named(error: BaseException, *names: str) -> None:
    """Assert that an error is one of the package's own and names what is wrong."""
    assert isinstance(error, ValueError | TypeError | FileNotFoundError), repr(error)
    raised = Path(traceback.extract_tb(error.__traceback__)[-1].filename)
    assert raised.is_relative_to(PACKAGE), f"raised in {raised}: {error!r}"
    assert any(name in str(error) for name in names), f"{names} not in {error}"
