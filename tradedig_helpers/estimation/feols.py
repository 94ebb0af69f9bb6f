"""Least squares with fixed effects by pyfixest: one regression, the referee of what is faster."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from tradedig_helpers.estimation.demean import extreme_units, far_means, values_of
from tradedig_helpers.estimation.demeaned import Demeaned
from tradedig_helpers.estimation.sample import EstimationSample
from tradedig_helpers.estimation.specifications import Specification
from tradedig_helpers.frames.arrays import Floats

if TYPE_CHECKING:
    from pyfixest.estimation import Feols

ANY_SIZE = 1e-300
"""A tolerance of collinearity that no variable fails."""


@dataclass(frozen=True, slots=True)
class Scales:
    """How outcome and regressors are moved and divided, where they need it: 0 and 1 elsewhere."""

    shifts: Floats
    units: Floats


def scales_of(demeaned: Demeaned) -> Scales:
    """Return what to take off outcome and regressors that lie far from zero, and their units."""
    places = demeaned.at([demeaned.spec.outcome, *demeaned.spec.regressors])
    spread = demeaned.spread[places]
    means = far_means(demeaned.means[places], spread, demeaned.n)
    return Scales(means, extreme_units(spread, demeaned.n))


def feols(
    spec: Specification, sample: EstimationSample, scales: Scales, weights: Floats | None = None
) -> tuple[Floats, Floats, float]:
    """Return coefficients, the constant last if there is one, their errors, and R².

    Errors are clustered. ``sample`` has no singletons: pyfixest aborts Python where no row is left.

    Raises
    ------
    ValueError
        Naming the specification, if the fit fails.
    """
    import pyfixest as pf  # slow to load, and many regressions at once do without it

    frame, formula = _columns(spec, sample, scales)
    weighted = {} if weights is None else {"weights": weights}
    try:
        with warnings.catch_warnings():
            # pyfixest's own use of pandas; nothing that a caller can change.
            warnings.simplefilter("ignore", DeprecationWarning)
            warnings.simplefilter("ignore", FutureWarning)
            fit: Feols = pf.feols(
                formula,
                frame.assign(**weighted),
                vcov={"CRV1": "cluster"},
                weights=next(iter(weighted), None),
                ssc=pf.ssc(k_fixef="nonnested"),
                fixef_rm="singleton",
                demeaner=pf.LsmrDemeaner(),
                store_data=False,
                collin_tol=ANY_SIZE,  # what is collinear was said before, relative to its units
            )
    except Exception as error:
        raise ValueError(f"{spec.name}: {spec.formula} cannot be estimated: {error}") from error
    return _in_own_units(fit, scales, bool(spec.effects))


def _columns(
    spec: Specification, sample: EstimationSample, scales: Scales
) -> tuple[pd.DataFrame, str]:
    """Return what pyfixest gets, and its formula, under names of ours.

    A name may hold spaces, or be one of its functions. No effect has the name of the cluster:
    where one has, and there are no spaces around ``+``, which effect it takes to be nested, and so
    its errors, depends on Python's hash seed.
    """
    variables = {
        f"x{place}": (values_of(sample.frame, term) - scales.shifts[place]) / scales.units[place]
        for place, term in enumerate((spec.outcome, *spec.regressors))
    }
    effects = {f"f{place}": codes for place, codes in enumerate(sample.groups.to_numpy().T)}
    cluster = pd.factorize(sample.frame[spec.cluster])[0]
    right = " + ".join(list(variables)[1:])
    formula = f"x0 ~ {right}" + (f" | {' + '.join(effects)}" if effects else "")
    return pd.DataFrame({**variables, **effects, "cluster": cluster}, copy=False), formula


def _in_own_units(fit: Feols, scales: Scales, effects: bool) -> tuple[Floats, Floats, float]:
    """Return coefficients and errors of the variables as they were, and R²."""
    order = [f"x{place}" for place in range(1, len(scales.units))]
    units = scales.units[0] / scales.units[1:]
    if not effects:
        order, units = [*order, "Intercept"], np.append(units, scales.units[0])
    places = [fit._coefnames.index(name) for name in order]
    back = np.eye(len(order))
    if not effects:
        back[-1, :-1] = -scales.shifts[1:]
    estimates = back @ (units * np.asarray(fit._beta_hat)[places])
    if not effects:
        estimates[-1] += scales.shifts[0]
    covariance = np.outer(units, units) * fit._vcov[np.ix_(places, places)]
    return estimates, np.sqrt(np.diag(back @ covariance @ back.T)), float(fit._r2)
