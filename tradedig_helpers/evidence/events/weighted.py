"""The regression on matched pairs whose controls count in part."""

from __future__ import annotations

import warnings

import numpy as np
import pandas as pd

from tradedig_helpers.evidence.absorb import coefficient_table
from tradedig_helpers.evidence.fit import Fit, convention, estimate
from tradedig_helpers.evidence.rows import Sample, sample_of
from tradedig_helpers.evidence.specifications import Specification
from tradedig_helpers.measure.checks import checked
from tradedig_helpers.measure.plain import plain


def paired_effect(spec: Specification, stack: pd.DataFrame) -> Fit:
    """Estimate ``spec`` on the pairs of :func:`.stacked`, each row weighted by ``weight``.

    With weighted ties each of the tied controls counts in part, as if the adopter were beside
    their mean, and the clustered errors know which firms they are. With weights of one it
    is :func:`~tradedig_helpers.evidence.estimate`.

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
        On bad columns or weights that are not positive, or naming the specification if it
        cannot be estimated.
    """
    rows = plain(stack, "stack")
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
    table, clusters = _weighted(spec, sample)
    return Fit(
        spec=spec,
        coefficients=table,
        n=len(sample.frame),
        rows=sample.rows,
        missing=sample.missing,
        singletons=sample.singletons,
        clusters=clusters,
        adj_r2=float("nan"),
        small_sample=convention(spec.cluster),
    )


def _weighted(spec: Specification, sample: Sample) -> tuple[pd.DataFrame, int]:
    """Return pyfixest's weighted coefficients, and the number of clusters."""
    import pyfixest as pf  # slow to load

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # its own use of pandas, and what it drops
            fit = pf.feols(
                spec.formula,
                sample.frame,
                vcov={"CRV1": spec.cluster},
                weights="weight",
                ssc=pf.ssc(k_fixef="nonnested"),
                demeaner=pf.LsmrDemeaner(),
                store_data=False,
            )
        found = fit.tidy().loc[list(spec.regressors)]  # KeyError if one is dropped
    except Exception as error:
        raise ValueError(f"{spec.name}: {spec.formula} cannot be estimated: {error}") from error
    clusters = int(fit._G[0])
    estimates, errors = (found[name].to_numpy(float) for name in ("Estimate", "Std. Error"))
    return coefficient_table(spec.regressors, np.asarray(estimates), errors, clusters), clusters
