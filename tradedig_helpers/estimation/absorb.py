"""Rows, absorbed effects, clusters: what estimators on small matrices have in common."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from pyfixest.core.demean import demean_within
from scipy.stats import norm, t

from tradedig_helpers.estimation.effects import labels, least_effects
from tradedig_helpers.estimation.specifications import Specification
from tradedig_helpers.estimation.two_effects import ROWS, Codes, Floats, NotConverged, take_two_off

SPANNED = 1e-9
"""A column is spanned by others if they leave less than this share of its variance."""
ROUNDING = 1e-13
"""A standard error that is no larger a share of its estimate is rounding."""
EXTREME = 1e3
"""A standard deviation above it, or below its inverse, is in extreme units."""
FAR = 1e4
"""A variable whose mean is this many standard deviations away from zero is far from it."""


def absorb(frame: pd.DataFrame, terms: Sequence[str], effects: Sequence[str]) -> Floats:
    """Return ``terms`` of ``frame`` less their projection on the effects, shape (N, terms).

    A term such as ``a:b`` is a product. Without effects the mean is taken off.
    """
    return take_off_in_place(centred(frame, terms), labels(frame, effects))


def take_off(values: Floats, frame: pd.DataFrame, effects: Sequence[str]) -> Floats:
    """Return the columns of ``values``, one row per row of ``frame``, less their effects.

    Raises
    ------
    RuntimeError
        If the projection does not converge.
    """
    return take_off_in_place(_less_means(list(values.T), len(frame)), labels(frame, effects))


def centred(frame: pd.DataFrame, terms: Sequence[str]) -> Floats:
    """Return ``terms`` of ``frame`` less their means, shape (N, terms)."""
    return _less_means([values_of(frame, term) for term in terms], len(frame))


def _less_means(columns: Sequence[Floats], rows: int) -> Floats:
    """Return the columns less their means, side by side in memory, shape (N, columns)."""
    means, variables = [column.mean() for column in columns], np.empty((rows, len(columns)))
    for first in range(0, rows, ROWS):
        some = slice(first, first + ROWS)
        for variable, column, mean in zip(variables[some].T, columns, means, strict=True):
            np.subtract(column[some], mean, out=variable)
    return variables


def values_of(frame: pd.DataFrame, term: str) -> Floats:
    """Return the values of a term, in which ``a:b`` is a product, shape (N,)."""
    first, *others = (frame[name].to_numpy(dtype=np.float64) for name in term.split(":"))
    for other in others:
        first = first * other
    return first


def far_means(means: Floats, spread: Floats, rows: int) -> Floats:
    """Return the means of columns that lie far from zero, and zero for the others.

    A variable a billion away from zero varies in its last digits: products of such numbers
    hide it, and products about the mean do not. ``spread`` has sums of squares about the mean.
    """
    return np.where(np.abs(means) > FAR * np.sqrt(spread / rows), means, 0.0)


def extreme_units(spread: Floats, rows: int) -> Floats:
    """Return the powers of two nearest to standard deviations that are extreme, 1 for others.

    Iterations that stop at an absolute size fail on such columns. Division by a power of two
    loses no digit. ``spread`` has sums of squares about the mean.
    """
    size = np.sqrt(spread / rows)
    extreme = (size > 0) & ((size > EXTREME) | (size < 1 / EXTREME))
    return np.exp2(np.round(np.log2(size, out=np.zeros_like(size), where=extreme)))


def squares(variables: Floats) -> Floats:
    """Return the sum of squares of each column, by parts: a long running sum loses digits."""
    parts = np.array_split(variables, 1 + len(variables) // ROWS)
    return np.asarray(sum(np.einsum("ij,ij->j", part, part) for part in parts))


def take_off_in_place(variables: Floats, groups: pd.DataFrame) -> Floats:
    """Return centred ``variables``, shape (N, terms), less their effects; they are overwritten.

    ``groups`` numbers the group of each row in each effect, as :func:`.effects.labels` does.

    Raises
    ------
    RuntimeError
        If the projection does not converge.
    """
    codes = groups.to_numpy()
    if codes.shape[1] == 0:
        return variables
    if codes.shape[1] == 2:
        try:
            take_two_off(variables, codes[:, 0], codes[:, 1])
        except NotConverged:
            return _take_off_by_lsmr(variables, groups)
        return variables
    return _take_off_by_lsmr(variables, groups)


def _take_off_by_lsmr(variables: Floats, groups: pd.DataFrame) -> Floats:
    """Return ``variables`` less any number of effects, by pyfixest's preconditioned LSMR.

    Raises
    ------
    RuntimeError
        If the projection does not converge.
    """
    units = extreme_units(squares(variables), len(variables))
    if (units != 1).any():
        variables /= units
    absorbed: Floats
    absorbed, converged, _ = demean_within(
        variables, groups.to_numpy(dtype=np.uint32), tol=1e-12, maxiter=10_000
    )
    if (units != 1).any():
        absorbed *= units
    if not converged:
        raise RuntimeError(f"the projection on {list(groups)} did not converge")
    return absorbed


def left_over(target: Floats, regressors: Floats) -> Floats:
    """Return ``target`` less its projection on ``regressors``, by least squares."""
    if regressors.shape[1] == 0:
        return target
    slopes = np.linalg.lstsq(regressors, target, rcond=None)[0]
    return np.asarray(target - regressors @ slopes, dtype=np.float64)


def require_variation(
    spec: Specification, used: pd.DataFrame, terms: Sequence[str], within: Floats
) -> None:
    """Check that each of ``terms`` varies, beside the effects and beside those before it.

    ``within`` holds the terms of ``used`` less their effects, as :func:`absorb` returns them.

    Raises
    ------
    ValueError
        Naming the specification, the term, and what spans it.
    """
    plain = centred(used, terms)
    require_apart(spec, terms, within.T @ within, squares(plain), len(used))


def require_apart(
    spec: Specification, terms: Sequence[str], gram: Floats, spread: Floats, rows: int
) -> None:
    """Check, as :func:`require_variation` does, from products of the terms less their effects.

    ``spread`` has their sums of squares about the mean. What a term leaves beside those before
    it is a pivot of ``gram``. This is the one definition of collinearity, for every estimator.
    """
    left = gram.copy()
    for place, term in enumerate(terms):
        _require_moderate(spec, term, spread[place])
        if spread[place] == 0:
            raise ValueError(
                f"{spec.name}: {term!r} does not vary in {rows} rows, so its effect cannot be "
                "told; leave it out"
            )
        if gram[place, place] < SPANNED * spread[place]:
            raise ValueError(
                f"{spec.name}: {term!r} is spanned by the effects {list(spec.effects)}; "
                "use coarser effects or a variable that varies within them"
            )
        if left[place, place] < SPANNED * gram[place, place]:
            raise ValueError(
                f"{spec.name}: {term!r} is collinear with {list(terms[:place])}, given the "
                f"effects {list(spec.effects)}; leave one out"
            )
        left -= np.outer(left[:, place], left[place]) / left[place, place]


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
    if within < SPANNED * spread:
        raise ValueError(
            f"{spec.name}: the outcome {outcome!r} is spanned by the effects {list(spec.effects)}, "
            f"which leave {within / spread:.0e} of its variance; use coarser effects"
        )


def _require_moderate(spec: Specification, term: str, spread: float) -> None:
    """Check that the sum of squares of a term, perhaps a product, is within double precision."""
    if not np.isfinite(spread):
        raise ValueError(
            f"{spec.name}: {term!r} is too large to be squared; measure it in larger units"
        )


def require_clusters(spec: Specification, clusters: int) -> None:
    """Check that there are at least two clusters, without which no error can be had.

    Raises
    ------
    ValueError
        Naming the specification and what it clusters by.
    """
    if clusters < 2:
        raise ValueError(f"{spec.name}: {clusters} cluster of {spec.cluster!r}; at least 2 needed")


def require_freedom(spec: Specification, rows: int, coefficients: int) -> int:
    """Return how many rows there are beyond ``coefficients``.

    Raises
    ------
    ValueError
        Naming the specification, if there is none.
    """
    if rows <= coefficients:
        raise ValueError(f"{spec.name}: {rows} rows leave no degrees of freedom; use more data")
    return rows - coefficients


def require_error(spec: Specification, term: str, estimate: float, std_error: float) -> None:
    """Raise ``ValueError`` if a coefficient has no error, but for rounding, to divide by."""
    if not std_error > ROUNDING * abs(estimate):
        raise ValueError(
            f"{spec.name}: {term!r} has a standard error of {std_error:g}; the regressors fit the "
            "outcome without error, so nothing can be tested"
        )


def cluster_sums(scores: Floats, clusters: pd.Series) -> pd.DataFrame:
    """Return the sum of ``scores`` in each cluster, one row per cluster."""
    codes, names = pd.factorize(clusters.to_numpy(), sort=True)
    sums = {place: np.bincount(codes, weights=column) for place, column in enumerate(scores.T)}
    return pd.DataFrame(sums, index=names)


def crossing(spec: Specification, used: pd.DataFrame) -> list[str]:
    """Return the effects of ``spec`` that are not nested in its clusters."""
    return crossing_groups(labels(used, spec.effects), used[spec.cluster])


def crossing_groups(groups: pd.DataFrame, clusters: pd.Series) -> list[str]:
    """Return the columns of ``groups`` that are not nested in ``clusters``."""
    cluster = pd.factorize(clusters)[0]
    return [str(effect) for effect, group in groups.items() if _crosses(group.to_numpy(), cluster)]


def _crosses(group: Codes, cluster: Codes) -> bool:
    """Tell whether rows of a group are in more than one cluster."""
    one = np.empty(group.max() + 1, dtype=np.intp)
    one[group] = cluster
    return bool((one[group] != cluster).any())


def unnested_levels(groups: pd.DataFrame, clusters: pd.Series) -> int:
    """Return how many coefficients of effects that cross clusters count, constant included.

    Each such effect is taken to lose one level.
    """
    return 1 + sum(int(groups[effect].max()) for effect in crossing_groups(groups, clusters))


def small_sample_factor(spec: Specification, used: pd.DataFrame, regressors: int) -> float:
    """Return (N-1)/(N-K) x G/(G-1); K as in ``SMALL_SAMPLE`` of :mod:`.fit`.

    Raises
    ------
    ValueError
        Naming the specification, if there are fewer than two clusters or no degrees of
        freedom.
    """
    clusters = used[spec.cluster].nunique()
    require_clusters(spec, clusters)
    groups = labels(used, spec.effects)
    require_freedom(spec, len(used), regressors + least_effects(groups))
    taken = regressors + unnested_levels(groups, used[spec.cluster])
    free = require_freedom(spec, len(used), taken)
    return (len(used) - 1) / free * clusters / (clusters - 1)


def coefficient_table(
    terms: Sequence[str], estimates: Floats, errors: Floats, clusters: int | None = None
) -> pd.DataFrame:
    """Return coefficients with 95% intervals: normal, or Student's t with ``clusters`` - 1."""
    law = norm if clusters is None else t(clusters - 1)
    reach = law.ppf(0.975) * errors
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
