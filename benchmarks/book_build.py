"""How long the book takes to build: from nothing, after an edit of prose, after one of a helper.

The builds are those of a copy of the working tree, so that the book itself is left alone.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from statistics import median
from time import perf_counter

import pandas as pd

from benchmarks.hosts import ROOT

REPEATS = 3
PROSE, COMMENT = "\nOne more sentence.\n", "\n# One more comment.\n"
EDITS = {
    "text edit": ("notebooks/quality.md", PROSE),
    "edit of a helper of one chapter": (
        "tradedig_helpers/linking/graphs.py",
        COMMENT,
    ),
    "edit of a helper of all chapters": ("tradedig_book/theory/derivation.py", COMMENT),
}
"""What is edited, and what is added at its end. The last edit runs the whole book again."""


def _copy(folder: Path) -> Path:
    """Copy the files that git tracks or would track, as they are now."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    names = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    for name in filter(None, names.split("\0")):
        if (ROOT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, folder / name)
    return folder


def _build(book: Path) -> float:
    """Build the book there, with its own package, and return the seconds it took."""
    start = perf_counter()
    subprocess.run(
        [sys.executable, "tools/book.py"],
        cwd=book,
        env={**os.environ, "PYTHONPATH": str(book)},
        check=True,
        stdout=subprocess.DEVNULL,
    )
    return perf_counter() - start


def _after(book: Path, edited: str, addition: str) -> float:
    """Edit a file and build."""
    with (book / edited).open("a", encoding="utf-8") as file:
        file.write(addition)
    return _build(book)


def measure() -> pd.DataFrame:
    """Build from nothing once, then after each edit, and take medians of the edits that are quick.

    Returns
    -------
    DataFrame
        Columns ``what``, ``seconds`` and ``builds``, how many of them the median is of.
    """
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        book = _copy(Path(folder).resolve())
        rows.append(("from nothing", _build(book), 1))
        for what, (edited, addition) in EDITS.items():
            builds = 1 if what.endswith("all chapters") else REPEATS
            seconds = median(_after(book, edited, addition) for _ in range(builds))
            rows.append((what, seconds, builds))
    return pd.DataFrame(rows, columns=["what", "seconds", "builds"])
