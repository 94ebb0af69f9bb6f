"""How likely the sample is to detect an effect: power and standard errors by sample size."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy.stats import nct, t

from tradedig_helpers.estimation.fit import estimate, terms_of
from tradedig_helpers.estimation.sample import finite
from tradedig_helpers.estimation.specifications import FIRM, Specification
from tradedig_helpers.frames.options import require_between, require_kind
from tradedig_helpers.frames.plain import plain
from tradedig_helpers.schema.checks import checked, require_columns


def power(
    effect: ArrayLike, std_error: ArrayLike, clusters: ArrayLike, level: float = 0.05
) -> NDArray[np.float64]:
    """Return the probability that a two-sided t-test at ``level`` rejects a zero effect.

    The statistic is noncentral t with ``clusters - 1`` degrees of freedom and
    noncentrality effect/std_error. Arrays broadcast.

    Raises
    ------
    TypeError
        If an argument is no number.
    ValueError
        If an argument is missing or infinite, a standard error is not positive, there are fewer
        than two clusters, or ``level`` is not between 0 and 1.

    Examples
    --------
    >>> float(power(effect=2.8, std_error=1.0, clusters=10_000).round(2))
    0.8
    """
    effects = finite(effect, "effect")
    errors, freedom = finite(std_error, "std_error"), finite(clusters, "clusters") - 1
    if not (errors > 0).all():
        raise ValueError(f"std_error must be positive; the lowest is {errors.min():g}")
    if not (freedom >= 1).all():
        raise ValueError(f"clusters must be at least 2; the lowest is {freedom.min() + 1:g}")
    require_between(0, 1, level=level)
    bar = t.ppf(1 - level / 2, freedom)
    shift = effects / errors
    # SciPy's lower tail is NaN where it is too small for it; the sign of the effect is free.
    wrong_side = np.nan_to_num(nct.cdf(-bar, freedom, np.abs(shift)))
    return np.asarray(nct.sf(bar, freedom, np.abs(shift)) + wrong_side)


def errors_by_size(
    spec: Specification, panel: pd.DataFrame, term: str, firms: Iterable[int], *, firm: str = FIRM
) -> pd.DataFrame:
    """Return the standard error of ``term`` on the first 1..n firms of ``panel``, for each n.

    The firms of a synthetic economy are drawn alike, so its first n firms are a smaller
    sample of the same kind. Columns ``firms``, ``n``, ``clusters``, ``estimate``, ``std_error``.
    First is by the order of their numbers, in the column ``firm``, or, if they are text, of the
    alphabet.

    Raises
    ------
    TypeError
        If ``panel`` is no pandas DataFrame, or ``firms`` no list of whole numbers.
    ValueError
        If n exceeds the number of firms, ``term`` is not in the specification, or it cannot
        be estimated.

    Examples
    --------
    >>> import numpy as np
    >>> import pandas as pd
    >>> rng = np.random.default_rng(1)
    >>> panel = pd.DataFrame({"firm": np.arange(400) // 4, "x": rng.normal(size=400)})
    >>> panel["y"] = 0.5 * panel["x"] + 0.1 * rng.normal(size=400)
    >>> spec = Specification("y", ("x",), effects=("firm",))
    >>> errors_by_size(spec, panel, "x", firms=[25, 100]).round(3)
       firms    n  clusters  estimate  std_error
    0     25  100        25     0.500      0.014
    1    100  400       100     0.507      0.007
    """
    require_kind(spec, Specification, "errors_by_size(spec, panel, term, firms)")
    if term not in terms_of(spec):
        raise ValueError(f"{spec.name} has no term {term!r}; it has {list(spec.regressors)}")
    known = plain(panel, "panel")
    require_columns(known, [firm], "panel")
    order = np.sort(np.asarray(known[firm].dropna().unique()))
    rows = []
    for count in _counts(firms, len(order)):
        fit = estimate(spec, known[known[firm].isin(order[:count])])
        found = fit.coefficients[fit.coefficients["term"] == term]
        counts = {"firms": count, "n": fit.n, "clusters": fit.clusters}
        rows.append(found[["estimate", "std_error"]].assign(**counts))
    columns = ["firms", "n", "clusters", "estimate", "std_error"]
    return pd.concat(rows, ignore_index=True)[columns]


def _counts(firms: Iterable[int], most: int) -> list[int]:
    """Return how many firms are asked for, once each is a whole number and not too large."""
    found = list(firms) if isinstance(firms, Iterable) and not isinstance(firms, str) else [None]
    for count in found:
        if not isinstance(count, int | np.integer) or isinstance(count, bool):
            raise TypeError(f"firms = {firms!r}; give a list of whole numbers")
        if not 1 <= count <= most:
            raise ValueError(f"firms = {count}; the panel has 1 to {most}")
    if not found:
        raise ValueError("firms is empty; give at least one number of firms")
    return [int(count) for count in found if count is not None]


def extrapolate(measured: pd.DataFrame, firms: ArrayLike) -> pd.DataFrame:
    """Return standard errors for other numbers of firms, proportional to 1/sqrt(firms).

    The constant is fitted to the largest sample of ``measured``, from
    :func:`errors_by_size`. This is an extrapolation: it holds while the share of
    singletons and the variation within firms stay as they are there, and larger samples
    lose fewer singletons. Columns ``firms``, ``clusters``, ``std_error``.

    Raises
    ------
    TypeError, ValueError
        If ``measured`` is no pandas DataFrame or lacks a column, or a number is not positive.

    Examples
    --------
    >>> import pandas as pd
    >>> measured = pd.DataFrame({"firms": [500, 1000], "clusters": [480, 960]})
    >>> extrapolate(measured.assign(std_error=[0.014, 0.010]), firms=[4000, 100_000])
        firms  clusters  std_error
    0    4000      3840      0.005
    1  100000     96000      0.001
    """
    known = plain(measured, "measured")
    checked(known, "measured", positive=["firms", "clusters", "std_error"])
    largest = known.sort_values("firms").iloc[-1]
    ratio = finite(firms, "firms") / largest["firms"]
    if not (ratio > 0).all():
        raise ValueError(f"firms must be positive; the lowest is {np.min(firms):g}")
    return pd.DataFrame(
        {
            "firms": np.asarray(firms),
            "clusters": np.rint(largest["clusters"] * ratio).astype(int),
            "std_error": largest["std_error"] / np.sqrt(ratio),
        }
    )
