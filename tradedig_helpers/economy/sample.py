"""The sample that ships with the book: writing it, reading it, and its dictionary."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from tradedig_helpers.economy.data import Economy
from tradedig_helpers.economy.schema import Table, conform, validate
from tradedig_helpers.economy.tables import SCHEMA
from tradedig_helpers.economy.simulate import FIRMS, SEED

SAMPLE = Path(__file__).resolve().parents[2] / "data_sample"
COMMAND = f"python -m tradedig_helpers simulate --firms {FIRMS} --seed {SEED} --out data_sample"

_OPENING = f"""# Data dictionary

These data are **synthetic**.
No firm, product, place or number in them is real, and every code is invented.
A seeded generator draws them from the model of the book.
They stand in for customs, accounting and platform records that are not public.

The sample holds {FIRMS:,} firms and is written, this file included, by

    {COMMAND}

Same firms and seed, same content on any machine; a test compares the content hash.
Read it in Python with `tradedig_helpers.economy.load_sample()`.
"""


def save_economy(economy: Economy, folder: Path) -> dict[str, int]:
    """Write each frame as Parquet, and the dictionary; return the size of each file in bytes."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, frame in economy.frames().items():
        frame.to_parquet(folder / f"{name}.parquet", compression="zstd", index=False)
    (folder / "README.md").write_text(dictionary(), encoding="utf-8")
    return {path.name: path.stat().st_size for path in sorted(folder.glob("*.parquet"))}


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
    frames = {}
    for name, table in SCHEMA.items():
        path = folder / f"{name}.parquet"
        if not path.is_file():
            raise FileNotFoundError(f"{path} is missing; write it with: {COMMAND}")
        frame = pd.read_parquet(path)
        if absent := [column for column in table.names if column not in frame]:
            raise ValueError(f"{path} lacks the columns {absent}; write it anew with: {COMMAND}")
        frames[name] = conform(frame, table)
        validate(frames[name], table)
    return Economy(**frames)


def dictionary() -> str:
    """Return the data dictionary in Markdown, made from the schema."""
    return "\n".join([_OPENING, *(_section(table) for table in SCHEMA.values())])


def _section(table: Table) -> str:
    """Return the part of the dictionary on one table."""
    key = ", ".join(f"`{name}`" for name in table.key) or "none; rows are ordered by firm and year"
    lines = [
        f"## `{table.name}.parquet`\n",
        f"One row is {table.row}.",
        f"Key: {key}.\n",
        "| column | type | unit | meaning | made in `economy/` |",
        "|---|---|---|---|---|",
        *(
            f"| `{c.name}` | {c.kind} | {c.unit} | {c.meaning} | `{c.source}.py` |"
            for c in table.columns
        ),
    ]
    return "\n".join(lines) + "\n"
