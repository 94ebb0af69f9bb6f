"""Files and frames as batches of rows, with row numbers that survive unreadable lines."""

from __future__ import annotations

import csv
import gzip
import io
import zlib
from array import array
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet

from tradedig_helpers.economy.schema import Table
from tradedig_helpers.measure.inspection.values import REPEATING

BATCH_ROWS = 1 << 20
_BLOCK_BYTES = 1 << 23
_FILE_TYPES = (".parquet", ".csv", ".csv.gz")
_DAMAGE = (pa.ArrowException, OSError, UnicodeDecodeError, csv.Error, EOFError, zlib.error)


class CannotInspect(ValueError):
    """A file that cannot be inspected: absent, of unknown type or table, damaged, not in UTF-8."""


@dataclass(frozen=True, slots=True)
class Source:
    """Rows in batches that hold the declared columns.

    Attributes
    ----------
    names : all columns of the file, in its order
    batches : the rows, in order; read once
    typed : whether the file stores types
    delimiter : what separates the fields of a CSV
    ragged : rows of a CSV with too few or too many fields, which are not in ``batches``;
        filled while these are read
    """

    names: tuple[str, ...]
    batches: Iterable[pa.RecordBatch]
    typed: bool = True
    delimiter: str = ","
    ragged: array[int] = field(default_factory=lambda: array("q"))

    def original(self, rows: Sequence[int]) -> tuple[int, ...]:
        """Return the numbers in the file of rows of ``batches``."""
        skipped = np.asarray(self.ragged, dtype=np.int64)
        before = np.searchsorted(skipped - np.arange(len(skipped)), rows, side="right")
        return tuple((np.asarray(rows, dtype=np.int64) + before).tolist())


def open_source(path: Path, table: Table, rows: int = BATCH_ROWS) -> Source:
    """Open a file to be read in batches.

    Raises
    ------
    CannotInspect
        If the file is absent or a folder, of another type, or damaged at its beginning.
    """
    kind = file_type(path)
    if not path.is_file():
        raise CannotInspect(f"{path} is {'a folder' if path.is_dir() else 'not there'}")
    try:
        source = _parquet(path, table, rows) if kind == ".parquet" else _csv(path, table)
    except _DAMAGE as error:
        raise _unreadable(path, error) from error
    return replace(source, batches=_guarded(path, source.batches))


def _guarded(path: Path, batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    """Yield batches; damage further into the file is ``CannotInspect``, too."""
    try:
        yield from batches
    except _DAMAGE as error:
        raise _unreadable(path, error) from error


def _unreadable(path: Path, error: Exception) -> CannotInspect:
    """Return an error that says what to do about a file that cannot be read."""
    if "utf" in str(error).lower():
        return CannotInspect(
            f"{path} is not in UTF-8; convert it, for example: "
            f"iconv -f GB18030 -t UTF-8 {path.name} > new-{path.name}"
        )
    return CannotInspect(f"{path} cannot be read: {error}")


def file_type(path: Path) -> str:
    """Return which of the file types a path has, or raise ``CannotInspect``."""
    for kind in _FILE_TYPES:
        if path.name.lower().endswith(kind):
            return kind
    raise CannotInspect(f"{path}: unknown file type; give {', '.join(_FILE_TYPES)}")


def frame_source(frame: pd.DataFrame, table: Table) -> Source:
    """Return a pandas frame as a source of one batch."""
    names = [str(name) for name in frame.columns]
    wanted = _positions(names, table)
    arrays = [_to_array(frame.iloc[:, position]) for position in wanted.values()]
    batches = [pa.RecordBatch.from_arrays(arrays, names=list(wanted))] if arrays else []
    return Source(tuple(names), batches)


def _positions(names: Sequence[str], table: Table) -> dict[str, int]:
    """Return the position of each declared column that is there, the first if it is twice."""
    return {name: names.index(name) for name in table.names if name in names}


def _to_array(values: pd.Series) -> pa.Array:
    """Return a column as an Arrow array; as text if its values are of several types."""
    try:
        found = pa.Array.from_pandas(values)
    except (pa.ArrowException, OverflowError):
        found = pa.array([None if value is None else str(value) for value in values], pa.string())
    return found.combine_chunks() if isinstance(found, pa.ChunkedArray) else found


def _parquet(path: Path, table: Table, rows: int) -> Source:
    """Open a Parquet file; values that repeat are read once each."""
    schema = pyarrow.parquet.read_schema(path)
    wanted = list(_positions(schema.names, table))
    codes = [c.name for c in table.columns if c.kind in REPEATING and c.name in wanted]
    texts = [name for name in codes if schema.field(name).type in (pa.string(), pa.large_string())]
    file = pyarrow.parquet.ParquetFile(path, read_dictionary=texts)
    batches = file.iter_batches(batch_size=rows, columns=wanted) if wanted else iter(())
    return Source(tuple(schema.names), batches)


def _csv(path: Path, table: Table) -> Source:
    """Open a CSV; every field is read as text, so codes keep their leading zeros."""
    names, delimiter, lines, empty = _header(path)
    wanted = _positions(names, table)
    if empty or not wanted:
        return Source(names, iter(()), typed=False, delimiter=delimiter)
    ragged = array("q")

    def skip(row: pyarrow.csv.InvalidRow) -> str:
        ragged.append(row.number - lines - 1)
        return "skip"

    fields = {name: str(position) for name, position in wanted.items()}
    reader = pyarrow.csv.open_csv(
        pa.input_stream(path, compression="gzip" if file_type(path) == ".csv.gz" else None),
        read_options=pyarrow.csv.ReadOptions(
            use_threads=False,  # with threads, skipped lines have no number
            block_size=_BLOCK_BYTES,
            column_names=[str(position) for position in range(len(names))],
            skip_rows=lines,
        ),
        parse_options=pyarrow.csv.ParseOptions(
            delimiter=delimiter, newlines_in_values=True, invalid_row_handler=skip
        ),
        convert_options=pyarrow.csv.ConvertOptions(
            column_types=dict.fromkeys(fields.values(), pa.string()),
            include_columns=list(fields.values()),
            null_values=[""],
            strings_can_be_null=True,
        ),
    )
    batches = (batch.rename_columns(list(fields)) for batch in reader)
    return Source(names, batches, typed=False, delimiter=delimiter, ragged=ragged)


def _header(path: Path) -> tuple[tuple[str, ...], str, int, bool]:
    """Return the columns of a CSV, its delimiter, the lines they take, and if no more follow."""
    with _text(path) as file:
        first = next((line for line in file if line.strip()), "")
        delimiter = max(",;\t|", key=first.count)
        file.seek(0)
        reader = csv.reader(file, delimiter=delimiter)
        names = next((row for row in reader if row), [])
        lines = reader.line_num
        empty = not any(line.strip() for line in file)
    return tuple(names), delimiter, lines, empty


def _text(path: Path) -> io.TextIOBase:
    """Open a CSV as text, packed or not."""
    if file_type(path) == ".csv.gz":
        return gzip.open(path, "rt", encoding="utf-8-sig", newline="")
    return path.open(encoding="utf-8-sig", newline="")
