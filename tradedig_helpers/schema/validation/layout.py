"""What is wrong with a file as a whole: its columns, its lines, and whether it has rows."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence

import pyarrow as pa

from tradedig_helpers.schema.declare import Table
from tradedig_helpers.schema.validation.findings import SHOWN, Finding, Severity
from tradedig_helpers.schema.validation.lookalikes import Lookalike, guesses, sigma_group
from tradedig_helpers.schema.validation.sources import DAMAGE, Source

RAGGED = "as many fields as the header"
_EXTRA = 6
_ALL = 20
_EACH_DESTINATION = (
    "add it: σ is read by product and destination; if yours is by product alone, repeat it for "
    "each: table.merge(customs[['destination']].drop_duplicates(), how='cross')"
)


def layout_findings(source: Source, table: Table, rows: int) -> Iterator[Finding]:
    """Yield what is wrong apart from values; ``rows`` is how many could be read."""
    if source.ragged:
        first = tuple(source.ragged[:SHOWN])
        advice = "repair these lines; is there a comma inside a field without quotes?"
        yield Finding("", RAGGED, advice, len(source.ragged), first)
    elif not rows:
        yield Finding("", "at least one row", "give the file its rows")
    if source.names:
        yield from _columns(source, table)
    if source.delimiter != ",":
        advice = f"read it with pd.read_csv(..., sep={source.delimiter!r})"
        yield Finding("", "separated by commas", advice, level="note")


def _columns(source: Source, table: Table) -> Iterator[Finding]:
    """Yield columns that are missing, there twice, or not declared."""
    extra = list(dict.fromkeys(name for name in source.names if name not in table.names))
    strange = len(extra) == len(set(source.names))
    if strange:
        advice = f"none of its {len(extra)} columns has a declared name; rename them"
        shown = (*extra[:_ALL], "…")[: len(extra)]
        yield Finding("", "declared columns", advice, examples=shown)
    yield from _missing(source, table, extra)
    yield from _repeated(source, table)
    if extra and not strange:
        count = sum(name not in table.names for name in source.names)
        advice = f"no measure reads {count} of the columns"
        shown = (*extra[:_EXTRA], "…")[: len(extra)]
        yield Finding("", "declared columns", advice, examples=shown, level="note")


def _missing(source: Source, table: Table, extra: Sequence[str]) -> Iterator[Finding]:
    """Yield declared columns that are not there, with what may be them."""
    missing = [column for column in table.columns if column.name not in source.names]
    likely = _likely(source, table, extra) if missing and extra else {}
    for column in missing:
        name = column.name
        level: Severity = "note" if column.may_lack else "problem"
        advice = "add it, or do without" if column.may_lack else "add it"
        if name in source.index:
            advice = "it is in the index: frame.reset_index()"
        elif name in likely:
            advice = likely[name].advice
        elif name == "destination" and "sigma" in table.names:
            advice = _EACH_DESTINATION
        yield Finding(name, "column is there", advice, level=level)


def _likely(source: Source, table: Table, extra: Sequence[str]) -> dict[str, Lookalike]:
    """Return by missing column which of the extra ones may be it, by its first rows."""
    columns = [column for column in table.columns if column.name not in source.names]
    try:
        values = source.head()
    except DAMAGE:
        return {}
    head: list[pa.Array] = [values[source.names.index(name)] for name in extra] if values else []
    if not head:
        return {}
    found = guesses(columns, extra, head, source.kind)
    group = next((c.name for c in columns if re.fullmatch(r"hs\d", c.name)), None)
    if group and group not in found and (guess := sigma_group(table, extra, head)):
        found[group] = guess
    return found


def _repeated(source: Source, table: Table) -> Iterator[Finding]:
    """Yield names that several columns bear; in a CSV readers number those without a use."""
    for name, times in Counter(source.names).items():
        if times > 1:
            advice = f"it stands {times} times; keep one"
            if name in table.names:
                yield Finding(name, "column once", f"{advice}, the first was inspected")
            else:
                level: Severity = "note" if source.kind == "csv" else "problem"
                yield Finding(name, "column once", advice, level=level)
