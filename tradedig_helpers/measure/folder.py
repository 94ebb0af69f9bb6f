"""Trade data in a folder of Parquet files, larger than memory or not."""

from __future__ import annotations

import re
from dataclasses import dataclass
from os.path import commonprefix
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

PANDAS = ("firms", "register", "imports", "digital_products", "provinces")
SCANNED = ("customs", "destinations", "elasticities", "elasticities_hs3")
_CSV = (
    "import polars as pl; pl.scan_csv({files!r}, schema_overrides={codes}).sink_parquet({made!r})"
)
READ = {
    ".parquet": "import polars as pl; pl.scan_parquet({files!r}).sink_parquet({made!r})",
    ".csv": _CSV,
    ".csv.gz": _CSV,
    ".dta": "import pandas as pd; pd.read_stata({files!r}).to_parquet({made!r})",
    ".xlsx": "import pandas as pd; pd.read_excel({files!r}, dtype=str).to_parquet({made!r})",
}
"""How a table in another form becomes a Parquet file."""
CODES = {
    "elasticities": ["hs4"],
    "elasticities_hs3": ["hs3"],
    "digital_products": ["product"],
    "destinations": ["destination"],
    "provinces": ["province"],
    "firms": ["firm"],
    "register": ["firm"],
}
"""The columns that must stay text when a CSV is read, but for those of customs and imports."""
OPTIONAL = {"register", "imports", "digital_products", "provinces", "elasticities_hs3"}


@dataclass(frozen=True, slots=True)
class TradeFolder:
    """Tables for :func:`~tradedig_helpers.measure.firm_panel`; None for those that are not there.

    Attributes
    ----------
    customs, destinations, elasticities, elasticities_hs3 : lazy Polars frames: rows of a file
        are read when a measure needs them, and only the columns that it needs
    firms, register, imports, digital_products, provinces : pandas frames
    """

    customs: Any
    destinations: Any
    elasticities: Any
    firms: pd.DataFrame
    elasticities_hs3: Any = None
    register: pd.DataFrame | None = None
    imports: pd.DataFrame | None = None
    digital_products: pd.DataFrame | None = None
    provinces: pd.DataFrame | None = None


def open_folder(folder: Path) -> TradeFolder:
    """Open the tables in ``folder``, one file ``<table>.parquet`` each.

    The columns that each must have are in ``data_sample/README.md``.

    Raises
    ------
    ModuleNotFoundError
        Without Polars, which scans the large tables.
    NotADirectoryError, FileNotFoundError
        If there is no such folder; naming the tables that are missing and not optional.
    ValueError
        If a table is there in another form (a CSV file, several files for several years), even
        an optional one, which would be left out; or if a file is no Parquet file.
    """
    try:
        import polars as pl
    except ModuleNotFoundError as missing:
        raise ModuleNotFoundError(
            "large customs files are scanned by Polars; install it: pip install polars"
        ) from missing
    there = _tables_in(Path(folder))
    scanned = [name for name in SCANNED if name in there]
    tables: dict[str, Any] = {name: pl.scan_parquet(there[name]) for name in scanned}
    tables |= {name: pd.read_parquet(there[name]) for name in PANDAS if name in there}
    return TradeFolder(**tables)


def _tables_in(folder: Path) -> dict[str, Path]:
    """Return the file of each table that is in ``folder``, all of which can be read."""
    if not folder.is_dir():
        kind = NotADirectoryError if folder.exists() else FileNotFoundError
        raise kind(f"{folder} is no folder; give the folder that holds customs.parquet")
    files = {name: folder / f"{name}.parquet" for name in (*PANDAS, *SCANNED)}
    absent = [name for name, path in files.items() if not path.is_file()]
    if others := [advice for name in absent if (advice := _other_form(folder, name))]:
        raise ValueError("; ".join(others))
    if needed := sorted(set(absent) - OPTIONAL):
        raise FileNotFoundError(
            f"{folder} lacks {', '.join(f'{name}.parquet' for name in needed)}; "
            "the dictionary in data_sample/README.md says what they hold"
        )
    there = {name: path for name, path in files.items() if name not in absent}
    for path in there.values():
        _require_parquet(path)
    return there


def _other_form(folder: Path, name: str) -> str:
    """Return how to make ``<name>.parquet`` of files that hold the table in another form."""
    found = sorted(path.name for path in folder.iterdir() if _table(path) == name)
    if not found:
        return ""
    kind = next(kind for kind in READ if found[0].lower().endswith(kind))
    alike = [one for one in found if one.lower().endswith(kind)]
    shown, files = f"{found[0]}, which is not read,", found[0]
    if len(found) > 1:
        shown = f"{found[0]} to {found[-1]} ({len(found)} files), which are not read,"
        stem = commonprefix([one[: -len(kind)] for one in alike])  # noqa: RUF071 (characters)
        files = f"{stem}?*{kind}" if stem == name else f"{stem}*{kind}"
    codes = ", ".join(f"{code!r}: pl.String" for code in CODES.get(name, ["firm", "product"]))
    make = READ[kind].format(files=files, made=f"{name}.parquet", codes=f"{{{codes}}}")
    return f"{folder} has {shown} and no {name}.parquet; make it (in Python): {make}"


def _table(path: Path) -> str:
    """Return the table that the name of a file begins with, the longest: customs_2010.csv."""
    stem = path.name.lower()
    if not path.is_file() or not stem.endswith(tuple(READ)):
        return ""
    names = [name for name in (*PANDAS, *SCANNED) if re.match(rf"{name}(?![a-z])", stem)]
    return max(names, key=len, default="")


def _require_parquet(path: Path) -> None:
    """Raise ``ValueError`` unless the file's footer can be read."""
    try:
        pq.read_schema(path)
    except (pa.ArrowException, OSError) as error:
        raise ValueError(f"{path} is no Parquet file that can be read; write it anew") from error
