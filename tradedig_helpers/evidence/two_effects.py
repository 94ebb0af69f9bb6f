"""Taking two fixed effects off exactly: the larger by its means, the smaller by one sparse solve.

Least squares on two sets of dummies has normal equations in which the larger set, here the
firms, can be eliminated: what is left is as small as the other set (Abowd, Creecy and Kramarz
2002; Guimarães and Portugal 2010). Where firms seldom move between cells that Schur
complement is nearly block diagonal, and its factors cost next to nothing; where they move
often it fills up, and iterations (Gaure 2013; Correia 2017) win.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csc_array, csr_array, diags_array
from scipy.sparse.csgraph import connected_components
from scipy.sparse.linalg import splu

Floats = NDArray[np.float64]
Codes = NDArray[np.intp]

SMALL, DENSE = 2000, 100
"""Rows up to which any Schur complement is solved, and entries per row from which a larger one
is left to iterations; by measurement."""


def take_two_off(values: Floats, one: Codes, other: Codes) -> bool:
    """Take the projection on two effects off each row of ``values``, in place.

    Parameters
    ----------
    values : shape (variables, N), changed
    one, other : group of each observation, shape (N,), numbered from zero without gaps

    Returns
    -------
    bool
        False, with ``values`` as they were, where the effects cross so much that iterations
        are the better way.
    """
    large, small = sorted((one, other), key=np.max, reverse=True)
    sizes = np.bincount(large).astype(float)
    shape = (len(sizes), int(small.max()) + 1)
    ones = np.ones(len(large))
    joint = csr_array((ones, (large, small)), shape=shape)
    if (np.diff(joint.indptr).astype(float) ** 2).sum() > DENSE * len(large):
        return False
    shares = diags_array(1 / sizes) @ joint
    schur = diags_array(np.bincount(small).astype(float)) - joint.T @ shares
    if shape[1] > SMALL and schur.nnz > DENSE * shape[1]:
        return False
    solve = splu(
        _grounded(schur), permc_spec="MMD_AT_PLUS_A", diag_pivot_thresh=0.0,
        options={"SymmetricMode": True},
    ).solve  # fmt: skip
    for row in values:
        mean = np.bincount(large, weights=row) / sizes
        effect = solve(np.bincount(small, weights=row, minlength=shape[1]) - joint.T @ mean)
        row -= (mean - shares @ effect)[large]
        row -= effect[small]
    return True


def _grounded(schur: csr_array) -> csc_array:
    """Return the Schur complement made regular: one effect of each component is set to zero."""
    _, component = connected_components(schur, directed=False)
    _, first = np.unique(component, return_index=True)
    fixed = np.zeros(schur.shape[0])
    fixed[first] = 1.0
    return csc_array(schur + diags_array(fixed))
