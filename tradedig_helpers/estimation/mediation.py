"""Mediation: how much of an effect passes through a mediator, on one sample."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal, get_args

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy.stats import norm
from scipy.stats import t as student

from tradedig_helpers.estimation.demeaned import Demeaned, demean_all
from tradedig_helpers.estimation.fit import CONFIDENCE, Fit, fit
from tradedig_helpers.estimation.influence import standard_errors
from tradedig_helpers.estimation.specifications import Specification
from tradedig_helpers.frames.arrays import Floats
from tradedig_helpers.frames.options import require_generator, require_kind, require_whole
from tradedig_helpers.schema.checks import require_same_kind

ErrorMethod = Literal["Sobel", "Aroian", "delta"]
PATHS = ("beta0", "mu1", "direct", "total", "ME")


@dataclass(frozen=True, slots=True)
class Mediation:
    """Equations (12) and (13) on the sample of (13).

    Attributes
    ----------
    first, second : the equation of the mediator (12) and of the outcome (13)
    fit : the outcome equation as :func:`.fit.estimate` has it, with the counts of the sample
    estimates : ``beta0`` treatment on mediator, ``mu1`` mediator on outcome, ``direct``
        treatment on outcome at a given mediator, ``total`` treatment on outcome without
        it, ``ME`` = beta0 x mu1; total = direct + ME
    influence : what each cluster adds to each of the five, shape (G, 5); its cross-product
        is their covariance, across the equations and clustered (ME by the delta method)
    rho : correlation of the two equations' errors at which ME would be zero (Imai, Keele
        and Yamamoto 2010)
    """

    first: Specification
    second: Specification
    fit: Fit
    estimates: pd.Series
    influence: pd.DataFrame
    rho: float

    @property
    def treatment(self) -> str:
        """The variable whose effect is taken apart: the first regressor of (12)."""
        return self.first.regressors[0]

    @property
    def mediator(self) -> str:
        """The variable through which it may pass: the outcome of (12)."""
        return self.first.outcome

    @property
    def std_errors(self) -> pd.Series:
        """Clustered standard errors of ``estimates``; that of ME is the joint delta's."""
        return standard_errors(self.influence)

    @property
    def covariance(self) -> float:
        """Clustered covariance of beta0 and mu1, zero only by assumption."""
        return float((self.influence["beta0"] * self.influence["mu1"]).sum())


def mediate(first: Specification, second: Specification, panel: pd.DataFrame) -> Mediation:
    """Estimate (12) and (13) on one sample, with their joint clustered covariance.

    The sample is that of ``second``: rows with outcome, mediator, treatment and controls,
    without singletons. The first regressor of ``first`` is the treatment.

    Raises
    ------
    ValueError
        Naming the specifications, if they are not a pair: (13) needs the outcome of (12)
        on the right beside the regressors of (12), and the same effects, cluster and
        sample; or if (13) cannot be estimated.

    Examples
    --------
    >>> import numpy as np
    >>> import pandas as pd
    >>> rng = np.random.default_rng(1)
    >>> panel = pd.DataFrame({"firm": np.arange(400) // 4, "lndig": rng.normal(size=400)})
    >>> panel["flex"] = 0.5 * panel["lndig"] + rng.normal(size=400)
    >>> panel["QSY"] = 0.4 * panel["flex"] + 0.2 * rng.normal(size=400)
    >>> first = Specification("flex", ("lndig",), effects=("firm",))
    >>> second = Specification("QSY", ("lndig", "flex"), effects=("firm",))
    >>> mediate(first, second, panel).estimates.round(1).to_dict()
    {'beta0': 0.6, 'mu1': 0.4, 'direct': 0.0, 'total': 0.2, 'ME': 0.2}
    """
    _require_pair(first, second)
    return _mediation(first, demean_all([second], panel).of(second))


def mediated(second: Specification, demeaned: Demeaned) -> Mediation:
    """Return what :func:`mediate` does, of (13) alone and variables prepared for it.

    ``second`` says which of its regressors is the mediator; (12) has the others.

    Raises
    ------
    ValueError
        Naming the specification, if it has no other regressor or cannot be estimated.
    """
    others = tuple(name for name in second.regressors if name != second.mediator)
    first = replace(second, outcome=second.mediator, regressors=others, mediator="", also=())
    _require_pair(first, second)
    return _mediation(first, demeaned.of(second))


