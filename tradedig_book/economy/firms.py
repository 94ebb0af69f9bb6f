"""Who is there: businesses with their fixed traits, most of which never export."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from tradedig_book.economy.world import (
    FIRST_YEAR,
    INDUSTRY_COUNT,
    LAST_YEAR,
    PROVINCE_COUNT,
    YEARS,
    bounded,
    draw_ranks,
    zipf,
)

BLOCK = 2_500
INCUMBENT_SHARE = 0.5
FIRM_TYPES = {"private": 0.62, "foreign": 0.30, "state": 0.08}
SECTORS = {"manufacturing": 0.98, "wholesale": 0.015, "retail": 0.005}


def draw_firms(rng: np.random.Generator, block: int) -> dict[str, Any]:
    """Return the ``BLOCK`` businesses of one block, one row each, with their fixed traits.

    ``ability`` is seen in productivity, ``demand_shifter``, the appeal of its goods, in no
    account; ``size``, ``capital`` and ``wage`` are the fixed parts of what firms report;
    ``export_taste`` is the fixed part of the taste for exporting. Ability raises size and
    wages; all are in standard deviations. ``entry`` is the first year in the survey.
    """
    ability, size, capital, wage, export_taste = rng.normal(size=(5, BLOCK))
    demand_shifter = bounded(rng, BLOCK)
    incumbent = rng.random(BLOCK) < INCUMBENT_SHARE
    entry = np.where(incumbent, FIRST_YEAR, rng.integers(FIRST_YEAR, LAST_YEAR + 1, BLOCK))
    newborn = (entry > FIRST_YEAR) & (rng.random(BLOCK) < 0.5)
    return {
        "firm": np.arange(1, BLOCK + 1) + BLOCK * block,
        "province": _codes(rng, "P", PROVINCE_COUNT, 1.4, 1),
        "industry": _codes(rng, "", INDUSTRY_COUNT, 1.2, 11),
        "type": _kinds(rng, FIRM_TYPES),
        "sector": _kinds(rng, SECTORS),
        "entry": entry,
        "founded": entry - np.where(newborn, 0, rng.geometric(0.15, BLOCK)),
        "ability": ability,
        "demand_shifter": demand_shifter,
        "size": 0.4 * ability + 0.9 * size,
        "capital": capital,
        "wage": 0.3 * ability + 0.95 * wage,
        "export_taste": export_taste,
    }


def draw_paths(
    rng: np.random.Generator, memory: float = 0.5, firms: int = BLOCK, years: int = len(YEARS)
) -> NDArray[np.float64]:
    """Return autoregressive shocks of unit variance, shape (firms, years)."""
    path = rng.normal(size=(firms, years))
    for t in range(1, years):
        path[:, t] = memory * path[:, t - 1] + np.sqrt(1 - memory**2) * path[:, t]
    return path


def _codes(
    rng: np.random.Generator, prefix: str, size: int, exponent: float, first: int
) -> pd.Categorical[str]:
    """Return a block of codes such as P01, drawn with Zipf-like frequencies."""
    codes = pd.Index([f"{prefix}{i:02d}" for i in range(first, first + size)])
    return pd.Categorical.from_codes(draw_ranks(rng, zipf(size, exponent), BLOCK), codes)


def _kinds(rng: np.random.Generator, shares: Mapping[str, float]) -> pd.Categorical[str]:
    """Return a block of kinds, drawn with the probabilities ``shares``."""
    kinds = pd.Index(sorted(shares))
    place = kinds.get_indexer(pd.Index(list(shares)))
    drawn = draw_ranks(rng, np.array([*shares.values()]), BLOCK)
    return pd.Categorical.from_codes(place[drawn], kinds)
