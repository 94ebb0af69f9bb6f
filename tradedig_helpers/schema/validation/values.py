"""The values of one column in one chunk of rows, read as the kind that is declared."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from tradedig_helpers.frames.missing import MISSING_CODES, MISSING_WORDS
from tradedig_helpers.schema.declare import Column, ColumnKind

Bools = npt.NDArray[np.bool_]
StorageKind = Literal["numbers", "text", "dates", "truth values", "something else", "nothing"]

DUE: dict[ColumnKind, tuple[StorageKind, ...]] = {
    "identifier": ("text", "numbers"),
    "code": ("text",),
    "text": ("text",),
    "integer": ("numbers",),
    "year": ("numbers",),
    "number": ("numbers",),
    "date": ("dates",),
}
"""How each kind may be stored; what is stored otherwise is read as the first."""
REPEATING: tuple[ColumnKind, ...] = ("identifier", "code")
"""Kinds whose values repeat from row to row, and are kept once each."""
_SHOWN = 30
_NUMBER = r"^(?:[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?|(?i:[+-]?inf(?:inity)?))$"
_DAY = r"^(\d{4})([-/.]?)(\d{1,2})([-/.]?)(\d{1,2})(?:[ T]\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?)?$"


@dataclass(frozen=True, slots=True)
class Values:
    """The values of a column; those that repeat are kept once each.

    Attributes
    ----------
    stored : how the file or frame stores them
    mistyped : whether that is not how the kind is to be stored; a CSV stores no types
    codes : for each row, the position of its value
    raw : the values as stored
    missing, unreadable : which values are missing, or are none of the declared kind
    number : the values as floats, NaN where there is none; of all that is read as numbers
    text : the values without space around them, null where missing; of all that is read as text
    written : numbers as they are written, without space around them; of text read as numbers
    """

    stored: StorageKind
    mistyped: bool
    codes: npt.NDArray[np.int32]
    raw: pa.Array
    missing: Bools
    unreadable: Bools
    number: npt.NDArray[np.float64] | None = None
    text: pa.Array | None = None
    written: pa.Array | None = None

    def rows(self, broken: Bools) -> npt.NDArray[np.intp]:
        """Return the rows whose value is ``broken``."""
        return np.flatnonzero(broken[self.codes])

    def show(self, row: int, *, as_written: bool = False) -> str:
        """Return the value of a row as a reader would write it, or as the file does."""
        at = int(self.codes[row])
        if (
            not as_written
            and self.number is not None
            and not np.isnan(number := float(self.number[at]))
        ):
            return f"{number:.15g}"
        value = (self.raw if self.stored == "text" or self.text is None else self.text)[at].as_py()
        text = "" if value is None else str(value)
        text = text if len(text) <= _SHOWN else f"{text[: _SHOWN - 1]}…"
        return repr(text) if text != text.strip() else text


def read_values(array: pa.Array, column: Column, *, typed: bool) -> Values:
    """Return the values of ``array`` read as ``column`` declares.

    ``typed`` tells whether the source stores types; text of a CSV is then no mistake.
    """
    stored, codes, raw = _split(array, distinct=column.kind in REPEATING)
    allowed = DUE[column.kind]
    due = stored if stored in allowed else allowed[0]
    mistyped = typed and stored not in (*allowed, "nothing")
    nothing = np.zeros(len(raw), dtype=bool)
    if due == "text":
        text = as_text(raw)
        words = _missing_words(column)
        missing = as_mask(pc.is_null(text)) | as_mask(pc.is_in(text, pa.array(words)))
        text = pc.if_else(pa.array(missing), None, text)
        return Values(stored, mistyped, codes, raw, missing, nothing, text=text)
    read = None if stored == due else as_text(raw)
    number = _numbers(raw, stored, read) if due == "numbers" else None
    readable = ~np.isnan(number) if number is not None else _days(raw, stored, read)
    absent = as_mask(pc.is_null(raw, nan_is_null=True))
    if stored == "text" and read is not None:
        absent |= as_mask(pc.is_in(read, pa.array(MISSING_WORDS)))
    judged = stored == "text" or (due == "dates" and stored == "numbers")
    unreadable = ~absent & ~readable if judged else nothing
    written = read if stored == "text" and due == "numbers" else None
    return Values(stored, mistyped, codes, raw, absent, unreadable, number, written=written)


def _missing_words(column: Column) -> tuple[str, ...]:
    """Return the text that counts as missing; in raw records, which linking reads, an empty one."""
    if column.kind == "identifier":
        return MISSING_WORDS
    return MISSING_CODES if column.kind == "code" and column.source != "records" else ("",)


def whole_numbers(values: Values) -> pa.Array:
    """Return the whole numbers among ``values`` as 64-bit integers, null elsewhere, exactly."""
    if pa.types.is_integer(values.raw.type):
        return values.raw.cast(pa.int64(), safe=False)
    number = values.number
    assert number is not None, "only numbers can be whole"
    with np.errstate(invalid="ignore"):
        whole = (number == np.floor(number)) & (np.abs(number) < 2**53)
    rounded = pa.array(np.where(whole, number, 0).astype(np.int64), mask=~whole)
    if values.stored != "text":
        return rounded
    text = as_text(values.raw)
    digits = pc.match_substring_regex(text, r"^[+-]?\d{1,18}$")
    found: pa.Array = pc.coalesce(pc.if_else(digits, text, None).cast(pa.int64()), rounded)
    return found


def as_text(raw: pa.Array) -> pa.Array:
    """Return values as text without space around them; whole floats without a point."""
    text: pa.Array = pc.utf8_trim_whitespace(raw.cast(pa.string()))
    if not pa.types.is_floating(raw.type):
        return text
    number = raw.to_numpy(zero_copy_only=False).astype(float)
    whole = (np.abs(number) < 2**53) & (number == np.floor(number))
    digits = pa.array(np.where(whole, number, 0).astype(np.int64)).cast(pa.string())
    text = pc.if_else(pa.array(whole), digits, text)
    found: pa.Array = pc.if_else(pa.array(np.isnan(number)), None, text)
    return found


def _split(
    array: pa.Array, *, distinct: bool
) -> tuple[StorageKind, npt.NDArray[np.int32], pa.Array]:
    """Return how an array is stored, the positions of its rows, and the values there."""
    kind = array.type.value_type if pa.types.is_dictionary(array.type) else array.type
    stored = _stored(kind)
    if stored == "something else":
        array = pa.array([None if v is None else str(v) for v in array.to_pylist()], pa.string())
    elif stored == "nothing" or kind == pa.string_view():
        array = array.cast(pa.string())
    if distinct or pa.types.is_dictionary(array.type):
        encoded = array.dictionary_encode()
        codes = encoded.indices.cast(pa.int32()).fill_null(-1).to_numpy(zero_copy_only=False)
        # A null of its own at the end, where code -1 points.
        kinds = encoded.dictionary.type
        return stored, codes, pa.concat_arrays([encoded.dictionary, pa.nulls(1, kinds)])
    return stored, np.arange(len(array), dtype=np.int32), array


def _stored(kind: pa.DataType) -> StorageKind:
    """Return in a word what a type stores."""
    types = pa.types
    if types.is_null(kind):
        return "nothing"
    if types.is_boolean(kind):
        return "truth values"
    if types.is_integer(kind) or types.is_floating(kind) or types.is_decimal(kind):
        return "numbers"
    if types.is_string(kind) or types.is_large_string(kind) or types.is_string_view(kind):
        return "text"
    if types.is_date(kind) or types.is_timestamp(kind):
        return "dates"
    return "something else"


def _numbers(raw: pa.Array, stored: StorageKind, text: pa.Array | None) -> npt.NDArray[np.float64]:
    """Return values as floats, NaN where they are none."""
    if stored == "numbers":
        floats = raw.cast(pa.float64(), safe=False)
    elif stored == "text" and text is not None:
        floats = pc.if_else(pc.match_substring_regex(text, _NUMBER), text, None).cast(pa.float64())
    else:
        return np.full(len(raw), np.nan)
    numbers: npt.NDArray[np.float64] = floats.to_numpy(zero_copy_only=False)
    return numbers


def _days(raw: pa.Array, stored: StorageKind, text: pa.Array | None) -> Bools:
    """Return which values are a calendar day, year first: 2007-05-31, 2007/5/31, 20070531."""
    if stored not in ("text", "numbers") or text is None:
        return as_mask(pc.is_valid(raw))
    parts = text.to_pandas().astype("str").str.extract(_DAY)
    same = parts[1] == parts[3]
    padded = (parts[1] != "") | ((parts[2].str.len() == 2) & (parts[4].str.len() == 2))
    day = parts[0] + "-" + parts[2] + "-" + parts[4]
    parsed = pd.to_datetime(day, format="%Y-%m-%d", errors="coerce")
    return np.asarray(parsed.notna() & same & padded, dtype=bool)


def as_mask(array: pa.Array) -> Bools:
    """Return a mask, null as false."""
    mask: Bools = array.fill_null(False).to_numpy(zero_copy_only=False)
    return mask
