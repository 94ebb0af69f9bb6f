"""The economy on disk: writing it part by part, reading it, and its dictionary."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from tradedig_book.economy.data import ContentHash, Economy
from tradedig_book.economy.records.make import Records
from tradedig_book.economy.simulate import SAMPLE_FIRMS, SAMPLE_SEED, simulate_parts
from tradedig_book.economy.workers import number_of_workers
from tradedig_book.economy.world import FIRST_YEAR, LAST_YEAR
from tradedig_book.shipped import shipped
from tradedig_helpers.schema.declare import Table, conform, validate
from tradedig_helpers.schema.records import RECORDS
from tradedig_helpers.schema.tables import SCHEMA

SAMPLE = shipped("data_sample")
ROW_GROUP = 1_000_000
CODE_COLUMNS = [c.name for table in SCHEMA.values() for c in table.columns if c.kind == "code"]
TIGHT: Mapping[str, Any] = {"compression": "zstd", "compression_level": 12}
QUICK: Mapping[str, Any] = {"compression": "lz4", "use_dictionary": CODE_COLUMNS}
"""How to pack: what ships tightly, what is made on demand quickly."""
COUNTERS = ("number", "row")
"""Columns that count rows, which are stored as differences."""


def _command(folder: Path | str) -> str:
    """Return what writes the sample, its records included, into ``folder``."""
    size = f"--firms {SAMPLE_FIRMS} --seed {SAMPLE_SEED}"
    return f"python -m tradedig_book simulate {size} --out {folder} --records"


_OPENING = f"""# Data dictionary

These data are **synthetic**.
No firm, product, place or number in them is real, and every code is invented.
A seeded generator draws them from the model of the book.
They stand in for customs, accounting and platform records that are not public.
They cover the years {FIRST_YEAR} to {LAST_YEAR}.
Low numbers are frequent: D01 receives the most shipments, and P01 has the most firms.
An `identifier` is a whole number here; in your own files it may be text.

The sample holds {SAMPLE_FIRMS:,} exporting firms and is written, this file included, by

    {_command("data_sample")}

