"""Newton's steps to the maximum of a probit's likelihood, on arrays of any length."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from scipy.special import erfcx

from tradedig_helpers.frames.arrays import CACHED_ROWS, Floats


@dataclass(frozen=True, slots=True)
class Step:
    """One step of Newton's.

    Attributes
    ----------
    slopes : (M,) where the step ends
    move : (M,) the step itself
    information : (M, M) minus the Hessian of the log likelihood where the step began
    """

    slopes: Floats
    move: Floats
    information: Floats

    @property
    def gain(self) -> float:
        """What the step adds to the log likelihood, to second order."""
        return float(self.move @ self.information @ self.move / 2)


def newton_steps(
    x: Floats, outcome: Floats, weight: Floats | None = None, start: Floats | None = None
) -> Iterator[Step]:
    """Yield Newton's steps towards the maximum, without end: the caller says when to stop.

    The likelihood is concave, so the steps lead to its maximum if it has one. Where the
    information is singular, a step is the shortest of those that lead to the maximum of
    the quadratic approximation.

    Parameters
    ----------
    x : (N, M) regressors; a constant is a column of ones
    outcome : (N,) zeros and ones
    weight : (N,) how often each row counts; once by default
    start : (M,) where to begin; zeros by default
    """
    slopes = np.zeros(x.shape[1]) if start is None else start
    while True:
        score, information = _derivatives(x, outcome, weight, slopes)
        scale = np.sqrt(np.diag(information))
        scale = np.where(scale > 0, scale, 1.0)
        flat = information / np.outer(scale, scale)
        move = np.linalg.lstsq(flat, score / scale)[0] / scale
        slopes = slopes + move
        yield Step(slopes, move, information)


def generalized_residual(index: Floats, outcome: Floats) -> Floats:
    """Return the derivative of ln Φ(±index) by the index: φ/Φ for a one, -φ/(1-Φ) for a zero."""
    sign = 2 * outcome - 1
    with np.errstate(over="ignore"):  # far in the right tail the ratio is 0 = 1/inf
        return np.asarray(sign * (np.sqrt(2 / np.pi) / erfcx(sign * index / -np.sqrt(2))))


def _derivatives(
    x: Floats, outcome: Floats, weight: Floats | None, slopes: Floats
) -> tuple[Floats, Floats]:
    """Return the gradient of the log likelihood and minus its Hessian, from one pass over rows."""
    score, information = np.zeros(len(slopes)), np.zeros((len(slopes), len(slopes)))
    for first in range(0, len(x), CACHED_ROWS):
        rows = slice(first, first + CACHED_ROWS)
        part = x[rows]
        index = part @ slopes
        slope = generalized_residual(index, outcome[rows])
        bend = slope * (slope + index)
        if weight is not None:
            slope, bend = slope * weight[rows], bend * weight[rows]
        score += slope @ part
        information += part.T @ (part * bend[:, None])
    return score, information
