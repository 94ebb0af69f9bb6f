"""The stages of Olley and Pakes (1996) on arrays; each takes weights, so firms can be resampled."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import islice, product
from math import comb
from typing import Literal

import numpy as np
from scipy.optimize import minimize_scalar
from scipy.special import ndtr, ndtri

from tradedig_helpers.frames.arrays import CACHED_ROWS, Flags, Floats, Integers
from tradedig_helpers.measure.probit import newton_steps
from tradedig_helpers.measure.productivity.sample import (
    NO_VARIATION,
    ProductionSample,
    monomials,
    unit_scaled,
)

CAPITAL_BOUNDS, GRID = (0.0, 1.0), 201
STEP = 5e-3
"""How far apart the values of b_k are whose differences give a slope."""
LEAST_PROBABILITY, MOST_PROBABILITY = 1e-10, 1 - 1e-10
PROBIT_STEPS, PROBIT_TOLERANCE = 100, 1e-11
LEAST_VARIATION = 1e-10
DEPENDENT = (
    "labour, investment and capital do not vary independently of one another within the cells "
    "of the effects"
)
SPANNED = 1e-9
"""A column is spanned by the cells if they leave less than this share of its variance."""

Criterion = Literal["least squares", "prodest"]


def first_stage(sample: ProductionSample, weight: Floats) -> tuple[Floats, Floats]:
    """Return b_l (L,), and φ of each row up to a constant, from y on l, a polynomial and cells.

    Raises
    ------
    ValueError
        If labour, investment and capital do not vary independently of one another.
    """
    kinds = sample.labour.shape[1]
    columns = [*sample.labour.T, *sample.polynomial.T, sample.y]
    moments, spread = _moments_within(
        lambda rows: [column[rows] for column in columns], sample.cell, weight
    )
    left = np.diag(moments)[:-1]
    flat = left <= SPANNED * spread[:-1] + NO_VARIATION**2 * weight.sum()
    _require_variation(sample, flat)
    scale = np.sqrt(left)
    inner = moments[:-1, :-1] / np.outer(scale, scale)
    if np.linalg.eigvalsh(inner)[0] < LEAST_VARIATION:
        raise ValueError(f"{DEPENDENT}; use a lower degree or coarser effects")
    slopes = np.linalg.solve(inner, moments[:-1, -1] / scale) / scale
    return slopes[:kinds], np.asarray(sample.polynomial @ slopes[kinds:])


def _require_variation(sample: ProductionSample, flat: Flags) -> None:
    """Raise if a column of the first stage is ``flat``: labour by kind, investment, capital, ..."""
    kinds = sample.labour.shape[1]
    own = [*sample.columns.labour, sample.columns.investment, sample.columns.capital]
    if names := [name for name, none in zip(own, flat, strict=False) if none]:
        raise ValueError(
            f"{DEPENDENT}: {' and '.join(f'firms.{name}' for name in names)} does not vary there; "
            "use coarser effects or other data"
        )
    if flat[kinds:].any():
        raise ValueError(f"{DEPENDENT}; use a lower degree or coarser effects")


def survival_probability(sample: ProductionSample, weight: Floats) -> Floats:
    """Return the probability to survive by a probit, (N,); NaN where the data cannot tell.

    The end is judged by what a step adds to the likelihood, so a year without exits, whose
    dummy has no finite maximum, does no harm.
    """
    known = sample.stays >= 0
    stays, w = (sample.stays == 1).astype(float), weight * known
    start = np.zeros(sample.choice.shape[1])
    share = np.average(stays, weights=w)
    if not 0 < share < 1:
        raise ValueError("no firm exits before the last year; use exit_correction=False")
    start[0] = ndtri(share)
    for step in islice(newton_steps(sample.choice, stays, w, start), PROBIT_STEPS):
        if step.gain <= PROBIT_TOLERANCE * w.sum():
            p = np.clip(ndtr(sample.choice @ step.slopes), LEAST_PROBABILITY, MOST_PROBABILITY)
            return np.where(known, p, np.nan)
    raise ValueError(
        f"the survival probit did not settle in {PROBIT_STEPS} steps; use a lower degree or "
        "exit_correction=False"
    )


def second_stage(
    sample: ProductionSample,
    labour: Floats,
    phi: Floats,
    survival: Floats | None,
    degree: int,
    weight: Floats,
    criterion: Criterion = "least squares",
) -> float:
    """Return b_k: y - b_l l - b_k k on a polynomial g in φ' - b_k k' (and P') and on cells.

    A prime marks the year before. The polynomial is linear in the monomials of φ', k' and
    P', with coefficients that depend on b_k. So one pass over the data collects their
    moments, and the search over b_k, on a grid and then within its best interval, handles
    small matrices only.

    By "least squares" g is what explains y - b_l l - b_k k best. By "prodest" g is what
    explains φ - b_k k best, and only then the squares of y - b_l l - b_k k - g are summed.
    """
    now = np.flatnonzero(sample.past >= 0)
    past = sample.past[now]
    factors = [phi[past] - phi[past].mean(), sample.capital[past] - sample.capital[past].mean()]
    if survival is not None:
        factors.append(unit_scaled(survival[past]))
    powers = [p for p in product(range(degree + 1), repeat=len(factors)) if 0 < sum(p) <= degree]
    outcomes = [sample.y[now] - sample.labour[now] @ labour]
    if criterion == "prodest":
        outcomes.append(phi[now])
    capital = sample.capital[now]

    def columns(rows: slice) -> list[Floats]:
        made = monomials([f[rows] for f in factors], powers)
        return [*made, *(one[rows] for one in outcomes), capital[rows]]

    moments, _ = _moments_within(columns, sample.cell[now], weight[now])
    return _least_squares_capital(moments, powers, len(outcomes))


def _least_squares_capital(
    moments: Floats, powers: Sequence[tuple[int, ...]], outcomes: int
) -> float:
    """Return the b_k in its bounds that leaves the smallest sum of squares."""

    def left(capital: float) -> float:
        """Return the sum of squares left at a value of b_k."""
        change = _change(powers, capital, outcomes)
        small = change.T @ moments @ change
        terms, net = slice(None, -outcomes), -outcomes
        slopes = np.linalg.lstsq(small[terms, terms], small[terms, -1])[0]
        explained = small[terms, net] @ slopes
        if outcomes > 1:
            explained = 2 * explained - slopes @ small[terms, terms] @ slopes
        return float(small[net, net] - explained)

    grid = np.linspace(*CAPITAL_BOUNDS, GRID)
    best = int(np.argmin([left(capital) for capital in grid]))
    bracket = grid[max(best - 1, 0)], grid[min(best + 1, GRID - 1)]
    found = minimize_scalar(left, bounds=bracket, method="bounded", options={"xatol": 1e-7})
    flat = _flat_point(left, float(found.x))
    return flat if bracket[0] < flat < bracket[1] else float(found.x)


def _flat_point(left: Callable[[float], float], near: float) -> float:
    """Return where the slope of ``left`` is zero, near where its values seem smallest.

    Around a minimum values differ by less than their rounding, which depends on the machine;
    slopes over a wider step do not (central differences of fourth order).
    """
    steps = STEP * np.arange(-2, 3)
    for _ in range(2):
        values = np.array([left(near + step) for step in steps])
        slope = values @ [1, -8, 0, 8, -1] / (12 * STEP)
        bend = values @ [-1, 16, -30, 16, -1] / (12 * STEP**2)
        if not bend > 0:
            return near
        near -= float(slope / bend)
    return near


def _change(powers: Sequence[tuple[int, ...]], capital: float, outcomes: int) -> Floats:
    """Return the matrix that turns the monomials, outcomes and k into the regression of a b_k.

    Column by column (φ' - b_k k')^m P'^n, written out by the binomial theorem; then each
    outcome, net y or φ, less b_k k.
    """
    row = {power: place for place, power in enumerate(powers)}
    terms = [power for power in powers if power[1] == 0]
    change = np.zeros((len(powers) + outcomes + 1, len(terms) + outcomes))
    for column, (m, _, *rest) in enumerate(terms):
        for n in range(m + 1):
            change[row[(m - n, n, *rest)], column] = comb(m, n) * (-capital) ** n
    change[len(powers) : -1, len(terms) :] = np.eye(outcomes)
    change[-1, len(terms) :] = -capital
    return change


def _moments_within(
    columns: Callable[[slice], list[Floats]], cell: Integers, weight: Floats
) -> tuple[Floats, Floats]:
    """Return weighted sums of cross products of columns less their cell means, (M, M).

    Then, (M,), their weighted sums of squares about the mean. The cross products are those
    of columns less their means, less those of their cell means. ``columns`` gives the columns
    of some rows, a few at a time, so that they stay in the processor's cache.
    """
    total = np.bincount(cell, weight)
    parts = [slice(first, first + CACHED_ROWS) for first in range(0, len(cell), CACHED_ROWS)]
    sums = np.zeros((len(columns(slice(0))), len(total)))
    for rows in parts:
        sums += _cell_sums(columns(rows), cell[rows], weight[rows], len(total))
    # Without its mean, what a column varies by is not lost behind what it is.
    mean = sums.sum(axis=1, keepdims=True) / total.sum()
    sums -= mean * total
    share = np.divide(1.0, total, out=np.zeros_like(total), where=total > 0)
    between = (sums * share) @ sums.T
    moments = -between
    for rows in parts:
        part = np.stack(columns(rows)) - mean
        moments += (part * weight[rows]) @ part.T
    return np.asarray(moments, dtype=float), np.diag(moments) + np.diag(between)


def _cell_sums(columns: Sequence[Floats], cell: Integers, weight: Floats, cells: int) -> Floats:
    """Return the weighted sum of each column in each cell, (M, cells)."""
    return np.stack([np.bincount(cell, weight * column, cells) for column in columns])
