"""What tells rows apart: their keys, counted, and the rows that repeat one."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from tradedig_helpers.schema.validation.findings import SHOWN, Finding
from tradedig_helpers.schema.validation.values import Values, whole_numbers

Projection = tuple[tuple[str, int | None], ...]
"""Columns, each with the number of its first characters that count, or all."""


def whole_columns(columns: Sequence[str]) -> Projection:
    """Return columns of which all characters count."""
    return tuple((column, None) for column in columns)


def keys_of(values: Mapping[str, Values], projection: Projection, start: int = 0) -> pa.Table:
    """Return the key of each row that has all of it: columns ``k0``, ``k1``, ... and ``row``."""
    columns = {f"k{i}": _key(values[name], width) for i, (name, width) in enumerate(projection)}
    size = len(next(iter(columns.values())))
    keys = pa.table({**columns, "row": pa.array(np.arange(start, start + size))})
    return keys.drop_null()


def _key(values: Values, width: int | None) -> pa.Array:
    """Return the values by row that tell rows apart: whole numbers or text."""
    if values.text is None:
        distinct = whole_numbers(values)
    else:
        distinct = values.text.cast(pa.large_string())
        distinct = distinct if width is None else pc.utf8_slice_codeunits(distinct, 0, width)
    return distinct.take(np.where(values.codes < 0, len(distinct) - 1, values.codes))


def with_distinct_texts(keys: pa.Table) -> pa.Table:
    """Return keys with each text kept once, to be held until all batches are read."""
    for place, name in enumerate(keys.column_names):
        if pa.types.is_large_string(keys.schema.field(name).type):
            keys = keys.set_column(place, name, keys[name].dictionary_encode())
    return keys


def counted(parts: Iterable[pa.Table]) -> pa.Table:
    """Return each key once, with its first ``row`` and how many ``rows`` have it."""
    keys = pa.concat_tables([_with_count(part) for part in parts])
    names = key_names(keys)
    found = keys.group_by(names).aggregate([("row", "min"), ("rows", "sum")])
    return found.rename_columns({"row_min": "row", "rows_sum": "rows"})


def gathered(parts: Sequence[pa.Table], keys: pa.Table) -> list[pa.Table]:
    """Return counted parts and the keys of one more batch; joined when they double in size."""
    parts = [*parts, counted([keys])]
    doubled = sum(map(len, parts[1:])) >= len(parts[0])
    return [counted(parts)] if doubled else parts


def repeated(parts: Sequence[pa.Table], columns: Sequence[str]) -> Iterator[Finding]:
    """Yield what repeats an earlier key among the packed keys of all batches."""
    if not parts:
        return
    names = key_names(parts[0])
    keys = pa.concat_tables(parts).unify_dictionaries()
    again = pa.array(keys.select(names).to_pandas().duplicated())
    if pc.any(again).as_py():
        twice = keys.filter(again)
        twice = twice.append_column("rows", pa.array(np.ones(len(twice), dtype=np.int64)))
        advice = f"keep one row for each {', '.join(columns)}"
        yield key_finding(columns, "key not repeated", advice, twice)


def comparable(tables: Sequence[pa.Table]) -> list[pa.Table]:
    """Return keys of several files; what is text in one of them is text in all."""
    text = {
        name
        for keys in tables
        for name in key_names(keys)
        if pa.types.is_large_string(keys.schema.field(name).type)
    }
    return [_with_text(keys, text) for keys in tables]


def key_finding(columns: Sequence[str], rule: str, advice: str, keys: pa.Table) -> Finding:
    """Return a finding on the rows of counted keys; shown is the first row of each key."""
    first = keys.sort_by("row").slice(0, SHOWN).to_pylist()
    return Finding(
        ", ".join(columns),
        rule,
        advice,
        int(pc.sum(keys["rows"]).as_py()),
        tuple(one["row"] for one in first),
        tuple(" ".join(str(one[name]) for name in key_names(keys)) for one in first),
    )


def key_names(keys: pa.Table) -> list[str]:
    """Return the names of the key's columns, which are not those of the table."""
    return [name for name in keys.column_names if name.startswith("k")]


def _with_text(keys: pa.Table, names: Collection[str]) -> pa.Table:
    for place, name in enumerate(keys.column_names):
        if name in names:
            keys = keys.set_column(place, name, keys[name].cast(pa.large_string()))
    return keys


def _with_count(keys: pa.Table) -> pa.Table:
    if "rows" in keys.column_names:
        return keys
    return keys.append_column("rows", pa.array(np.ones(len(keys), dtype=np.int64)))
