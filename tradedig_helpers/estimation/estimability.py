"""What a specification must have to be estimated, each lack said in words of its own."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from tradedig_helpers.estimation.specifications import Specification
from tradedig_helpers.frames.arrays import Floats

COLLINEAR = 1e-9
"""A column is spanned by others if they leave less than this share of its variance."""
LEAST_ERROR = 1e-13
"""A standard error that is no larger a share of its estimate is rounding."""


def require_regressors(spec: Specification) -> None:
    """Raise ``ValueError`` if there is nothing on the right."""
    if not spec.regressors:
        raise ValueError(f"{spec.name} has no regressors; give at least one")


def require_outcome(
    spec: Specification, outcome: str, within: float, spread: float, rows: int
) -> None:
    """Check that an outcome varies, beside the effects; the arguments are its sums of squares.

    Raises
    ------
    ValueError
        Naming the specification and the outcome.
    """
    _require_moderate(spec, outcome, spread)
    if spread == 0:
        raise ValueError(
            f"{spec.name}: the outcome {outcome!r} does not vary in {rows} rows; there is nothing "
            "to explain"
        )
    if within < COLLINEAR * spread:
        raise ValueError(
            f"{spec.name}: the outcome {outcome!r} is spanned by the effects {list(spec.effects)}, "
            f"which leave {within / spread:.0e} of its variance; use coarser effects"
        )


def check_collinearity(
    spec: Specification, terms: Sequence[str], gram: Floats, spread: Floats, rows: int
) -> None:
    """Check that each of ``terms`` varies, beside the effects and beside those before it.

    ``gram`` has products of the terms less their effects, ``spread`` their sums of squares about
    the mean. What a term leaves beside those before it is a pivot of ``gram``. This is the one
    definition of collinearity, for every estimator.

    Raises
    ------
    ValueError
        Naming the specification, the term, and what spans it.
    """
    left = gram.copy()
    for place, term in enumerate(terms):
        _require_moderate(spec, term, spread[place])
        if spread[place] == 0:
            raise ValueError(
                f"{spec.name}: {term!r} does not vary in {rows} rows, so its effect cannot be "
                "told; leave it out"
            )
        if gram[place, place] < COLLINEAR * spread[place]:
            raise ValueError(
                f"{spec.name}: {term!r} is spanned by the effects {list(spec.effects)}; "
                "use coarser effects or a variable that varies within them"
            )
        if left[place, place] < COLLINEAR * gram[place, place]:
            raise ValueError(
                f"{spec.name}: {term!r} is collinear with {list(terms[:place])}, given the "
                f"effects {list(spec.effects)}; leave one out"
            )
        left -= np.outer(left[:, place], left[place]) / left[place, place]


def _require_moderate(spec: Specification, term: str, spread: float) -> None:
    """Check that the sum of squares of a term, perhaps a product, is within double precision."""
    if not np.isfinite(spread):
        raise ValueError(
            f"{spec.name}: {term!r} is too large to be squared; measure it in larger units"
        )


def require_error(spec: Specification, term: str, estimate: float, std_error: float) -> None:
    """Raise ``ValueError`` if a coefficient has no error, but for rounding, to divide by."""
    if not std_error > LEAST_ERROR * abs(estimate):
        raise ValueError(
            f"{spec.name}: {term!r} has a standard error of {std_error:g}; the regressors fit the "
            "outcome without error, so nothing can be tested"
        )


def small_sample_factor(
    spec: Specification, rows: int, clusters: int, coefficients: int, least: int = 0
) -> float:
    """Return (N-1)/(N-K) x G/(G-1), with K ``coefficients``; see ``CLUSTERED_ERRORS``.

    Raises
    ------
    ValueError
        Naming the specification, if there are fewer than two clusters, or no degrees of freedom
        beyond ``coefficients`` or ``least``, those that were estimated at least.
    """
    if clusters < 2:
        raise ValueError(f"{spec.name}: {clusters} cluster of {spec.cluster!r}; at least 2 needed")
    if rows <= max(coefficients, least):
        raise ValueError(f"{spec.name}: {rows} rows leave no degrees of freedom; use more data")
    return float((rows - 1) / (rows - coefficients) * clusters / (clusters - 1))
