"""Descriptions that a figure shows: means of bins, and tables of estimates side by side."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from tradedig_helpers.evidence.fit import Fit


def bin_means(x: pd.Series, y: pd.Series, bins: int = 40) -> pd.DataFrame:
    """Return the mean of ``x`` and ``y`` in ``bins`` bins of equal counts of ``x``.

    Raises
    ------
    ValueError
        If the two do not share their index, or there are fewer rows than bins.
    """
    if not x.index.equals(y.index):
        raise ValueError("x and y need the same index; take them from one frame")
    if len(x) < bins:
        raise ValueError(f"{len(x)} rows do not fill {bins} bins; ask for fewer bins")
    groups = pd.qcut(x, bins, labels=False, duplicates="drop")
    return pd.DataFrame({"x": x, "y": y}).groupby(groups).mean()


def beside_published(fits: Sequence[Fit], published: pd.DataFrame) -> pd.DataFrame:
    """Return each of our estimates with the published one, where both exist.

    Columns ``column``, ``term``, ``estimate``, ``std_error``, ``low``, ``high``,
    ``published`` and ``published_error``.
    """
    ours = pd.concat(
        [fit.coefficients.assign(column=fit.spec.column) for fit in fits], ignore_index=True
    )
    names = {"estimate": "published", "std_error": "published_error"}
    theirs = published.rename(columns=names)[["column", "term", *names.values()]]
    joined = ours.merge(theirs, on=["column", "term"], validate="1:1")
    return joined[["column", "term", "estimate", "std_error", "low", "high", *names.values()]]
