"""Trade data in a folder of Parquet files, larger than memory or not."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

PANDAS = ("firms", "register", "imports", "digital_products", "provinces")
SCANNED = ("customs", "destinations", "elasticities", "elasticities_hs3")
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
    FileNotFoundError
        Naming the tables that are missing and not optional.
    """
    try:
        import polars as pl
    except ModuleNotFoundError as missing:
        raise ModuleNotFoundError(
            "large customs files are scanned by Polars; install it: pip install polars"
        ) from missing
    there = {name for name in (*PANDAS, *SCANNED) if (folder / f"{name}.parquet").is_file()}
    if absent := sorted({*PANDAS, *SCANNED} - OPTIONAL - there):
        raise FileNotFoundError(
            f"{folder} lacks {', '.join(f'{name}.parquet' for name in absent)}; "
            "the dictionary in data_sample/README.md says what they hold"
        )
    tables: dict[str, Any] = {
        name: pl.scan_parquet(folder / f"{name}.parquet") for name in SCANNED if name in there
    }
    tables |= {
        name: pd.read_parquet(folder / f"{name}.parquet") for name in PANDAS if name in there
    }
    return TradeFolder(**tables)
