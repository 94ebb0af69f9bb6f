"""The rules that a declared column sets for its values, each with what to do if broken."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from tradedig_helpers.economy.schema import Column
from tradedig_helpers.measure.inspection.findings import SHOWN, Finding, Level
from tradedig_helpers.measure.inspection.values import (
    DUE,
    MISSING,
    REPEATING,
    Bools,
    Stored,
    Values,
    read_values,
    whole_numbers,
)

_READ_AS_TEXT = (
    "read it as text, pd.read_csv(..., dtype={{{0!r}: str}}); numbers lose leading zeros"
)
_CONVERT: dict[tuple[Stored, Stored], str] = {
    ("numbers", "text"): "convert it: pd.to_numeric(frame[{0!r}])",
    ("numbers", "dates"): "take the year: frame[{0!r}].dt.year",
    ("text", "numbers"): _READ_AS_TEXT,
    ("dates", "text"): "convert it: pd.to_datetime(frame[{0!r}])",
    ("dates", "numbers"): "convert it: pd.to_datetime(frame[{0!r}].astype(str))",
}
_NOT_WHOLE = r"^[+-]?(?:(?:\d+\.\d*|\.\d+)(?:[eE][+-]?\d+)?|\d+[eE]\+\d+|inf)$"
_STAND_IN = r"^(?:0+|-\d+)$"


@dataclass(frozen=True, slots=True)
class Rule:
    """What should hold, which values break it, and what to do about them."""

    label: str
    broken: Bools
    advice: str
    level: Level = "problem"


def column_findings(values: Values, column: Column, start: int = 0) -> Iterator[Finding]:
    """Yield what breaks the rules of ``column``; the first row has number ``start``."""
    for rank, rule in enumerate(column_rules(values, column)):
        if not rule.broken.any() or not len(rows := values.rows(rule.broken)):
            continue
        first = tuple(int(row) for row in rows[:SHOWN])
        yield Finding(
            column.name,
            rule.label,
            rule.advice,
            len(rows),
            tuple(start + row for row in first),
            tuple(values.show(row) for row in first),
            rule.level,
            rank,
        )


def rule_labels(column: Column) -> list[str]:
    """Return what should hold in ``column``, in words, without what is only noted."""
    nothing = read_values(pa.array([], pa.string()), column, typed=True)
    return [rule.label for rule in column_rules(nothing, column) if rule.level == "problem"]


def column_rules(values: Values, column: Column) -> Iterator[Rule]:
    """Yield the rules that ``column`` declares, always in the same order."""
    allowed = DUE[column.kind]
    due = " or ".join(allowed)
    convert = _CONVERT.get((allowed[0], values.stored), f"convert it to {due}")
    mistyped = ~values.missing & values.mistyped
    yield Rule(f"stored as {due}", mistyped, convert.format(column.name))
    if not column.optional:
        yield Rule("not missing", values.missing, "fill it in, or drop these rows")
    if column.kind == "identifier":
        yield from _identifier_rules(values)
    elif values.number is not None:
        yield from _number_rules(values, column, values.number)
    if values.text is not None:
        yield from _text_rules(values.raw, values.text, column)
    if column.kind == "date":
        advice = "write year, month, day: 2007-05-31; no day is guessed from 5/6/07"
        yield Rule("a calendar day", values.unreadable, advice)


def _number_rules(
    values: Values, column: Column, number: npt.NDArray[np.float64]
) -> Iterator[Rule]:
    """Yield the rules for integers, years and numbers."""
    advice = "write plain numbers, without words, units or thousands separators"
    yield Rule("a number", values.unreadable, advice)
    finite = np.isfinite(number)
    yield Rule("finite", np.isinf(number), "find the division by zero behind it; repair or drop")
    if column.kind != "number":
        fraction = finite & (number != np.floor(number))
        if column.unit in ("-", "year"):
            yield Rule("whole", fraction, "repair or drop these rows")
        else:
            advice = f"no harm to any measure; make sure that the unit is {column.unit}"
            yield Rule("whole", fraction, advice, "note")
    repair = "repair or drop these rows"
    if column.unit not in ("-", "year"):
        repair = f"is it in {column.unit}? {repair}"
    if column.above is not None:
        yield Rule(f"above {column.above:g}", finite & (number <= column.above), repair)
    if column.low is not None:
        yield Rule(f"at least {column.low:g}", finite & (number < column.low), repair)
    if column.high is not None:
        yield Rule(f"at most {column.high:g}", finite & (number > column.high), repair)


def _text_rules(raw: pa.Array, text: pa.Array, column: Column) -> Iterator[Rule]:
    """Yield the rules for codes and texts; where space is around one, the rest is judged."""
    name = column.name
    if column.kind in REPEATING:
        spaced = pc.not_equal(pc.utf8_length(raw), pc.utf8_length(text)) if _is_text(raw) else None
        # Raw records may be untidy: linking strips names and codes.
        level: Level = "note" if column.source == "records" else "problem"
        advice = f"strip it: frame[{name!r}].str.strip()"
        yield Rule("no space around it", _mask(spaced, len(raw)), advice, level)
    if column.options:
        known = pc.is_in(text, pa.array(column.options))
        label = f"one of {', '.join(column.options)}"
        yield Rule(label, _mask(pc.invert(known), len(raw), text), "rename to one of these")
    if column.pattern:
        yield from _pattern_rules(text, column)
    word = pc.is_in(text, pa.array([word for word in MISSING if word]))
    advice = "leave the field empty if it means missing; if it is a code, keep_default_na=False"
    yield Rule("not a word for missing", _mask(word, len(raw)), advice, "note")


def _identifier_rules(values: Values) -> Iterator[Rule]:
    """Yield the rules for what tells firms apart, number or text."""
    if values.number is not None:
        broken = ~values.missing & _mask(pc.is_null(whole_numbers(values)), len(values.raw))
        stand_in = values.number <= 0
    else:
        broken = _mask(pc.match_substring_regex(values.text, _NOT_WHOLE), len(values.raw))
        stand_in = _mask(pc.match_substring_regex(values.text, _STAND_IN), len(values.raw))
    advice = "take it from its source as text: floats and spreadsheets change long numbers"
    yield Rule("whole number or text", broken, advice)
    advice = "if it stands for an unknown firm, leave it empty; these rows count as one firm"
    yield Rule("above 0 if a number", stand_in, advice, "note")


def _pattern_rules(text: pa.Array, column: Column) -> Iterator[Rule]:
    """Yield the rules for texts of a given form, such as codes of eight digits."""
    fails = _mask(pc.invert(pc.match_substring_regex(text, f"^(?:{column.pattern})$")), len(text))
    label = f"of the form {column.pattern}"
    if digits := re.fullmatch(r"\\d\{(\d+)\}", column.pattern):
        width = int(digits[1])
        label = f"{width} digits"
        short = _mask(pc.match_substring_regex(text, rf"^\d{{{width - 1}}}$"), len(text))
        advice = f"restore it: frame[{column.name!r}].str.zfill({width}); read codes as text"
        yield Rule("leading zero kept", short, advice)
        fails &= ~short
    yield Rule(label, fails, f"give {label} as text, without points or signs")


def _is_text(raw: pa.Array) -> bool:
    return bool(pa.types.is_string(raw.type) or pa.types.is_large_string(raw.type))


def _mask(array: pa.Array | None, size: int, present: pa.Array | None = None) -> Bools:
    """Return a mask, null as false; true only where ``present`` is."""
    if array is None:
        return np.zeros(size, dtype=bool)
    if present is not None:
        array = pc.and_(array, pc.is_valid(present))
    mask: Bools = array.fill_null(False).to_numpy(zero_copy_only=False)
    return mask
