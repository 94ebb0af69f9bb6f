"""How many rows stand alone in their province-industry-year, by the detail of industries."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from math import inf

import numpy as np
import pandas as pd

from tradedig_helpers.frames.arrays import Floats
from tradedig_helpers.frames.options import require_between, require_whole

CHINESE_PROVINCES = 31


def ranked_shares(groups: int, steepness: float) -> Floats:
    """Return shares of ``groups`` that fall with rank as rank^(−steepness) and add up to 1.

    Raises
    ------
    ValueError
        If there is no group, or ``steepness`` is not finite.
    """
    require_whole(1, groups=groups)
    require_between(-inf, inf, steepness=steepness)
    weights = np.arange(1, groups + 1, dtype=float) ** -steepness
    return np.asarray(weights / weights.sum())


def expected_cells(
    rows_by_year: Sequence[int],
    industries: int,
    steepness: float,
    provinces: int = CHINESE_PROVINCES,
) -> tuple[float, float]:
    """Return the expected numbers of rows alone in their cell, and of cells not empty.

    Each row of a year falls into province v and industry i with probability s_v·s_i,
    independently of the others, so that a cell of probability s holds one of m rows with
    probability m·s·(1 − s)^(m−1). Province and industry shares fall with rank alike.

    Raises
    ------
    ValueError
        If a number of rows, industries or provinces is no whole number, or ``steepness`` is not
        finite.
    """
    for count in rows_by_year:
        require_whole(0, rows_by_year=count)
    share = np.outer(
        ranked_shares(provinces, steepness), ranked_shares(industries, steepness)
    ).ravel()
    alone = filled = 0.0
    for rows in rows_by_year:
        others_elsewhere = (1 - share) ** (rows - 1)
        alone += float((rows * share * others_elsewhere).sum())
        filled += float((1 - (1 - share) * others_elsewhere).sum())
    return alone, filled


def cells_by_detail(
    rows_by_year: Sequence[int], industries: Iterable[int], steepness: Iterable[float]
) -> pd.DataFrame:
    """Return :func:`expected_cells` for each number of industries and each steepness.

    Columns ``industries``, ``steepness``, ``alone``, ``filled``.
    """
    rows = [
        (count, steep, *expected_cells(rows_by_year, count, steep))
        for steep in list(steepness)
        for count in industries
    ]
    return pd.DataFrame(rows, columns=["industries", "steepness", "alone", "filled"])
