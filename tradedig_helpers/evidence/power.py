"""How likely the sample is to detect an effect: power and standard errors by sample size."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy.stats import nct, t

from tradedig_helpers.evidence.fit import estimate
from tradedig_helpers.evidence.specifications import Specification


def power(
    effect: float, std_error: ArrayLike, clusters: ArrayLike, level: float = 0.05
) -> NDArray[np.float64]:
    """Return the probability that a two-sided t-test at ``level`` rejects a zero effect.

    The statistic is noncentral t with ``clusters - 1`` degrees of freedom and
    noncentrality effect/std_error. Arrays broadcast.

    Raises
    ------
    ValueError
        If a standard error is not positive, there are fewer than two clusters, or
        ``level`` is not between 0 and 1.
    """
    errors = np.asarray(std_error, dtype=float)
    freedom = np.asarray(clusters, dtype=float) - 1
    if not (errors > 0).all():
        raise ValueError(f"std_error must be positive; the lowest is {errors.min():g}")
    if not (freedom >= 1).all():
        raise ValueError(f"clusters must be at least 2; the lowest is {freedom.min() + 1:g}")
    if not 0 < level < 1:
        raise ValueError(f"level = {level:g}; give a number between 0 and 1")
    bar = t.ppf(1 - level / 2, freedom)
    shift = effect / errors
    # SciPy's lower tail is NaN where it is too small for it; the sign of the effect is free.
    wrong_side = np.nan_to_num(nct.cdf(-bar, freedom, np.abs(shift)))
    return np.asarray(nct.sf(bar, freedom, np.abs(shift)) + wrong_side)


def standard_errors(
    spec: Specification, panel: pd.DataFrame, term: str, firms: Iterable[int]
) -> pd.DataFrame:
    """Return the standard error of ``term`` on the first 1..n firms of ``panel``, for each n.

    The firms of a synthetic economy are drawn alike, so its first n firms are a smaller
    sample of the same kind. Columns ``firms``, ``n``, ``clusters``, ``estimate``, ``std_error``.

    Raises
    ------
    ValueError
        If n exceeds the number of firms, ``term`` is not in the specification, or it cannot
        be estimated.
    """
    order = np.sort(panel["firm"].unique())
    rows = []
    for count in firms:
        if not 1 <= count <= len(order):
            raise ValueError(f"firms = {count}; the panel has 1 to {len(order)}")
        fit = estimate(spec, panel[panel["firm"] <= order[count - 1]])
        found = fit.coefficients[fit.coefficients["term"] == term]
        if found.empty:
            raise ValueError(f"{spec.name} has no term {term!r}; it has {list(spec.regressors)}")
        counts = {"firms": count, "n": fit.n, "clusters": fit.clusters}
        rows.append(found[["estimate", "std_error"]].assign(**counts))
    columns = ["firms", "n", "clusters", "estimate", "std_error"]
    return pd.concat(rows, ignore_index=True)[columns]


def extrapolate(measured: pd.DataFrame, firms: ArrayLike) -> pd.DataFrame:
    """Return standard errors for other numbers of firms, proportional to 1/sqrt(firms).

    The constant is fitted to the largest sample of ``measured``, from
    :func:`standard_errors`. This is an extrapolation: it holds while the share of
    singletons and the variation within firms stay as they are there, and larger samples
    lose fewer singletons. Columns ``firms``, ``clusters``, ``std_error``.
    """
    largest = measured.sort_values("firms").iloc[-1]
    ratio = np.asarray(firms, dtype=float) / largest["firms"]
    return pd.DataFrame(
        {
            "firms": np.asarray(firms),
            "clusters": np.rint(largest["clusters"] * ratio).astype(int),
            "std_error": largest["std_error"] / np.sqrt(ratio),
        }
    )