def _mediation(first: Specification, demeaned: Demeaned) -> Mediation:
    """Take the effect of (13), the specification of ``demeaned``, apart."""
    second, others = demeaned.spec, first.regressors
    found = fit(second, demeaned)
    at, by = (second.regressors.index(name) for name in (others[0], first.outcome))
    slopes0, left0 = demeaned.solve(first.outcome, others)
    slopes1, left1 = demeaned.solve(second.outcome, second.regressors)
    slopes2, left2 = demeaned.solve(second.outcome, others)
    added0, added2 = (demeaned.influence(others, left)[0] for left in (left0, left2))
    added1 = demeaned.influence(second.regressors, left1)
    beta0, mu1 = slopes0[0], slopes1[by]
    estimates = [beta0, mu1, slopes1[at], slopes2[0], beta0 * mu1]
    added = [added0, added1[by], added1[at], added2, beta0 * added1[by] + mu1 * added0]
    return Mediation(
        first,
        second,
        found,
        pd.Series(estimates, index=PATHS),
        pd.DataFrame(np.column_stack(added), index=demeaned.clusters, columns=list(PATHS)),
        float(np.asarray(np.corrcoef([left0, left2]))[0, 1]),
    )


def product_error(
    beta0: ArrayLike,
    mu1: ArrayLike,
    error0: ArrayLike,
    error1: ArrayLike,
    method: ErrorMethod = "Sobel",
    covariance: ArrayLike = 0.0,
) -> Floats:
    """Return the standard error of beta0 x mu1.

    Sobel (1982): the root of mu1² error0² + beta0² error1². Aroian (1947) adds error0²
    error1². Delta adds 2 beta0 mu1 ``covariance``. Arrays broadcast.

    Raises
    ------
    ValueError
        On an unknown method, an error that is not positive, or a covariance given to a
        method that takes the estimates as uncorrelated.
    """
    if method not in get_args(ErrorMethod):
        raise ValueError(f"method = {method!r}; choose one of {', '.join(get_args(ErrorMethod))}")
    b, m, s, r, c = (
        np.asarray(one, dtype=float) for one in (beta0, mu1, error0, error1, covariance)
    )
    if not ((s > 0).all() and (r > 0).all()):
        raise ValueError("error0 and error1 must be positive standard errors")
    if method != "delta" and c.any():
        raise ValueError(f"{method} takes the two as uncorrelated; use 'delta' with a covariance")
    extra = {"Sobel": 0.0, "Aroian": s**2 * r**2, "delta": 2 * b * m * c}[method]
    return np.asarray(np.sqrt(m**2 * s**2 + b**2 * r**2 + extra))


def bootstrap(mediation: Mediation, rng: np.random.Generator, draws: int = 1999) -> Floats:
    """Return ``draws`` of ME under resampling of clusters, shape (draws,).

    An influence-function bootstrap: each draw takes G clusters with replacement, adds up
    their influences on beta0 and mu1, and multiplies the two. It keeps the skewness of
    the product and re-estimates nothing.

    Raises
    ------
    TypeError
        If ``rng`` is no generator of random numbers.
    ValueError
        If ``draws`` is no whole number of at least 100; fewer are too few for percentiles.
    """
    require_generator(rng)
    require_whole(100, draws=draws)
    paths = ["beta0", "mu1"]
    influence = mediation.influence[paths].to_numpy()
    found = np.tile(mediation.estimates[paths].to_numpy(dtype=float), (draws, 1))
    size = len(influence)
    for draw in found:
        times = np.bincount(rng.integers(size, size=size), minlength=size)
        draw += times.astype(float) @ influence
    return np.asarray(found.prod(axis=1))


