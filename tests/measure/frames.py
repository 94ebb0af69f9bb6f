"""Small tables for the tests of engines, and the way back from any engine."""

from types import SimpleNamespace

import duckdb
import numpy as np
import pandas as pd
import polars as pl

from tradedig_book.economy.market import Component, MarketDesign, simulated_market
from tradedig_helpers.measure.flows import to_flows
from tradedig_helpers.measure.quality import measure_quality

LASTING = Component(spread=0.5, persistence=0.8, common=0.8)

FIRM_YEAR = ["firm", "year"]


def thin_market(seed, products=3):
    """Return customs with gaps and two modes of a small market, and σ by destination."""
    rng = np.random.default_rng(seed)
    design = MarketDesign(
        quality=Component(0.5, 0.5, 0.4), cost=LASTING, products=products, firms=16, destinations=3
    )
    market = simulated_market(rng, design)
    customs = pd.concat([market.customs, market.customs.assign(mode="processing")])
    noise = rng.normal(0, 0.3, (2, len(customs)))
    customs = customs.assign(
        quantity=customs["quantity"] * np.exp(noise[0]), value=customs["value"] * np.exp(noise[1])
    )
    kept = customs[rng.random(len(customs)) < 0.6].reset_index(drop=True)
    sigma = rng.uniform(2, 6, len(market.elasticities))
    return kept, market.elasticities.assign(sigma=sigma)


def small_tables(draw):
    """Return small tables with everything that a rule looks for."""
    customs, elasticities = draw(11, rows=150)
    lone = customs.iloc[[0]].assign(firm=99, product="11020100", destination="D02", year=2005)
    twins = [lone.assign(firm=firm, product="11020300") for firm in (97, 98)]
    unknown = lone.assign(destination="D03")
    customs = pd.concat([customs, lone, *twins, unknown], ignore_index=True)
    cells = [(d, y) for d in ("D01", "D02", "D03") for y in range(2002, 2006)]
    destinations = pd.DataFrame(cells, columns=["destination", "year"])
    rng = np.random.default_rng(0)
    firms = customs[["firm", "year"]].drop_duplicates().reset_index(drop=True)
    since = {f"{t}_since": rng.integers(1999, 2007, len(firms)) for t in ("pit", "pdo", "icp")}
    firms = firms.assign(**since, province=np.where(firms["firm"] < 5, "P01", "P02"))
    return SimpleNamespace(
        customs=customs,
        elasticities=elasticities.assign(sigma=[1.02, *elasticities["sigma"][1:]]),
        destinations=destinations.assign(
            gdp=rng.uniform(1, 9, 12), gdp_per_head=rng.uniform(1, 9, 12), internet=3.0
        ),
        flows=to_flows(customs).assign(quality=lambda flows: rng.random(len(flows))),
        firms=firms.assign(icp_since=firms["icp_since"].where(firms["icp_since"] > 2003)),
    )


def take(frame):
    """Return a native frame as pandas, by the engine's own means."""
    if isinstance(frame, pd.DataFrame):
        return frame
    if isinstance(frame, pl.LazyFrame):
        frame = frame.collect()
    if isinstance(frame, pl.DataFrame):
        return frame.to_pandas()
    if isinstance(frame, duckdb.DuckDBPyRelation):
        return frame.df()
    return frame.toArrow().to_pandas()


def same(found, expected, key):
    """Assert that two frames hold the same rows, to 1e-12, in whatever order."""
    assert list(found.columns) == list(expected.columns)
    left, right = found.copy(), expected.copy()
    for column in expected:
        kind = float if pd.api.types.is_numeric_dtype(expected[column]) else str
        left[column], right[column] = left[column].astype(kind), right[column].astype(kind)
    left, right = (f.sort_values(key).reset_index(drop=True) for f in (left, right))
    pd.testing.assert_frame_equal(left, right, check_exact=False, rtol=1e-12, atol=1e-12)


def grade(give, tables):
    """Return the flows and firm-years of quality, and the ledger's steps."""
    customs, elasticities = give(tables.customs), give(tables.elasticities)
    found = measure_quality(customs, elasticities, missing_sigma="drop")
    return {"flows": found.flows, "firm_years": found.firm_years}, found.ledger
