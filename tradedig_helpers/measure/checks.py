"""Checks at the boundary: each names the column, counts the rows and says what to do."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, get_args

import narwhals as nw
import pandas as pd
from narwhals.typing import IntoFrame

from tradedig_helpers.measure.engine import Frame, count, scalars, wrap


@dataclass(frozen=True, slots=True)
class Rule:
    """What every row must satisfy.

    Attributes
    ----------
    bad : true in a row that breaks the rule, never missing
    message : the error, with ``{bad}`` and ``{rows}`` for the counts
    extreme : an expression for ``{extreme}`` in the message, evaluated if the rule is broken
    """

    bad: nw.Expr
    message: str
    extreme: nw.Expr | None = None


def checked(
    frame: IntoFrame,
    name: str,
    *,
    present: Sequence[str] = (),
    numbers: Sequence[str] = (),
    positive: Sequence[str] = (),
    optional_numbers: Sequence[str] = (),
    rules: Sequence[Rule] = (),
) -> Frame:
    """Return ``frame`` as a narwhals frame after all its checks, made in one scan.

    Raises
    ------
    TypeError
        If the frame is of no supported engine, or a column of numbers is of another type.
    ValueError
        If a column is absent, there is no row, a column of ``present`` is missing in a row,
        one of ``numbers`` is not finite, one of ``positive`` not a positive number, one of
        ``optional_numbers`` infinite, or one of ``rules`` is broken.
    """
    wrapped, found = column_rules(
        frame,
        name,
        present=present,
        numbers=numbers,
        positive=positive,
        optional_numbers=optional_numbers,
    )
    require_rules(wrapped, [*found, *rules], name)
    return wrapped


def column_rules(
    frame: IntoFrame,
    name: str,
    *,
    present: Sequence[str] = (),
    numbers: Sequence[str] = (),
    positive: Sequence[str] = (),
    optional_numbers: Sequence[str] = (),
) -> tuple[Frame, list[Rule]]:
    """Return the wrapped frame and the rules of its rows, after checks of columns and types.

    For a frame that is joined before its rows are checked, so that one scan does both.
    """
    wrapped = _with_columns(frame, [*present, *numbers, *positive, *optional_numbers], name)
    return wrapped, [
        *_present(wrapped, present, name),
        *_finite(wrapped, [*numbers, *positive], name),
        *_not_infinite(wrapped, optional_numbers, name),
        *above(positive, name, 0.0),
    ]


def require_columns(frame: IntoFrame, columns: Iterable[str], name: str) -> None:
    """Raise unless ``frame`` is of a supported engine, with rows and all of ``columns``."""
    require_rules(_with_columns(frame, columns, name), [], name)


def require_numbers(frame: IntoFrame, columns: Iterable[str], name: str) -> None:
    """Raise unless each column is numeric, without missing values and without infinity."""
    wrapped = wrap(frame, name)
    require_rules(wrapped, _finite(wrapped, columns, name), name)


def require_above(frame: IntoFrame, columns: Iterable[str], name: str, bound: float = 0.0) -> None:
    """Raise unless each column is numeric, finite and above ``bound`` in every row."""
    wrapped, columns = wrap(frame, name), list(columns)
    rules = [*_finite(wrapped, columns, name), *above(columns, name, bound)]
    require_rules(wrapped, rules, name)


def require_present(frame: IntoFrame, columns: Iterable[str], name: str) -> None:
    """Raise if an identifying column is missing in a row, which grouping would drop."""
    wrapped = wrap(frame, name)
    require_rules(wrapped, _present(wrapped, columns, name), name)


def require_key(frame: IntoFrame, key: Sequence[str], name: str) -> None:
    """Raise if a key column is missing in a row, or if two rows share the same key."""
    require_present(frame, key, name)
    rows, repeated = _repeated(wrap(frame, name), key)
    if repeated:
        raise ValueError(
            f"{name} repeats the key {list(key)} in {repeated} of {rows} rows; keep one row each"
        )


def require_option(value: str, options: Any, name: str) -> None:
    """Raise unless ``value`` is one of the strings of the ``Literal`` type ``options``."""
    allowed = get_args(options)
    if value not in allowed:
        raise ValueError(f"{name} = {value!r} is unknown; choose one of {list(allowed)}")


def require_not_negative(**limits: float) -> None:
    """Raise unless every option, given by its name, is zero or more."""
    for name, value in limits.items():
        if not value >= 0:
            raise ValueError(f"{name} = {value:g}; give 0 or more")


def require_rules(frame: Frame, rules: Sequence[Rule], name: str) -> None:
    """Raise the first broken rule; all are counted in one query."""
    counts = {f"bad{place}": count(rule.bad) for place, rule in enumerate(rules)}
    found = scalars(frame, rows=nw.len(), **counts)
    if found["rows"] == 0:
        raise ValueError(f"{name} has no rows; give at least one")
    for place, rule in enumerate(rules):
        if bad := int(found[f"bad{place}"]):
            extreme = (
                None if rule.extreme is None else scalars(frame, extreme=rule.extreme)["extreme"]
            )
            raise ValueError(rule.message.format(bad=bad, rows=found["rows"], extreme=extreme))


def above(columns: Iterable[str], name: str, bound: float) -> list[Rule]:
    """Return rules that numbers exceed ``bound``."""
    return [
        Rule(
            nw.col(column) <= bound,
            f"{name}.{column} must exceed {bound:g}; it does not in {{bad}} of {{rows}} rows "
            "(lowest {extreme:g}); drop or repair them",
            nw.col(column).min().cast(nw.Float64()),
        )
        for column in columns
    ]


def _repeated(frame: Frame, key: Sequence[str]) -> tuple[int, int]:
    """Return the number of rows, and of those whose key a row before them has."""
    native = frame.to_native()
    if isinstance(native, pd.DataFrame):
        # Several times as fast as groups, which pandas sorts and counts.
        return len(native), int(native.duplicated(list(key)).sum())
    groups = frame.group_by(*key).agg(_rows=nw.len())
    found = scalars(groups, rows=nw.col("_rows").sum(), keys=nw.len())
    return int(found["rows"]), int(found["rows"]) - int(found["keys"])


def _with_columns(frame: IntoFrame, columns: Iterable[str], name: str) -> Frame:
    """Return the wrapped frame if it has all of ``columns``."""
    wrapped = wrap(frame, name)
    names = wrapped.collect_schema().names()
    if absent := [column for column in columns if column not in names]:
        raise ValueError(f"{name} lacks the columns {absent}; it has {names}; rename or add them")
    return wrapped


def _present(frame: Frame, columns: Iterable[str], name: str) -> list[Rule]:
    """Return rules that a value is there, neither null nor NaN."""
    schema = frame.collect_schema()
    return [
        Rule(
            nw.col(column).is_null() | nw.col(column).is_nan()
            if schema[column].is_float()
            else nw.col(column).is_null(),
            f"{name}.{column} is missing in {{bad}} of {{rows}} rows; it identifies the row, so "
            "fill it in or drop the row",
        )
        for column in columns
    ]


def _finite(frame: Frame, columns: Iterable[str], name: str) -> list[Rule]:
    """Return rules that numbers are there and finite, after a check of their types."""
    message = "is missing or infinite in {bad} of {rows} rows; drop or repair them before measuring"
    return [
        Rule(nw.col(column).is_null() | endless, f"{name}.{column} {message}")
        for column, endless in _endless(frame, columns, name).items()
    ]


def _not_infinite(frame: Frame, columns: Iterable[str], name: str) -> list[Rule]:
    """Return rules that numbers are finite where they are there, after a check of their types."""
    schema = frame.collect_schema()
    message = "is infinite in {bad} of {rows} rows; repair them or leave them empty"
    return [
        Rule(endless & ~nw.col(column).is_nan(), f"{name}.{column} {message}")
        for column, endless in _endless(frame, columns, name).items()
        if schema[column].is_float()
    ]


def _endless(frame: Frame, columns: Iterable[str], name: str) -> dict[str, nw.Expr]:
    """Return for each column of numbers whether a value is NaN or infinite."""
    schema = frame.collect_schema()
    found = {}
    for column in columns:
        if not schema[column].is_numeric():
            raise TypeError(f"{name}.{column} has type {schema[column]}; convert it to numbers")
        whole = not schema[column].is_float()
        found[column] = nw.lit(False) if whole else ~nw.col(column).is_finite()
    return found
