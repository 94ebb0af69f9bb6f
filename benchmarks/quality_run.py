"""One way to quality by firm and year, in a process of its own: what it costs and gives."""

import json
import os
import re
import resource
import sys
import time
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import polars as pl

from benchmarks import raw_quality
from tradedig_helpers.measure.instruments.demand import measure_instrumented
from tradedig_helpers.measure.instruments.sample import Instrument
from tradedig_helpers.measure.panel import to_pandas
from tradedig_helpers.measure.quality import measure_quality

MEMORY_LIMIT, DATA_LIMIT = "1GB", 2 * 2**30
"""What DuckDB may hold, and what the operating system grants its process as data, bytes."""
LIMITED = f"DuckDB within {MEMORY_LIMIT}"
INSTRUMENT: dict[str, Instrument] = {"QLP": "lagged price", "QOP": "other destinations"}
RAW: dict[str, Callable[[Path, Any], pd.DataFrame]] = {
    "Polars": raw_quality.by_polars,
    "DuckDB": raw_quality.by_duckdb,
    "pandas": raw_quality.by_pandas,
    "PySpark": raw_quality.by_spark,
}


@dataclass(frozen=True)
class Run:
    """One run: how long it took, the most memory it held, and what it gave.

    Attributes
    ----------
    seconds, megabytes : wall-clock time without imports; peak of resident memory
    firm_years, total : rows of the result, and the sum of their quality
    """

    seconds: float
    megabytes: float
    firm_years: int
    total: float


def run(measure: str, library: str, part: Path) -> Run:
    """Return what one way to one measure costs, with one library."""
    with _session(library, part) as session:
        start = time.perf_counter()
        if measure == "raw":
            frame = RAW[library](part, session)
        else:
            frame = _ours(measure, library, part, session)
        seconds = time.perf_counter() - start
    return Run(seconds, _peak(), len(frame), float(frame["quality"].sum()))


@contextmanager
def _session(library: str, part: Path) -> Iterator[Any]:
    """Open what a library needs to be open, not counted in the time."""
    if library == "PySpark":
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            from pyspark.sql import SparkSession

            builder = SparkSession.builder.master("local[*]").config("spark.driver.memory", "6g")
            settings: dict[str, Any] = {
                "spark.ui.enabled": "false",
                "spark.ui.showConsoleProgress": "false",
                "spark.log.level": "OFF",
                "spark.sql.shuffle.partitions": str(os.cpu_count()),
            }
            with builder.config(map=settings).getOrCreate() as session:
                yield session
    elif library in ("DuckDB", LIMITED):
        options: dict[str, Any] = {"temp_directory": str(part / "spilled")}
        if library == LIMITED:
            options |= {"memory_limit": MEMORY_LIMIT, "preserve_insertion_order": "false"}
            resource.setrlimit(resource.RLIMIT_DATA, (DATA_LIMIT, DATA_LIMIT))
        with duckdb.connect(config=options) as connection:
            yield connection
    else:
        yield None


def _ours(measure: str, library: str, part: Path, session: Any) -> pd.DataFrame:
    """Return quality by firm and year by our functions, of whatever the library scans."""
    readers: dict[str, Callable[[str], Any]] = {
        "Polars": pl.scan_parquet,
        "pandas": pd.read_parquet,
        "PySpark": lambda path: session.read.parquet(path),
    }
    read = readers.get(library, lambda path: session.read_parquet(path))
    customs, sigma = (read(str(part / f"{name}.parquet")) for name in ("customs", "elasticities"))
    if measure == "QSY":
        return to_pandas(measure_quality(customs, sigma).firm_years)
    return to_pandas(measure_instrumented(customs, sigma, INSTRUMENT[measure]).firm_years)


def _peak() -> float:
    """Return the most memory this process has held, in millions of bytes."""
    # getrusage would count what the parent held when it forked.
    status = Path("/proc/self/status").read_text(encoding="ascii")
    (kilobytes,) = re.findall(r"VmHWM:\s+(\d+) kB", status)
    return int(kilobytes) * 1024 / 1e6


if __name__ == "__main__":
    what, name, folder = sys.argv[1:]
    print(json.dumps(asdict(run(what, name, Path(folder)))))
