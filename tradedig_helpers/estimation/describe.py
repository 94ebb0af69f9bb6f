"""Means of bins, as a figure of two variables shows them."""

from __future__ import annotations

import pandas as pd

from tradedig_helpers.estimation.sample import finite


def bin_means(x: pd.Series, y: pd.Series, bins: int = 40) -> pd.DataFrame:
    """Return the mean of ``x`` and ``y`` in ``bins`` bins of equal counts of ``x``.

    Raises
    ------
    TypeError
        If the two are no pandas Series of numbers.
    ValueError
        If the two do not share their index, one is missing or infinite in a row, or there are
        fewer rows than bins.
    """
    if not (isinstance(x, pd.Series) and isinstance(y, pd.Series)):
        raise TypeError("x and y must be pandas Series; take them from one frame")
    if not x.index.equals(y.index):
        raise ValueError("x and y need the same index; take them from one frame")
    if bins < 1:
        raise ValueError(f"bins = {bins}; give at least one")
    if len(x) < bins:
        raise ValueError(f"{len(x)} rows do not fill {bins} bins; ask for fewer bins")
    both = pd.DataFrame({"x": finite(x, "x"), "y": finite(y, "y")})
    groups = pd.qcut(both["x"], bins, labels=False, duplicates="drop")
    means = both.groupby(groups.to_numpy()).mean()
    means.index.name = x.name
    return means
