"""Descriptions that a figure shows: means of bins, and tables of estimates side by side."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from tradedig_helpers.evidence.fit import Fit, require_fits
from tradedig_helpers.evidence.rows import finite
from tradedig_helpers.measure.checks import require_columns, require_key
from tradedig_helpers.measure.plain import plain


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


def beside_published(fits: Sequence[Fit], published: pd.DataFrame) -> pd.DataFrame:
    """Return each of our estimates with the published one, where both exist.

    Columns ``column``, ``term``, ``estimate``, ``std_error``, ``low``, ``high``,
    ``published`` and ``published_error``.

    Parameters
    ----------
    fits : columns of the paper's tables, each once
    published : as :func:`~tradedig_helpers.evidence.published` returns

    Raises
    ------
    TypeError, ValueError
        If there is no fit or a column has two, or ``published`` lacks a column.
    """
    key = ["table", "column", "term"]
    tables = [
        fit.coefficients.assign(table=fit.spec.table, column=fit.spec.column)
        for fit in require_fits(fits)
    ]
    ours = pd.concat(tables, ignore_index=True)
    require_key(ours, key, "fits")
    names = {"estimate": "published", "std_error": "published_error"}
    require_columns(published, [*key, *names], "published")
    theirs = plain(published, "published").rename(columns=names)[[*key, *names.values()]]
    kinds = {"table": object}
    joined = ours.astype(kinds).merge(theirs.astype(kinds), on=key, validate="1:1")
    return joined[["column", "term", "estimate", "std_error", "low", "high", *names.values()]]
