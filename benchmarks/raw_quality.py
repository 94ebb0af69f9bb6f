"""Quality QSY of firm-years, written by hand for one library each: the peers of our measure.

Each does what ``measure_quality`` does with its defaults, and no more: no checks, no ledger, no
frame of flows. A flow needs σ of at least 1.05 and a rival in its market.
"""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import polars as pl

FLOW = ["firm", "product", "destination", "mode", "year"]
TABLES = ("customs", "elasticities")
MARKET = ["product", "destination", "year"]
QUERY = """
with flows as (
    select firm, product, destination, mode, year,
        cast(sum(quantity) as double) as quantity, cast(sum(value) as double) as value
    from customs group by firm, product, destination, mode, year
), demand as (
    select flows.*, sigma, ln(quantity) + sigma * ln(value / quantity) as y
    from flows join elasticities
        on left(flows.product, 4) = hs4 and flows.destination = elasticities.destination
), residuals as (
    select firm, year, product, value, sigma,
        (y - avg(y) over market) / (sigma - 1) as level, count(*) over market as size
    from demand window market as (partition by product, destination, year)
), scores as (
    select firm, year, value,
        (level - min(level) over product) / (max(level) over product - min(level) over product)
        as quality
    from residuals where size > 1 and sigma >= 1.05
    window product as (partition by product)
)
select firm, year, sum(quality * value) / sum(value) as quality from scores group by firm, year
"""
"""For DuckDB and Spark, on views ``customs`` and ``elasticities``."""


def by_pandas(folder: Path, _: None) -> pd.DataFrame:
    """Return quality by firm and year with pandas."""
    flows = pd.read_parquet(folder / "customs.parquet")
    flows = flows.groupby(FLOW, observed=True, sort=False)[["quantity", "value"]].sum()
    flows = flows.reset_index()
    sigma = pd.read_parquet(folder / "elasticities.parquet")
    pairs = flows[["product", "destination"]].drop_duplicates()
    pairs["hs4"] = pairs["product"].astype(str).str[:4]
    text = {"hs4": str, "destination": str}
    pairs = pairs.astype(text).merge(sigma.astype(text), on=["hs4", "destination"])
    flows = flows.merge(
        pairs.astype({"destination": flows["destination"].dtype}), on=["product", "destination"]
    )
    price = np.log(flows["value"] / flows["quantity"])
    flows["y"] = np.log(flows["quantity"]) + flows["sigma"] * price
    market = flows.groupby(MARKET, observed=True, sort=False)["y"]
    flows["level"] = (flows["y"] - market.transform("mean")) / (flows["sigma"] - 1)
    flows = flows[(market.transform("size") > 1) & (flows["sigma"] >= 1.05)]
    product = flows.groupby("product", observed=True)["level"]
    low, high = product.transform("min"), product.transform("max")
    graded = (flows["level"] - low) / (high - low) * flows["value"]
    sums = flows.assign(graded=graded).groupby(["firm", "year"])[["graded", "value"]].sum()
    return (sums["graded"] / sums["value"]).rename("quality").reset_index()


def by_polars(folder: Path, _: None) -> pd.DataFrame:
    """Return quality by firm and year with Polars, lazily and streaming."""
    customs = pl.scan_parquet(folder / "customs.parquet")
    sigma = pl.scan_parquet(folder / "elasticities.parquet").select(
        pl.col("hs4", "destination").cast(pl.String), "sigma"
    )
    y = pl.col("quantity").log() + pl.col("sigma") * (pl.col("value") / pl.col("quantity")).log()
    level, value = pl.col("level"), pl.col("value")
    low, high = level.min().over("product"), level.max().over("product")
    query = (
        customs.group_by(FLOW)
        .agg(pl.col("quantity", "value").sum())
        .with_columns(
            hs4=pl.col("product").cast(pl.String).str.head(4),
            place=pl.col("destination").cast(pl.String),
        )
        .join(sigma, left_on=["hs4", "place"], right_on=["hs4", "destination"])
        .with_columns(y=y)
        .with_columns(
            level=(pl.col("y") - pl.col("y").mean().over(MARKET)) / (pl.col("sigma") - 1),
            size=pl.len().over(MARKET),
        )
        .filter((pl.col("size") > 1) & (pl.col("sigma") >= 1.05))
        .with_columns(quality=(level - low) / (high - low))
        .group_by("firm", "year")
        .agg(quality=(pl.col("quality") * value).sum() / value.sum())
    )
    return query.collect(engine="streaming").to_pandas()


def by_duckdb(folder: Path, connection: Any) -> pd.DataFrame:
    """Return quality by firm and year with an open database of DuckDB."""
    for name in TABLES:
        connection.read_parquet(str(folder / f"{name}.parquet")).create_view(name)
    frame: pd.DataFrame = connection.sql(QUERY).df()
    return frame


def by_spark(folder: Path, session: Any) -> pd.DataFrame:
    """Return quality by firm and year with an open session of PySpark."""
    for name in TABLES:
        session.read.parquet(str(folder / f"{name}.parquet")).createOrReplaceTempView(name)
    frame: pd.DataFrame = session.sql(QUERY).toPandas()
    return frame
