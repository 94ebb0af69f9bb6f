"""The data dictionary as tables, from the one declaration of the columns."""

from __future__ import annotations

from tradedig_book.present.tables import PageTable
from tradedig_helpers.schema.records import RECORDS
from tradedig_helpers.schema.tables import SCHEMA


def dictionary_table(name: str) -> PageTable:
    """Lay out the columns of one table of the synthetic economy.

    Raises
    ------
    ValueError
        If there is no such table.
    """
    tables = SCHEMA | RECORDS
    if name not in tables:
        raise ValueError(f"there is no table {name!r}; choose one of {', '.join(tables)}")
    schema = tables[name]
    return PageTable(
        caption=f"{name} (synthetic): one row is {schema.row}",
        header=("Column", "Kind", "Unit", "Meaning"),
        rows=tuple((f"<code>{c.name}</code>", c.kind, c.unit, c.described) for c in schema.columns),
        style="text",
    )
