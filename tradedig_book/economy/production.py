"""How firms produce, invest, hire and die: the economy behind Olley and Pakes (1996)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from tradedig_helpers.frames.arrays import Flags, Floats, Integers


@dataclass(frozen=True, slots=True)
class Technology:
    """What the econometrician wants to know, in logs of persons and of 1,000 yuan.

    ``ω = trend·t + a``, where ``a`` (autoregressive, plus any shift) is all that moves
    investment and exit; growth that all firms share is competed away.

    Attributes
    ----------
    constant, labour, capital : ``y = constant + labour l + capital k + ω + η``
    trend : yearly growth of everybody's ω
    memory, spread : autocorrelation and standard deviation of ``a``; a firm enters with
        ``spread`` times its ability, reflected at the threshold of exit
    noise : standard deviation of η, which nobody knows in advance
    typical : log capital of a typical firm, where the three rules below are anchored
    invest, invest_by_a, invest_by_k : log investment ``i``, strictly increasing in ``a``
    hire, hire_by_a, hire_by_k, hire_by_size, hire_noise : log employment ``l``
    least : the smallest workforce
    wear : yearly depreciation of capital
    exit_below, exit_by_k, exit_rate : a firm closes before it produces if ``a`` falls below
        ``exit_below - exit_by_k (k - typical)``, and at ``exit_rate`` for other reasons
    """

    constant: float = 3.4
    labour: float = 0.60
    capital: float = 0.35
    trend: float = 0.02
    memory: float = 0.85
    spread: float = 0.5
    noise: float = 0.20
    typical: float = 8.4
    invest: float = 6.25
    invest_by_a: float = 1.0
    invest_by_k: float = 0.85
    hire: float = 4.75
    hire_by_a: float = 0.4
    hire_by_k: float = 0.30
    hire_by_size: float = 0.80
    hire_noise: float = 0.15
    least: float = 8.0
    wear: float = 0.10
    exit_below: float = -0.9
    exit_by_k: float = 0.30
    exit_rate: float = 0.06


@dataclass(frozen=True, slots=True)
class Production:
    """Paths of B firms over T years, each array (B, T); NaN where the firm is not alive.

    Attributes
    ----------
    omega : ω, productivity that the firm knows, trend included
    log_capital, log_investment, log_labour : k, i, l; their exponentials are whole numbers
    log_value_added : y, with its noise η
    alive : whether the firm produces in that year; exit is final
    """

    omega: Floats
    log_capital: Floats
    log_investment: Floats
    log_labour: Floats
    log_value_added: Floats
    alive: Flags


def draw_production(
    rng: np.random.Generator,
    ability: Floats,
    size: Floats,
    log_capital: Floats,
    entry: Integers,
    last: Integers,
    years: int,
    *,
    technology: Technology | None = None,
    log_productivity_shift: Floats | None = None,
) -> Production:
    """Draw what B firms produce, invest and employ in each of T years, and when they exit.

    Each year a living firm learns ``a``; closes, or hires and produces with the capital at
    hand; then invests ``i(a, k)``, so that ``K' = (1 - wear) K + I``. The numbers drawn do
    not depend on what happens to the firms, so a shift can be compared with its absence.

    Parameters
    ----------
    ability, size, log_capital : (B,) standardised productivity at entry, trait that raises
        employment at given ``a`` and ``k``, and log capital at entry (1,000 yuan)
    entry, last : (B,) index of the first year, and of the last year that the firm may see;
        a firm whose ``last`` precedes its ``entry`` never lives
    years : T
    technology : defaults to ``Technology()``
    log_productivity_shift : (B, T), added to ``a``: firms know it and act on it

    Raises
    ------
    ValueError
        If the shapes differ or ``entry`` lies outside the years.
    """
    technology = Technology() if technology is None else technology
    firms = len(ability)
    shift = np.zeros((firms, years)) if log_productivity_shift is None else log_productivity_shift
    _check(ability, size, log_capital, entry, last, shift)
    start = _viable(technology.spread * ability, log_capital, technology)
    a = _known_productivity(rng, start, entry, technology, years) + shift
    unlucky = rng.random((firms, years)) < technology.exit_rate
    k, i, alive = _lives(a, unlucky, log_capital, entry, last, technology)
    people = _hired(rng, a, k, size, technology)
    omega = technology.trend * np.arange(years) + a
    y = technology.constant + technology.labour * people + technology.capital * k + omega
    y += technology.noise * rng.normal(size=(firms, years))
    omega, k, i, people, y = (np.where(alive, path, np.nan) for path in (omega, k, i, people, y))
    return Production(omega, k, i, people, y, alive)


def draw_accounts(
    rng: np.random.Generator,
    firms: int,
    *,
    years: int = 14,
    first_year: int = 2002,
    technology: Technology | None = None,
) -> pd.DataFrame:
    """Draw the accounts of firms with plausible traits, for teaching and for tests.

    A third of the firms are there from the start, the others enter in later years.

    Returns
    -------
    DataFrame
        One row per firm and year that it lives: ``firm``, ``year``, ``employees``,
        ``fixed_assets``, ``investment``, ``value_added`` (1,000 yuan) and the true ``omega``.
    """
    ability, trait, intensity = rng.normal(size=(3, firms))
    size = 0.4 * ability + 0.9 * trait
    entry = np.where(rng.random(firms) < 1 / 3, 0, rng.integers(0, years, firms))
    log_capital = 8.2 + 0.7 * size + 1.3 * intensity
    last = np.full(firms, years - 1)
    drawn = draw_production(
        rng, ability, size, log_capital, entry, last, years, technology=technology
    )
    return accounts_of(drawn, first_year)


def accounts_of(production: Production, first_year: int) -> pd.DataFrame:
    """Return the accounts of living firms in whole numbers, as ``draw_accounts`` describes."""
    firm, year = np.nonzero(production.alive)
    logs = {
        "employees": production.log_labour,
        "fixed_assets": production.log_capital,
        "investment": production.log_investment,
        "value_added": production.log_value_added,
    }
    whole = {
        name: np.maximum(1, np.rint(np.exp(path[firm, year]))).astype(int)
        for name, path in logs.items()
    }
    omega = production.omega[firm, year]
    return pd.DataFrame({"firm": firm + 1, "year": year + first_year, **whole, "omega": omega})


def _threshold(k: Floats, tech: Technology) -> Floats:
    """Return the ``a`` below which a firm with log capital ``k`` closes."""
    return np.asarray(tech.exit_below - tech.exit_by_k * (k - tech.typical))


def _viable(a: Floats, k: Floats, tech: Technology) -> Floats:
    """Return ``a`` reflected at the threshold: nobody enters in order to close."""
    threshold = _threshold(k, tech)
    return np.asarray(threshold + np.abs(a - threshold))


def _known_productivity(
    rng: np.random.Generator, start: Floats, entry: Integers, tech: Technology, years: int
) -> Floats:
    """Return ``a`` before any shift: autoregressive from its start at entry, (B, T)."""
    innovation = tech.spread * np.sqrt(1 - tech.memory**2)
    a: Floats = innovation * rng.normal(size=(len(start), years))
    for t in range(years):
        carried = tech.memory * a[:, t - 1] + a[:, t] if t else a[:, t]
        a[:, t] = np.where(entry < t, carried, start)
    return a


def _lives(
    a: Floats,
    unlucky: Flags,
    log_capital: Floats,
    entry: Integers,
    last: Integers,
    tech: Technology,
) -> tuple[Floats, Floats, Flags]:
    """Return log capital, log investment and survival, each (B, T)."""
    k, i, alive = np.empty_like(a), np.empty_like(a), np.zeros(a.shape, dtype=bool)
    capital, survives = np.maximum(1.0, np.rint(np.exp(log_capital))), np.ones(len(a), dtype=bool)
    for t in range(a.shape[1]):
        k[:, t] = np.log(capital)
        closes = (a[:, t] < _threshold(k[:, t], tech)) | unlucky[:, t]
        survives &= (t <= entry) | ~closes
        alive[:, t] = survives & (entry <= t) & (t <= last)
        rule = tech.invest + tech.invest_by_a * a[:, t]
        rule += tech.invest_by_k * (k[:, t] - tech.typical)
        investment = np.maximum(1.0, np.rint(np.exp(rule)))
        i[:, t] = np.log(investment)
        grown = np.maximum(1.0, np.rint((1 - tech.wear) * capital + investment))
        capital = np.where(entry <= t, grown, capital)
    return k, i, alive


def _hired(
    rng: np.random.Generator, a: Floats, k: Floats, size: Floats, tech: Technology
) -> Floats:
    """Return log employment of whole persons, (B, T)."""
    rule = tech.hire + tech.hire_by_a * a + tech.hire_by_k * (k - tech.typical)
    rule += tech.hire_by_size * size[:, None] + tech.hire_noise * rng.normal(size=a.shape)
    return np.asarray(np.log(np.maximum(tech.least, np.rint(np.exp(rule)))))


def _check(
    ability: Floats,
    size: Floats,
    log_capital: Floats,
    entry: Integers,
    last: Integers,
    shift: Floats,
) -> None:
    """Raise unless all arrays speak of the same firms and every entry is within the years."""
    firms, years = len(ability), shift.shape[1]
    traits = {"size": size, "log_capital": log_capital, "entry": entry, "last": last}
    for name, values in traits.items():
        if values.shape != (firms,):
            raise ValueError(f"{name} has shape {values.shape}; give one for each of {firms} firms")
    if shift.shape[0] != firms:
        raise ValueError(f"log_productivity_shift has {shift.shape[0]} rows for {firms} firms")
    if ((entry < 0) | (entry >= years)).any():
        raise ValueError(f"entry must be an index from 0 to {years - 1}; it is a year's position")
