"""Variables of a sample less their fixed effects: what every linear estimator stands on.

By Frisch and Waugh (1933) and Lovell (1963) the slopes of a regression with fixed effects
are those of its variables less their projection on the effects. Columns of a table share
rows, effects and most variables, so the projection, which is nearly all of the work
(Guimarães and Portugal 2010; Gaure 2013; Correia 2017), is made once for all of them. What is
left is small matrices.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from scipy.sparse import csr_array

from tradedig_helpers.estimation.demean import (
    centred,
    demean_in_place,
    less_means,
    squares,
    values_of,
)
from tradedig_helpers.estimation.effects import (
    fixed_effect_dof,
    least_dof,
    nonnested_dof,
    without_gaps,
)
from tradedig_helpers.estimation.estimability import (
    check_collinearity,
    require_outcome,
    require_regressors,
    small_sample_factor,
)
from tradedig_helpers.estimation.sample import EstimationSample, sample_of
from tradedig_helpers.estimation.specifications import Specification
from tradedig_helpers.frames.arrays import Codes, Flags, Floats
from tradedig_helpers.frames.plain import plain


@dataclass(frozen=True, slots=True)
class Demeaned:
    """The rows of a specification, or of several, and their variables less the fixed effects.

    Attributes
    ----------
    spec : the specification, which errors name; ``of`` gives another that shares the rows
    sample : the rows, sorted by cluster
    terms : names of the variables; ``a:b`` is a product
    within : variables less their effects, shape (terms, N); fastest with the transpose in C order
    gram : products of ``within``, shape (terms, terms)
    means, spread : mean and sum of squares about it before effects were taken off, each of
        shape (terms,)
    starts : the first row of each cluster, shape (G,)
    effect_dof : coefficients that the effects add, the constant included
    least_dof : as many at least; fewer where a third effect is redundant
    nonnested_dof : those among them that the small-sample factor counts
    """

    spec: Specification
    sample: EstimationSample
    terms: tuple[str, ...]
    within: Floats
    gram: Floats
    means: Floats
    spread: Floats
    starts: Codes
    effect_dof: int
    least_dof: int
    nonnested_dof: int

    @property
    def n(self) -> int:
        """The number of rows, N."""
        return int(self.within.shape[1])

    @property
    def rows(self) -> pd.DataFrame:
        """The rows, sorted by cluster."""
        return self.sample.frame

    @property
    def clusters(self) -> pd.Index:
        """The G clusters, in order."""
        names: pd.Index = pd.Index(self.rows[self.spec.cluster].to_numpy()[self.starts])
        return names

    @property
    def cluster_codes(self) -> Codes:
        """The number of the cluster of each row, shape (N,)."""
        sizes = np.diff(self.starts, append=self.n)
        return np.repeat(np.arange(len(sizes)), sizes)

    @property
    def variables(self) -> pd.DataFrame:
        """The variables less their effects, one column each."""
        return pd.DataFrame(self.within.T, columns=list(self.terms))

    def at(self, terms: Sequence[str]) -> list[int]:
        """Return the places of ``terms``."""
        return [self.terms.index(term) for term in terms]

    def of(self, spec: Specification) -> Demeaned:
        """Return the same for another specification that was prepared by :func:`demean_all`.

        Raises
        ------
        ValueError
            Naming the specification, and what it has that those prepared have not.
        """
        _require_alike(spec, self.spec)
        absent = [name for name in (spec.outcome, *spec.regressors) if name not in self.terms]
        absent += [name for name in spec.also if name not in self.rows]
        if absent:
            raise ValueError(
                f"{spec.name}: {absent} were not demeaned with {self.spec.name}; give {spec.name} "
                "to demean_all as well"
            )
        return replace(self, spec=spec)

    def require_estimable(self, regressors: Sequence[str] | None = None) -> None:
        """Check that the specification can be estimated, its ``regressors`` in this order.

        Raises
        ------
        ValueError
            Naming the specification: if it has no regressors, too few clusters or degrees of
            freedom, or an outcome or a regressor that does not vary beside the effects, or
            beside the regressors before it.
        """
        require_regressors(self.spec)
        terms = self.spec.regressors if regressors is None else regressors
        place = self.terms.index(self.spec.outcome)
        sizes = float(self.gram[place, place]), float(self.spread[place])
        require_outcome(self.spec, self.spec.outcome, *sizes, self.n)
        self.check_collinearity(terms)
        self.ssc(len(terms))

    def check_collinearity(self, terms: Sequence[str]) -> None:
        """Check that each of ``terms`` varies beside the effects and beside those before it.

        Raises
        ------
        ValueError
            Naming the specification, the term, and what spans it.
        """
        places = self.at(terms)
        gram = self.gram[np.ix_(places, places)]
        check_collinearity(self.spec, terms, gram, self.spread[places], self.n)

    def solve(self, outcome: str, regressors: Sequence[str]) -> tuple[Floats, Floats]:
        """Return least-squares slopes, shape (K,), and residuals, shape (N,).

        Raises
        ------
        ValueError
            If a regressor does not vary beside the effects and the others.
        """
        self.check_collinearity(regressors)
        places = self.at(regressors)
        y = self.terms.index(outcome)
        scale = np.sqrt(self.gram[places, places])
        scaled = self.gram[np.ix_(places, places)] / np.outer(scale, scale)
        slopes = np.linalg.solve(scaled, self.gram[places, y] / scale) / scale
        return np.asarray(slopes, dtype=np.float64), self.residual(outcome, regressors, slopes)

    def residual(self, outcome: str, regressors: Sequence[str], slopes: Floats) -> Floats:
        """Return ``outcome`` less ``regressors`` times ``slopes``, shape (N,)."""
        weights = np.zeros(len(self.terms))
        weights[self.terms.index(outcome)] = 1.0
        weights[self.at(regressors)] = -slopes
        return np.asarray(weights @ self.within, dtype=np.float64)

    def cluster_scores(self, terms: Sequence[str], residual: Floats) -> Floats:
        """Return the sum over each cluster of each term times ``residual``, shape (terms, G)."""
        rows = np.arange(len(residual))
        weights = csr_array((residual, rows, np.append(self.starts, len(residual))))
        return np.asarray((weights @ self.within.T).T[self.at(terms)])

    def influence(self, regressors: Sequence[str], residual: Floats) -> Floats:
        """Return what each cluster adds to each slope, shape (K, G).

        The sum of (X'X)⁻¹x e over the rows of the cluster, times the root of ``ssc``. Its
        cross-product is the CRV1 covariance of the slopes.
        """
        places = self.at(regressors)
        bread = np.linalg.inv(self.gram[np.ix_(places, places)])
        added = bread @ self.cluster_scores(regressors, residual)
        return np.asarray(np.sqrt(self.ssc(len(places))) * added)

    def ssc(self, regressors: int) -> float:
        """Return the small-sample factor of a clustered covariance, (N-1)/(N-K) x G/(G-1).

        Raises
        ------
        ValueError
            Naming the specification, if there are fewer than two clusters or no degrees of
            freedom.
        """
        counted, least = regressors + self.nonnested_dof, regressors + self.least_dof
        return small_sample_factor(self.spec, self.n, len(self.starts), counted, least)

    def with_constant(
        self, slopes: Floats, influence: Floats, scores: Floats
    ) -> tuple[Floats, Floats]:
        """Return slopes and what each cluster adds to them, the constant last if there is one.

        Without effects the constant is the mean of the outcome less that of the regressors times
        their slopes. ``scores`` has its own, the sum of the residuals of each cluster, times what
        ``influence`` was multiplied by.
        """
        if self.spec.effects:
            return slopes, influence
        means = self.means[self.at(self.spec.regressors)]
        constant = self.means[self.terms.index(self.spec.outcome)] - means @ slopes
        own = scores / self.n
        return np.append(slopes, constant), np.vstack([influence, own - means @ influence])

    def only(self, kept: Flags) -> Demeaned:
        """Return some rows, whose effects no other row shares, so that variables stay as they are.

        ``means`` are those of all rows.
        """
        frame, groups = (
            part[kept].reset_index(drop=True) for part in (self.rows, self.sample.groups)
        )
        sample = replace(self.sample, frame=frame, groups=without_gaps(groups))
        spread = squares(centred(frame, self.terms))
        return _demeaned(self.spec, sample, self.terms, self.within.T[kept].T, self.means, spread)


def share_rows(specs: Sequence[Specification], panel: pd.DataFrame) -> list[list[int]]:
    """Return the positions of ``specs`` in groups that use the same rows and effects.

    A variable that is never missing cannot change the rows.

    Raises
    ------
    TypeError, ValueError
        If ``panel`` is no pandas DataFrame, or has two columns of one name.
    """
    known = plain(panel, "panel")
    holes = {str(name) for name in known.columns[known.isna().any()]}
    groups: dict[object, list[int]] = {}
    for place, spec in enumerate(specs):
        missing = frozenset(holes.intersection(spec.numbers))
        key = (spec.sample, spec.effects, spec.cluster, missing)
        groups.setdefault(key, []).append(place)
    return list(groups.values())


def demean_all(
    specs: Sequence[Specification], panel: pd.DataFrame, keep: Sequence[str] = ()
) -> Demeaned:
    """Take the effects off every variable of ``specs``, which share their rows.

    The rows hold columns ``keep`` besides what the specifications name.

    Raises
    ------
    ValueError
        Naming the first specification, if a column is missing or infinite, or if no row is
        left; naming another that differs from it in effects, cluster or sample; or if there is
        none.
    """
    if not len(specs):
        raise ValueError("specs is empty; give at least one specification")
    first = specs[0]
    for spec in specs:
        _require_alike(spec, first)
    terms = dict.fromkeys(name for spec in specs for name in (spec.outcome, *spec.regressors))
    numbers = dict.fromkeys(name for spec in specs for name in spec.numbers)
    sample = sample_of(replace(first, also=tuple(numbers)), panel, keep)
    return demean_sample(first, sample, tuple(terms))


def demean_sample(spec: Specification, sample: EstimationSample, terms: Sequence[str]) -> Demeaned:
    """Take the effects off ``terms`` of rows that :func:`.sample_of` has chosen for ``spec``."""
    sample = sample.sorted_by(spec.cluster)
    columns = [values_of(sample.frame, term) for term in terms]
    means = [column.mean() for column in columns]
    variables = less_means(columns, means)
    spread = squares(variables)
    within = np.ascontiguousarray(demean_in_place(variables, sample.groups)).T
    return _demeaned(spec, sample, tuple(terms), within, np.array(means), spread)


def _demeaned(
    spec: Specification,
    sample: EstimationSample,
    terms: tuple[str, ...],
    within: Floats,
    means: Floats,
    spread: Floats,
) -> Demeaned:
    """Return variables less their effects with what follows from their rows."""
    cluster, dof = sample.frame[spec.cluster], fixed_effect_dof(sample.groups)
    return Demeaned(
        spec=spec,
        sample=sample,
        terms=terms,
        within=within,
        gram=within @ within.T,
        means=means,
        spread=spread,
        starts=np.flatnonzero(np.diff(pd.factorize(cluster)[0], prepend=-1)),
        effect_dof=dof,
        least_dof=least_dof(sample.groups) if sample.groups.shape[1] > 2 else dof,
        nonnested_dof=nonnested_dof(sample.groups, cluster),
    )


def _require_alike(spec: Specification, other: Specification) -> None:
    """Raise ``ValueError`` if two specifications cannot share rows less their effects."""
    for field in ("effects", "cluster", "sample"):
        ours, theirs = getattr(spec, field), getattr(other, field)
        if ours != theirs:
            raise ValueError(
                f"{spec.name} has {field} {ours!r}, and {other.name}, with which it is to share "
                f"rows, {theirs!r}; demean them apart"
            )
