"""Where the files are that ship beside the package: in a clone, or in an installed wheel."""

from __future__ import annotations

from pathlib import Path

PACKAGE = Path(__file__).resolve().parent
CARRIED = "shipped_files"
"""Folder of the package into which ``tools/wheel.py`` puts the files; a clone has none."""


def shipped(folder: str) -> Path:
    """Return a folder that ships with the package, named by its path from the root of a clone."""
    carried = PACKAGE / CARRIED
    return (carried if carried.is_dir() else PACKAGE.parent) / folder
