"""Values whose meaning the whole column decides: codes, commas in numbers, unknown options.

Batches only count them by form; when all are read, ``settled`` makes findings of the counts.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from itertools import groupby
from typing import cast

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from tradedig_helpers.schema.declare import Column
from tradedig_helpers.schema.tables import MODES_OF_CUSTOMS
from tradedig_helpers.schema.validation.findings import Finding, joined
from tradedig_helpers.schema.validation.values import Bools, as_mask

LOST_ZERO = "leading zero kept"
WHOLE, SHORTEST = 8, 4
"""Digits of a product as declared, and the fewest that a product can have."""
_LONGEST = 12
_NAMED, _SHOWN = 4, 30
_DISTINCT = 50
_POINT_ZERO, _WIDE_DIGITS, _ELSE = "point zero", "full-width", "\0"
_COMMA, _THOUSANDS, _EITHER, _DATE = "comma", "thousands", "either", "date"
_POINTS, _DOTS = "point of thousands", "points of thousands"
_NUMBERS = {
    # Before the next ones: 53,064.5 and 1,900,000; then what only a decimal comma explains.
    _THOUSANDS: r"^[+-]?[1-9]\d{0,2}(?:,\d{3})+\.\d*$|^[+-]?[1-9]\d{0,2}(?:,\d{3}){2,}$",
    _EITHER: r"^[+-]?[1-9]\d{0,2},\d{3}$",
    _COMMA: r"^[+-]?(?:\d+|\d{1,3}(?:[. \x{a0}\x{202f}']\d{3})+),\d+$",
    _DATE: r"^\d{4}(?:[-/.]\d{1,2}|年)",
}
_FORMS = (*_NUMBERS, _POINTS, _DOTS, _ELSE)
_DOTTED = r"^[+-]?[1-9]\d{0,2}(?:\.\d{3})+$"
PLAIN = "write plain numbers, without words, units or thousands separators"


def digits_of(column: Column) -> int:
    """Return how many digits the codes of a column have by its declaration; 0 if not said."""
    found = re.fullmatch(r"\\d\{(\d+)\}", column.pattern)
    return int(found[1]) if found else 0


def code_forms(text: pa.Array) -> Iterator[tuple[str, Bools]]:
    """Yield codes by form: how many digits, or what else they are."""
    digits = as_mask(pc.match_substring_regex(text, r"^\d+$"))
    lengths = pc.utf8_length(cast(pa.StringArray, text)).fill_null(0).to_numpy(zero_copy_only=False)
    rest = as_mask(pc.is_valid(text)) & ~(digits & (lengths <= _LONGEST))
    for length in np.unique(lengths[digits & (lengths <= _LONGEST)]):
        yield str(length), digits & (lengths == length)
    for form, pattern in ((_POINT_ZERO, r"^\d+\.0*$"), (_WIDE_DIGITS, r"^[\d０-９]+$")):
        here = rest & as_mask(pc.match_substring_regex(text, pattern))
        yield form, here
        rest &= ~here
    yield _ELSE, rest


def number_forms(text: pa.Array, unreadable: Bools) -> Iterator[tuple[str, Bools]]:
    """Yield what is no number by form: with commas, a date, or words."""
    # Read as numbers or not, 1.900 and 1.900.000 are thousands where a comma is decimal.
    points = as_mask(pc.match_substring_regex(text, _DOTTED))
    yield _POINTS, points & ~unreadable
    if not unreadable.any():
        return
    rest = unreadable & ~points
    yield _DOTS, unreadable & points
    for form, pattern in _NUMBERS.items():
        here = rest & as_mask(pc.match_substring_regex(text, pattern))
        yield form, here
        rest = rest & ~here
    yield _ELSE, rest


def option_forms(text: pa.Array, options: Iterable[str]) -> Iterator[tuple[str, Bools]]:
    """Yield each of the values that are no option, the first fifty apart, the others together."""
    unknown = as_mask(pc.invert(pc.is_in(text, pa.array(list(options))))) & as_mask(
        pc.is_valid(text)
    )
    distinct = text.filter(pa.array(unknown)).unique()
    for value in distinct[:_DISTINCT]:
        yield value.as_py(), as_mask(pc.equal(text, value))
    yield _ELSE, unknown & as_mask(pc.is_in(text, distinct[_DISTINCT:]))


def settled(findings: Iterable[Finding], columns: Iterable[Column], kind: str) -> list[Finding]:
    """Return findings of which those by form are joined to what they mean in the whole column."""
    known = {column.name: column for column in columns}
    done: list[Finding] = []
    for (name, rule, by_form), several in groupby(
        findings, key=lambda one: (one.column, one.rule, bool(one.form))
    ):
        if not by_form:
            done.extend(several)
            continue
        forms = {one.form: one for one in several}
        if known[name].options:
            done.append(_unknown(forms, known[name], rule))
        elif known[name].pattern:
            done.extend(_codes(forms, known[name]))
        else:
            done.extend(_no_numbers(forms, known[name], rule, kind))
    return done


def lengths_of(findings: Iterable[Finding]) -> dict[str, int]:
    """Return the length of the codes of each column that has one, lost zeros restored."""
    found: dict[str, set[int]] = {}
    for one in findings:
        if one.form.isdecimal() and one.rule.endswith(" digits"):
            found.setdefault(one.column, set()).add(int(one.form) + int(one.form) % 2)
    return {name: lengths.pop() for name, lengths in found.items() if len(lengths) == 1}


def _unknown(forms: Mapping[str, Finding], column: Column, rule: str) -> Finding:
    """Return the finding on values that are no option, naming them with their rows."""
    counts = Counter({form: one.rows for form, one in forms.items() if form != _ELSE})
    advice = "rename to one of these"
    if "ordinary" in column.options and any(_is_mode(form) for form in counts):
        advice = MODES_OF_CUSTOMS
    if len(forms) > 1:
        named = [f"{form[:_SHOWN]} ({_rows(rows)})" for form, rows in counts.most_common(_NAMED)]
        more = ", …" if len(forms) > len(named) else ""
        advice = f"unknown are {', '.join(named)}{more}; {advice}"
    return joined(list(forms.values()), rule, advice, "problem")


def _is_mode(text: str) -> bool:
    """Return whether a value may be a trade mode as customs write it: a number or Chinese."""
    return text.isdecimal() or any("\u4e00" <= letter <= "\u9fff" for letter in text)


def _codes(forms: Mapping[str, Finding], column: Column) -> Iterator[Finding]:
    """Yield what is wrong with codes, given how many have which form."""
    name, declared = column.name, digits_of(column)
    width = _usual(forms) if declared == WHOLE else declared
    label = f"{width} digits"
    if lost := forms.get(str(width - 1)):
        shorter = any(form.isdecimal() and int(form) < width - 1 for form in forms)
        filled = _filled(width - 1) if shorter else f".str.zfill({width})"
        advice = f"restore it: frame[{name!r}]{filled}; read codes as text"
        yield joined([lost], LOST_ZERO, advice, "problem")
    if width != declared and (right := forms.get(str(width))):
        advice = (
            f"codes of {width} digits are taken as they are, each as one product; "
            f"do not fill them up to {declared}"
        )
        yield joined([right], f"{declared} digits", advice, "note")
    wrong = {f: one for f, one in forms.items() if f not in (str(width), str(width - 1))}
    if wrong:
        advice = _code_advice(wrong, column, width, forms)
        yield joined(list(wrong.values()), label, advice, "problem")


def _usual(forms: Mapping[str, Finding]) -> int:
    """Return the even length that most rows have, lost zeros restored; on a tie as declared."""
    rows = Counter[int]()
    for form, one in forms.items():
        if form.isdecimal() and (even := int(form) + int(form) % 2) >= SHORTEST:
            rows[even] += one.rows
    return max(rows, key=lambda even: (rows[even], even == WHOLE, even), default=WHOLE)


def _filled(digits: int | None = None) -> str:
    """Return what puts the lost zero before codes of so many digits, or of any odd number."""
    lost = r"\d(?:\d\d)*" if digits is None else rf"\d{{{digits}}}"
    return rf".str.replace(r'^({lost})$', r'0\1', regex=True)"


def _code_advice(
    wrong: Mapping[str, Finding], column: Column, width: int, forms: Collection[str]
) -> str:
    """Return what to do about the ``wrong`` ones of all forms of codes, with their rows."""
    name, said = column.name, []
    lengths = sorted(int(form) for form in wrong if form.isdecimal())
    product = digits_of(column) == WHOLE
    if lengths:
        there = {int(form) for form in forms if form.isdecimal()}
        evens = {n + n % 2 for n in there} if product else there
        whole = sorted(n for n in evens if n % 2 == 0 and n >= SHORTEST)
        counts = ", ".join(f"{n} digits in {_rows(wrong[str(n)].rows)}" for n in lengths)
        cut = ""
        if product and len(whole) > 1:
            filled = _filled() if any(n % 2 for n in there) else ""
            cut = f"; or cut all to {whole[0]}: frame[{name!r}]{filled}.str[:{whole[0]}]"
        said.append(f"{counts}: give {width} digits throughout{cut}")
    if _POINT_ZERO in wrong:
        rows = _rows(wrong[_POINT_ZERO].rows)
        filled = _filled() if product else f".str.zfill({width})"
        said.append(
            f"a point in {rows}: a float wrote them, "
            f"frame[{name!r}].str.replace(r'\\.0*$', '', regex=True){filled}"
        )
    if _WIDE_DIGITS in wrong:
        rows = _rows(wrong[_WIDE_DIGITS].rows)
        said.append(f"full-width digits in {rows}: frame[{name!r}].str.normalize('NFKC')")
    if _ELSE in wrong:
        said.append(f"give {width} digits as text, without points or signs")
    return "; ".join(said)


def _no_numbers(
    forms: Mapping[str, Finding], column: Column, rule: str, kind: str
) -> Iterator[Finding]:
    """Yield what is wrong with values that are no numbers, given how many have which form."""
    parts = {form: [forms[form]] if form in forms else [] for form in _FORMS}
    plain, either, dots = parts[_ELSE], parts[_EITHER], parts[_DOTS]
    comma, thousands, dates = parts[_COMMA], parts[_THOUSANDS], parts[_DATE]
    if comma and not thousands:
        comma, either, dots = [*comma, *either, *parts[_POINTS], *dots], [], []
    elif thousands and not comma:
        thousands, either = [*thousands, *either], []
    if column.unit == "year" and dates:
        advice = f"take the first four digits: frame[{column.name!r}].str[:4].astype(int)"
        yield joined(dates, "a year, not a date", advice, "problem")
        dates = []
    if comma:
        yield joined(comma, "a decimal point, no comma", _decimal(column.name, kind), "problem")
    if either:
        advice = _ambiguous(column.name, kind, either[0].examples[0])
        yield joined(either, "one meaning of the comma", advice, "problem")
    if dots and not (comma or thousands or either):
        dots = [*dots, *parts[_POINTS]]
        advice = _without_points(column.name, kind)
        yield joined(dots, "no points of thousands", advice, "problem")
        dots = []
    if rest := [*plain, *thousands, *dates, *dots]:
        yield joined(rest, rule, PLAIN, "problem")


def _decimal(name: str, kind: str) -> str:
    """Return how to read numbers with a decimal comma."""
    cure = f"frame[{name!r}].str.replace(r\"[.\\s']\", '', regex=True).str.replace(',', '.')"
    if kind == "csv":
        cure = "pd.read_csv(..., decimal=',', thousands='.')"
    return f"the comma is decimal, 100,5 is 100.5 and 1.900,5 is 1900.5: read it with {cure}"


def _without_points(name: str, kind: str) -> str:
    """Return how to read numbers with points between thousands."""
    cure = f"frame[{name!r}].str.replace('.', '')"
    if kind == "csv":
        cure = "pd.read_csv(..., decimal=',', thousands='.')"
    return f"points separate thousands, 1.900 is 1900: read it with {cure}"


def _ambiguous(name: str, kind: str, shown: str) -> str:
    """Return what to do where 1,900 may be 1900 or 1.9."""
    meant = f"{shown.replace(',', '')} or {float(shown.replace(',', '.')):g}"
    thousands = f"frame[{name!r}].str.replace(',', '')"
    decimal = f"frame[{name!r}].str.replace(',', '.')"
    if kind == "csv":
        thousands, decimal = "pd.read_csv(..., thousands=',')", "pd.read_csv(..., decimal=',')"
    return (
        f"{shown} may be {meant}, and nothing in this column decides; ask its source, then "
        f"{thousands} or {decimal}"
    )


def _rows(rows: int) -> str:
    return f"{rows:,} row{'s' * (rows != 1)}"
