"""``check``: tell in one pass all that is wrong with data files, or what a table should hold."""

from __future__ import annotations

import argparse
import sys
import textwrap
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import zip_longest
from pathlib import Path
from typing import Any

import pandas as pd

from tradedig_helpers.economy.schema import Table
from tradedig_helpers.measure.folder import PANDAS, SCANNED
from tradedig_helpers.measure.inspection import (
    TABLES,
    CannotInspect,
    Finding,
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
        files, wrong = _tables(options.files, named(options.table) if options.table else None)
    except CannotInspect as error:
        return _complain([error])
    inspections, failed = inspect_files(files)
    failed = [*wrong, *failed]
    if not options.table:
        inspections = [replace(o, findings=(*o.findings, *paper_notes(o))) for o in inspections]
    if inspections:
        print("\n\n".join(report(one) for one in inspections))
    if any(one.findings for one in inspections):
        print(f"\n{_FOOT}")
    problems = any(one.problems for one in inspections)
    return _complain(failed) if failed else int(problems)


def _tables(
    paths: Iterable[Path], table: Table | None
) -> tuple[dict[Path, Table], list[CannotInspect]]:
    """Return the table of each file, and what is wrong with those that have none."""
    files: dict[Path, Table] = {}
    wrong: list[CannotInspect] = []
    for path in paths:
        try:
            files[path] = table_of(path) if table is None else table
        except CannotInspect as error:
            wrong.append(error)
    return files, wrong


def paper_notes(inspection: Inspection) -> Iterator[Finding]:
    """Yield a note if ``paper --data`` would not open a file: it takes one Parquet per table.

    A CSV that lies alone is no folder of data, and nothing is said.
    """
    path, table = inspection.path, inspection.table
    opened = f"{table.name}.parquet"
    if path is None or table.name not in (*PANDAS, *SCANNED) or path.name == opened:
        return
    near = [other for other in path.resolve().parent.iterdir() if _paper_table(other)]
    several = sorted(other.name for other in near if _paper_table(other) == table.name)
    if path.name.lower().endswith(".parquet"):
        cure = f"call this file so: {opened}"
        if len(several) > 1:
            cure = f"join the files: polars.read_parquet({several}).write_parquet({opened!r})"
    elif len(near) > 1:
        texts = {column.name: "str" for column in table.columns if column.kind == "code"}
        cure = f"write it: pandas.read_csv({path.name!r}, dtype={texts}).to_parquet({opened!r})"
    else:
        return
    advice = f"paper --data needs {opened}, one for each table; {cure}"
    yield Finding("", "opened by paper --data", advice, level="note")


def _paper_table(path: Path) -> str:
    """Return the table of ``paper`` that a file's name says it holds, or an empty text."""
    try:
        name = table_of(path).name
    except CannotInspect:
        return ""
    return name if name in (*PANDAS, *SCANNED) else ""


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
