"""The organisation and customs codes of every business over time."""

from __future__ import annotations

import numpy as np
import pandas as pd

from tradedig_book.economy.records.businesses import NEVER, Rows, year_of_change, year_steps

RECODED, RECODED_WHEN_RENAMED, NEW_CUSTOMS_CODE = 0.05, 0.35, 0.06
RECYCLED, RECYCLED_AFTER = 0.02, 3


def draw_organisation_codes(
    rng: np.random.Generator, businesses: pd.DataFrame, renamed: Rows
) -> pd.DataFrame:
    """Return organisation codes; some change, often with the name, and some are recycled."""
    size = len(businesses)
    alone = year_of_change(rng, businesses, RECODED)
    together = rng.random(size) < RECODED_WHEN_RENAMED
    changed = np.where(together & (renamed < NEVER), renamed, alone)
    number = distinct_numbers(rng, 2 * size, 9_999_991)
    check = np.array(list("0123456789X"), dtype=object)[rng.integers(0, 11, 2 * size)]
    codes = np.array([f"Z{k:07d}" for k in number], dtype=object) + check
    old = codes[:size].copy()
    donor, taker = _recycled(rng, businesses, changed)
    old[taker] = old[donor]
    return year_steps(old, codes[size:], changed)


def _recycled(
    rng: np.random.Generator, businesses: pd.DataFrame, changed: Rows
) -> tuple[Rows, Rows]:
    """Return firms whose first code ended, and later firms that are given the same code."""
    size = len(businesses)
    donor, taker = rng.permutation(size), rng.permutation(size)
    ended = np.minimum(businesses["last"].to_numpy(), changed - 1)[donor]
    late = businesses["first"].to_numpy()[taker] >= ended + RECYCLED_AFTER
    pick = late & (rng.random(size) < RECYCLED / max(late.mean(), RECYCLED))
    pick &= ~np.isin(donor, taker[pick])  # a code is handed on once
    return donor[pick], taker[pick]


def draw_customs_codes(rng: np.random.Generator, businesses: pd.DataFrame) -> pd.DataFrame:
    """Return customs codes; they begin with 9, as no Chinese customs district does."""
    number = distinct_numbers(rng, 2 * len(businesses), 999_999_937)
    codes = np.array([f"9{k:09d}" for k in number], dtype=object)
    changed = year_of_change(rng, businesses, NEW_CUSTOMS_CODE)
    return year_steps(codes[: len(businesses)], codes[len(businesses) :], changed)


def distinct_numbers(rng: np.random.Generator, size: int, prime: int) -> Rows:
    """Return ``size`` different numbers below ``prime``, without order to the eye."""
    if size >= prime:
        raise ValueError(f"{size} different numbers below {prime} do not exist; lower the scale")
    factor, shift = rng.integers(prime // 3, prime // 2, 2)
    numbers: Rows = (np.arange(size) * factor + shift) % prime
    return numbers
