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
import pyarrow as pa
import pyarrow.parquet

from tradedig_helpers.measure.folder import PANDAS, SCANNED
from tradedig_helpers.schema.declare import Table
from tradedig_helpers.schema.validation.findings import Finding
from tradedig_helpers.schema.validation.layout import RAGGED
from tradedig_helpers.schema.validation.rules import ABSENT, WORD
from tradedig_helpers.schema.validation.sources import CannotValidate
from tradedig_helpers.schema.validation.validate import (
    TABLES,
    ValidationReport,
    describe_table,
    named,
    table_of,
    validate_files,
)
from tradedig_helpers.schema.validation.values import REPEATING

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
    parser.set_defaults(run=main)


def main(options: argparse.Namespace) -> int:
    """Print a report on all files, and return the exit status."""
    try:
        if options.describe:
            print(declaration(options.describe))
            return 0
        if not options.files:
            raise CannotValidate(f"give files to check; tables are {', '.join(TABLES)}")
        files, wrong = _tables(options.files, named(options.table) if options.table else None)
    except CannotValidate as error:
        return _complain([error])
    reports, failed = validate_files(files)
    failed = [*wrong, *failed]
    if not options.table:
        reports = [replace(o, findings=(*o.findings, *paper_notes(o, reports))) for o in reports]
    if reports:
        print("\n\n".join(report(one) for one in reports))
    if any(one.findings for one in reports):
        print(f"\n{_FOOT}")
    problems = any(one.problems for one in reports)
    return _complain(failed) if failed else int(problems)


def _tables(
    paths: Iterable[Path], table: Table | None
) -> tuple[dict[Path, Table], list[CannotValidate]]:
    """Return the table of each file, and what is wrong with those that have none."""
    files: dict[Path, Table] = {}
    wrong: list[CannotValidate] = []
    for path in paths:
        try:
            files[path] = table_of(path) if table is None else table
        except CannotValidate as error:
            wrong.append(error)
    return files, wrong


def paper_notes(checked: ValidationReport, others: Sequence[ValidationReport]) -> Iterator[Finding]:
    """Yield a note if ``paper --data`` would not open a file: it takes one Parquet per table.

    A CSV that lies alone is no folder of data, and nothing is said. ``others`` are all files that
    are checked: by those in its folder the type of firm numbers is chosen.
    """
    path, table = checked.path, checked.table
    opened = f"{table.name}.parquet"
    if path is None or table.name not in (*PANDAS, *SCANNED) or path.name == opened:
        return
    folder = path.resolve().parent
    near = [other for other in folder.iterdir() if _paper_table(other)]
    several = sorted(other.name for other in near if _paper_table(other) == table.name)
    if len(near) == 1 and not _is_parquet(path.name):
        return
    here = [one for one in others if one.path and one.path.resolve().parent == folder]
    cure = _cure(folder, several, table.name, here)
    advice = f"paper --data needs {opened}, one for each table; {cure}"
    if opened in several:
        # To join it with what it may have been made of would double its rows.
        advice = f"paper --data opens {opened} alone; make sure that it holds these rows, too"
    yield Finding("", "opened by paper --data", advice, level="note")


def _cure(
    folder: Path, names: Sequence[str], table: str, reports: Sequence[ValidationReport]
) -> str:
    """Return the line that makes of the files of a table, all in one folder, the one opened."""
    opened = f"{table}.parquet"
    if len(names) == 1 and _is_parquet(names[0]):
        return f"call this file so: {opened}"
    if all(map(_is_parquet, names)) and _alike([folder / name for name in names]):
        return f"join the files: polars.read_parquet({list(names)}).write_parquet({opened!r})"
    known = {one.name: one for one in reports}
    if unknown := [name for name in names if name not in known]:
        return f"check {', '.join(unknown)} together with it to learn how to join them"
    parts = [known[name] for name in names]
    if any(one.rule == RAGGED for part in parts for one in part.findings):
        return "repair the lines of other widths first"
    if len(parts) > 1 and (other := _stored_otherwise(parts, reports)):
        return f"store {other} alike in {', '.join(names)} first"
    reads = [_read(part, reports) for part in parts]
    if len(reads) == 1:
        return f"write it: {reads[0]}.to_parquet({opened!r})"
    joined = f"pandas.concat([{', '.join(reads)}], ignore_index=True)"
    return f"join the files: {joined}.to_parquet({opened!r})"


