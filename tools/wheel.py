"""What a wheel carries beside the package: the sample and the stored results of the clone.

They stay at the top of the repository; ``pip wheel .`` copies them into the package, where
``tradedig_book.shipped`` looks for them. Named in ``pyproject.toml``.
"""

from __future__ import annotations

import shutil
from pathlib import Path

from setuptools.command.build_py import build_py

CARRIED = "tradedig_book/shipped_files"
FILES = (
    "data_sample/README.md",
    "data_sample/**/*.parquet",
    "results/*.csv",
    "benchmarks/results/*.csv",
)


def carried() -> list[str]:
    """Return the files to carry, by their path from the root of the repository."""
    root = Path()
    return sorted(path.as_posix() for each in FILES for path in root.glob(each))


class BuildWithFiles(build_py):  # type: ignore[misc]
    """Build the package and put the files into it; an editable install reads the clone's own."""

    def run(self) -> None:
        """Copy the package, then the files."""
        super().run()
        for source, target in self._copies().items():
            Path(target).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source, target)

    def get_outputs(self, include_bytecode: bool = True) -> list[str]:
        """Return what is written, the files included."""
        return [*super().get_outputs(include_bytecode), *self._copies().values()]

    def get_source_files(self) -> list[str]:
        """Return what a source distribution must hold to build the same wheel."""
        return [*super().get_source_files(), "tools/wheel.py", *carried()]

    def _copies(self) -> dict[str, str]:
        """Return where each file comes from and goes to."""
        if self.editable_mode:
            return {}
        return {name: f"{self.build_lib}/{CARRIED}/{name}" for name in carried()}
