"""Run every benchmark, print one table for each and keep it: ``python -m benchmarks.run``.

Names of benchmarks, such as ``python -m benchmarks.run coverage``, run these alone.
"""

import os
import platform
import sys
from collections.abc import Callable
from datetime import UTC, datetime

import pandas as pd

from benchmarks import (
    book_build,
    coverage,
    estimation,
    paper_scale,
    quality_scale,
    slider_latency,
)
from benchmarks.hosts import ROOT, chromium

BENCHMARKS: dict[str, Callable[[], pd.DataFrame]] = {
    "paper_scale": paper_scale.measure,
    "estimation": estimation.against_peers,
    "estimation_growth": estimation.growth,
    "mobility": estimation.mobility,
    "quality_scale": quality_scale.measure,
    "book_build": book_build.measure,
    "slider_latency": slider_latency.measure,
    "explorer_latency": slider_latency.every_explorer,
    "coverage": coverage.measure,
    "coverage_samples": coverage.first_samples,
}
RESULTS = ROOT / "benchmarks" / "results"


def environment() -> str:
    """Say in one line on what, and when, the numbers were measured."""
    with chromium() as browser:
        version = browser.version
    busy = os.getloadavg()[0]
    return (
        f"{os.cpu_count()} cores (load {busy:.1f}), Chromium {version}, "
        f"Python {platform.python_version()}, {datetime.now(UTC):%Y-%m-%d}"
    )


def main() -> None:
    """Run, print and store."""
    RESULTS.mkdir(exist_ok=True)
    for name in sys.argv[1:] or BENCHMARKS:
        line = environment()
        table = BENCHMARKS[name]().round(2)
        print(f"\n{name}: {line}\n{table.to_string(index=False, na_rep='')}")
        text = f"# {line}\n{table.to_csv(index=False)}"
        (RESULTS / f"{name}.csv").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
