"""``check``: tell in one pass all that is wrong with data files, or what a table should hold."""

from __future__ import annotations

import argparse
import sys
import textwrap
from collections.abc import Iterable, Sequence
from itertools import zip_longest
from pathlib import Path
from typing import Any

import pandas as pd

from tradedig_helpers.measure.inspection import (
    TABLES,
    CannotInspect,
    Inspection,
    describe_table,
    inspect_files,
    named,
    table_of,
)

_WIDEST = {"column": 16, "rule": 24, "rows": 11, "first rows": 20, "values": 20}
_DECLARED = {"column": 16, "kind": 10, "unit": 12, "meaning": 26, "rules": 28}
_FOOT = "Rows count from 0, as in frame.iloc; row 0 of a CSV is the first below its header."


def add(commands: Any) -> None:
    """Add the command to the parser of the package."""
    parser = commands.add_parser(
        "check",
        help="tell all that is wrong with data files",
        description="Hold Parquet or CSV files against what their tables should hold, and "
        "against each other. Exit status: 0 without a problem, 1 with problems, 2 if a file "
        "cannot be checked.",
    )
    parser.add_argument("files", nargs="*", type=Path, metavar="FILE", help=".parquet or .csv")
    parser.add_argument("--as", dest="table", metavar="TABLE", help="what the files hold")
    parser.add_argument("--describe", metavar="TABLE", help="print what a table should hold")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Print a report on all files, and return the exit status."""
    try:
        if options.describe:
            print(declaration(options.describe))
            return 0
        if not options.files:
            raise CannotInspect(f"give files to check; tables are {', '.join(TABLES)}")
        files = {p: named(options.table) if options.table else table_of(p) for p in options.files}
    except CannotInspect as error:
        return _complain([error])
    inspections, failed = inspect_files(files)
    print("\n\n".join(report(one) for one in inspections))
    if any(one.findings for one in inspections):
        print(f"\n{_FOOT}")
    problems = any(one.problems for one in inspections)
    return _complain(failed) if failed else int(problems)


def report(inspection: Inspection) -> str:
    """Return what was found in one file as plain text, at most 100 characters wide."""
    frame = inspection.frame
    count = f"{inspection.problems or 'no'} problem{'s' * (inspection.problems > 1)}"
    size = f"{inspection.rows:,} row{'s' * (inspection.rows != 1)}"
    lines = [f"{inspection.name} ({inspection.table.name}): {count} in {size}"]
    for level, head in (("problem", ""), ("note", "Worth knowing:")):
        part = frame[frame["level"] == level]
        if len(part):
            lines += [
                "",
                *([head] if head else []),
                *_layout(_cells(part), _WIDEST, part["advice"]),
            ]
    return "\n".join(lines)


def declaration(table: str) -> str:
    """Return the declaration of a table as plain text."""
    about = named(table)
    key = f"Key: {', '.join(about.key)}." if about.key else "No key: rows may be alike."
    frame = describe_table(about)
    head = f"{about.name}: one row is {about.row}. {key}"
    return "\n".join([head, "", *_layout(frame, _DECLARED)])


def _cells(findings: pd.DataFrame) -> pd.DataFrame:
    """Return the columns of findings that are printed side by side, as text."""
    return pd.DataFrame(
        {
            "column": findings["column"].replace("", "(file)"),
            "rule": findings["rule"],
            "rows": [f"{rows:,}" if rows else "" for rows in findings["rows"]],
            "first rows": [", ".join(map(str, rows)) for rows in findings["first_rows"]],
            "values": findings["example"],
        }
    )


def _layout(frame: pd.DataFrame, widest: dict[str, int], below: Iterable[str] = ()) -> list[str]:
    """Return the lines of a table with wrapped cells; a line ``below`` each row if given."""
    rows = [tuple(frame.columns), *frame.itertuples(index=False, name=None)]
    longest = [max(len(cell) for cell in cells) for cells in zip(*rows, strict=True)]
    widths = [min(pair) for pair in zip(longest, widest.values(), strict=True)]
    rows.insert(1, tuple("-" * width for width in widths))
    lines = []
    for cells, advice in zip_longest(rows, ["", "", *below], fillvalue=""):
        lines += _row(cells, widths)
        lines += textwrap.wrap(advice, 96, initial_indent="    -> ", subsequent_indent=" " * 7)
    return lines


def _row(cells: Sequence[str], widths: Sequence[int]) -> list[str]:
    """Return the lines of one row, each cell wrapped to its width."""
    wrapped = [textwrap.wrap(cell, width) for cell, width in zip(cells, widths, strict=True)]
    return [
        "  ".join(part.ljust(width) for part, width in zip(line, widths, strict=True)).rstrip()
        for line in zip_longest(*wrapped, fillvalue="")
    ]


def _complain(errors: Sequence[Exception]) -> int:
    """Print errors and return the exit status of a wrong call."""
    for error in errors:
        print(f"check: {error}", file=sys.stderr)
    return 2
