"""Taking fixed effects off columns of numbers, whatever their size, origin and effects."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from pyfixest.core.demean import demean_within

from tradedig_helpers.estimation.effects import group_codes
from tradedig_helpers.estimation.two_effects import NotConverged, demean_two_ways
from tradedig_helpers.frames.arrays import CACHED_ROWS, Floats

EXTREME = 1e3
"""A standard deviation above it, or below its inverse, is in extreme units."""
FAR = 1e4
"""A variable whose mean is this many standard deviations away from zero is far from it."""


def demean(values: Floats, frame: pd.DataFrame, effects: Sequence[str]) -> Floats:
    """Return the columns of ``values``, one row per row of ``frame``, less their effects.

    Without effects the mean is taken off.

    Raises
    ------
    RuntimeError
        If the projection does not converge.
    """
    return demean_in_place(less_means(list(values.T)), group_codes(frame, effects))


def demean_terms(frame: pd.DataFrame, terms: Sequence[str], effects: Sequence[str]) -> Floats:
    """Return ``terms`` of ``frame`` less their effects, shape (N, terms), as :func:`demean`."""
    return demean_in_place(centred(frame, terms), group_codes(frame, effects))


def centred(frame: pd.DataFrame, terms: Sequence[str]) -> Floats:
    """Return ``terms`` of ``frame`` less their means, shape (N, terms)."""
    return less_means([values_of(frame, term) for term in terms])


def less_means(columns: Sequence[Floats], means: Sequence[float] | None = None) -> Floats:
    """Return the columns less their means, side by side in memory, shape (N, columns)."""
    means = [column.mean() for column in columns] if means is None else means
    variables = np.empty((len(columns[0]), len(columns)))
    for first in range(0, len(variables), CACHED_ROWS):
        some = slice(first, first + CACHED_ROWS)
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
    parts = np.array_split(variables, 1 + len(variables) // CACHED_ROWS)
    return np.asarray(sum(np.einsum("ij,ij->j", part, part) for part in parts))


def demean_in_place(variables: Floats, groups: pd.DataFrame) -> Floats:
    """Return centred ``variables``, shape (N, terms), less their effects; they are overwritten.

    ``groups`` numbers the group of each row in each effect, as :func:`.group_codes` does.

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
            demean_two_ways(variables, codes[:, 0], codes[:, 1])
        except NotConverged:
            return _demean_by_lsmr(variables, groups)
        return variables
    return _demean_by_lsmr(variables, groups)


def _demean_by_lsmr(variables: Floats, groups: pd.DataFrame) -> Floats:
    """Return ``variables`` less any number of effects, by pyfixest's preconditioned LSMR.

    Raises
    ------
    RuntimeError
        If the projection does not converge.
    """
    units = extreme_units(squares(variables), len(variables))
    if (units != 1).any():
        variables /= units
    demeaned: Floats
    demeaned, converged, _ = demean_within(
        variables, groups.to_numpy(dtype=np.uint32), tol=1e-12, maxiter=10_000
    )
    if (units != 1).any():
        demeaned *= units
    if not converged:
        raise RuntimeError(f"the projection on {list(groups)} did not converge")
    return demeaned


def residualize(target: Floats, regressors: Floats) -> Floats:
    """Return ``target`` less its projection on ``regressors``, by least squares."""
    if regressors.shape[1] == 0:
        return target
    slopes = np.linalg.lstsq(regressors, target, rcond=None)[0]
    return np.asarray(target - regressors @ slopes, dtype=np.float64)
