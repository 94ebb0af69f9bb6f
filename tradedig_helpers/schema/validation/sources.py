"""Files and frames as batches of rows, with row numbers that survive unreadable lines."""

from __future__ import annotations

import csv
import gzip
import io
import re
import zlib
from array import array
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from pathlib import Path
from typing import Any, Literal

import narwhals as nw
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet

from tradedig_helpers.schema.declare import Table
from tradedig_helpers.schema.validation.encoding import foreign, no_text
from tradedig_helpers.schema.validation.rules import SourceKind
from tradedig_helpers.schema.validation.values import REPEATING

BATCH_ROWS = 1 << 20
HEAD_ROWS = 2000
_BLOCK_BYTES = 1 << 23
_FILE_TYPES = (".parquet", ".csv", ".csv.gz")
_CONVERT = {
    ".dta": "convert it: pandas.read_stata({0!r}).to_parquet('{1}.parquet')",
    ".xlsx": "convert it: pandas.read_excel({0!r}, dtype=str).to_csv('{1}.csv', index=False)",
    ".xls": "convert it: pandas.read_excel({0!r}, dtype=str).to_csv('{1}.csv', index=False)",
    ".sas7bdat": "convert it: pandas.read_sas({0!r}, encoding='infer').to_parquet('{1}.parquet')",
    ".sav": "convert it: pandas.read_spss({0!r}).to_parquet('{1}.parquet')",
    ".feather": "convert it: pandas.read_feather({0!r}).to_parquet('{1}.parquet')",
    ".rds": "convert it in R: arrow::write_parquet(readRDS({0!r}), '{1}.parquet')",
    ".tsv": "call it {1}.csv; tabs are read, too",
    ".txt": "call it {1}.csv; tabs and semicolons are read, too",
    ".zip": "unpack it first",
}
"""What makes a file that can be validated of one of another type."""
DAMAGE = (pa.ArrowException, OSError, UnicodeDecodeError, csv.Error, EOFError, zlib.error)


class CannotValidate(ValueError):
    """A file that cannot be validated: absent, of unknown type or table, damaged, not in UTF-8."""


@dataclass(frozen=True, slots=True)
class Source:
    """Rows in batches that hold the declared columns.

    Attributes
    ----------
    names : all columns of the file, in its order
    batches : the rows, in order; read once
    kind : where the rows come from; a CSV stores no types
    head : the first rows of each of ``names``, read when they are asked for
    index : names of the index of a frame
    delimiter : what separates the fields of a CSV
    ragged : rows of a CSV with too few or too many fields, which are not in ``batches``;
        filled while these are read
    """

    names: tuple[str, ...]
    batches: Iterable[pa.RecordBatch]
    kind: SourceKind = "frame"
    head: Callable[[], Sequence[pa.Array]] = tuple
    index: tuple[str, ...] = ()
    delimiter: str = ","
    ragged: array[int] = field(default_factory=lambda: array("q"))

    @property
    def typed(self) -> bool:
        """Whether types are stored; text of a CSV is no mistake."""
        return self.kind != "csv"

    def original(self, rows: Sequence[int]) -> tuple[int, ...]:
        """Return the numbers in the file of rows of ``batches``."""
        skipped = np.asarray(self.ragged, dtype=np.int64)
        before = np.searchsorted(skipped - np.arange(len(skipped)), rows, side="right")
        return tuple((np.asarray(rows, dtype=np.int64) + before).tolist())


def open_source(path: Path, table: Table, rows: int = BATCH_ROWS) -> Source:
    """Open a file to be read in batches.

    Raises
    ------
    CannotValidate
        If the file is absent or a folder, of another type, or damaged at its beginning.
    """
    kind = file_type(path)
    try:
        if not path.is_file():
            raise CannotValidate(f"{path} is {'a folder' if path.is_dir() else 'not there'}")
        source = _parquet(path, table, rows) if kind == ".parquet" else _csv(path, table)
    except DAMAGE as error:
        raise _unreadable(path, error) from error
    return replace(source, batches=_guarded(path, source.batches))


