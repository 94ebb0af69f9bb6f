"""What is wrong with a file as a whole: its columns, its lines, and whether it has rows."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import get_close_matches

from tradedig_helpers.economy.schema import Table
from tradedig_helpers.measure.inspection.findings import SHOWN, Finding, Level
from tradedig_helpers.measure.inspection.sources import Source

_EXTRA = 6


def layout_findings(source: Source, table: Table, rows: int) -> Iterator[Finding]:
    """Yield what is wrong apart from values; ``rows`` is how many could be read."""
    if source.ragged:
        first = tuple(source.ragged[:SHOWN])
        advice = "repair these lines; is there a comma inside a field without quotes?"
        yield Finding("", "as many fields as the header", advice, len(source.ragged), first)
    elif not rows:
        yield Finding("", "at least one row", "give the file its rows")
    if source.names:
        yield from _columns(source, table)
    if source.delimiter != ",":
        advice = f"read it with pd.read_csv(..., sep={source.delimiter!r})"
        yield Finding("", "separated by commas", advice, level="note")


def _columns(source: Source, table: Table) -> Iterator[Finding]:
    """Yield columns that are missing, there twice, or not declared."""
    extra = [name for name in source.names if name not in table.names]
    spelled = {name.strip().lower(): name for name in extra}
    for column in table.columns:
        name = column.name
        if name not in source.names:
            near = get_close_matches(name, spelled, n=1)
            level: Level = "note" if column.may_lack else "problem"
            advice = "add it, or do without" if column.may_lack else "add it"
            advice = f"rename {spelled[near[0]]!r}" if near else advice
            yield Finding(name, "column is there", advice, level=level)
        elif (times := source.names.count(name)) > 1:
            advice = f"it stands {times} times; keep one, the first was inspected"
            yield Finding(name, "column once", advice)
    if extra:
        advice = f"no measure reads {len(extra)} of the columns"
        shown = (*extra[:_EXTRA], "…")[: len(extra)]
        yield Finding("", "declared columns", advice, examples=shown, level="note")
