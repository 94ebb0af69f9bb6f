"""Checks at the boundary: each names the column, counts the rows and says what to do."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, TypedDict, Unpack, cast

import narwhals as nw
import pandas as pd
from narwhals.typing import IntoFrame

from tradedig_helpers.frames.engine import Frame, compute, count, floats, scalars, wrap
from tradedig_helpers.frames.missing import MISSING_CODES, MISSING_WORDS
from tradedig_helpers.frames.plain import EXACT_DOUBLE
from tradedig_helpers.schema.declare import EARLIEST_YEAR, LATEST_YEAR

YEARS_ADVICE = (
    f"give whole years from {EARLIEST_YEAR} to {LATEST_YEAR} (of months such as 200601, // 100)"
)
EXACT_SINGLE = 2**24
"""Whole numbers from here on have neighbours that float32 takes for one."""
NEVER_ADVICE = (
    "leave it empty where there is none: 'never' is written as missing, not as 0, -1 or 9999"
)
"""What to do about years that are none; the second where they may be missing."""


@dataclass(frozen=True, slots=True)
class Rule:
    """What every row must satisfy.

    Attributes
    ----------
    bad : true in a row that breaks the rule, never missing
    message : the error, with ``{bad}`` and ``{rows}`` for the counts
    extreme : an expression for ``{extreme}`` in the message, evaluated if the rule is broken
    everywhere : whether it is broken only if every row breaks it
    """

    bad: nw.Expr
    message: str
    extreme: nw.Expr | None = None
    everywhere: bool = False


class Needs(TypedDict, total=False):
    """What is asked of a table: names of columns for each kind of check, and rules.

    Attributes
    ----------
    columns : must be there
    key : there in every row, and no two rows share them
    present : there in every row, and told apart from their neighbours
    numbers, positive : finite numbers in every row, and above zero
    optional_numbers : numbers that may be missing, but not infinite
    years, optional_years : whole years of this era; the second may be missing
    codes : there, of digits, and all of one even length
    some : numbers that are there in at least one row
    rules : any others
    """

    columns: Sequence[str]
    key: Sequence[str]
    present: Sequence[str]
    numbers: Sequence[str]
    positive: Sequence[str]
    optional_numbers: Sequence[str]
    years: Sequence[str]
    optional_years: Sequence[str]
    codes: Sequence[str]
    some: Sequence[str]
    rules: Sequence[Rule]


def checked(frame: IntoFrame, name: str, **needs: Unpack[Needs]) -> Frame:
    """Return ``frame`` as a narwhals frame after all its checks, made in one scan.

    Two more are made of the distinct values of ``codes``, and of ``key``.

    Parameters
    ----------
    frame : of any supported engine
    name : what to call it in an error
    needs : what every row must satisfy; see :class:`Needs`

    Raises
    ------
    TypeError
        If the frame is of no supported engine, or a column of numbers or years is of another
        type.
    ValueError
        If a column is absent, there is no row, or one of ``needs`` is not met.
    """
    wrapped, rules = row_rules(frame, name, **needs)
    require_rules(wrapped, rules, name)
    if key := needs.get("key"):
        _require_distinct(wrapped, key, name)
    return wrapped


def checked_once(frame: IntoFrame, name: str, *parts: Needs) -> Callable[[Needs], Frame]:
    """Return what :func:`checked` does of each of ``parts``, after one scan for all of them.

    Where all are met together nothing is left to check. Where they are not, each part is checked
    when it is asked for: its error is about its own columns, and what needs others goes on.
    """
    together: dict[str, Any] = {}
    for part in parts:
        for kind, asked in part.items():
            known = together.setdefault(kind, [])
            known += [
                one for one in cast(Sequence[Any], asked) if kind == "rules" or one not in known
            ]
    try:
        met = checked(frame, name, **cast(Needs, together))
    except Exception:  # whatever it is, a part that fails alone raises it again
        return lambda part: checked(frame, name, **part)
    return lambda part: met


def require_each(frame: IntoFrame, name: str, *parts: Needs) -> None:
    """Raise unless all ``parts`` are met, the error of the first that is not; in one scan if so."""
    require = checked_once(frame, name, *parts)
    for part in parts:
        require(part)


def row_rules(frame: IntoFrame, name: str, **needs: Unpack[Needs]) -> tuple[Frame, list[Rule]]:
    """Return the wrapped frame and the rules of its rows, after checks of columns and types.

    For a frame that is joined before its rows are checked, so that one scan does both; all of
    ``needs`` but that no two rows share their ``key``.
    """
    present = [*needs.get("key", ()), *needs.get("present", ())]
    numbers, positive = needs.get("numbers", ()), needs.get("positive", ())
    years, optional_years = needs.get("years", ()), needs.get("optional_years", ())
    optional, codes = needs.get("optional_numbers", ()), needs.get("codes", ())
    used = [*needs.get("columns", ()), *present, *numbers, *positive, *optional]
    wrapped = _with_columns(
        frame, [*used, *years, *optional_years, *codes, *needs.get("some", ())], name
    )
    _require_dates_as_years(wrapped, [*years, *optional_years], name)
    rules = [
        *_present(wrapped, [*present, *codes], name, frame),
        *_finite(wrapped, [*numbers, *positive, *years], name),
        *_not_infinite(wrapped, [*optional, *optional_years], name),
        *above(positive, name, 0.0),
        *_years(years, name, YEARS_ADVICE),
        *_years(optional_years, name, f"{YEARS_ADVICE}; {NEVER_ADVICE}"),
        *needs.get("rules", ()),
        *_some(needs.get("some", ()), name),
    ]
    for column in codes:
        _require_codes(wrapped, column, name)
    return wrapped, rules


def require_columns(frame: IntoFrame, columns: Iterable[str], name: str) -> None:
    """Raise unless ``frame`` is of a supported engine, with rows and all of ``columns``."""
    require_rules(_with_columns(frame, columns, name), [], name)


def require_above(frame: IntoFrame, columns: Iterable[str], name: str, bound: float = 0.0) -> None:
    """Raise unless each column is numeric, finite and above ``bound`` in every row."""
    columns = list(columns)
    wrapped = _with_columns(frame, columns, name)
    rules = [*_finite(wrapped, columns, name), *above(columns, name, bound)]
    require_rules(wrapped, rules, name)


def require_present(frame: IntoFrame, columns: Iterable[str], name: str) -> None:
    """Raise if an identifying column is missing in a row, which grouping would drop."""
    columns = list(columns)
    wrapped = _with_columns(frame, columns, name)
    require_rules(wrapped, _present(wrapped, columns, name, frame), name)


def require_key(frame: IntoFrame, key: Sequence[str], name: str) -> None:
    """Raise if a key column is missing in a row, or if two rows share the same key."""
    checked(frame, name, key=key)


def _require_distinct(frame: Frame, key: Sequence[str], name: str) -> None:
    """Raise if two rows share the same key."""
    rows, repeated = repeated_keys(frame, key)
    if repeated:
        raise ValueError(
            f"{name} repeats the key {list(key)} in {repeated} of {rows} rows; keep one row each"
        )


def require_same_kind(
    left: pd.DataFrame,
    right: pd.DataFrame,
    columns: Iterable[str],
    left_name: str,
    right_name: str,
) -> None:
    """Raise ``TypeError`` if a key of two frames is of two kinds: numbers, dates, or text."""
    for column in columns:
        if _kind(left[column]) != _kind(right[column]):
            raise TypeError(
                f"{left_name}.{column} holds {left[column].dtype} and {right_name}.{column} "
                f"{right[column].dtype}; make both numbers or both text"
            )


def _kind(values: pd.Series) -> tuple[bool, bool]:
    """Return whether values are numbers, and whether they are dates; text is neither."""
    types = pd.api.types
    return types.is_numeric_dtype(values), types.is_datetime64_any_dtype(values)


def require_rules(frame: Frame, rules: Sequence[Rule], name: str) -> None:
    """Raise the first broken rule; all are counted in one query."""
    counts = {f"bad{place}": count(rule.bad) for place, rule in enumerate(rules)}
    found = scalars(frame, rows=nw.len(), **counts)
    if found["rows"] == 0:
        raise ValueError(f"{name} has no rows; give at least one")
    for place, rule in enumerate(rules):
        bad = int(found[f"bad{place}"])
        if bad and (bad == found["rows"] or not rule.everywhere):
            extreme = (
                None if rule.extreme is None else scalars(frame, extreme=rule.extreme)["extreme"]
            )
            raise ValueError(rule.message.format(bad=bad, rows=found["rows"], extreme=extreme))


def _some(columns: Iterable[str], name: str) -> list[Rule]:
    """Return rules that a value is there in some row: where none is, the column is wrong."""
    message = (
        "is missing or infinite in {bad} of {rows} rows; see whether its unit and its source are "
        "right"
    )
    return [
        Rule(
            floats(column).is_null() | floats(column).is_nan(),
            f"{name}.{column} {message}",
            everywhere=True,
        )
        for column in columns
    ]


def above(columns: Iterable[str], name: str, bound: float) -> list[Rule]:
    """Return rules that numbers exceed ``bound``."""
    return [
        Rule(
            floats(column) <= bound,
            f"{name}.{column} must exceed {bound:g}; it does not in {{bad}} of {{rows}} rows "
            "(lowest {extreme:g}); drop or repair them",
            floats(column).min(),
        )
        for column in columns
    ]


def _years(columns: Iterable[str], name: str, advice: str) -> list[Rule]:
    """Return rules that years are whole years of this era where they are there."""
    return [year_rule(column, name, advice) for column in columns]


def year_rule(column: str, name: str, advice: str, first: int = EARLIEST_YEAR) -> Rule:
    """Return the rule that a year is whole and not before ``first``, where it is there."""
    year = floats(column)
    fits = (year >= first) & (year <= LATEST_YEAR) & (year == year.floor())
    bad = ~nw.col(column).is_null() & ~fits & ~year.is_nan()
    return Rule(
        bad,
        f"{name}.{column} is no year in {{bad}} of {{rows}} rows (such as {{extreme:g}}); {advice}",
        nw.when(bad).then(year).max(),
    )


def _require_dates_as_years(frame: Frame, columns: Iterable[str], name: str) -> None:
    """Raise ``TypeError`` if a column of years holds dates."""
    schema = frame.collect_schema()
    for column in columns:
        if schema[column].is_temporal():
            raise TypeError(
                f"{name}.{column} holds dates ({schema[column]}); {YEARS_ADVICE}, of a date "
                ".dt.year"
            )


def _require_codes(frame: Frame, column: str, name: str) -> None:
    """Raise ``ValueError`` unless product codes are digits, all of one even length.

    Only distinct codes are looked at: there are thousands where rows are millions.
    """
    counted = compute(frame.group_by(column).agg(_rows=nw.len()))
    rows = dict(zip(counted.get_column(column).to_list(), counted.get_column("_rows"), strict=True))
    rows = {code: int(n) for code, n in rows.items() if code is not None and code == code}
    if odd := [code for code in rows if not _is_digits(str(code))]:
        raise ValueError(
            f"{name}.{column} is no code of digits in {_rows_with(frame, column, odd)} rows "
            f"(such as {str(odd[0])!r}); read it as text, and repair it"
        )
    lengths: Counter[int] = Counter()
    for code, n in rows.items():
        lengths[len(str(code))] += n
    usual = max((n for n in lengths if n % 2 == 0), key=lambda n: lengths[n], default=0)
    if other := [code for code in rows if len(str(code)) != usual]:
        raise ValueError(
            f"{name}.{column} has codes of {' and '.join(map(str, sorted(lengths)))} digits; "
            f"{_rows_with(frame, column, other)} rows have no code of {usual or 'an even number'} "
            f"(such as {str(other[0])!r}); {_repair(lengths)}"
        )


def _repair(lengths: Iterable[int]) -> str:
    """Return what to do about codes of several lengths, or of an odd one."""
    even = sorted(length for length in lengths if length % 2 == 0)
    odd = sorted(length for length in lengths if length % 2)
    restore = [f"restore the zero that codes of {n} digits lost, .str.zfill({n + 1})" for n in odd]
    cut = (
        [f"cut all to the shortest, .str[:{even[0]}]"]
        if len({*even, *(n + 1 for n in odd)}) > 1
        else []
    )
    return ", then ".join([*restore, *cut])


def _is_digits(text: str) -> bool:
    return text.isascii() and text.isdigit()


def _rows_with(frame: Frame, column: str, values: Sequence[Any]) -> str:
    """Return in words how many rows hold one of ``values``."""
    found = scalars(frame, rows=nw.len(), bad=count(nw.col(column).is_in(values)))
    return f"{int(found['bad'])} of {found['rows']}"


def repeated_keys(frame: Frame, key: Sequence[str]) -> tuple[int, int]:
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
    columns = list(dict.fromkeys(columns))
    wrapped = wrap(frame, name, columns)
    names = wrapped.collect_schema().names()
    if absent := [column for column in columns if column not in names]:
        raise ValueError(f"{name} lacks the columns {absent}; it has {names}; rename or add them")
    native = wrapped.to_native()
    if isinstance(native, pd.DataFrame):
        _require_one_kind(native[columns], name)
    return wrapped


def _require_one_kind(frame: pd.DataFrame, name: str) -> None:
    """Raise ``TypeError`` if a column of objects mixes text with numbers, which never meet."""
    for column in frame:
        objects = pd.api.types.is_object_dtype(frame[column].dtype)
        if objects and pd.api.types.infer_dtype(frame[column], skipna=True).startswith("mixed"):
            text = int(frame[column].map(lambda value: isinstance(value, str)).sum())
            raise TypeError(
                f"{name}.{column} holds text in {text} of {len(frame)} rows and other things in "
                "the others; make it all text or all numbers"
            )


def _present(frame: Frame, columns: Iterable[str], name: str, given: Any) -> list[Rule]:
    """Return rules that what identifies a row is there, and told apart from its neighbours."""
    columns = list(dict.fromkeys(columns))
    schema = frame.collect_schema()
    for column in columns:
        kind = schema[column]
        if kind.is_nested() or (kind == nw.Object and not isinstance(given, pd.DataFrame)):
            raise TypeError(f"{name}.{column} has type {kind}; give numbers or text")
    message = (
        "is missing in {bad} of {rows} rows; it identifies the row, so fill it in or drop the row"
    )
    missing = {column: _missing(frame, column) for column in columns}
    rules = [Rule(bad, f"{name}.{column} {message}") for column, bad in missing.items()]
    for column in (column for column in columns if schema[column].is_float()):
        endless = ~nw.col(column).is_finite() & ~nw.col(column).is_nan()
        infinite = "is infinite in {bad} of {rows} rows; it identifies the row, so repair it"
        rules += [Rule(endless, f"{name}.{column} {infinite}")]
        rules += [_told_apart(column, name, given, schema[column])]
    return rules


def _missing(frame: Frame, column: str) -> nw.Expr:
    """Return whether a name is missing: null, NaN, blank, or a word for nothing."""
    kind, value = frame.collect_schema()[column], nw.col(column)
    words = MISSING_WORDS if column == "firm" else MISSING_CODES
    if kind.is_float():
        return value.is_null() | value.is_nan()
    if kind == nw.String:
        return value.is_null() | value.str.strip_chars().is_in(words)
    if isinstance(kind, nw.Categorical | nw.Enum):  # few codes stand in many rows
        codes = compute(frame.select(value).unique()).get_column(column).to_list()
        if blank := [code for code in codes if isinstance(code, str) and code.strip() in words]:
            return value.is_null() | value.cast(nw.String()).is_in(blank)
    return value.is_null()


def _told_apart(column: str, name: str, given: Any, kind: Any) -> Rule:
    """Return the rule that identifiers held as floats are small enough to be exact."""
    single = kind == nw.Float32
    if isinstance(given, pd.DataFrame):
        single = str(given[column].dtype).lower() in ("float32", "float[pyarrow]")
    return Rule(
        floats(column).abs() >= (EXACT_SINGLE if single else EXACT_DOUBLE),
        f"{name}.{column} holds identifiers as floats, which do not tell so large ones apart, in "
        "{bad} of {rows} rows; read them as text or as whole numbers",
    )


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
        for column, endless in _endless(frame, columns, name, flags=True).items()
        if schema[column].is_float()
    ]


def _endless(
    frame: Frame, columns: Iterable[str], name: str, flags: bool = False
) -> dict[str, nw.Expr]:
    """Return for each column of numbers, or of ``flags``, whether a value is NaN or infinite."""
    schema = frame.collect_schema()
    found = {}
    for column in columns:
        if not (schema[column].is_numeric() or (flags and schema[column] == nw.Boolean)):
            raise TypeError(f"{name}.{column} has type {schema[column]}; convert it to numbers")
        whole = not schema[column].is_float()
        found[column] = nw.lit(False) if whole else ~nw.col(column).is_finite()
    return found
