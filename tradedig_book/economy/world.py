"""The world that firms sell to: provinces, industries, products, destinations, elasticities.

Every code and every number is invented. Sizes follow Zipf-like laws, as real trade does.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from tradedig_helpers.frames.arrays import Floats

FIRST_YEAR, LAST_YEAR = 2002, 2015
YEARS = np.arange(FIRST_YEAR, LAST_YEAR + 1)
PROVINCE_COUNT, INDUSTRY_COUNT, PRODUCTS_PER_INDUSTRY, DESTINATION_COUNT = 31, 55, 4, 40
SIGMA_LOW, SIGMA_HIGH = 1.3, 20.0
SIGMA_SLIPS = 0.01
MOST_FRICTION = 1.4
NEAR_ONE, CEILING = 1.01, 131.05
RANK_CELLS = 1024
"""Of the unit interval in :func:`draw_ranks`; a power of two, so that cells are exact."""


@dataclass(frozen=True, slots=True)
class World:
    """Tables of the world; P products, H = P/2 HS4 groups, D destinations, T years, V provinces.

    Attributes
    ----------
    products, hs4_of : (P,) product codes, and the index of each one's HS4 group
    hs4 : (H,) HS4 codes
    destinations : (D,) destination codes
    sigma : (H, D) true elasticity of substitution σ
    sigma_listed : (H, D) σ as a table of estimates lists it: true but for a few slips
    friction : (H, D, T) dispersion of orders that buyers cannot see through
    log_gdp, log_gdp_per_head : (D, T) logs of GDP and of GDP per head
    internet : (D, T) internet users per 100 inhabitants
    province_internet : (V, T) internet users per inhabitant
    clearance_pace : (V,) days a year by which customs offices become faster
    log_demand : (P, D, T) log of the size of demand in a market
    log_cost : (P,) log of the usual unit cost of a product
    """

    products: NDArray[np.str_]
    hs4_of: NDArray[np.int64]
    hs4: NDArray[np.str_]
    destinations: NDArray[np.str_]
    sigma: Floats
    sigma_listed: Floats
    friction: Floats
    log_gdp: Floats
    log_gdp_per_head: Floats
    internet: Floats
    province_internet: Floats
    clearance_pace: Floats
    log_demand: Floats
    log_cost: Floats


def zipf(size: int, exponent: float) -> Floats:
    """Return probabilities of ranks 1..size that fall as rank^(-exponent), shape (size,)."""
    weights = np.arange(1, size + 1, dtype=float) ** -exponent
    return np.asarray(weights / weights.sum())


def draw_ranks(rng: np.random.Generator, probabilities: Floats, size: int) -> NDArray[np.int64]:
    """Return ``rng.choice(len(probabilities), size, p=probabilities)``, by indexed search.

    Each cell of the unit interval lists the rank of its left end (Chen and Asau 1974), and
    one comparison does the rest: a cell is narrower than any probability.

    Raises
    ------
    ValueError
        If a probability does not exceed ``1 / RANK_CELLS``.
    """
    if np.min(probabilities) <= 1 / RANK_CELLS:
        raise ValueError(f"probability {np.min(probabilities):g}; give more than 1 / {RANK_CELLS}")
    edges = np.cumsum(probabilities)
    edges /= edges[-1]
    listed = edges.searchsorted(np.arange(RANK_CELLS) / RANK_CELLS, side="right")
    draw = rng.random(size)
    rank = listed[(draw * RANK_CELLS).astype(np.int64)]
    return np.asarray(rank + (draw >= edges[rank]))


def bounded(rng: np.random.Generator, size: int | tuple[int, ...]) -> Floats:
    """Return draws of mean 0 and variance 1 within ±√5: a symmetric beta, near normal.

    Tastes have no outliers, so the range of a product, and with it the unit of
    standardised quality, changes little when the sample grows.
    """
    return np.asarray(np.sqrt(5) * (2 * rng.beta(2.0, 2.0, size) - 1))


def make_world(rng: np.random.Generator) -> World:
    """Draw the world from ``rng``."""
    products, hs4_of, hs4 = _product_codes()
    log_gdp, log_gdp_per_head = _incomes(rng)
    shape = (len(hs4), DESTINATION_COUNT)
    sigma = np.clip(1 + np.exp(rng.normal(0.75, 0.6, shape)), SIGMA_LOW, SIGMA_HIGH).round(4)
    market_shock = rng.normal(0, 0.2, (len(products), DESTINATION_COUNT, len(YEARS)))
    size_of_product = rng.normal(0, 0.2, len(products))[:, None, None]
    return World(
        products=products,
        hs4_of=hs4_of,
        hs4=hs4,
        destinations=np.array([f"D{d:02d}" for d in range(1, DESTINATION_COUNT + 1)]),
        sigma=sigma,
        sigma_listed=_listed(rng, sigma),
        friction=_friction(rng, sigma),
        log_gdp=log_gdp,
        log_gdp_per_head=log_gdp_per_head,
        internet=_internet(rng, log_gdp_per_head),
        province_internet=_province_internet(rng),
        clearance_pace=rng.normal(0.25, 0.08, PROVINCE_COUNT),
        log_demand=9.5 + 0.25 * (log_gdp - log_gdp.mean()) + size_of_product + market_shock,
        log_cost=rng.normal(0.5, 1.0, len(products)),
    )


def elasticity_table(world: World) -> pd.DataFrame:
    """Return the listed σ by HS4 group and destination, one row each."""
    rows, columns = np.indices(world.sigma.shape).reshape(2, -1)
    return pd.DataFrame(
        {
            "hs4": world.hs4[rows],
            "destination": world.destinations[columns],
            "sigma": world.sigma_listed.ravel(),
        }
    )


def coarse_elasticity_table(rng: np.random.Generator, world: World) -> pd.DataFrame:
    """Return σ by HS3 group and destination: the mean of its HS4 groups, with error."""
    hs3, group = np.unique([code[:3] for code in world.hs4], return_inverse=True)
    total = np.zeros((len(hs3), DESTINATION_COUNT))
    np.add.at(total, group, np.log(world.sigma - 1))
    mean = total / np.bincount(group)[:, None]
    sigma = 1 + np.exp(mean + rng.normal(0, 0.2, mean.shape))
    rows, columns = np.indices(sigma.shape).reshape(2, -1)
    return pd.DataFrame(
        {
            "hs3": hs3[rows],
            "destination": world.destinations[columns],
            "sigma": np.maximum(sigma, 1.1).round(4).ravel(),
        }
    )


def destination_table(world: World) -> pd.DataFrame:
    """Return GDP, GDP per head and internet users by destination and year, one row each."""
    rows, columns = np.indices(world.log_gdp.shape).reshape(2, -1)
    return pd.DataFrame(
        {
            "destination": world.destinations[rows],
            "year": YEARS[columns],
            "gdp": np.exp(world.log_gdp).ravel().round(3),
            "gdp_per_head": np.exp(world.log_gdp_per_head).ravel().round(2),
            "internet": world.internet.ravel(),
        }
    )


def province_table(world: World) -> pd.DataFrame:
    """Return internet users per inhabitant by province and year, one row each."""
    rows, columns = np.indices(world.province_internet.shape).reshape(2, -1)
    return pd.DataFrame(
        {
            "province": [f"P{v + 1:02d}" for v in rows],
            "year": YEARS[columns],
            "internet": world.province_internet.ravel(),
        }
    )


def _listed(rng: np.random.Generator, sigma: Floats) -> Floats:
    """Return σ with a few slips of estimation: near one, or at the ceiling of a grid search."""
    slip = rng.random(sigma.shape)
    listed = np.where(slip < SIGMA_SLIPS / 2, NEAR_ONE, sigma)
    return np.where(slip > 1 - SIGMA_SLIPS / 2, CEILING, listed)


def _friction(rng: np.random.Generator, sigma: Floats) -> Floats:
    """Return the dispersion of orders by market and year, from a wandering dispersion of costs."""
    shape = (*sigma.shape, len(YEARS))
    wander = rng.normal(0, 0.3, shape)
    for t in range(1, len(YEARS)):
        wander[..., t] = 0.7 * wander[..., t - 1] + np.sqrt(1 - 0.7**2) * wander[..., t]
    cost_spread = np.exp(rng.normal(-0.4, 0.6, sigma.shape)[..., None] + wander)
    return np.minimum(cost_spread * (sigma[..., None] - 1), MOST_FRICTION)


def _internet(rng: np.random.Generator, log_gdp_per_head: Floats) -> Floats:
    """Return internet users per 100 by destination and year: richer places are ahead."""
    lead = 0.8 * (log_gdp_per_head[:, :1] - log_gdp_per_head[:, :1].mean())
    lead = lead + rng.normal(0, 0.3, (DESTINATION_COUNT, 1))
    wiggle = rng.normal(0, 0.08, (DESTINATION_COUNT, len(YEARS))).cumsum(axis=1)
    index = 0.3 + lead + 0.14 * (YEARS - 2008) + wiggle
    return np.asarray(95 / (1 + np.exp(-index))).round(2)


def _province_internet(rng: np.random.Generator) -> Floats:
    """Return internet users per inhabitant by province and year: large provinces are ahead."""
    lead = 0.5 * (np.arange(PROVINCE_COUNT)[:, None] < 6) + rng.normal(0, 0.4, (PROVINCE_COUNT, 1))
    wiggle = rng.normal(0, 0.08, (PROVINCE_COUNT, len(YEARS))).cumsum(axis=1)
    index = 0.1 + lead + 0.28 * (YEARS - 2009) + wiggle
    return np.asarray(0.75 / (1 + np.exp(-index))).round(4)


def _product_codes() -> tuple[NDArray[np.str_], NDArray[np.int64], NDArray[np.str_]]:
    """Return product codes, the HS4 group of each (two products a group) and HS4 codes."""
    industry, item = np.indices((INDUSTRY_COUNT, PRODUCTS_PER_INDUSTRY)).reshape(2, -1)
    group = item // 2
    codes = [
        f"{i + 11:02d}{g + 1:02d}{k + 1:02d}00"
        for i, g, k in zip(industry, group, item, strict=True)
    ]
    hs4, hs4_of = np.unique([code[:4] for code in codes], return_inverse=True)
    return np.array(codes), hs4_of, hs4


def _incomes(rng: np.random.Generator) -> tuple[Floats, Floats]:
    """Return log GDP (billions) and log GDP per head, each of shape (D, T)."""
    trend = np.arange(len(YEARS))
    people = (
        rng.normal(3.5, 0.8, (DESTINATION_COUNT, 1)) - 0.03 * np.arange(DESTINATION_COUNT)[:, None]
    )
    growth = rng.normal(0.03, 0.012, (DESTINATION_COUNT, 1))
    cycle = rng.normal(0, 0.05, (DESTINATION_COUNT, len(YEARS))).cumsum(axis=1)
    per_head = rng.normal(9.3, 0.9, (DESTINATION_COUNT, 1)) + growth * trend + cycle
    return people + per_head - np.log(1e3), per_head