Same firms and seed, same content on any machine; a test compares the content hash.
Read it in Python with `tradedig_book.economy.load_sample()`.
"""


@dataclass(slots=True)
class Written:
    """What was written: rows by table, and the running hash of all content."""

    rows: dict[str, int] = field(default_factory=dict)
    content: ContentHash = field(default_factory=ContentHash)


def write_economy(
    folder: Path,
    firms: int,
    seed: int,
    progress: Callable[[int], None] | None = None,
    *,
    workers: int | None = None,
) -> Written:
    """Simulate an economy and write it as Parquet, with its dictionary, part by part.

    Parameters
    ----------
    folder : where to write one file for each table
    firms, seed : number of exporters, and seed of all randomness
    progress : called with the number of exporters written so far
    workers : processes that draw; by default one for each processor, or this one alone for
        a sample of ``SAMPLE_FIRMS`` exporters or fewer. Each needs about 200 MB; the files are the
        same, byte by byte, however many they are

    Raises
    ------
    ValueError
        If ``firms``, ``seed`` or ``workers`` is not a positive whole number.

    Notes
    -----
    A few blocks are in memory at a time, whatever the size. Worker processes import the
    script that calls this function, which must therefore do its work under
    ``if __name__ == "__main__":``.
    """
    small = firms <= SAMPLE_FIRMS
    workers = 1 if small and workers is None else number_of_workers(workers)
    parts = simulate_parts(firms, seed, workers=workers)
    return write_parts(folder, parts, TIGHT if small else QUICK, progress)


def write_parts(
    folder: Path,
    parts: Iterator[dict[str, pd.DataFrame]],
    packing: Mapping[str, Any],
    progress: Callable[[int], None] | None = None,
) -> Written:
    """Write the parts of an economy into one file for each table."""
    folder.mkdir(parents=True, exist_ok=True)
    written, exporters = Written(), 0
    with ExitStack() as stack:
        helper = stack.enter_context(ThreadPoolExecutor(max_workers=1))
        files: dict[str, _File] = {}
        for part in parts:
            for name, frame in part.items():
                written.content.update(frame, SCHEMA[name])
                written.rows[name] = written.rows.get(name, 0) + len(frame)
                if name not in files:
                    file = _File(folder / f"{name}.parquet", packing, helper)
                    files[name] = stack.enter_context(file)
                files[name].add(frame)
            if progress and "truth" in part:
                exporters += part["truth"]["firm"].nunique()
                progress(exporters)
    (folder / "README.md").write_text(dictionary(), encoding="utf-8")
    return written


class _File:
    """A Parquet file that gathers frames until a row group is full, and writes beside the rest."""

    def __init__(self, path: Path, packing: Mapping[str, Any], helper: ThreadPoolExecutor) -> None:
        self.path, self.packing, self.helper = path, packing, helper
        self.waiting: list[pd.DataFrame] = []
        self.writer: pq.ParquetWriter | None = None
        self.writing: Future[None] | None = None

    def __enter__(self) -> _File:
        return self

    def __exit__(self, *_: object) -> None:
        self._flush()
        if self.writing:
            self.writing.result()
        if self.writer:
            self.writer.close()

    def add(self, frame: pd.DataFrame) -> None:
        """Add a frame, which must have the columns and types of those before it."""
        self.waiting.append(frame)
        if sum(map(len, self.waiting)) >= ROW_GROUP:
            self._flush()

    def _flush(self) -> None:
        if self.writing:
            self.writing.result()
        if self.waiting:
            self.writing = self.helper.submit(self._write, self.waiting)
        self.waiting = []

    def _write(self, frames: Sequence[pd.DataFrame]) -> None:
        tables = [pa.Table.from_pandas(frame, preserve_index=False) for frame in frames]
        table = pa.concat_tables(tables).unify_dictionaries()
        if self.writer is None:
            self.writer = pq.ParquetWriter(self.path, table.schema, **self.packing)
        self.writer.write_table(table)


def load_sample(folder: Path | None = None) -> Economy:
    """Return the synthetic sample that ships with the book, or one saved elsewhere.

    Raises
    ------
    FileNotFoundError
        Naming the file that is missing and the command that makes it.
    ValueError
        If a file does not hold what the dictionary says.
    """
    folder = SAMPLE if folder is None else Path(folder)
    return Economy(**{name: load_table(table, folder) for name, table in SCHEMA.items()})


def write_records(records: Records, folder: Path) -> dict[str, int]:
    """Write each raw file as Parquet into ``folder``; return their numbers of rows."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, frame in records.frames().items():
        pq.write_table(
            pa.Table.from_pandas(frame, preserve_index=False),
            folder / f"{name}.parquet",
            # Its types know no list of names.
            use_dictionary=[name for name in frame if name not in COUNTERS],  # type: ignore[arg-type]
            column_encoding={
                column: "DELTA_BINARY_PACKED" for column in COUNTERS if column in frame
            },
            **TIGHT,
        )
    return {name: len(frame) for name, frame in records.frames().items()}


def load_records(folder: Path | None = None) -> Records:
    """Return the raw records that ship with the book, or others saved elsewhere.

    Raises
    ------
    FileNotFoundError, ValueError
        As :func:`load_sample`.
    """
    folder = SAMPLE / "records" if folder is None else Path(folder)
    return Records(**{name: load_table(table, folder) for name, table in RECORDS.items()})


def load_table(table: Table, folder: Path | None = None) -> pd.DataFrame:
    """Return one table of the sample, or of an economy saved elsewhere."""
    path = (SAMPLE if folder is None else Path(folder)) / f"{table.name}.parquet"
    command = _command(path.parents[table.name in RECORDS])
    if not path.is_file():
        raise FileNotFoundError(f"{path} is missing; write it with: {command}")
    frame = pd.read_parquet(path)
    if absent := [column for column in table.names if column not in frame]:
        raise ValueError(f"{path} lacks the columns {absent}; write it anew with: {command}")
    frame = conform(frame, table)
    validate(frame, table)
    return frame


def dictionary() -> str:
    """Return the data dictionary in Markdown, made from the schema."""
    tables = (*SCHEMA.values(), *RECORDS.values())
    return "\n".join([_OPENING, *(table_section(table) for table in tables)])


def table_section(table: Table) -> str:
    """Return the part of the dictionary on one table."""
    key = ", ".join(f"`{name}`" for name in table.key) or "none"
    raw = table.name in RECORDS
    place, ending = ("records/", "/") if raw else ("", ".py")
    lines = [
        f"## `{place}{table.name}.parquet`\n",
        f"One row is {table.row}.",
        f"Key: {key}.\n",
        "| column | type | unit | meaning | made in `economy/` |",
        "|---|---|---|---|---|",
        *(
            f"| `{c.name}` | {c.kind} | {c.unit} | {c.described} | `{c.source}{ending}` |"
            for c in table.columns
        ),
    ]
    return "\n".join(lines) + "\n"
