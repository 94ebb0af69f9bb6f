"""Estimating a specification with pyfixest, and saying what was lost on the way."""

from __future__ import annotations

import warnings
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from tradedig_helpers.estimation.absorb import (
    centred,
    coefficient_table,
    extreme_units,
    far_means,
    require_apart,
    require_outcome,
    require_regressors,
    small_sample_factor,
    squares,
    take_off_in_place,
    values_of,
)
from tradedig_helpers.estimation.effects import free_effects
from tradedig_helpers.estimation.sample import Sample, sample_of
from tradedig_helpers.estimation.specifications import FIRM, Specification
from tradedig_helpers.estimation.two_effects import Floats

if TYPE_CHECKING:
    from pyfixest.estimation import Feols


def convention(cluster: str) -> str:
    """Return in words how standard errors by ``cluster`` are made."""
    return (
        f"CRV1, clustered by {cluster}, times (N-1)/(N-K) x G/(G-1); K counts the regressors and "
        "the fixed effects that are not nested in the clusters"
    )


SMALL_SAMPLE = convention(FIRM)
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
    """

    spec: Specification
    coefficients: pd.DataFrame
    n: int
    rows: int
    missing: int
    singletons: int
    clusters: int
    adj_r2: float
    small_sample: str = SMALL_SAMPLE
    r2_kind: str = R2_KIND


def estimate(spec: Specification, panel: pd.DataFrame) -> Fit:
    """Estimate ``spec`` by least squares with absorbed effects on ``panel``.

    Rows with a missing variable are left out and counted, singletons likewise (Correia
    2015). Standard errors are clustered; see ``SMALL_SAMPLE`` for the convention,
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
    """
    sample = sample_of(spec, panel)
    small_sample_factor(spec, sample.frame, len(spec.regressors))
    scales = _require_estimable(spec, sample)
    fit = _feols(spec, sample, scales)
    return Fit(
        spec=spec,
        coefficients=_coefficients(spec, fit, scales),
        n=int(fit._N),
        rows=sample.rows,
        missing=sample.missing,
        singletons=sample.singletons,
        clusters=int(fit._G[0]),
        adj_r2=_adjusted(float(fit._r2), sample, spec),
        small_sample=convention(spec.cluster),
    )


def terms_of(spec: Specification) -> list[str]:
    """Return what has a coefficient: the regressors, and the constant if no effect absorbs it."""
    return [*spec.regressors, *([] if spec.effects else ["Intercept"])]


def tidy(fits: Iterable[Fit]) -> pd.DataFrame:
    """Return the coefficients of all ``fits`` in one frame, led by table, column and N."""
    frames = [
        fit.coefficients.assign(table=fit.spec.table, column=fit.spec.column, n=fit.n)
        for fit in require_fits(fits)
    ]
    joined = pd.concat(frames, ignore_index=True)
    first = ["table", "column", "term"]
    return joined[first + [name for name in joined.columns if name not in first]]


def summary(fits: Iterable[Fit]) -> pd.DataFrame:
    """Return what belongs under a table, one row per fit.

    Columns ``table``, ``column``, ``n``, ``rows``, ``missing``, ``singletons``,
    ``clusters`` and ``adj_r2``.
    """
    counts = ("n", "rows", "missing", "singletons", "clusters", "adj_r2")
    return pd.DataFrame(
        [
            {"table": fit.spec.table, "column": fit.spec.column}
            | {name: getattr(fit, name) for name in counts}
            for fit in require_fits(fits)
        ]
    )


def require_fits(fits: Iterable[Fit]) -> list[Fit]:
    """Return ``fits`` as a list.

    Raises
    ------
    TypeError
        If it is a single fit, or holds anything else.
    ValueError
        If there is none.
    """
    found = [] if isinstance(fits, Fit) else list(fits)
    if isinstance(fits, Fit) or not all(isinstance(fit, Fit) for fit in found):
        kinds = {type(fit).__name__ for fit in found} or {"a single Fit"}
        raise TypeError(
            f"fits holds {', '.join(sorted(kinds))}; give a list of what estimate returns"
        )
    if not found:
        raise ValueError("fits is empty; give at least one")
    return found


@dataclass(frozen=True, slots=True)
class _Scales:
    """How outcome and regressors were moved and divided, where they need it: 0 and 1 elsewhere."""

    shifts: Floats
    units: Floats


def _require_estimable(spec: Specification, sample: Sample) -> _Scales:
    """Return what to take off outcome and regressors that lie far from zero, and their units.

    Raises
    ------
    ValueError
        Naming the specification, as :func:`~tradedig_helpers.estimation.batch.fit` does.
    """
    require_regressors(spec)
    rows, terms = len(sample.frame), [spec.outcome, *spec.regressors]
    values = centred(sample.frame, terms)
    spread = squares(values)
    within = take_off_in_place(values, sample.groups)
    gram = within.T @ within
    require_outcome(spec, spec.outcome, float(gram[0, 0]), float(spread[0]), rows)
    require_apart(spec, spec.regressors, gram[1:, 1:], spread[1:], rows)
    means = np.array([values_of(sample.frame, term).mean() for term in terms])
    return _Scales(far_means(means, spread, rows), extreme_units(spread, rows))


def _feols(
    spec: Specification, sample: Sample, scales: _Scales, weights: Floats | None = None
) -> Feols:
    """Return pyfixest's fit of rows without singletons (it aborts Python where no row is left).

    It gets numbers under names of ours: a name may hold spaces, or be one of its functions. No
    effect has the name of the cluster: where one has, and there are no spaces around ``+``,
    which effect it takes to be nested, and so its errors, depends on Python's hash seed.
    """
    import pyfixest as pf  # slow to load, and many regressions at once do without it

    terms = (spec.outcome, *spec.regressors)
    variables = {
        f"x{place}": (values_of(sample.frame, term) - scales.shifts[place]) / scales.units[place]
        for place, term in enumerate(terms)
    }
    effects = {f"f{place}": codes for place, codes in enumerate(sample.groups.to_numpy().T)}
    cluster = pd.factorize(sample.frame[spec.cluster])[0]
    weighted = {} if weights is None else {"weights": weights}
    frame = pd.DataFrame({**variables, **effects, **weighted, "cluster": cluster}, copy=False)
    right = " + ".join(list(variables)[1:])
    formula = f"x0 ~ {right}" + (f" | {' + '.join(effects)}" if effects else "")
    try:
        with warnings.catch_warnings():
            # pyfixest's own use of pandas; nothing that a caller can change.
            warnings.simplefilter("ignore", DeprecationWarning)
            warnings.simplefilter("ignore", FutureWarning)
            fit: Feols = pf.feols(
                formula,
                frame,
                vcov={"CRV1": "cluster"},
                weights=next(iter(weighted), None),
                ssc=pf.ssc(k_fixef="nonnested"),
                fixef_rm="singleton",
                demeaner=pf.LsmrDemeaner(),
                store_data=False,
                collin_tol=NEVER,  # what is collinear was said before, relative to its units
            )
            return fit
    except Exception as error:
        raise ValueError(f"{spec.name}: {spec.formula} cannot be estimated: {error}") from error


NEVER = 1e-300
"""A size that no variable has."""


def _adjusted(r2: float, sample: Sample, spec: Specification) -> float:
    """Return adjusted R², counting regressors and free fixed effects."""
    rows = len(sample.frame)
    free = rows - len(spec.regressors) - free_effects(sample.groups)
    return 1 - (1 - r2) * (rows - 1) / free if free > 0 else float("nan")


def _coefficients(spec: Specification, fit: Feols, scales: _Scales) -> pd.DataFrame:
    """Return pyfixest's table of coefficients under the names of this book, the constant last."""
    names = {
        "Estimate": "estimate",
        "Std. Error": "std_error",
        "t value": "t",
        "Pr(>|t|)": "p",
        "2.5%": "low",
        "97.5%": "high",
    }
    order = [f"x{place}" for place in range(1, len(scales.units))]
    units = scales.units[0] / scales.units[1:]
    if not spec.effects:
        order, units = [*order, "Intercept"], np.append(units, scales.units[0])
    if scales.shifts.any() and not spec.effects:
        return _moved_back(spec, fit, scales, order, units)
    table = fit.tidy().loc[order].rename(columns=names)[list(names.values())]
    for name in ("estimate", "std_error", "low", "high"):
        table[name] *= units
    table.insert(0, "term", terms_of(spec))
    return table.reset_index(drop=True)


def _moved_back(
    spec: Specification, fit: Feols, scales: _Scales, order: list[str], units: Floats
) -> pd.DataFrame:
    """Return the coefficients with the constant of the variables as they were."""
    places = [fit._coefnames.index(name) for name in order]
    back = np.eye(len(order))
    back[-1, :-1] = -scales.shifts[1:]
    estimates = back @ (units * np.asarray(fit._beta_hat)[places])
    estimates[-1] += scales.shifts[0]
    covariance = np.outer(units, units) * fit._vcov[np.ix_(places, places)]
    errors = np.sqrt(np.diag(back @ covariance @ back.T))
    return coefficient_table(terms_of(spec), estimates, errors, int(fit._G[0]))
