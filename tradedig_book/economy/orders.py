"""The order book: what firms ship where, in how many shipments, and how unequal they are."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from tradedig_book.economy.firms import BLOCK
from tradedig_book.economy.world import (
    DESTINATION_COUNT,
    FIRST_YEAR,
    INDUSTRY_COUNT,
    PRODUCTS_PER_INDUSTRY,
    World,
    bounded,
    draw_ranks,
    zipf,
)
from tradedig_helpers.frames.arrays import Integers
from tradedig_helpers.schema.declare import Columns, taken
from tradedig_helpers.schema.tables import MODES

ACTIVE_SHARE, OWN_INDUSTRY_SHARE, LONGEST_PORTFOLIO = 0.75, 0.9, 200
COUNT_RESPONSE = 0.03
BASE_DISPERSION = 0.7
TASTE_SPREAD = 0.45
WHERE = ("product", "destination", "mode")


def draw_portfolio(rng: np.random.Generator, firms: Columns) -> dict[str, Any]:
    """Return what each firm can sell: one row per firm, product, destination and mode.

    ``taste`` is how the market persistently values the firm's product, ``order`` the
    persistent log size of its orders there, ``ease`` (0 to 1) how early the firm can
    serve it. The first row of a firm is its core. Intermediaries sell other firms' goods.
    """
    wanted = np.exp(rng.normal(3.2 + 0.3 * firms["size"], 0.7, BLOCK))
    length = np.clip(np.rint(wanted), 1, LONGEST_PORTFOLIO).astype(np.int64)
    row = np.repeat(np.arange(BLOCK), length)
    items = {
        "firm": firms["firm"][row],
        "product": _draw_products(rng, firms["industry"].codes[row]),
        "destination": draw_ranks(rng, zipf(DESTINATION_COUNT, 0.9), len(row)),
        "mode": _draw_modes(rng, (firms["type"] == "foreign")[row]),
        "taste": TASTE_SPREAD * bounded(rng, len(row)),
        "order": rng.normal(0, 0.25, len(row)),
        "ease": rng.random(len(row)),
    }
    items["ease"][np.cumsum(length) - length] = 0.0
    sizes = BLOCK, INDUSTRY_COUNT * PRODUCTS_PER_INDUSTRY, DESTINATION_COUNT, len(MODES)
    place = np.ravel_multi_index((row, *(items[name] for name in WHERE)), sizes)
    kept = np.flatnonzero(~pd.Series(place).duplicated())
    return taken(items, kept)


def draw_flows(
    rng: np.random.Generator, panel: Columns, portfolio: Columns, world: World
) -> dict[str, Any]:
    """Return the flows of each firm-year: portfolio rows that are open and active, with ln value.

    A row is open once its ease is below ``open_share``; the core always is.
    ``row`` is the firm-year's row in ``panel``. The log value is the market's demand
    plus the log size of the firm's order; ``log_cost`` is the unit cost at which CES
    demand gives that value whatever the quality: ln c = ln c_product - order/(σ-1).
    ``log_opacity`` is the log of how far costs are spread in the market by its friction.
    """
    row, item = _pair(panel["firm"], portfolio["firm"])
    ease = portfolio["ease"][item]
    active = (ease < panel["open_share"][row]) & (rng.random(len(row)) < ACTIVE_SHARE)
    kept = np.flatnonzero(active | (ease == 0.0))
    row, item = row[kept], item[kept]
    product, destination = (portfolio[name][item] for name in ("product", "destination"))
    year = panel["year"][row]
    market = world.hs4_of[product], destination
    order = 0.15 * panel["size"][row] + portfolio["order"][item]
    friction = world.friction[(*market, year - FIRST_YEAR)]
    sigma = world.sigma[market]
    order = order + friction * rng.normal(size=len(row))
    return {
        "row": row,
        "item": item,
        "product": product,
        "destination": destination,
        "mode": portfolio["mode"][item],
        "year": year,
        "taste": portfolio["taste"][item],
        "sigma": sigma,
        "log_opacity": np.log(friction / (sigma - 1)),
        "log_value": world.log_demand[product, destination, year - FIRST_YEAR] + order,
        "log_cost": world.log_cost[product] - order / (sigma - 1),
    }


def draw_shipments(rng: np.random.Generator, panel: Columns, flows: Columns) -> dict[str, Any]:
    """Return shipments: ``flow`` (row of ``flows``), ``row`` and whole-dollar ``value``.

    Digital firms ship more often, and their shipments are more unequal: the log standard
    deviation within a flow is ``BASE_DISPERSION`` plus the firm-year's ``spread``.
    ``stretch`` is how much the log value of a shipment moves with that dispersion.
    """
    row = flows["row"]
    rate = np.exp(-0.1 + 0.15 * panel["size"] + COUNT_RESPONSE * panel["lndig"])[row]
    count = 1 + rng.poisson(np.minimum(rate * rng.gamma(2.0, 0.5, len(row)), 200.0))
    flow = np.repeat(np.arange(len(row)), count)
    shipped = row[flow]
    draw = rng.normal(size=len(flow))
    weight = np.exp((BASE_DISPERSION + panel["spread"])[shipped] * draw)
    share = weight / np.bincount(flow, weight)[flow]
    stretch = draw - np.bincount(flow, share * draw)[flow]
    value = np.maximum(1.0, np.rint(np.exp(flows["log_value"])[flow] * share))
    return {"flow": flow, "row": shipped, "value": value, "stretch": stretch}


def _pair(firm: Integers, owner: Integers) -> tuple[Integers, Integers]:
    """Return index pairs of each firm-year with each row of its firm; both are sorted."""
    start = np.searchsorted(owner, firm, side="left")
    length = np.searchsorted(owner, firm, side="right") - start
    row = np.repeat(np.arange(len(firm)), length)
    first = np.cumsum(length) - length
    return row, np.arange(len(row)) + (start - first)[row]


def _draw_products(rng: np.random.Generator, industry: NDArray[np.integer]) -> Integers:
    """Return product indices, mostly of the firm's own industry."""
    elsewhere = draw_ranks(rng, zipf(INDUSTRY_COUNT, 1.0), len(industry))
    own = rng.random(len(industry)) < OWN_INDUSTRY_SHARE
    item = draw_ranks(rng, zipf(PRODUCTS_PER_INDUSTRY, 1.0), len(industry))
    return np.where(own, industry, elsewhere) * PRODUCTS_PER_INDUSTRY + item


def _draw_modes(rng: np.random.Generator, foreign: NDArray[np.bool_]) -> Integers:
    """Return indices into ``MODES``; foreign firms process more."""
    ordinary = np.where(foreign, 0.50, 0.88)
    draw = rng.random(len(foreign))
    return (draw > ordinary).astype(np.int64) + (draw > ordinary + 0.9 * (1 - ordinary))
