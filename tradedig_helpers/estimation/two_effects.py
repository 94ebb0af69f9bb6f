"""Taking two fixed effects off: the larger by its means, the smaller by conjugate gradients.

Least squares on two sets of dummies has normal equations in which the larger set, here the
firms, can be eliminated: what is left, the Schur complement, is as small as the other set (Abowd,
Creecy and Kramarz 2002; Guimarães and Portugal 2010). It is sparse, singular once for each
component of the graph of firms and cells, and consistent, so conjugate gradients solve it as they
solve a regular system (Gaure 2013; Correia 2017), for all variables side by side. Where cells hang
together in long chains that takes too many steps, and :func:`.demean_in_place` falls
back on LSMR. It is here because it is 2.8 to 15 times faster than pyfixest's ``demean_within`` at
450,000 rows of 14 variables, and nearer to what that leaves at a tolerance of 1e-12.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from scipy.sparse import csr_array, diags_array

from tradedig_helpers.frames.arrays import CACHED_ROWS, Codes, Floats

TOLERANCE, STEPS = 1e-12, 1_000
FULL = 100
"""Entries of the Schur complement per observation from which it is not written out."""


class NotConverged(RuntimeError):
    """The iterations do not converge, as on a long chain of firms and cells."""


def demean_two_ways(variables: Floats, one: Codes, other: Codes) -> None:
    """Take the projection on two effects off each row of ``variables``, in place.

    Parameters
    ----------
    variables : shape (N, variables), changed; fastest in C order
    one, other : group of each observation, shape (N,), numbered from zero without gaps

    Raises
    ------
    NotConverged
        If the iterations do not converge; ``variables`` are then as they were.
    """
    large, small = sorted((one, other), key=np.max, reverse=True)
    sizes = np.bincount(large).astype(float)
    counts = np.bincount(small).astype(float)
    joint = csr_array((np.ones(len(large)), (large, small)), shape=(len(sizes), len(counts)))
    shares, across = csr_array(diags_array(1 / sizes) @ joint), csr_array(joint.T)
    totals, sums = (indicator(group).T @ variables for group in (large, small))
    means = totals / sizes[:, None]
    explained = across @ means
    multiply, diagonal = _schur(joint, across, shares, counts)
    effects = _solve(multiply, diagonal, sums - explained, np.abs(sums) + np.abs(explained))
    means -= shares @ effects
    for first in range(0, len(variables), CACHED_ROWS):
        rows = slice(first, first + CACHED_ROWS)
        variables[rows] -= means[large[rows]]
        variables[rows] -= effects[small[rows]]


def indicator(group: Codes) -> csr_array:
    """Return the dummies of a group of each row, numbered from zero, shape (N, groups)."""
    return csr_array((np.ones(len(group)), group, np.arange(len(group) + 1)))


def _schur(
    joint: csr_array, across: csr_array, shares: csr_array, counts: Floats
) -> tuple[Callable[[Floats], Floats], Floats]:
    """Return multiplication by the Schur complement, and its diagonal."""
    products = np.diff(joint.indptr).astype(float)
    if (products @ products) <= FULL * joint.nnz:
        schur = csr_array(diags_array(counts) - across @ shares)
        return schur.__matmul__, schur.diagonal()
    diagonal = counts - (joint * shares).sum(axis=0)
    return lambda v: counts[:, None] * v - across @ (shares @ v), diagonal


def _solve(
    multiply: Callable[[Floats], Floats], diagonal: Floats, right: Floats, size_of: Floats
) -> Floats:
    """Return x of S x = right, column by column, by conjugate gradients scaled by the diagonal.

    What is left counts as nothing next to ``size_of``, of which ``right`` is the difference: where
    the effects span a variable, ``right`` is rounding alone. A cell whose firms are all in no
    other cell has a diagonal of zero: it is determined up to a constant, and zero is one.
    """
    scale = np.divide(1.0, diagonal, out=np.zeros_like(diagonal), where=diagonal > TOLERANCE)
    x, left = np.zeros_like(right), right.copy()
    step = scale[:, None] * left
    size = np.einsum("ij,ij->j", left, step)
    enough = TOLERANCE**2 * (scale @ size_of**2)
    for _ in range(STEPS):
        going = size > enough  # a column that went on after its end would drift away
        if not going.any():
            return x
        moved = multiply(step)
        curvature = np.einsum("ij,ij->j", step, moved)
        length = np.divide(size, curvature, out=np.zeros_like(size), where=going)
        x += length * step
        left -= length * moved
        scaled = scale[:, None] * left
        before, size = size, np.einsum("ij,ij->j", left, scaled)
        growth = np.divide(size, before, out=np.zeros_like(size), where=going)
        step = scaled + growth * step
    raise NotConverged(f"the projection on two effects did not converge in {STEPS} steps")
