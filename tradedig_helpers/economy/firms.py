"""Who exports, when: firms with their fixed traits, and the years in which they are seen."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from tradedig_helpers.economy.world import (
    FIRST_YEAR,
    INDUSTRIES,
    LAST_YEAR,
    PROVINCES,
    bounded,
    zipf,
)

BLOCK = 1_000
EXIT_RATE, ONE_YEAR_SHARE, INCUMBENT_SHARE = 0.09, 0.22, 0.30
FIRM_TYPES = {"private": 0.62, "foreign": 0.30, "state": 0.08}


def draw_firms(rng: np.random.Generator, block: int) -> pd.DataFrame:
    """Return the ``BLOCK`` firms of one block, one row each, with their fixed traits.

    ``ability`` is seen in productivity, ``appeal`` is not seen in any account;
    ``size``, ``capital`` and ``wage`` are the fixed parts of what firms report.
    Ability raises size and wages; all are in standard deviations.
    """
    ability, size, capital, wage = rng.normal(size=(4, BLOCK))
    appeal = bounded(rng, BLOCK)
    entry, last = _spells(rng)
    return pd.DataFrame(
        {
            "firm": np.arange(1, BLOCK + 1) + BLOCK * block,
            "province": _codes(rng, "P", PROVINCES, 1.4, 1),
            "industry": _codes(rng, "", INDUSTRIES, 1.2, 11),
            "type": rng.choice(list(FIRM_TYPES), BLOCK, p=list(FIRM_TYPES.values())),
            "entry": entry,
            "last": last,
            "founded": entry - rng.geometric(0.15, BLOCK),
            "ability": ability,
            "appeal": appeal,
            "size": 0.4 * ability + 0.9 * size,
            "capital": capital,
            "wage": 0.3 * ability + 0.95 * wage,
        }
    )


def firm_years(firms: pd.DataFrame) -> pd.DataFrame:
    """Return one row per firm and year of its spell, with the firm's traits repeated."""
    length = (firms["last"] - firms["entry"] + 1).to_numpy()
    panel = firms.loc[firms.index.repeat(length)]
    year = panel["entry"].to_numpy() + positions(length)
    return panel.assign(year=year).drop(columns=["entry", "last"]).reset_index(drop=True)


def positions(lengths: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return 0, 1, ..., n-1 for each n of ``lengths``, end to end."""
    starts = np.repeat(np.cumsum(lengths) - lengths, lengths)
    return np.arange(int(lengths.sum())) - starts


def _spells(rng: np.random.Generator) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the first and the last year in which each firm of a block exports."""
    incumbent = rng.random(BLOCK) < INCUMBENT_SHARE
    entrant_year = rng.integers(FIRST_YEAR + 1, LAST_YEAR + 1, BLOCK)
    entry = np.where(incumbent, FIRST_YEAR, entrant_year)
    tries_once = rng.random(BLOCK) < ONE_YEAR_SHARE
    length = np.where(tries_once, 1, 1 + rng.geometric(EXIT_RATE, BLOCK))
    return entry, np.minimum(entry + length - 1, LAST_YEAR)


def _codes(
    rng: np.random.Generator, prefix: str, size: int, exponent: float, first: int
) -> NDArray[np.str_]:
    """Return a block of codes such as P01, drawn with Zipf-like frequencies."""
    codes = np.array([f"{prefix}{i:02d}" for i in range(first, first + size)])
    return rng.choice(codes, BLOCK, p=zipf(size, exponent))
