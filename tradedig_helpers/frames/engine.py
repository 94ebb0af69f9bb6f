"""One form for every frame: pandas, Polars, DuckDB and PySpark, by way of narwhals."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TypeAlias, cast
from uuid import uuid4

import narwhals as nw
import pandas as pd
from narwhals.typing import IntoFrame, IntoFrameT

from tradedig_helpers.frames.plain import named_once, plain

Frame: TypeAlias = nw.LazyFrame[Any]

ENGINES = {
    nw.Implementation.PANDAS: "pandas",
    nw.Implementation.POLARS: "Polars",
    nw.Implementation.DUCKDB: "DuckDB",
    nw.Implementation.PYSPARK: "PySpark",
    nw.Implementation.PYSPARK_CONNECT: "PySpark",
}
SUPPORTED = (
    "a pandas DataFrame, a Polars DataFrame or LazyFrame, a DuckDB relation or a PySpark DataFrame"
)


def wrap(frame: IntoFrame, name: str, columns: Iterable[str] | None = None) -> Frame:
    """Return ``frame`` as a narwhals frame whose operations every engine knows.

    An eager Polars frame becomes a lazy one, so that a measure runs as one optimised query.
    A pandas frame becomes a plain one (:func:`.plain.plain`), at least in ``columns``: its index
    and the narrowness of its types are of no account.

    Raises
    ------
    TypeError
        If the engine is not supported. A pyarrow table is refused because narwhals'
        grouped windows on it are wrong from about 131,000 rows on.
    ValueError
        If two columns have one name.
    """
    wrapped: Any
    if isinstance(frame, pd.DataFrame):
        wrapped = nw.from_native(plain(frame, name, columns))
    else:
        wrapped = nw.from_native(frame, pass_through=True)
    engine = getattr(wrapped, "implementation", None)
    if engine is nw.Implementation.PYARROW:
        raise TypeError(
            f"{name} is a pyarrow {type(frame).__name__}, on which grouped measures are not "
            f"reliable; convert it with polars.from_arrow({name}) or {name}.to_pandas()"
        )
    if not isinstance(wrapped, nw.DataFrame | nw.LazyFrame) or engine not in ENGINES:
        kind = f"{type(frame).__module__.split('.')[0]} {type(frame).__name__}"
        raise TypeError(f"{name} is a {kind.removeprefix('builtins ')}; give {SUPPORTED}")
    if ENGINES[engine] == "PySpark":  # alone among the others in taking a name twice
        named_once(cast(Any, wrapped.to_native()).columns, name)
    lazy = wrapped.lazy()
    if ENGINES[engine] != "pandas":  # a column without a value is of no type that is known
        empty = [column for column, kind in lazy.collect_schema().items() if kind == nw.Unknown]
        lazy = lazy.with_columns(floats(*empty)) if empty else lazy
    return lazy


def unwrap(
    frame: Frame, like: IntoFrameT, *, sort: Sequence[str] = (), same_rows: bool = False
) -> IntoFrameT:
    """Return ``frame`` as the caller's own kind of frame: eager if ``like`` is, else lazy.

    Parameters
    ----------
    frame : what was measured
    like : what the caller gave
    sort : columns that order the rows of an eager frame; a lazy one has no order
    same_rows : whether the rows are those of ``like``, whose pandas index they keep
    """
    if not isinstance(nw.from_native(cast(Any, like)), nw.DataFrame):
        return cast(IntoFrameT, frame.to_native())
    eager = compute(frame)
    if sort:
        eager = eager.sort(*sort)
    if not same_rows:
        eager = nw.maybe_reset_index(eager)
    native = eager.to_native()
    if isinstance(native, pd.DataFrame) and isinstance(like, pd.DataFrame):
        if same_rows:
            native = native.set_axis(like.index)
        # A frame that mixes these with other numbers becomes objects in NumPy.
        nullable = [c for c in native if c not in like.columns and native[c].dtype == "Float64"]
        native = native.astype(dict.fromkeys(nullable, "float64"))
    return cast(IntoFrameT, native)


def materialize(frame: Frame) -> Frame:
    """Return ``frame`` computed, so that later steps share the work.

    pandas and Polars hold it in memory. DuckDB holds it in a temporary table, which it moves
    to disk when memory runs out and drops when the connection closes; PySpark keeps it
    where it is first computed.
    """
    native: Any = frame.to_native()
    if frame.implementation.is_duckdb():
        table = f"measured_{uuid4().hex}"
        native.query("frame", f"create temporary table {table} as from frame")
        native = native.query("frame", f"from {table}")
    elif frame.implementation in (nw.Implementation.PYSPARK, nw.Implementation.PYSPARK_CONNECT):
        native = native.persist()
    else:
        return compute(frame).lazy()
    return cast(Frame, nw.from_native(native))


def compute(frame: Frame) -> nw.DataFrame[Any]:
    """Return ``frame`` in memory; Polars computes it batch by batch, in less memory and time."""
    options: dict[str, Any] = {"engine": "streaming"} if frame.implementation.is_polars() else {}
    return frame.collect(**options)


def select_columns(frame: Frame, needed: Sequence[str], carried: Sequence[str] | None) -> Frame:
    """Return ``frame`` with the columns ``carried`` and ``needed``; with all if None is carried."""
    return frame if carried is None else frame.select(*dict.fromkeys([*carried, *needed]))


def scalars(frame: Frame, **expressions: nw.Expr) -> dict[str, Any]:
    """Return the values of aggregating expressions, all from one query."""
    return compute(frame.select(**expressions)).rows(named=True)[0]


def whole(column: str) -> nw.Expr:
    """Return counts as signed whole numbers, which Polars counts are not."""
    return nw.col(column).cast(nw.Int64())


def count(condition: nw.Expr) -> nw.Expr:
    """Return in how many rows ``condition`` is true."""
    return condition.cast(nw.Int64()).sum()


def log_where(condition: nw.Expr, value: nw.Expr) -> nw.Expr:
    """Return ln ``value`` where ``condition`` holds; elsewhere it is missing and not computed."""
    safe = nw.when(condition).then(value.cast(nw.Float64())).otherwise(1.0)
    return nw.when(condition).then(safe.log())


def floats(*columns: str) -> nw.Expr:
    """Return numbers in double precision, in which no sum or product of theirs wraps round."""
    return nw.col(*columns).cast(nw.Float64())


def exact(frame: Frame, column: str) -> nw.Expr:
    """Return numbers in the widest type of their kind; those that have it are not copied."""
    whole = frame.collect_schema()[column].is_integer()
    return nw.col(column).cast(nw.Int64() if whole else nw.Float64())


def as_key(frame: Frame, column: str) -> nw.Expr:
    """Return a column as a key of joins: numbers alike, anything else as text."""
    found = frame.collect_schema()[column]
    if found.is_integer() and column != "year":  # a year may be a float beside missing ones
        return nw.col(column).cast(nw.Int64())
    return floats(column) if found.is_numeric() else nw.col(column).cast(nw.String())


def look_up(
    frame: Frame, table: Frame, name: str, keys: Mapping[str, nw.Expr], source: Sequence[str]
) -> Frame:
    """Return ``frame`` with the other columns of ``table``, missing where no row matches.

    Parameters
    ----------
    frame, table : frames of one engine; ``table`` has one row per key
    name : what to call ``table`` in an error
    keys : key columns of ``table``, and the expression of ``source`` that equals each
    source : the columns of ``frame`` from which the keys are computed

    Raises
    ------
    TypeError
        If the engines differ, or a key is a number on one side and text on the other.
    """
    require_same_engine(table, name, frame)
    names = {key: f"_key_of_{key}" for key in keys}
    # Expanding category codes to text costs as much as a join, so only distinct ones are.
    schema = frame.collect_schema()
    coded = any(isinstance(schema[column], nw.Categorical | nw.Enum) for column in source)
    places = frame.select(*source).unique() if coded else frame
    places = places.with_columns(**{names[key]: value for key, value in keys.items()})
    table = table.with_columns(**{key: as_key(table, key) for key in keys}).rename(names)
    _require_same_types(places, table, name, names)
    found = places.join(table, on=list(names.values()), how="left").drop(*names.values())
    return frame.join(found, on=list(source), how="left") if coded else found


def require_same_engine(table: Frame, name: str, frame: Frame) -> None:
    """Raise ``TypeError`` unless ``table`` is of the engine of ``frame``, to which it is joined."""
    if table.implementation is not frame.implementation:
        own, other = ENGINES[table.implementation], ENGINES[frame.implementation]
        raise TypeError(
            f"{name} is a {own} frame and the flows are in {other}; convert {name} to {other}"
        )


def _require_same_types(places: Frame, table: Frame, name: str, names: Mapping[str, str]) -> None:
    here, there = places.collect_schema(), table.collect_schema()
    for key, temporary in names.items():
        if here[temporary] != there[temporary]:
            raise TypeError(
                f"{name}.{key} holds {there[temporary]} and the flows {here[temporary]}; "
                "make both text or both whole numbers"
            )
