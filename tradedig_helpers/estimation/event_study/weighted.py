"""The regression on matched pairs whose controls count in part."""

from __future__ import annotations

import numpy as np
import pandas as pd
from pyfixest.core.demean import demean_within

from tradedig_helpers.estimation.demean import squares, values_of
from tradedig_helpers.estimation.demeaned import demean_sample
from tradedig_helpers.estimation.estimability import check_collinearity, require_outcome
from tradedig_helpers.estimation.event_study.cohorts import plain_rows
from tradedig_helpers.estimation.feols import feols, scales_of
from tradedig_helpers.estimation.fit import Fit, as_fit, estimate
from tradedig_helpers.estimation.sample import EstimationSample, sample_of
from tradedig_helpers.estimation.specifications import Specification
from tradedig_helpers.frames.arrays import Floats
from tradedig_helpers.schema.checks import checked


def paired_effect(spec: Specification, stack: pd.DataFrame) -> Fit:
    """Estimate ``spec`` on the pairs of :func:`.stacked`, each row weighted by ``weight``.

    With weighted ties each of the tied controls counts in part, as if the adopter were beside
    their mean, and the clustered errors know which firms they are. With weights of one it
    is :func:`.estimate`.

    Parameters
    ----------
    spec : such as ``PSM_DID`` of :mod:`.matching`, with the outcome of ``stack``
    stack : what :func:`.stacked` returns

    Returns
    -------
    as of ``estimate``; ``adj_r2`` is NaN if weights differ

    Raises
    ------
    TypeError, ValueError
        On bad columns or weights that are not positive, or naming the specification as
        ``estimate`` does; with weights it is the weighted variables that must vary.
    """
    rows = plain_rows(stack, "stack", [*spec.variables, "weight"], spec.numbers)
    checked(
        rows,
        "stack",
        present=[spec.cluster],
        positive=["weight"],
        optional_numbers=spec.numbers,
    )
    if (rows["weight"] == 1).all():
        return estimate(spec, rows)
    sample = sample_of(spec, rows, ["weight"])
    demeaned = demean_sample(spec, sample, (spec.outcome, *spec.regressors))
    demeaned.require_estimable()
    scales = scales_of(demeaned)
    weights = _about_one(sample.frame["weight"].to_numpy())
    _require_weighted(spec, sample, weights, scales.units)
    estimates, errors, _ = feols(spec, sample, scales, weights)
    return as_fit(demeaned, estimates, errors, float("nan"))


def _about_one(weights: Floats) -> Floats:
    """Return weights of which the largest is about one.

    They are divided by a power of four, so that neither they nor their roots lose a digit.
    """
    _, exponent = np.frexp(weights.max())
    return np.asarray(np.ldexp(weights, -2 * (exponent // 2)))


def _require_weighted(
    spec: Specification, sample: EstimationSample, weights: Floats, units: Floats
) -> None:
    """Check that outcome and regressors, times the roots of weights, vary beside the effects.

    Raises
    ------
    ValueError
        Naming the specification, as :func:`.estimate` does, or if the
        effects cannot be taken off because weights differ too much.
    """
    terms, root = [spec.outcome, *spec.regressors], np.sqrt(weights)[:, None]
    values = np.column_stack([values_of(sample.frame, term) for term in terms]) / units
    values -= np.average(values, axis=0, weights=weights)
    values[:, np.ptp(values, axis=0) == 0] = 0.0  # what rounding of a mean leaves is no variation
    spread, within = squares(root * values), values
    if spec.effects:
        groups = sample.groups.to_numpy(dtype=np.uint32)
        within, converged, _ = demean_within(values, groups, weights, tol=1e-12, maxiter=10_000)
        if not converged:
            raise ValueError(
                f"{spec.name}: {list(spec.effects)} cannot be taken off with weights from "
                f"{weights.min():g} to {weights.max():g}; use weights that differ less"
            )
    gram = (root * within).T @ (root * within)
    require_outcome(spec, spec.outcome, float(gram[0, 0]), float(spread[0]), len(values))
    check_collinearity(spec, spec.regressors, gram[1:, 1:], spread[1:], len(values))