def _guarded(path: Path, batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    """Yield batches; damage further into the file is ``CannotValidate``, too."""
    try:
        yield from batches
    except DAMAGE as error:
        raise _unreadable(path, error) from error


def _unreadable(path: Path, error: Exception) -> CannotValidate:
    """Return an error that says what to do about a file that cannot be read."""
    if isinstance(error, UnicodeDecodeError) or "invalid utf8" in str(error).lower():
        return CannotValidate(foreign(path))
    return CannotValidate(f"{path} cannot be read: {' '.join(str(error).split())}")


def file_type(path: Path) -> str:
    """Return which of the file types a path has, or raise ``CannotValidate``."""
    for kind in _FILE_TYPES:
        if path.name.lower().endswith(kind):
            return kind
    if path.is_dir():
        raise CannotValidate(f"{path} is a folder; give the files in it, such as customs.parquet")
    convert = _CONVERT.get(path.suffix.lower(), "")
    convert = convert.format(path.name, path.stem) and f"; {convert.format(path.name, path.stem)}"
    raise CannotValidate(f"{path}: unknown file type; give {', '.join(_FILE_TYPES)}{convert}")


def frame_source(frame: Any, table: Table) -> Source:
    """Return a frame of pandas, Polars or pyarrow as a source of its rows.

    Raises
    ------
    TypeError
        If it is none of these.
    """
    if isinstance(frame, pd.DataFrame):
        return _pandas(frame, table)
    found = frame if isinstance(frame, pa.Table) else _arrow(frame)
    names = found.schema.names
    wanted = list(_positions(names, table).values()) or [0][: len(names)]

    def head() -> list[pa.Array]:
        return [_in_one(column) for column in found.slice(0, HEAD_ROWS).columns]

    return Source(tuple(names), found.select(wanted).to_batches(), head=head)


def _arrow(frame: Any) -> pa.Table:
    """Return a frame of Polars, or another in memory that narwhals knows, as an Arrow table."""
    known = nw.from_native(frame, pass_through=True)
    if isinstance(known, nw.DataFrame):
        return known.to_arrow()
    lazy = "; collect it first" if isinstance(known, nw.LazyFrame) else ""
    raise TypeError(
        f"frame is a {type(frame).__name__}; give a pandas DataFrame, or one of Polars or "
        f"pyarrow{lazy}"
    )


def _in_one(found: pa.Array | pa.ChunkedArray) -> pa.Array:
    """Return an array in one piece."""
    if isinstance(found, pa.ChunkedArray):
        return found.combine_chunks() if found.num_chunks else pa.array([], found.type)
    return found


def _pandas(frame: pd.DataFrame, table: Table) -> Source:
    """Return a pandas frame as a source of one batch."""
    names = [str(name) for name in frame.columns]
    wanted = _positions(names, table) or dict.fromkeys(names[:1], 0)
    arrays = [_to_array(frame.iloc[:, position]) for position in wanted.values()]
    batches = [pa.RecordBatch.from_arrays(arrays, names=list(wanted))] if arrays else []

    def head() -> list[pa.Array]:
        top = frame.iloc[:HEAD_ROWS]
        return [_to_array(top.iloc[:, position]) for position in range(len(names))]

    index = tuple(str(name) for name in frame.index.names if name is not None)
    return Source(tuple(names), batches, head=head, index=index)


def _positions(names: Sequence[str], table: Table) -> dict[str, int]:
    """Return the position of each declared column that is there, the first if it is twice."""
    return {name: names.index(name) for name in suited(table, names).names if name in names}


def suited(table: Table, names: Sequence[str]) -> Table:
    """Return the declaration of σ by as many digits as the file's own column says, such as hs6.

    The measures take a table with any one column ``hs<N>``; the declared one is hs4 or hs3.
    """
    own = [name for name in names if re.fullmatch(r"hs[1-9]\d?", name)]
    group = next((name for name in table.names if re.fullmatch(r"hs\d", name)), None)
    if group is None or group in names or len(own) != 1:
        return table
    digits = own[0].removeprefix("hs")
    columns = [
        replace(
            column,
            name=own[0],
            meaning=f"first {digits} digits of the product",
            pattern=rf"\d{{{digits}}}",
        )
        if column.name == group
        else column
        for column in table.columns
    ]
    key = tuple(own[0] if name == group else name for name in table.key)
    return replace(table, key=key, columns=tuple(columns))


def _to_array(values: pd.Series) -> pa.Array:
    """Return a column as an Arrow array; as text if its values are of several types."""
    try:
        found = pa.Array.from_pandas(values)
    except (pa.ArrowException, OverflowError):
        found = pa.array([None if value is None else str(value) for value in values], pa.string())
    return _in_one(found)


def _parquet(path: Path, table: Table, rows: int) -> Source:
    """Open a Parquet file; values that repeat are read once each."""
    schema = pyarrow.parquet.read_schema(path)
    wanted = list(_positions(schema.names, table)) or schema.names[:1]
    codes = [c.name for c in suited(table, schema.names).columns if c.kind in REPEATING]
    texts = [
        name
        for name in codes
        if name in wanted
        and schema.types[schema.names.index(name)] in (pa.string(), pa.large_string())
    ]
    file = pyarrow.parquet.ParquetFile(path, read_dictionary=texts)
    batches = file.iter_batches(batch_size=rows, columns=wanted) if wanted else iter(())

    def head() -> Sequence[pa.Array]:
        return next((batch.columns for batch in file.iter_batches(batch_size=HEAD_ROWS)), [])

    return Source(tuple(schema.names), batches, "parquet", head)


def _csv(path: Path, table: Table) -> Source:
    """Open a CSV; every field is read as text, so codes keep their leading zeros."""
    if problem := no_text(path):
        raise CannotValidate(problem)
    header = _header(path)
    names, delimiter = header.names, header.delimiter
    source = Source(
        names, iter(()), "csv", lambda: _csv_head(path, names, delimiter), delimiter=delimiter
    )
    wanted = _positions(names, table) or dict.fromkeys(names[:1], 0)
    if header.alone or not wanted:
        return source
    return replace(source, batches=_csv_batches(path, header, wanted, source.ragged))


def _csv_batches(
    path: Path, header: _Header, wanted: Mapping[str, int], ragged: array[int]
) -> Iterator[pa.RecordBatch]:
    """Return the wanted columns in batches; rows of another width are added to ``ragged``."""

    def skip(row: pyarrow.csv.InvalidRow) -> Literal["skip"]:
        assert row.number is not None, "only threads lose the number"
        ragged.append(row.number - header.lines - 1)
        return "skip"

    packed: Any = "gzip" if file_type(path) == ".csv.gz" else None
    content: Any = pa.input_stream(path, compression=packed)
    reading = pyarrow.csv.ReadOptions(
        use_threads=False,  # with threads, skipped lines have no number
        block_size=_BLOCK_BYTES,
        column_names=[str(position) for position in range(len(header.names))],
        skip_rows=header.lines,
    )
    parsing = pyarrow.csv.ParseOptions(
        delimiter=header.delimiter, newlines_in_values=True, invalid_row_handler=skip
    )
    fields = _as_text([str(position) for position in wanted.values()])
    reader = pyarrow.csv.open_csv(content, reading, parsing, fields)
    return (batch.rename_columns(list(wanted)) for batch in reader)


def _as_text(names: list[str]) -> pyarrow.csv.ConvertOptions:
    """Return that these fields are read, as text, and missing where they are empty."""
    return pyarrow.csv.ConvertOptions(
        column_types=dict.fromkeys(names, pa.string()),
        include_columns=names,
        null_values=[""],
        strings_can_be_null=True,
    )


def _csv_head(path: Path, names: Sequence[str], delimiter: str) -> list[pa.Array]:
    """Return the first rows of all columns of a CSV as text, without lines of another width."""
    with _text(path) as file:
        lines = islice(csv.reader(file, delimiter=delimiter), HEAD_ROWS)
        rows = [row for row in lines if len(row) == len(names)][1:]
    return [
        pa.array([row[place] or None for row in rows], pa.string()) for place in range(len(names))
    ]


@dataclass(frozen=True, slots=True)
class _Header:
    """The header of a CSV: columns, what separates them, its lines, and if no more follow."""

    names: tuple[str, ...]
    delimiter: str
    lines: int
    alone: bool


def _header(path: Path) -> _Header:
    """Return the header of a CSV."""
    with _text(path) as file:
        first = next((line for line in file if line.strip()), "")
        delimiter = max(",;\t|", key=first.count)
        file.seek(0)
        reader = csv.reader(file, delimiter=delimiter)
        names = next((row for row in reader if row), [])
        return _Header(
            tuple(names), delimiter, reader.line_num, not any(line.strip() for line in file)
        )


def _text(path: Path) -> io.TextIOBase:
    """Open a CSV as text, packed or not."""
    if file_type(path) == ".csv.gz":
        return gzip.open(path, "rt", encoding="utf-8-sig", newline="")
    return path.open(encoding="utf-8-sig", newline="")
