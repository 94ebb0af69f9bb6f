"""Wald tests of linear restrictions on coefficients with clustered errors, and their power.

A hypothesis about ratios, such as β₁/β₂ = a₁/a₂, is tested as the linear restriction
a₂β₁ - a₁β₂ = 0, whose statistic does not depend on which ratio is written down (Gregory and
Veall 1985).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.stats import f, ncf

from tradedig_helpers.estimation.influence import Influence
from tradedig_helpers.estimation.sample import finite


@dataclass(frozen=True, slots=True)
class WaldTest:
    """A test that linear combinations of coefficients are zero together.

    Attributes
    ----------
    statistic : W = (Rβ)'(RVR')⁻¹(Rβ)
    restrictions : rows of R, q
    clusters : G
    """

    statistic: float
    restrictions: int
    clusters: int

    @property
    def p(self) -> float:
        """The p-value of W/q by F(q, G - 1); for one restriction that of Student's t."""
        mean = self.statistic / self.restrictions
        return float(f.sf(mean, self.restrictions, self.clusters - 1))

    def power(self, level: float = 0.05) -> float:
        """Return the chance of a rejection in new samples if the estimates were the truth."""
        degrees = (self.restrictions, self.clusters - 1)
        # SciPy's noncentral F is wrong at zero itself.
        return float(ncf.sf(f.isf(level, *degrees), *degrees, max(self.statistic, 1e-12)))


def wald(found: Influence, restrictions: pd.DataFrame) -> WaldTest:
    """Test restrictions on the coefficients of a regression, errors clustered.

    Parameters
    ----------
    found : coefficients, and how much each cluster moves them
    restrictions : R, one row for each combination that should be zero and one column for
        each coefficient in it; see :func:`zero` and :func:`proportional`

    Raises
    ------
    ValueError
        If a column is not a coefficient, a number is missing or infinite, a row follows from
        the others, or there are not more clusters than rows.
    """
    added = found.by_cluster
    return wald_from(found.estimate, added.T @ added, len(added), restrictions)


def wald_from(
    estimate: pd.Series, covariance: pd.DataFrame, clusters: int, restrictions: pd.DataFrame
) -> WaldTest:
    """Test restrictions on coefficients with a known covariance; see :func:`wald`."""
    names = list(restrictions.columns)
    if unknown := [name for name in names if name not in estimate.index]:
        raise ValueError(f"{unknown} are no coefficients; choose from {list(estimate.index)}")
    matrix = finite(restrictions.to_numpy(), "restrictions")
    if clusters <= len(matrix):
        raise ValueError(
            f"{clusters} clusters for {len(matrix)} restrictions: too few to test them"
        )
    if (rank := np.linalg.matrix_rank(matrix)) < len(matrix):
        raise ValueError(
            f"{len(matrix)} restrictions of rank {rank}; leave out those that follow from others"
        )
    gap = matrix @ estimate[names].to_numpy()
    spread = matrix @ covariance.loc[names, names].to_numpy() @ matrix.T
    statistic = float(gap @ np.linalg.solve(spread, gap))
    return WaldTest(statistic, len(matrix), clusters)


def zero(terms: Sequence[str]) -> pd.DataFrame:
    """Return the restrictions that each of ``terms`` is zero."""
    return pd.DataFrame(np.eye(len(terms)), index=list(terms), columns=list(terms))


def proportional(sizes: pd.Series) -> pd.DataFrame:
    """Return the restrictions that coefficients are in the proportions of ``sizes``.

    Parameters
    ----------
    sizes : the proportions, by coefficient; equal ones test that coefficients are equal

    Raises
    ------
    ValueError
        If there are fewer than two, or the first is zero.
    """
    if len(sizes) < 2 or sizes.iloc[0] == 0:
        raise ValueError(f"sizes = {dict(sizes)}; give at least two, the first of them not zero")
    first, *others = sizes.index
    rows = np.zeros((len(others), len(sizes)))
    rows[:, 0] = -sizes.iloc[1:]
    rows[:, 1:] = np.eye(len(others)) * float(sizes.iloc[0])
    labels = [f"{other} to {first}" for other in others]
    return pd.DataFrame(rows, index=labels, columns=list(sizes.index))
