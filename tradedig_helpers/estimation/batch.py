"""Many regressions with fixed effects at once: a variable loses its effects once per sample.

By Frisch and Waugh (1933) and Lovell (1963) the slopes of a regression with fixed effects
are those of its variables less their projection on the effects. Columns of a table share
rows, effects and most variables, so the projection, which is nearly all of the work
(Guimarães and Portugal 2010; Gaure 2013; Correia 2017), is made once for all of them. What is
left is small matrices. Answers are those of :func:`~tradedig_helpers.estimation.fit.estimate`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.sparse import csr_array

from tradedig_helpers.estimation.absorb import (
    centred,
    coefficient_table,
    require_apart,
    require_clusters,
    require_freedom,
    require_outcome,
    require_regressors,
    squares,
    take_off_in_place,
    unnested_levels,
    values_of,
)
from tradedig_helpers.estimation.effects import free_effects, least_effects
from tradedig_helpers.estimation.fit import Fit, convention, terms_of
from tradedig_helpers.estimation.sample import Sample, sample_of
from tradedig_helpers.estimation.specifications import Specification
from tradedig_helpers.frames.plain import plain

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Absorbed:
    """Rows that specifications share, and their variables less the fixed effects.

    Attributes
    ----------
    spec : the first of them; the others have its effects, cluster and sample
    sample : the rows, sorted by cluster
    terms : names of the variables; ``a:b`` is a product
    within : variables less their effects, shape (terms, N); fastest with the transpose in C order
    gram : products of ``within``, shape (terms, terms)
    means, spread : mean and sum of squares about it before effects were taken off, each of
        shape (terms,)
    starts : the first row of each cluster, shape (G,)
    free : coefficients that the effects add, the constant included
    least : as many at least; fewer where a third effect is redundant
    unnested : those among them that the small-sample factor counts
    """

    spec: Specification
    sample: Sample
    terms: tuple[str, ...]
    within: Floats
    gram: Floats
    means: Floats
    spread: Floats
    starts: NDArray[np.intp]
    free: int
    least: int
    unnested: int

    def at(self, terms: Sequence[str]) -> list[int]:
        """Return the places of ``terms``."""
        return [self.terms.index(term) for term in terms]

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


def absorb_together(
    specs: Sequence[Specification], panel: pd.DataFrame, keep: Sequence[str] = ()
) -> Absorbed:
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
    terms = tuple(
        dict.fromkeys(name for spec in specs for name in (spec.outcome, *spec.regressors))
    )
    numbers = tuple(dict.fromkeys(name for spec in specs for name in spec.numbers))
    found = sample_of(replace(first, also=numbers), panel, keep)
    found = _sorted_by(found, first.cluster)
    rows, groups = found.frame, found.groups
    variables = centred(rows, terms)
    spread = squares(variables)
    within = np.ascontiguousarray(take_off_in_place(variables, groups)).T
    codes = pd.factorize(rows[first.cluster])[0]
    return Absorbed(
        spec=first,
        sample=found,
        terms=terms,
        within=within,
        gram=within @ within.T,
        means=np.array([values_of(rows, term).mean() for term in terms]),
        spread=spread,
        starts=np.flatnonzero(np.diff(codes, prepend=-1)),
        free=free_effects(groups),
        least=least_effects(groups),
        unnested=unnested_levels(groups, rows[first.cluster]),
    )


def _sorted_by(sample: Sample, cluster: str) -> Sample:
    """Return the rows of a sample in the order of their clusters."""
    if sample.frame[cluster].is_monotonic_increasing:
        return sample
    order = sample.frame[cluster].sort_values(kind="stable").index
    rows, groups = (
        part.loc[order].reset_index(drop=True) for part in (sample.frame, sample.groups)
    )
    return replace(sample, frame=rows, groups=groups)


def fit(spec: Specification, absorbed: Absorbed) -> Fit:
    """Estimate ``spec`` on rows and variables that :func:`absorb_together` has prepared.

    Raises
    ------
    ValueError
        Naming the specification and the term that cannot be told apart or was not prepared; or
        if the outcome does not vary, there are too few clusters or degrees of freedom, or rows
        were prepared for other effects, clusters or another sample.
    """
    require_prepared(spec, absorbed)
    require_explained(spec, absorbed)
    beta, residual = solve(spec, absorbed, spec.outcome, spec.regressors)
    moved = by_cluster(spec, absorbed, spec.regressors, residual)
    size = np.sqrt(factor(spec, absorbed, len(beta)))
    scores = size * np.add.reduceat(residual, absorbed.starts)
    beta, moved = with_constant(spec, absorbed, beta, moved, scores)
    return as_fit(spec, absorbed, beta, np.sqrt((moved**2).sum(axis=1)), residual)


def _require_alike(spec: Specification, other: Specification) -> None:
    """Raise ``ValueError`` if two specifications cannot share rows less their effects."""
    for field in ("effects", "cluster", "sample"):
        ours, theirs = getattr(spec, field), getattr(other, field)
        if ours != theirs:
            raise ValueError(
                f"{spec.name} has {field} {ours!r}, and {other.name}, with which it is to share "
                f"rows, {theirs!r}; absorb them apart"
            )


def require_prepared(spec: Specification, absorbed: Absorbed) -> None:
    """Check that :func:`absorb_together` has prepared what ``spec`` needs.

    Raises
    ------
    ValueError
        Naming the specification, and what it has that those prepared have not.
    """
    _require_alike(spec, absorbed.spec)
    absent = [name for name in (spec.outcome, *spec.regressors) if name not in absorbed.terms]
    absent += [name for name in spec.also if name not in absorbed.sample.frame]
    if absent:
        raise ValueError(
            f"{spec.name}: {absent} were not absorbed with {absorbed.spec.name}; give {spec.name} "
            "to absorb_together as well"
        )


def require_explained(spec: Specification, absorbed: Absorbed) -> None:
    """Check that there are regressors, and that the outcome varies beside the effects.

    Raises
    ------
    ValueError
        Naming the specification and the outcome.
    """
    require_regressors(spec)
    place = absorbed.terms.index(spec.outcome)
    sizes = float(absorbed.gram[place, place]), float(absorbed.spread[place])
    require_outcome(spec, spec.outcome, *sizes, absorbed.within.shape[1])


def with_constant(
    spec: Specification, absorbed: Absorbed, beta: Floats, moved: Floats, scores: Floats
) -> tuple[Floats, Floats]:
    """Return slopes and what each cluster adds to them, the constant last if there is one.

    Without effects the constant is the mean of the outcome less that of the regressors times
    their slopes. ``scores`` has its own, the sum of the residuals of each cluster, times what
    ``moved`` was multiplied by.
    """
    if spec.effects:
        return beta, moved
    means = absorbed.means[absorbed.at(spec.regressors)]
    constant = absorbed.means[absorbed.terms.index(spec.outcome)] - means @ beta
    own = scores / absorbed.within.shape[1]
    return np.append(beta, constant), np.vstack([moved, own - means @ moved])


def solve(
    spec: Specification, absorbed: Absorbed, outcome: str, regressors: Sequence[str]
) -> tuple[Floats, Floats]:
    """Return least-squares slopes, shape (K,), and residuals, shape (N,).

    Raises
    ------
    ValueError
        If a regressor does not vary beside the effects and the others.
    """
    require_terms_apart(spec, absorbed, regressors)
    places = absorbed.at(regressors)
    y = absorbed.terms.index(outcome)
    scale = np.sqrt(absorbed.gram[places, places])
    scaled = absorbed.gram[np.ix_(places, places)] / np.outer(scale, scale)
    beta = np.linalg.solve(scaled, absorbed.gram[places, y] / scale) / scale
    return np.asarray(beta, dtype=np.float64), absorbed.residual(outcome, regressors, beta)


def by_cluster(
    spec: Specification, absorbed: Absorbed, regressors: Sequence[str], residual: Floats
) -> Floats:
    """Return what each cluster adds to each slope, shape (K, G).

    The cross-product is the CRV1 covariance, small-sample factor included.
    """
    places = absorbed.at(regressors)
    gram = absorbed.gram[np.ix_(places, places)]
    moved = np.linalg.inv(gram) @ absorbed.cluster_scores(regressors, residual)
    return np.asarray(np.sqrt(factor(spec, absorbed, len(places))) * moved)


def mediated(spec: Specification, absorbed: Absorbed) -> tuple[float, float]:
    """Return ME = β0 μ1 of (12) and (13) on one sample, and its clustered delta error.

    ``spec`` is (13); (12) regresses its mediator on its other regressors.
    """
    others = [name for name in spec.regressors if name != spec.mediator]
    to_mediator, left = solve(spec, absorbed, spec.mediator, others)
    to_outcome, residual = solve(spec, absorbed, spec.outcome, spec.regressors)
    place = spec.regressors.index(spec.mediator)
    beta0, mu1 = to_mediator[0], to_outcome[place]
    moved0 = by_cluster(spec, absorbed, others, left)[0]
    moved1 = by_cluster(spec, absorbed, spec.regressors, residual)[place]
    return float(beta0 * mu1), float(np.linalg.norm(beta0 * moved1 + mu1 * moved0))


def factor(spec: Specification, absorbed: Absorbed, regressors: int) -> float:
    """Return (N-1)/(N-K) x G/(G-1), as :func:`.absorb.small_sample_factor` does.

    Raises
    ------
    ValueError
        Naming the specification, if there are fewer than two clusters or no degrees of
        freedom.
    """
    rows, clusters = absorbed.within.shape[1], len(absorbed.starts)
    require_clusters(spec, clusters)
    require_freedom(spec, rows, regressors + absorbed.least)
    free = require_freedom(spec, rows, regressors + absorbed.unnested)
    return float((rows - 1) / free * clusters / (clusters - 1))


def as_fit(
    spec: Specification, absorbed: Absorbed, beta: Floats, errors: Floats, residual: Floats
) -> Fit:
    """Return slopes and errors, those of the constant last, as a fit like any other."""
    rows = absorbed.within.shape[1]
    free = rows - len(spec.regressors) - absorbed.free
    total = absorbed.spread[absorbed.terms.index(spec.outcome)] / (rows - 1)
    return Fit(
        spec=spec,
        coefficients=coefficient_table(terms_of(spec), beta, errors, len(absorbed.starts)),
        n=rows,
        rows=absorbed.sample.rows,
        missing=absorbed.sample.missing,
        singletons=absorbed.sample.singletons,
        clusters=len(absorbed.starts),
        adj_r2=float(1 - residual @ residual / free / total) if free > 0 else float("nan"),
        small_sample=convention(spec.cluster),
    )


def require_terms_apart(spec: Specification, absorbed: Absorbed, terms: Sequence[str]) -> None:
    """Check that each of ``terms`` varies beside the effects and beside those before it.

    Raises
    ------
    ValueError
        Naming the specification, the term, and what spans it.
    """
    places = absorbed.at(terms)
    gram = absorbed.gram[np.ix_(places, places)]
    require_apart(spec, terms, gram, absorbed.spread[places], absorbed.within.shape[1])
