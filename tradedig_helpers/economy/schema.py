"""What each file of the synthetic economy holds: the one declaration of its columns."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import pandas as pd

Kind = Literal["code", "integer", "year", "number"]

TABLES = ("customs", "firms", "destinations", "elasticities", "truth")


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its kind, unit, meaning and the module of the generator that makes it.

    ``code`` is a pandas category of text, ``integer`` a whole number, ``year`` a whole
    number that may be missing, ``number`` a float written with six decimals.
    """

    name: str
    kind: Kind
    unit: str
    meaning: str
    source: str


@dataclass(frozen=True, slots=True)
class Table:
    """A table: what one row is, the columns that identify it, and all its columns."""

    name: str
    row: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]

    @property
    def names(self) -> list[str]:
        """The column names in their order."""
        return [column.name for column in self.columns]


FIRM = Column("firm", "integer", "-", "invented firm number", "firms")
YEAR = Column("year", "integer", "year", "calendar year, 2002-2015", "firms")
DESTINATION = Column("destination", "code", "-", "invented destination, D01 the largest", "world")

CUSTOMS = Table(
    "customs",
    "one export shipment (transaction)",
    (),
    (
        FIRM,
        YEAR,
        Column("product", "code", "-", "invented 8-digit product; first four digits HS4", "world"),
        DESTINATION,
        Column("mode", "code", "-", "trade mode: ordinary, processing or other", "orders"),
        Column("quantity", "integer", "units", "units shipped, at least 1", "quality"),
        Column("value", "integer", "US dollars", "value of the shipment, at least 1", "orders"),
    ),
)

FIRMS = Table(
    "firms",
    "one exporting firm in one year",
    ("firm", "year"),
    (
        FIRM,
        YEAR,
        Column("province", "code", "-", "invented province, P01 the largest", "firms"),
        Column("industry", "code", "-", "invented 2-digit industry", "firms"),
        Column("founded", "integer", "year", "year in which the firm was founded", "firms"),
        Column("employees", "integer", "persons", "number of employees", "covariates"),
        Column("fixed_assets", "integer", "1,000 yuan", "fixed assets", "covariates"),
        Column("wages_payable", "integer", "1,000 yuan", "wages payable", "covariates"),
        Column("interest", "integer", "yuan", "interest paid", "covariates"),
        Column("total_assets", "integer", "yuan", "total assets", "covariates"),
        Column("profit", "integer", "yuan", "profit, may be negative", "covariates"),
        Column("sales", "integer", "yuan", "sales", "covariates"),
        Column("foreign_share", "number", "share", "foreign share of capital, 0-1", "covariates"),
        Column("patents", "integer", "count", "patent applications in the year", "covariates"),
        Column("tfp", "number", "index", "total factor productivity, given", "covariates"),
        Column("pit_since", "year", "year", "first year on a cross-border platform", "adoption"),
        Column("pdo_since", "year", "year", "first year on a domestic platform", "adoption"),
        Column("icp_since", "year", "year", "first year with an own home page", "adoption"),
    ),
)

DESTINATIONS = Table(
    "destinations",
    "one destination in one year",
    ("destination", "year"),
    (
        DESTINATION,
        YEAR,
        Column("gdp", "number", "billion US dollars", "gross domestic product", "world"),
        Column("gdp_per_head", "number", "US dollars", "GDP per inhabitant", "world"),
    ),
)

ELASTICITIES = Table(
    "elasticities",
    "one HS4 product group in one destination",
    ("hs4", "destination"),
    (
        Column("hs4", "code", "-", "first four digits of the product", "world"),
        DESTINATION,
        Column("sigma", "number", "-", "elasticity of substitution σ, invented, 1.5-8", "world"),
    ),
)

TRUTH = Table(
    "truth",
    "one exporting firm in one year",
    ("firm", "year"),
    (
        FIRM,
        YEAR,
        Column("flex", "number", "-", "flexible productivity as measured from shipments", "orders"),
        Column("psi", "number", "-", "ψ, flexible productivity of the model", "quality"),
        Column("varphi", "number", "-", "φ, production efficiency of the model", "quality"),
        Column("quality", "number", "-", "λ*, optimal quality by equation (8)", "quality"),
        Column("direct", "number", "log points", "∂ln λ*/∂lndig at given flex", "quality"),
        Column("flex_effect", "number", "log points", "∂ln λ*/∂flex", "quality"),
        Column("flex_response", "number", "-", "∂flex/∂lndig of the order book", "quality"),
        Column("mediated", "number", "log points", "flex_effect x flex_response", "quality"),
        Column("total", "number", "log points", "direct + mediated", "quality"),
    ),
)

SCHEMA: dict[str, Table] = {
    table.name: table for table in (CUSTOMS, FIRMS, DESTINATIONS, ELASTICITIES, TRUTH)
}


def conform(frame: pd.DataFrame, table: Table) -> pd.DataFrame:
    """Return ``frame`` with the columns, order and types of ``table``, rounded as written."""
    return pd.DataFrame({c.name: _typed(frame[c.name], c) for c in table.columns})


def validate(frame: pd.DataFrame, table: Table) -> None:
    """Raise ``ValueError`` naming what differs between ``frame`` and ``table``."""
    if list(frame.columns) != table.names:
        raise ValueError(f"{table.name}: columns {list(frame.columns)}, expected {table.names}")
    for column in table.columns:
        expected = str(_typed(frame[column.name].iloc[:0], column).dtype)
        if str(frame[column.name].dtype) != expected:
            found = frame[column.name].dtype
            raise ValueError(f"{table.name}.{column.name}: type {found}, expected {expected}")
        if column.kind != "year" and frame[column.name].isna().any():
            raise ValueError(f"{table.name}.{column.name}: has missing values")
    if table.key and (duplicates := int(frame.duplicated(list(table.key)).sum())):
        raise ValueError(f"{table.name}: {duplicates} rows repeat the key {table.key}")


def _typed(values: pd.Series, column: Column) -> pd.Series:
    """Return ``values`` in the type that ``column`` declares."""
    match column.kind:
        case "code":
            return values.astype("category")
        case "integer":
            return values.astype("int64")
        case "year":
            return values.astype("Int16")
        case "number":
            return values.astype("float64").round(6)
