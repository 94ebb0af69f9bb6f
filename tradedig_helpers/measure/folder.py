"""Trade data in a folder of Parquet files, larger than memory or not."""

from __future__ import annotations

import gzip
import re
from collections.abc import Sequence
from dataclasses import dataclass
from os import PathLike
from os.path import commonprefix
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from tradedig_helpers.schema.declare import named_by
from tradedig_helpers.schema.tables import SCHEMA
from tradedig_helpers.schema.validation.encoding import encoding_of

PANDAS = ("firms", "register", "imports", "digital_products", "provinces")
SCANNED = ("customs", "destinations", "elasticities", "elasticities_hs3")
FILE_TYPES = (".parquet", ".csv", ".csv.gz", ".dta", ".xlsx")
CODES = {
    name: [column.name for column in SCHEMA[name].columns if column.kind == "code"]
    for name in (*PANDAS, *SCANNED)
}
"""The columns that must stay text when a table is read, whose leading zeros count."""
OF_FIRMS = [name for name in (*PANDAS, *SCANNED) if "firm" in SCHEMA[name].names]
NO_NUMBER = r"^\s*(?:0\d|\d{19}|\d*[^\s\d.])"
"""What a firm begins with that no whole number keeps: a zero, a letter, or too many digits."""
EXACT_DIGITS = 15
"""As many digits a number keeps that pandas reads with others missing."""
_HEAD = 1 << 16
OPTIONAL = {"register", "imports", "digital_products", "provinces", "elasticities_hs3"}


