"""Validation of a file or frame in one pass, and of several files against each other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from tradedig_helpers.schema.declare import Table, named_by
from tradedig_helpers.schema.records import RECORDS
from tradedig_helpers.schema.tables import SCHEMA
from tradedig_helpers.schema.validation.findings import Finding, merged, to_frame
from tradedig_helpers.schema.validation.forms import lengths_of, settled
from tradedig_helpers.schema.validation.identity import (
    Projection,
    counted,
    gathered,
    keys_of,
    repeated,
    whole_columns,
    with_distinct_texts,
)
from tradedig_helpers.schema.validation.layout import layout_findings
from tradedig_helpers.schema.validation.relations import Counted, across, projections
from tradedig_helpers.schema.validation.rules import any_form, column_findings, rule_labels, unborn
from tradedig_helpers.schema.validation.sources import (
    BATCH_ROWS,
    CannotValidate,
    Source,
    file_type,
    frame_source,
    open_source,
    suited,
)
from tradedig_helpers.schema.validation.values import DUE, StorageKind, Values, read_values

TABLES: dict[str, Table] = SCHEMA | RECORDS
_WHOLE_NUMBER = r"^(?:0|-?[1-9]\d{0,17})$"


@dataclass(frozen=True, slots=True)
class ValidationReport:
    """What was found in one file or frame.

    Attributes
    ----------
    name : the file's name, or the table's
    table : the declaration it was held against
    rows : how many rows it has
    findings : problems, then notes
    keys : keys counted for comparison with other files
    stored : how identifiers and codes of any form are stored, numbers or text; nothing for a CSV
    lengths : how many digits the codes of a column have, if all have as many
    path : the file; None for a frame
    numbered : for each of these, whether all are whole numbers without leading zeros, in a CSV, too
    delimiter : what separates the fields of a CSV
    """

    name: str
    table: Table
    rows: int
    findings: tuple[Finding, ...]
    keys: Mapping[Projection, pa.Table]
    stored: Mapping[str, StorageKind]
    lengths: Mapping[str, int]
    path: Path | None = None
    numbered: Mapping[str, bool] = field(default_factory=dict)
    delimiter: str = ","

    @property
    def problems(self) -> int:
        """How many problems there are; notes do not count."""
        return sum(one.level == "problem" for one in self.findings)

    @property
    def frame(self) -> pd.DataFrame:
        """The findings as a table."""
        return to_frame(self.findings, self.table.name)


def validate_frame(frame: Any, table: Table | str) -> pd.DataFrame:
    """Return all that is wrong with a frame, one row for each rule that a column breaks.

    Parameters
    ----------
    frame : a frame of pandas, Polars or pyarrow, in memory
    table : a declaration, or its name, such as ``"customs"``

    Returns
    -------
    DataFrame
        ``level`` (problem or note), ``table``, ``column``, ``rule`` (what should hold),
        ``rows`` (how many break it), ``first_rows`` (positions, as in ``frame.iloc``),
        ``example`` (the values there) and ``advice``; without rows if nothing is wrong.

    Raises
    ------
    TypeError
        If ``frame`` is none of these; a lazy frame has to be collected first.
    CannotValidate
        If there is no table of that name.

    Examples
    --------
    >>> import pandas as pd
    >>> provinces = pd.DataFrame({"province": ["P01"], "year": [20040], "internet": [0.3]})
    >>> validate_frame(provinces, "provinces")[["column", "rule", "rows"]].to_dict("records")
    [{'column': 'year', 'rule': 'at most 2100', 'rows': 1}]
    """
    table = named(table)
    return scan(frame_source(frame, table), table, table.name).frame


def validate_files(
    files: Mapping[Path, Table | str], *, batch_rows: int = BATCH_ROWS
) -> tuple[list[ValidationReport], list[CannotValidate]]:
    """Validate Parquet and CSV files one by one and then against each other.

    Parameters
    ----------
    files : the table that each file holds, or its name; see :func:`table_of`
    batch_rows : how many rows are read at a time, which changes no result

    Returns
    -------
    list of ValidationReport
        What :func:`validate_frame` would find in each file, and what they lack in each other.
        In a CSV row 0 is the one below the header.
    list of CannotValidate
        Why files could not be read, of which there is no report.

    Raises
    ------
    TypeError
        If ``files`` does not say of each file which table it holds.

    Examples
    --------
    >>> from pathlib import Path
    >>> from tradedig_helpers.schema.tables import SCHEMA
    >>> tables = ("destinations", "provinces")
    >>> files = {Path(f"data_sample/{name}.parquet"): SCHEMA[name] for name in tables}
    >>> reports, failed = validate_files(files)
    >>> [(report.name, report.rows, report.problems) for report in reports]
    [('destinations.parquet', 560, 0), ('provinces.parquet', 434, 0)]
    >>> failed
    []
    """
    if not isinstance(files, Mapping):
        raise TypeError(
            f"files is a {type(files).__name__}; give the table of each file, "
            "{'my-data/firms.parquet': 'firms'}"
        )
    tables = {Path(path): named(table) for path, table in files.items()}
    sources: dict[Path, Source] = {}
    failed: list[CannotValidate] = []
    for path, table in tables.items():
        try:
            sources[path] = open_source(path, table, batch_rows)
        except CannotValidate as error:
            failed.append(error)
    wanted = projections([suited(tables[path], one.names) for path, one in sources.items()])
    done: list[ValidationReport] = []
    for path, source in sources.items():
        table = tables[path]
        try:
            found = scan(source, table, path.name, wanted[table.name])
            done.append(replace(found, path=path))
        except CannotValidate as error:
            failed.append(error)
    return _compared(done), failed


def _compared(reports: Sequence[ValidationReport]) -> list[ValidationReport]:
    """Return reports with what their files lack in each other."""
    files = [Counted(one.name, one.table, one.keys, one.stored, one.lengths) for one in reports]
    return [
        replace(
            one, findings=tuple(merged([*one.findings, *across(file, files)], file.table.names))
        )
        for one, file in zip(reports, files, strict=True)
    ]


def named(table: Table | str) -> Table:
    """Return the declaration of that name."""
    if isinstance(table, Table):
        return table
    if not isinstance(table, str):
        raise TypeError(f"table is a {type(table).__name__}; give a name, such as 'firms'")
    if table not in TABLES:
        raise CannotValidate(f"there is no table {table!r}; choose one of {', '.join(TABLES)}")
    return TABLES[table]


def table_of(path: Path) -> Table:
    """Return the table that the file's name begins with, the longest: customs_2007.csv."""
    name = named_by(path.name.removesuffix(file_type(path)), TABLES)
    if not name:
        raise CannotValidate(
            f"{path}: no table goes by this name; choose one of {', '.join(TABLES)}"
        )
    return TABLES[name]


