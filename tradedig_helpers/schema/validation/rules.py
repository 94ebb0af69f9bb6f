"""The rules that a declared column sets for its values, each with what to do if broken."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from tradedig_helpers.frames.missing import (
    MISSING_WORDS,
    NO_CODE,
    PLACEHOLDERS,
    RAW_PLACEHOLDER,
    REPEATED,
)
from tradedig_helpers.schema.checks import NEVER_ADVICE, YEARS_ADVICE
from tradedig_helpers.schema.declare import EARLIEST_YEAR, LATEST_YEAR, Column
from tradedig_helpers.schema.validation.findings import SHOWN, Finding, Severity
from tradedig_helpers.schema.validation.forms import (
    LOST_ZERO,
    code_forms,
    digits_of,
    number_forms,
    option_forms,
)
from tradedig_helpers.schema.validation.values import (
    DUE,
    REPEATING,
    Bools,
    StorageKind,
    Values,
    as_mask,
    as_text,
    read_values,
    whole_numbers,
)

SourceKind = Literal["frame", "parquet", "csv"]
"""Where rows come from; what to do about them differs."""

_READ_AS_TEXT = (
    "read it as text, pd.read_csv(..., dtype={{{0!r}: str}}); numbers lose leading zeros"
)
_STORE_AS_TEXT = (
    "numbers lose leading zeros: store text, frame[{0!r}].astype('Int64').astype('string'), "
    "and restore zeros with .str.zfill"
)
_CONVERT: dict[tuple[StorageKind, StorageKind], str] = {
    ("numbers", "text"): "convert it: pd.to_numeric(frame[{0!r}])",
    ("numbers", "dates"): "take the year: frame[{0!r}].dt.year",
    ("text", "numbers"): _READ_AS_TEXT,
    ("dates", "text"): "convert it: pd.to_datetime(frame[{0!r}])",
    ("dates", "numbers"): "convert it: pd.to_datetime(frame[{0!r}].astype(str))",
}
_NOT_WHOLE = r"^[+-]?(?:(?:\d+\.\d*|\.\d+)(?:[eE][+-]?\d+)?|\d+[eE]\+\d+|inf)$"
_STAND_IN = r"^(?:0+|-\d+)$"
_NINES = r"^9{8,}$"  # shorter ones may be numbers as good as any
# What linking takes for no code and no name: one repeated character, words for nothing, and
# marks where a character was lost or masked (not 〇 and x, see _SIGNS).
_REPEATED = "|".join(["0+", *(f"{digit}{{{REPEATED},}}" for digit in "123456789"),
                      *(f"{letter}{{2,}}" for letter in "ABCDEFGHIJKLMNOPQRSTUVWXYZ")])  # fmt: skip
_NOTHING = "|".join(["N/A", "#N/A", "<NA>", *sorted(word.upper() for word in PLACEHOLDERS)])
_PLACEHOLDER = rf"^(?:{_REPEATED}|{_NOTHING}|{NO_CODE}|{RAW_PLACEHOLDER}|[-*.?？_/—]+)$"
_LOST_LETTERS = (
    r"[?？*＊¿×\x1a\x{fffd}□■▢▯☐〓○●◯\x{e000}-\x{f8ff}]|锟斤拷|某某|\pL[#＃]+\pL"
    r"|\p{Han}[^\pL\pN]*[XxＸｘ](?:[^\pL\pN]*[XxＸｘ])+[^\pL\pN]*\p{Han}"
)
_SIGNS = {
    r"([零〇一二三四五六七八九十百千])(?:[○◯]+[零〇一二三四五六七八九十百千])+": r"\1",
    r"(\p{Nd})(?:×\p{Nd}+)+": r"\1",
}
_DECIMAL = r"^[+-]?(?:\d+\.0|\d(?:\.\d+)?[eE]\+\d\d)$"
_REPAIR = "repair or drop these rows"
ABSENT, WORD = "not missing", "not a word for missing"
NAMES = ("name", "name_en", "former_names")
_ZEROS = (*NAMES, "code", "domain", "product")
"""Columns of raw records that are no numbers, or lose leading zeros as such."""


@dataclass(frozen=True, slots=True)
class ColumnRule:
    """What should hold, which values break it, and what to do about them.

    A rule that is no ``declared`` one says better what breaks one that is.
    """

    label: str
    broken: Bools
    advice: str = ""
    level: Severity = "problem"
    form: str = ""
    declared: bool = True


def column_findings(
    values: Values, column: Column, start: int = 0, kind: SourceKind = "frame"
) -> Iterator[Finding]:
    """Yield what breaks the rules of ``column``; the first row has number ``start``.

    Those with a ``form`` are only counts, of which ``settled`` makes findings.
    """
    ranks: dict[str, int] = {}
    for rule in column_rules(values, column, kind):
        rank = ranks.setdefault(rule.label, len(ranks))
        if not rule.broken.any() or not len(rows := values.rows(rule.broken)):
            continue
        first = tuple(int(row) for row in rows[:SHOWN])
        yield Finding(
            column.name,
            rule.label,
            rule.advice,
            len(rows),
            tuple(start + row for row in first),
            tuple(values.show(row, as_written=bool(rule.form)) for row in first),
            rule.level,
            rank,
            rule.form,
        )


def unborn(values: Mapping[str, Values], start: int = 0) -> Iterator[Finding]:
    """Yield the rows of accounts from before the founding of their firm."""
    if not {"founded", "year"} <= values.keys():
        return
    founded, year = values["founded"], values["year"]
    if founded.number is None or year.number is None:
        return
    when = founded.number[founded.codes]
    rows = np.flatnonzero((when > year.number[year.codes]) & (when <= LATEST_YEAR))
    if len(rows):
        first = tuple(int(row) for row in rows[:SHOWN])
        yield Finding(
            "founded",
            "not after the year",
            "repair it, or leave it empty: by default a panel is refused, else the age is missing",
            len(rows),
            tuple(start + row for row in first),
            tuple(f"{when[row]:g}" for row in first),
            "note",
        )


def rule_labels(column: Column) -> list[str]:
    """Return what should hold in ``column``, in words, without what is only noted."""
    nothing = read_values(pa.array([], pa.string()), column, typed=True)
    rules = [rule for rule in column_rules(nothing, column) if rule.level == "problem"]
    return list(dict.fromkeys(rule.label for rule in rules if rule.declared))


def column_rules(
    values: Values, column: Column, kind: SourceKind = "frame"
) -> Iterator[ColumnRule]:
    """Yield the rules that ``column`` declares, always in the same order."""
    allowed = DUE[column.kind]
    due = " or ".join(allowed)
    convert = _CONVERT.get((allowed[0], values.stored), f"convert it to {due}")
    if kind == "parquet" and convert == _READ_AS_TEXT:
        convert = _STORE_AS_TEXT
    mistyped = ~values.missing & values.mistyped
    if values.mistyped and values.stored == "numbers" and any_form(column):
        yield from _numbered_rules(values, column, mistyped)
    else:
        yield ColumnRule(f"stored as {due}", mistyped, convert.format(column.name))
    if not column.optional:
        yield ColumnRule(ABSENT, values.missing, "fill it in, or drop these rows")
    if column.kind == "identifier":
        yield from _identifier_rules(values)
    elif values.number is not None:
        yield from _number_rules(values, column, values.number)
    if values.text is not None:
        yield from _text_rules(values.raw, values.text, column, kind)
    if column.kind == "date":
        advice = "write year, month, day: 2007-05-31; no day is guessed from 5/6/07"
        yield ColumnRule("a calendar day", values.unreadable, advice)


def any_form(column: Column) -> bool:
    """Return whether a column holds codes of any form, which whole numbers may be, too."""
    bare = column.kind == "code" and not (column.pattern or column.options)
    return bare and column.name not in _ZEROS


def _numbered_rules(values: Values, column: Column, stored: Bools) -> Iterator[ColumnRule]:
    """Yield the rules for codes of any form, such as of provinces, that are stored as numbers."""
    whole = np.ones(len(stored), dtype=bool)
    if not pa.types.is_integer(values.raw.type):
        number = values.raw.cast(pa.float64(), safe=False).to_numpy(zero_copy_only=False)
        whole = (number == np.floor(number)) & (np.abs(number) < 2**53)
    advice = "whole numbers are taken as they are; give every table that has these codes the same"
    yield ColumnRule("stored as text", stored & whole, advice, "note")
    advice = f"these are no codes; take them from their source as text: frame[{column.name!r}]"
    yield ColumnRule("whole number or text", stored & ~whole, advice, declared=False)


def _number_rules(
    values: Values, column: Column, number: npt.NDArray[np.float64]
) -> Iterator[ColumnRule]:
    """Yield the rules for integers, years and numbers."""
    yield ColumnRule("a number", np.zeros(len(number), dtype=bool))
    if values.written is not None:
        for form, broken in number_forms(values.written, values.unreadable):
            yield ColumnRule("a number", broken, form=form)
    finite = np.isfinite(number)
    yield ColumnRule(
        "finite", np.isinf(number), "find the division by zero behind it; repair or drop"
    )
    if column.unit == "year":
        yield from _year_rules(column, np.where(finite, number, np.nan))
        return
    if column.kind != "number":
        typed = pa.types.is_integer(values.raw.type)
        fraction = np.zeros(len(number), bool) if typed else finite & (number != np.floor(number))
        if column.unit == "-":
            yield ColumnRule("whole", fraction, _REPAIR)
        else:
            advice = f"no harm to any measure; make sure that the unit is {column.unit}"
            yield ColumnRule("whole", fraction, advice, "note")
    repair = _REPAIR if column.unit == "-" else f"is it in {column.unit}? {_REPAIR}"
    yield from _bound_rules(column, np.where(finite, number, np.nan), repair)


def _year_rules(column: Column, number: npt.NDArray[np.float64]) -> Iterator[ColumnRule]:
    """Yield the rules for years; months and days are told apart from years out of bounds."""
    months, days = _months_and_days(number)
    name, written = column.name, months | days
    fraction = ~np.isnan(number) & (number != np.floor(number))
    advice = f"{YEARS_ADVICE}; {NEVER_ADVICE if column.optional else _REPAIR}"
    yield ColumnRule("whole", fraction & ~written, advice)
    cut = f"take the first four digits: frame[{name!r}]"
    yield ColumnRule("a year, not a month", months, f"{cut} // 100", declared=False)
    yield ColumnRule("a year, not a day", days, f"{cut} // 10000", declared=False)
    era = YEARS_ADVICE if column.low == EARLIEST_YEAR else "give years in four digits"
    advice = f"{NEVER_ADVICE}; do not lose these rows" if column.optional else f"{era}; {_REPAIR}"
    yield from _bound_rules(column, np.where(written, np.nan, number), advice)


def _months_and_days(number: npt.NDArray[np.float64]) -> tuple[Bools, Bools]:
    """Return which numbers are a year and a month, or a year, month and day."""
    months, days = np.zeros((2, len(number)), dtype=bool)
    long = np.flatnonzero(number > LATEST_YEAR)  # most are years, which need no arithmetic
    months[long] = _is_month(number[long])
    days[long] = _is_month(number[long] // 100) & (number[long] % 100 <= 31)
    return months, days


def _is_month(number: npt.NDArray[np.float64]) -> Bools:
    """Return which numbers are a year and a month: 200601."""
    month = number % 100
    found: Bools = (number >= 180001) & (number <= 210012) & (month >= 1) & (month <= 12)
    return found


def _bound_rules(
    column: Column, number: npt.NDArray[np.float64], advice: str
) -> Iterator[ColumnRule]:
    """Yield the rules for the bounds of numbers, NaN where there is none."""
    if column.above is not None:
        yield ColumnRule(f"above {column.above:g}", number <= column.above, advice)
    if column.low is not None:
        yield ColumnRule(f"at least {column.low:g}", number < column.low, advice)
    if column.high is not None:
        yield ColumnRule(f"at most {column.high:g}", number > column.high, advice)


def _text_rules(
    raw: pa.Array, text: pa.Array, column: Column, kind: SourceKind
) -> Iterator[ColumnRule]:
    """Yield the rules for codes and texts; where space is around one, the rest is judged."""
    name, none = column.name, np.zeros(len(raw), dtype=bool)
    if column.kind in REPEATING:
        spaced = pc.not_equal(raw.cast(pa.string()), text) if _is_text(raw) else None
        # Raw records may be untidy: linking strips names and codes.
        level: Severity = "note" if column.source == "records" else "problem"
        advice = f"strip it: frame[{name!r}].str.strip()"
        yield ColumnRule(
            "no space around it", none if spaced is None else as_mask(spaced), advice, level
        )
    if column.options:
        label = f"one of {', '.join(column.options)}"
        yield ColumnRule(label, np.zeros(len(raw), dtype=bool))
        for form, broken in option_forms(text, column.options):
            yield ColumnRule(label, broken, form=form)
    if column.pattern:
        yield from _pattern_rules(text, column)
    word = pc.is_in(text, pa.array([word for word in MISSING_WORDS if word]))
    advice = "leave the field empty if it means missing; if it is a code, "
    advice += "keep it" if kind == "parquet" else "keep_default_na=False"
    yield ColumnRule(WORD, as_mask(word), advice, "note")
    if column.source == "records":
        yield from _record_rules(text, column)


def _record_rules(text: pa.Array, column: Column) -> Iterator[ColumnRule]:
    """Yield what is worth knowing of raw codes and names: linking takes such for missing."""
    if column.name == "code":
        decimal = as_mask(pc.match_substring_regex(text, _DECIMAL))
        advice = "it has lost zeros or digits: read the column as text"
        yield ColumnRule("no number read as a decimal", decimal, advice)
        advice = "it stands for an unknown code, which links nobody; leave it empty"
        word = as_mask(pc.is_in(text, pa.array(MISSING_WORDS)))
        yield ColumnRule("no placeholder", placeholders(text) & ~word, advice, "note")
    if column.name in NAMES:
        advice = "characters were lost or masked; take these names from their source again"
        for sign, kept in _SIGNS.items():
            text = pc.replace_substring_regex(text, sign, kept)
        lost = as_mask(pc.match_substring_regex(text, _LOST_LETTERS))
        yield ColumnRule("no lost or masked characters", lost, advice, "note")


def placeholders(text: pa.Array) -> Bools:
    """Return which codes stand for none: zeros, nines, one repeated character, unknown."""
    return as_mask(pc.match_substring_regex(pc.utf8_upper(text), _PLACEHOLDER))


def _identifier_rules(values: Values) -> Iterator[ColumnRule]:
    """Yield the rules for what tells firms apart, number or text."""
    if values.number is not None:
        broken = ~values.missing & as_mask(pc.is_null(whole_numbers(values)))
        stand_in = values.number <= 0
    else:
        assert values.text is not None, "what is no number is text"
        broken = as_mask(pc.match_substring_regex(values.text, _NOT_WHOLE))
        stand_in = as_mask(pc.match_substring_regex(values.text, _STAND_IN))
    advice = "take it from its source as text: floats and spreadsheets change long numbers"
    yield ColumnRule("whole number or text", broken, advice)
    advice = "if it stands for an unknown firm, leave it empty; these rows count as one firm"
    yield ColumnRule("above 0 if a number", stand_in, advice, "note")
    yield ColumnRule("not all nines", _all_nines(values), advice, "note")


def _all_nines(values: Values) -> Bools:
    """Return which firms are eight nines or more."""
    text = as_text(values.raw) if values.text is None else values.text
    return as_mask(pc.match_substring_regex(text, _NINES))


def _pattern_rules(text: pa.Array, column: Column) -> Iterator[ColumnRule]:
    """Yield the rules for codes of so many digits, whose forms the whole column decides."""
    none = np.zeros(len(text), dtype=bool)
    label = f"{digits_of(column)} digits"
    yield ColumnRule(LOST_ZERO, none)
    yield ColumnRule(label, none)
    for form, here in code_forms(text):
        yield ColumnRule(label, here, form=form)


def _is_text(raw: pa.Array) -> bool:
    return bool(pa.types.is_string(raw.type) or pa.types.is_large_string(raw.type))