@dataclass(frozen=True, slots=True)
class TradeFolder:
    """Tables for :func:`.firm_panel`; None for those that are not there.

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


def open_folder(folder: Path | str) -> TradeFolder:
    """Open the tables in ``folder``, one file ``<table>.parquet`` each.

    The columns that each must have are in ``data_sample/README.md``.

    Raises
    ------
    ModuleNotFoundError
        Without Polars, which scans the large tables.
    TypeError, NotADirectoryError, FileNotFoundError
        If there is no such folder; naming the tables that are missing and not optional.
    ValueError
        If a table is there in another form (a CSV file, several files for several years), even
        an optional one, which would be left out; or if a file is no Parquet file.

    Examples
    --------
    >>> data = open_folder("data_sample")
    >>> data.customs.collect_schema().names()
    ['firm', 'year', 'product', 'destination', 'mode', 'quantity', 'value']
    >>> list(data.provinces)
    ['province', 'year', 'internet']
    """
    try:
        import polars as pl
    except ModuleNotFoundError as missing:
        raise ModuleNotFoundError(
            "large customs files are scanned by Polars; install it: pip install polars"
        ) from missing
    if not isinstance(folder, str | PathLike):
        raise TypeError(f"folder is a {type(folder).__name__}; give the path of a folder")
    there = _tables_in(Path(folder))
    scanned = [name for name in SCANNED if name in there]
    tables: dict[str, Any] = {name: pl.scan_parquet(there[name]) for name in scanned}
    tables |= {name: _in_pandas(there[name]) for name in PANDAS if name in there}
    pa.default_memory_pool().release_unused()  # what reading took, as much again as the tables
    return TradeFolder(**tables)


def _in_pandas(path: Path) -> pd.DataFrame:
    """Return a table, columns that were an index when it was written among the others."""
    frame = pd.read_parquet(path)
    named_index = any(name is not None for name in frame.index.names)
    return frame.reset_index(allow_duplicates=True) if named_index else frame


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
    kind = _kind(folder / found[0])
    alike = [one for one in found if _kind(folder / one) == kind]
    shown, files = f"{found[0]}, which is not read,", found[0]
    if len(found) > 1:
        shown = f"{found[0]} to {found[-1]} ({len(found)} files), which are not read,"
        stem = commonprefix([one[: -len(kind)] for one in alike])  # noqa: RUF071 (characters)
        files = f"{stem}?*{kind}" if stem == name else f"{stem}*{kind}"
    make = _conversion(folder, name, alike, files if len(alike) > 1 else alike[0])
    return f"{folder} has {shown} and no {name}.parquet; make it (in Python): {make}"


def _conversion(folder: Path, name: str, alike: Sequence[str], files: str) -> str:
    """Return one line of Python that makes ``<name>.parquet`` of ``files``, all ``alike``."""
    kind, made = _kind(folder / alike[0]), f"{name}.parquet"
    if kind == ".parquet":
        return f"import polars as pl; pl.scan_parquet({files!r}).sink_parquet({made!r})"
    texts = [*CODES[name], *["firm"] * (name in OF_FIRMS and _firms_are_text(folder))]
    if kind in (".csv", ".csv.gz"):
        return _of_csv(folder / alike[0], texts, files, made)
    read, more = "pd.read_stata", ""
    if kind == ".xlsx":
        read, more = "pd.read_excel", f", dtype={dict.fromkeys(texts, 'str')}"
    if len(alike) == 1:
        frame = f"{read}({files!r}{more})"
        return f"import pandas as pd; {frame}.to_parquet({made!r}, index=False)"
    frame = f"pd.concat([{read}(file{more}) for file in sorted(glob({files!r}))])"
    return f"from glob import glob; import pandas as pd; {frame}.to_parquet({made!r}, index=False)"


def _of_csv(path: Path, texts: Sequence[str], files: str, made: str) -> str:
    """Return how Polars makes a Parquet file of CSV files that are like the first of them.

    It is told the separator and the decimal mark, and keeps whole numbers whole where some are
    missing. What is not in UTF-8 it can only read into memory, file by file.
    """
    encoding, head = encoding_of(path), _beginning(path)
    first, _, below = head.partition("\n")
    separator = max(",;\t|", key=first.count)
    codes = ", ".join(f"{code!r}: pl.String" for code in texts if code in first)
    options = f"schema_overrides={{{codes}}}, infer_schema_length=None"
    if separator != ",":
        options += f", separator={separator!r}"
        if re.search(
            rf"(?:^|{re.escape(separator)})-?\d+,\d+(?={re.escape(separator)}|$)", below, re.M
        ):
            options += ", decimal_comma=True"
    if encoding in ("utf-8", ""):
        return f"import polars as pl; pl.scan_csv({files!r}, {options}).sink_parquet({made!r})"
    options = f"encoding={encoding!r}, {options}"
    if files == path.name:
        return f"import polars as pl; pl.read_csv({files!r}, {options}).write_parquet({made!r})"
    return (
        "from glob import glob; import polars as pl; "
        f"pl.concat([pl.read_csv(file, {options}) for file in sorted(glob({files!r}))])"
        f".write_parquet({made!r})"
    )


def _beginning(path: Path) -> str:
    """Return the first characters of a CSV, packed or not."""
    packed = path.name.lower().endswith(".gz")
    with gzip.open(path, "rb") if packed else path.open("rb") as file:
        head: bytes = file.read(_HEAD)
    text = head.decode(encoding_of(path) or "utf-8", errors="ignore")
    return text.removeprefix("\ufeff").replace("\r\n", "\n")


def _firms_are_text(folder: Path) -> bool:
    """Tell whether firms must be text, in all tables alike, as numbers they would not stay."""
    return any(_has_text_firms(path) for path in folder.iterdir() if _table(path) in OF_FIRMS)


def _has_text_firms(path: Path) -> bool:
    """Tell whether a file has firms that are text, or that no whole number keeps."""
    import polars as pl

    kind = _kind(path)
    try:
        if kind == ".parquet":
            field = pq.read_schema(path).field("firm").type
            return not pa.types.is_integer(field) and not pa.types.is_floating(field)
        if kind == ".dta":
            return bool(pd.api.types.is_string_dtype(pd.read_stata(path, columns=["firm"])["firm"]))
        if kind == ".xlsx":
            firms = pd.read_excel(path, usecols=["firm"], dtype=str)["firm"].dropna()
            return bool(firms.str.contains(NO_NUMBER).any() or firms.str.len().max() > EXACT_DIGITS)
        first = _beginning(path).partition("\n")[0]
        separator = max(",;\t|", key=first.count)
        rows = pl.scan_csv(path, separator=separator, infer_schema=False, encoding="utf8-lossy")
        return bool(rows.select(pl.col("firm").str.contains(NO_NUMBER).any()).collect().item())
    except Exception:  # a file that cannot be read says nothing of its firms
        return False


def _kind(path: Path) -> str:
    """Return the end of a file's name that says what it is, or an empty text."""
    return next((kind for kind in FILE_TYPES if path.name.lower().endswith(kind)), "")


def unread(folder: Path) -> list[str]:
    """Return the files that look like more of a table, of which ``<table>.parquet`` is read."""
    extra = (path.name for path in folder.iterdir() if (name := _table(path)) and (
        path.name != f"{name}.parquet"))  # fmt: skip
    return sorted(extra)


def _table(path: Path) -> str:
    """Return the table that a file is of by its name, or an empty text."""
    if not path.is_file() or not _kind(path):
        return ""
    return named_by(path.name, (*PANDAS, *SCANNED))


def _require_parquet(path: Path) -> None:
    """Raise ``ValueError`` unless the file's footer can be read."""
    try:
        pq.read_schema(path)
    except (pa.ArrowException, OSError) as error:
        raise ValueError(f"{path} is no Parquet file that can be read; write it anew") from error