def effect_tests(mediation: Mediation, rng: np.random.Generator, draws: int = 1999) -> pd.DataFrame:
    """Return ME by each method.

    Columns ``method``, ``estimate``, ``std_error``, ``z``, ``p`` and the 95% interval
    ``low``, ``high``: normal for Sobel, Aroian and delta, percentiles for the bootstrap.

    Raises
    ------
    TypeError, ValueError
        As :func:`bootstrap` does, and if an error of a path is not positive.

    Examples
    --------
    >>> import numpy as np
    >>> import pandas as pd
    >>> rng = np.random.default_rng(1)
    >>> panel = pd.DataFrame({"firm": np.arange(400) // 4, "lndig": rng.normal(size=400)})
    >>> panel["flex"] = 0.5 * panel["lndig"] + rng.normal(size=400)
    >>> panel["QSY"] = 0.4 * panel["flex"] + 0.2 * rng.normal(size=400)
    >>> first = Specification("flex", ("lndig",), effects=("firm",))
    >>> second = Specification("QSY", ("lndig", "flex"), effects=("firm",))
    >>> mediation = mediate(first, second, panel)
    >>> tests = effect_tests(mediation, np.random.default_rng(2), draws=199)
    >>> tests[["method", "estimate", "low", "high"]].round(2)
          method  estimate   low  high
    0      Sobel      0.22  0.16  0.27
    1     Aroian      0.22  0.16  0.27
    2      delta      0.22  0.16  0.27
    3  bootstrap      0.22  0.17  0.27
    """
    require_kind(mediation, Mediation, "effect_tests(mediate(first, second, panel), rng)")
    require_generator(rng)
    effect, found = mediation.estimates, mediation.std_errors
    arguments = effect["beta0"], effect["mu1"], found["beta0"], found["mu1"]
    rows = []
    for method in get_args(ErrorMethod):
        joint = mediation.covariance if method == "delta" else 0.0
        error = float(product_error(*arguments, method, joint))
        z, reach = effect["ME"] / error, norm.ppf((1 + CONFIDENCE) / 2) * error
        rows.append(
            (method, error, z, 2 * norm.sf(abs(z)), effect["ME"] - reach, effect["ME"] + reach)
        )
    drawn = bootstrap(mediation, rng, draws)
    low, high = np.quantile(drawn, [(1 - CONFIDENCE) / 2, (1 + CONFIDENCE) / 2])
    beyond = min((drawn <= 0).sum(), (drawn >= 0).sum())
    p = min(1.0, 2 * (beyond + 1) / (draws + 1))
    rows.append(("bootstrap", float(drawn.std(ddof=1)), np.nan, p, low, high))
    columns = ["method", "std_error", "z", "p", "low", "high"]
    table = pd.DataFrame(rows, columns=columns)
    table.insert(1, "estimate", effect["ME"])
    return table


def difference(one: Mediation, other: Mediation) -> pd.DataFrame:
    """Return ``one`` less ``other``, path by path, with a clustered test.

    A cluster that is in both samples counts once, so the samples may share firms.
    Columns ``path``, ``estimate``, ``std_error``, ``t``, ``p``; t with the number of all
    clusters less one degrees of freedom.

    Raises
    ------
    TypeError, ValueError
        If the two are clustered by different columns, or by numbers and by text.
    """
    ours, theirs = one.second.cluster, other.second.cluster
    if ours != theirs:
        raise ValueError(
            f"one clusters by {ours!r}, other by {theirs!r}; give both the same clusters"
        )
    left, right = (part.influence.index.to_frame(name=ours) for part in (one, other))
    require_same_kind(left, right, [ours], "one", "other")
    gap = one.estimates - other.estimates
    influence = one.influence.sub(other.influence, fill_value=0.0)
    error = standard_errors(influence)
    t = gap / error
    p = 2 * student.sf(np.abs(t), len(influence) - 1)
    columns = {"estimate": gap, "std_error": error, "t": t, "p": p}
    return pd.DataFrame(columns).rename_axis("path").reset_index()


def _require_pair(first: Specification, second: Specification) -> None:
    for spec in (first, second):
        require_kind(spec, Specification, "mediate(first, second, panel)")
    names = f"{first.name} (mediator) and {second.name} (outcome)"
    if not first.regressors:
        raise ValueError(f"{names}: the first has no regressors; the treatment is its first")
    if first.outcome not in second.regressors:
        raise ValueError(
            f"{names}: the second does not regress on {first.outcome!r}, the mediator; add it"
        )
    odd = {*first.regressors, first.outcome} ^ set(second.regressors)
    if odd:
        raise ValueError(
            f"{names}: {sorted(odd)} stand in one equation only; use the same controls"
        )
    for field in ("effects", "cluster", "sample"):
        pair = getattr(first, field), getattr(second, field)
        if pair[0] != pair[1]:
            raise ValueError(f"{names} differ in their {field}: {pair[0]!r} and {pair[1]!r}")
