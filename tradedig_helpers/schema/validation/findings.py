"""What a validation finds: one finding for each rule that rows of a column break."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import pandas as pd

SHOWN = 3

Severity = Literal["problem", "note"]


@dataclass(frozen=True, slots=True)
class Finding:
    """A rule that some rows break; a ``note`` is worth knowing and needs no repair.

    Attributes
    ----------
    column : the column, or columns with commas between them; empty for the whole file
    rule : what should hold
    rows : how many rows break it; 0 if it is not a matter of rows
    first_rows : the first of them, from 0
    examples : the values there, as text
    advice : what to do
    rank : place of the rule among those of the column
    form : in what way the rows break it, where what that means is decided by the whole file
    """

    column: str
    rule: str
    advice: str
    rows: int = 0
    first_rows: tuple[int, ...] = ()
    examples: tuple[str, ...] = ()
    level: Severity = "problem"
    rank: int = 0
    form: str = ""

    def plus(self, later: Finding) -> Finding:
        """Return this finding with the rows of a later one on the same rule."""
        return replace(
            self,
            rows=self.rows + later.rows,
            first_rows=(self.first_rows + later.first_rows)[:SHOWN],
            examples=(self.examples + later.examples)[:SHOWN],
        )


def merged(findings: Iterable[Finding], order: list[str]) -> list[Finding]:
    """Return findings, in order of their rows, as one for each column, rule and form."""
    found: dict[tuple[str, str, str], Finding] = {}
    for one in findings:
        key = one.column, one.rule, one.form
        found[key] = found[key].plus(one) if key in found else one
    places = {column: place for place, column in enumerate(["", *order])}
    return sorted(
        found.values(),
        key=lambda one: (one.level == "note", places.get(one.column, len(places)), one.rank),
    )


def joined(findings: Sequence[Finding], rule: str, advice: str, level: Severity) -> Finding:
    """Return findings on different rows of a column as one, its first rows in their order."""
    shown = sorted(
        pair for one in findings for pair in zip(one.first_rows, one.examples, strict=True)
    )[:SHOWN]
    return replace(
        findings[0],
        rule=rule,
        advice=advice,
        level=level,
        rows=sum(one.rows for one in findings),
        first_rows=tuple(row for row, _ in shown),
        examples=tuple(value for _, value in shown),
        rank=min(one.rank for one in findings),
        form="",
    )


def to_frame(findings: Iterable[Finding], table: str) -> pd.DataFrame:
    """Return findings as a table, problems first, without row numbers of its own."""
    columns = ["level", "table", "column", "rule", "rows", "first_rows", "example", "advice"]
    records = [
        (
            one.level,
            table,
            one.column,
            one.rule,
            one.rows,
            one.first_rows,
            ", ".join(dict.fromkeys(value for value in one.examples if value)),
            one.advice,
        )
        for one in findings
    ]
    return pd.DataFrame(records, columns=columns).astype({"rows": "int64"})
