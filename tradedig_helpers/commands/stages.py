"""Stages of a long command: a bar while it runs, and a table of time and memory at its end."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from math import isnan, nan
from time import perf_counter

from tqdm import tqdm

try:
    import resource
except ModuleNotFoundError:  # Windows has none
    resource = None  # type: ignore[assignment]

PER_MB = 1024**2 if sys.platform == "darwin" else 1024
"""Units of ``ru_maxrss`` in a megabyte."""


@dataclass(slots=True)
class Stages:
    """Times and peaks of stages.

    Attributes
    ----------
    rows : name, seconds, and the highest memory (MB) of this process until the stage's end, or
        of its largest worker if that is more
    """

    rows: list[tuple[str, float, float]] = field(default_factory=list)

    @contextmanager
    def stage(self, name: str, total: int, unit: str) -> Iterator[tqdm]:
        """Time what happens within, with a bar of ``total`` units; an error wipes the bar off.

        There is no bar where standard error is no terminal.
        """
        start = perf_counter()
        scale = total > 10_000
        with tqdm(total=total, desc=name, unit=f" {unit}", unit_scale=scale, disable=None) as bar:
            try:
                yield bar
            except BaseException:
                bar.leave = False
                raise
        self.rows.append((name, perf_counter() - start, peak_memory()))

    def __str__(self) -> str:
        """Return the closing table."""
        total = ("in all", sum(row[1] for row in self.rows), peak_memory())
        lines = [f"{'stage':12}{'seconds':>9}{'peak MB':>10}"]
        for name, seconds, peak in (*self.rows, total):
            shown = "-" if isnan(peak) else f"{peak:,.0f}"
            lines.append(f"{name:12}{seconds:>9.1f}{shown:>10}")
        return "\n".join(lines)


def peak_memory() -> float:
    """Return the highest memory in MB of this process, or of its largest child if more.

    NaN where the system does not tell.
    """
    if resource is None:
        return nan
    who = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    return max(resource.getrusage(one).ru_maxrss for one in who) / PER_MB