def describe_table(table: Table | str) -> pd.DataFrame:
    """Return the declaration of a table: column, kind, unit, meaning and what should hold."""
    columns = named(table).columns
    return pd.DataFrame(
        {
            "column": [column.name for column in columns],
            "kind": [column.kind for column in columns],
            "unit": [column.unit for column in columns],
            "meaning": [column.described for column in columns],
            "rules": ["; ".join(rule_labels(column)[1:]) for column in columns],
        }
    )


def scan(
    source: Source, table: Table, name: str, wanted: Sequence[Projection] = ()
) -> ValidationReport:
    """Hold a source against a table, batch by batch, and count the ``wanted`` keys."""
    scanned = _Scan(source, suited(table, source.names), wanted)
    for batch in source.batches:
        scanned.add(batch)
    return scanned.report(name)


@dataclass(slots=True)
class _Scan:
    """What is known of a source after some of its batches.

    Attributes
    ----------
    found : what breaks rules, of which ``settled`` makes findings when all rows are read
    keys : the rows' keys, of which those that repeat are found
    parts : the keys to be counted for other files
    """

    source: Source
    table: Table
    wanted: Sequence[Projection]
    rows: int = 0
    found: list[Finding] = field(default_factory=list)
    keys: list[pa.Table] = field(default_factory=list)
    parts: dict[Projection, list[pa.Table]] = field(default_factory=dict)
    stored: dict[str, StorageKind] = field(default_factory=dict)
    numbered: dict[str, bool] = field(default_factory=dict)

    def add(self, batch: pa.RecordBatch) -> None:
        """Take in the next batch."""
        table, source = self.table, self.source
        values = _values(batch, table, typed=source.typed)
        for column in table.columns:
            if column.name in values:
                part = column_findings(values[column.name], column, self.rows, source.kind)
                self.found.extend(part)
        self.found = merged([*self.found, *unborn(values, self.rows)], table.names)
        self.stored |= _stored_keys(values, table) if source.typed else {}
        for key, fits in _numbered(values, table).items():
            self.numbered[key] = self.numbered.get(key, True) and fits
        if table.key and values.keys() >= set(table.key):
            own = keys_of(values, whole_columns(table.key), self.rows)
            self.keys.append(with_distinct_texts(own))
        for one in self.wanted:
            if values.keys() >= {column for column, _ in one}:
                keys = keys_of(values, one, self.rows)
                self.parts[one] = gathered(self.parts.get(one, []), keys)
        self.rows += batch.num_rows

    def report(self, name: str) -> ValidationReport:
        """Return what was found, now that all batches are taken in."""
        source, table = self.source, self.table
        found = settled(self.found, table.columns, source.kind)
        found.extend(repeated(self.keys, table.key))
        found = [replace(one, first_rows=source.original(one.first_rows)) for one in found]
        found.extend(layout_findings(source, table, self.rows))
        return ValidationReport(
            name,
            table,
            self.rows + len(source.ragged),
            tuple(merged(found, table.names)),
            {one: _renumbered(counted(several), source) for one, several in self.parts.items()},
            self.stored,
            lengths_of(self.found),
            numbered=self.numbered,
            delimiter=source.delimiter,
        )


def _values(batch: pa.RecordBatch, table: Table, *, typed: bool) -> dict[str, Values]:
    """Return the values of the declared columns that a batch has, the first of two alike."""
    names = batch.schema.names
    return {
        column.name: read_values(batch.column(names.index(column.name)), column, typed=typed)
        for column in table.columns
        if column.name in names
    }


def _stored_keys(values: Mapping[str, Values], table: Table) -> dict[str, StorageKind]:
    """Return how each identifier, and code of any form, that has values is stored."""
    return {
        column.name: values[column.name].stored
        for column in table.columns
        if (column.kind == "identifier" or any_form(column))
        and column.name in values
        and values[column.name].stored in DUE["identifier"]
    }


def _numbered(values: Mapping[str, Values], table: Table) -> dict[str, bool]:
    """Return whether all of each identifier, and code of any form, can be whole numbers."""
    found = {}
    for column in table.columns:
        if (column.kind == "identifier" or any_form(column)) and column.name in values:
            text = values[column.name].text
            fits = None if text is None else pc.all(pc.match_substring_regex(text, _WHOLE_NUMBER))
            found[column.name] = fits is None or fits.as_py() is not False
    return found


def _renumbered(counts: pa.Table, source: Source) -> pa.Table:
    """Return counted keys whose first row is numbered as in the file."""
    rows = pa.array(source.original(counts["row"].to_numpy().tolist()), pa.int64())
    return counts.set_column(counts.column_names.index("row"), "row", rows)
