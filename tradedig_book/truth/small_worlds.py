"""Small worlds drawn from a few lines, in which the truth is known: for counterexamples."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy.sparse import csr_array, diags_array

from tradedig_book.economy.firms import draw_paths
from tradedig_helpers.frames.arrays import Floats

GROWTH = {2002.0: 2.0, 2008.0: 1.0}
"""What each cohort of :func:`growing_world` gains in each year after adoption."""


def exporters(
    rng: np.random.Generator, fixed: float, firms: int = 3_000, years: int = 8
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return all firm-years, and those that export, of a world where ``x`` moves no quality.

    Parameters
    ----------
    fixed : share of the taste for exporting that is a firm's own for good, 0 to 1; the rest
        moves quality, too

    Returns
    -------
    ``firm``, ``year``, ``x``, ``z`` (deters from exporting), ``EDU`` (1 if the firm exports);
    the second frame has ``QSY``, too
    """
    frame = _firm_years(firms, years)
    trait, export_taste = rng.normal(size=(2, firms))[:, frame["firm"]]
    x, z, shock, noise = rng.normal(size=(4, len(frame)))
    x = (trait + x) / np.sqrt(2)
    shock = np.sqrt(1 - fixed) * shock
    exports = 0.5 * x - 0.5 * z + np.sqrt(fixed) * export_taste + shock > 0
    frame = frame.assign(x=x, z=z, EDU=exports.astype(float))
    return frame, frame.assign(QSY=shock + noise)[exports]


def adopters(
    rng: np.random.Generator, memory: float, firms: int = 1_500, years: int = 10, before: int = 10
) -> pd.DataFrame:
    """Return firms that adopt for good when an unseen cause of quality is high, to no effect.

    Parameters
    ----------
    memory : of the cause, 0 to 1
    before : years that pass unseen

    Returns
    -------
    ``firm``, ``year`` from 2000, ``digital`` (0 or 1), ``quality``
    """
    cause = draw_paths(rng, memory, firms, before + years)
    wants = cause + rng.normal(size=cause.shape) > 2.3
    digital = np.maximum.accumulate(wants, axis=1)[:, before:].astype(float)
    quality = cause[:, before:] + rng.normal(size=digital.shape)
    key = _firm_years(firms, years, 2000)
    return key.assign(digital=digital.ravel(), quality=quality.ravel())


def placebo_adoptions(
    rng: np.random.Generator, memory: float, firms: int, years: int, names: tuple[str, ...]
) -> pd.DataFrame:
    """Return ``firm``, ``year``, ``quality`` with persistent errors, and adoptions by lot.

    Each of ``names`` is 1 from a year drawn for each firm; about half of the firms never adopt.
    """
    error = draw_paths(rng, memory, firms, years)
    key = _firm_years(firms, years)
    start = rng.integers(1, 2 * years, size=(firms, len(names)))
    digital = key["year"].to_numpy()[:, None] >= start[key["firm"]]
    adopted = pd.DataFrame(digital, columns=list(names)).astype(float)
    return adopted.assign(firm=key["firm"], year=key["year"], quality=error.ravel())


def growing_world(never: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return a world without noise in which gains grow, and its cohorts.

    A hundred firms adopt in each year of ``GROWTH``, and ``never`` firms do not adopt at all.

    Returns
    -------
    ``firm``, ``cohort``, ``year`` 2000 to 2015, ``gain``, ``digital`` (0 or 1), outcome ``y``;
    and ``firm``, ``cohort`` (missing where it never adopts)
    """
    cohort = np.repeat([*GROWTH, np.nan], [100, 100, never])
    dated = pd.DataFrame({"firm": range(len(cohort)), "cohort": cohort})
    rows = dated.merge(pd.DataFrame({"year": range(2000, 2016)}), how="cross")
    time = rows["year"] - rows["cohort"]
    gain = (rows["cohort"].map(GROWTH) * (1 + time)).where(time >= 0, 0.0)
    digital = (time >= 0).astype(float)
    return rows.assign(gain=gain, digital=digital, y=gain + rows["firm"] % 7), dated


def idle_policy(rng: np.random.Generator, reached: int, provinces: int = 30) -> pd.DataFrame:
    """Return ``province``, a random ``change``, and ``reached``: 1 in the first ``reached``."""
    change = rng.normal(size=provinces)
    place = np.arange(provinces)
    return pd.DataFrame(
        {"province": place, "change": change, "reached": (place < reached).astype(float)}
    )


def idle_mediator(rng: np.random.Generator, strength: float, firms: int = 4_000) -> pd.DataFrame:
    """Return ``firm``, lot ``T``, ``M`` with no effect on ``Q``, and ``Q``; both move with a cause.

    ``strength`` is what one unit of the unseen cause adds to M and to Q; T adds 0.5 and 0.3.
    """
    lottery, unseen, noise, luck = rng.normal(size=(4, firms))
    mediator = 0.5 * lottery + strength * unseen + noise
    quality = 0.3 * lottery + strength * unseen + luck
    return pd.DataFrame({"firm": np.arange(firms), "T": lottery, "M": mediator, "Q": quality})


def cells_of_firms(rng: np.random.Generator, sizes: np.ndarray) -> pd.DataFrame:
    """Return firms in cells of ``sizes``: ``cell``, ``dig`` (1 or 2) and ``quality``.

    An unseen cause moves status and quality; status has no effect.
    """
    cells = np.repeat(np.arange(len(sizes)), sizes)
    unseen = rng.normal(size=len(cells))
    digital = unseen + rng.normal(size=len(cells)) > 0
    quality = unseen + rng.normal(size=len(cells))
    return pd.DataFrame({"cell": cells, "dig": 1 + digital, "quality": quality})


def mean_variation(
    rng: np.random.Generator, spread: float, shipments: int, draws: int = 4_000
) -> float:
    """Return the mean of s/x̄ over samples of lognormal shipments with log spread ``spread``."""
    values = np.exp(spread * rng.standard_normal((draws, shipments)))
    return float((values.std(axis=1, ddof=1) / values.mean(axis=1)).mean())


def movers(
    rng: np.random.Generator, mobility: float, firms: int, years: int, places: int
) -> tuple[csr_array, Floats]:
    """Return the Schur complement of firms in place-years, ones on its diagonal, and a right side.

    Firms are at home except in a share ``mobility`` of firm-years, spent in a place drawn at
    random. The matrix has a row for each place-year that has a firm.
    """
    firm = np.repeat(np.arange(firms), years)
    home = rng.integers(places, size=firms)[firm]
    away = rng.random(len(firm)) < mobility
    place = np.where(away, rng.integers(places, size=len(firm)), home)
    cell = pd.factorize(place * years + np.tile(np.arange(years), firms))[0]
    joint = csr_array((np.ones(len(firm)), (firm, cell)))
    schur = diags_array(joint.sum(axis=0)) - joint.T @ joint / years
    y = rng.normal(size=len(firm))
    right = np.bincount(cell, y) - joint.T @ np.bincount(firm, y) / years
    scale = 1 / np.sqrt(schur.diagonal())
    return csr_array(diags_array(scale) @ schur @ diags_array(scale)), scale * right


def _firm_years(firms: int, years: int, first: int = 0) -> pd.DataFrame:
    """Return ``firm`` and ``year``, each firm's years one after another."""
    key = pd.MultiIndex.from_product([range(firms), range(first, first + years)])
    return key.to_frame(index=False, name=["firm", "year"])