def _stored_otherwise(
    parts: Sequence[ValidationReport], reports: Sequence[ValidationReport]
) -> str:
    """Return a column that a Parquet file stores as numbers and a CSV is read as text, if any."""
    for part in (part for part in parts if _is_parquet(part.name)):
        types = _types(part, reports)
        for name, stored in part.stored.items():
            if stored == "numbers" and types.get(name) == "str":
                return name
        for one in part.findings:
            if one.rule.startswith("stored as") and types.get(one.column) != "Int64":
                return one.column
    return ""


def _read(part: ValidationReport, reports: Sequence[ValidationReport]) -> str:
    """Return the call of pandas that reads a file without losing digits, zeros or Namibia."""
    if _is_parquet(part.name):
        return f"pandas.read_parquet({part.name!r})"
    types = _types(part, reports)
    called = f"{part.name!r}" + (f", sep={part.delimiter!r}" if part.delimiter != "," else "")
    # Whole numbers without a gap are read as such; with one, they would become floats.
    gaps = {one.column for one in part.findings if one.rule == ABSENT}
    types = {name: kind for name, kind in types.items() if kind == "str" or name in gaps}
    read = f"pandas.read_csv({called}, dtype={types})"
    words = [
        name for name in types if any((f.column, f.rule) == (name, WORD) for f in part.findings)
    ]
    if not words:
        return read
    kept = f"pandas.read_csv({called}, usecols={words}, dtype=str, keep_default_na=False)"
    return f"{read}.assign(**{kept})"


def _types(part: ValidationReport, reports: Sequence[ValidationReport]) -> dict[str, str]:
    """Return the type of each identifier and code by which it meets those of the other files."""
    types = {}
    for column in part.table.columns:
        if column.kind in REPEATING:
            name = column.name
            stored = {one.stored[name] for one in reports if name in one.stored}
            whole = all(one.numbered.get(name, True) for one in reports)
            numbers = column.kind == "identifier" or "numbers" in stored
            fits = name in part.numbered and whole and numbers and "text" not in stored
            types[name] = "Int64" if fits else "str"
    return types


def _alike(paths: Sequence[Path]) -> bool:
    """Return whether Parquet files have the same columns and types, which Polars needs."""
    try:
        schemas = [pyarrow.parquet.read_schema(path) for path in paths]
    except (pa.ArrowException, OSError):
        return False
    return all(one.equals(schemas[0]) for one in schemas)


def _is_parquet(name: str) -> bool:
    return name.lower().endswith(".parquet")


def _paper_table(path: Path) -> str:
    """Return the table of ``paper`` that a file's name says it holds, or an empty text."""
    try:
        name = table_of(path).name
    except CannotValidate:
        return ""
    return name if name in (*PANDAS, *SCANNED) else ""


def report(checked: ValidationReport) -> str:
    """Return what was found in one file as plain text, at most 100 characters wide."""
    frame = checked.frame
    count = f"{checked.problems or 'no'} problem{'s' * (checked.problems > 1)}"
    size = f"{checked.rows:,} row{'s' * (checked.rows != 1)}"
    lines = [f"{checked.name} ({checked.table.name}): {count} in {size}"]
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
        lines += textwrap.wrap(
            advice,
            96,
            initial_indent="    -> ",
            subsequent_indent=" " * 7,
            break_on_hyphens=False,  # names of files in a line to be run
        )
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
