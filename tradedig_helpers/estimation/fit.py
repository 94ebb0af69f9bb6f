"""Estimating a specification, and saying what was lost on the way: one by pyfixest, or many.

Columns of a table share rows, effects and most variables. :func:`fit` estimates one from variables
that :func:`.demean_all` has prepared for all of them, :func:`estimate` one alone by pyfixest. They
take the same, refuse the same, and return the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.stats import norm, t

from tradedig_helpers.estimation.demeaned import Demeaned, demean_sample
from tradedig_helpers.estimation.feols import feols, scales_of
from tradedig_helpers.estimation.sample import sample_of
from tradedig_helpers.estimation.specifications import FIRM, Specification
from tradedig_helpers.frames.arrays import Floats
from tradedig_helpers.frames.options import require_kind

CONFIDENCE = 0.95
"""Level of every interval that is not asked for at another."""
NORMAL_95 = float(norm.ppf((1 + CONFIDENCE) / 2))
"""How many standard errors such an interval reaches, where estimates are normal."""


def convention(cluster: str) -> str:
    """Return in words how standard errors by ``cluster`` are made."""
    return (
        f"CRV1, clustered by {cluster}, times (N-1)/(N-K) x G/(G-1); K counts the regressors and "
        "the fixed effects that are not nested in the clusters"
    )


CLUSTERED_ERRORS = convention(FIRM)
R2_KIND = "adjusted: 1 - (1-R²)(N-1)/(N-K), K with every fixed effect that is not redundant"


@dataclass(frozen=True, slots=True)
class Fit:
    """An estimated specification.

    Attributes
    ----------
    spec : what was estimated
    coefficients : ``term``, ``estimate``, ``std_error``, ``t``, ``p``, ``low``, ``high``
        (95% confidence interval), in the order of the specification, the constant last
    n : observations used
    rows : observations of the sample
    missing : rows left out because a variable is missing
    singletons : rows left out because they are alone in a fixed effect, repeatedly
    clusters : number of clusters, G
    adj_r2 : adjusted R², fixed effects counted
    small_sample : the convention behind the standard errors

    Examples
    --------
    >>> import numpy as np
    >>> import pandas as pd
    >>> rng = np.random.default_rng(1)
    >>> panel = pd.DataFrame({"firm": np.arange(400) // 4, "x": rng.normal(size=400)})
    >>> panel["y"] = 0.5 * panel["x"] + 0.1 * rng.normal(size=400)
    >>> fit = estimate(Specification("y", ("x",), effects=("firm",)), panel)
    >>> fit.coefficients[["term", "estimate", "std_error", "p"]].round(2)
      term  estimate  std_error    p
    0    x      0.51       0.01  0.0
    >>> fit.n, fit.clusters, round(fit.adj_r2, 2)
    (400, 100, 0.95)
    """

    spec: Specification
    coefficients: pd.DataFrame
    n: int
    rows: int
    missing: int
    singletons: int
    clusters: int
    adj_r2: float
    small_sample: str = CLUSTERED_ERRORS
    r2_kind: str = R2_KIND


def estimate(spec: Specification, panel: pd.DataFrame) -> Fit:
    """Estimate ``spec`` by least squares with absorbed effects on ``panel``.

    Rows with a missing variable are left out and counted, singletons likewise (Correia
    2015). Standard errors are clustered; see ``CLUSTERED_ERRORS`` for the convention,
    which is that of reghdfe. Whatever their types, variables are computed with in double
    precision.

    Raises
    ------
    TypeError
        Naming the specification and the column, if a variable is no number.
    ValueError
        Naming the specification, if a column is missing or infinite, if no row is
        complete, if a regressor or the outcome has no variation left, if there are too few
        clusters or degrees of freedom, or if the fit fails.

    Examples
    --------
    >>> import numpy as np
    >>> import pandas as pd
    >>> rng = np.random.default_rng(1)
    >>> panel = pd.DataFrame({"plant": np.arange(400) // 4, "x": rng.normal(size=400)})
    >>> panel["y"] = 0.5 * panel["x"] + panel["plant"] + 0.1 * rng.normal(size=400)
    >>> fit = estimate(Specification("y", ("x",), effects=("plant",), cluster="plant"), panel)
    >>> fit.n, fit.clusters, round(float(fit.coefficients["estimate"].iloc[0]), 1)
    (400, 100, 0.5)
    """
    require_kind(spec, Specification, "estimate(spec, panel)")
    sample = sample_of(spec, panel)
    demeaned = demean_sample(spec, sample, (spec.outcome, *spec.regressors))
    demeaned.require_estimable()
    estimates, errors, r2 = feols(spec, sample, scales_of(demeaned))
    return as_fit(demeaned, estimates, errors, 1 - r2)


def fit(spec: Specification, demeaned: Demeaned) -> Fit:
    """Estimate ``spec`` as :func:`estimate` does, from what :func:`.demean_all` has prepared.

    Raises
    ------
    ValueError
        As there, or if rows were prepared for other effects, clusters, another sample or other
        variables.
    """
    own = demeaned.of(spec)
    own.require_estimable()
    slopes, residual = own.solve(spec.outcome, spec.regressors)
    influence = own.influence(spec.regressors, residual)
    scores = np.sqrt(own.ssc(len(slopes))) * np.add.reduceat(residual, own.starts)
    slopes, influence = own.with_constant(slopes, influence, scores)
    errors = np.sqrt((influence**2).sum(axis=1))
    return as_fit(own, slopes, errors, unexplained_share(own, residual))


def unexplained_share(demeaned: Demeaned, residual: Floats) -> float:
    """Return the share of the outcome's sum of squares that ``residual`` leaves, 1 - R²."""
    total = demeaned.spread[demeaned.terms.index(demeaned.spec.outcome)]
    return float(residual @ residual / total)


def as_fit(demeaned: Demeaned, estimates: Floats, errors: Floats, unexplained: float) -> Fit:
    """Return coefficients and errors, those of the constant last, with the counts of the rows."""
    spec, clusters = demeaned.spec, len(demeaned.starts)
    free = demeaned.n - len(spec.regressors) - demeaned.effect_dof
    adjusted = 1 - unexplained * (demeaned.n - 1) / free if free > 0 else float("nan")
    return Fit(
        spec=spec,
        coefficients=coefficient_table(terms_of(spec), estimates, errors, clusters),
        n=demeaned.n,
        rows=demeaned.sample.rows,
        missing=demeaned.sample.missing,
        singletons=demeaned.sample.singletons,
        clusters=clusters,
        adj_r2=adjusted,
        small_sample=convention(spec.cluster),
    )


def terms_of(spec: Specification) -> list[str]:
    """Return what has a coefficient: the regressors, and the constant if no effect absorbs it."""
    return [*spec.regressors, *([] if spec.effects else ["Intercept"])]


def coefficient_table(
    terms: Sequence[str], estimates: Floats, errors: Floats, clusters: int | None = None
) -> pd.DataFrame:
    """Return coefficients with 95% intervals: normal, or Student's t with ``clusters`` - 1."""
    law = norm if clusters is None else t(clusters - 1)
    reach = law.ppf((1 + CONFIDENCE) / 2) * errors
    with np.errstate(divide="ignore", invalid="ignore"):  # data without noise have no error
        ratio = estimates / errors
    return pd.DataFrame(
        {
            "term": list(terms),
            "estimate": estimates,
            "std_error": errors,
            "t": ratio,
            "p": 2 * law.sf(np.abs(ratio)),
            "low": estimates - reach,
            "high": estimates + reach,
        }
    )


def tidy(fits: Iterable[Fit]) -> pd.DataFrame:
    """Return the coefficients of all ``fits`` in one frame, led by table, column and N.

    Examples
    --------
    >>> import numpy as np
    >>> import pandas as pd
    >>> rng = np.random.default_rng(1)
    >>> panel = pd.DataFrame({"firm": np.arange(400) // 4, "x": rng.normal(size=400)})
    >>> panel["y"] = 0.5 * panel["x"] + 0.1 * rng.normal(size=400)
    >>> specs = [Specification("y", ("x",)), Specification("y", ("x",), effects=("firm",))]
    >>> fits = [estimate(spec, panel) for spec in specs]
    >>> tidy(fits)[["table", "term", "estimate", "n"]].round(1)
        table       term  estimate    n
    0  y on x          x       0.5  400
    1  y on x  Intercept      -0.0  400
    2  y on x          x       0.5  400
    """
    frames = [
        fit.coefficients.assign(table=fit.spec.table_name, column=fit.spec.column, n=fit.n)
        for fit in require_fits(fits)
    ]
    joined = pd.concat(frames, ignore_index=True)
    first = ["table", "column", "term"]
    return joined[first + [name for name in joined.columns if name not in first]]


WANTED_FITS = "give a list of what estimate returns"


def require_fits(fits: Iterable[Fit]) -> list[Fit]:
    """Return ``fits`` as a list.

    Raises
    ------
    TypeError
        If it is a single fit, or holds anything else.
    ValueError
        If there is none.
    """
    if not isinstance(fits, Iterable):
        raise TypeError(f"fits holds a single {type(fits).__name__}; {WANTED_FITS}")
    found = list(fits)
    if not all(isinstance(fit, Fit) for fit in found):
        kinds = sorted({type(fit).__name__ for fit in found})
        raise TypeError(f"fits holds {', '.join(kinds)}; {WANTED_FITS}")
    if not found:
        raise ValueError("fits is empty; give at least one")
    return found
