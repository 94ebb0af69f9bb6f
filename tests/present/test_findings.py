"""Captions that say what is seen: what they say is so."""

from __future__ import annotations

import numpy as np

from tradedig_book.theory import Parameters, solve
from tradedig_book.theory.adoption import Choice, choose
from tradedig_book.theory.equilibrium import equilibrium, schedule_at
from tradedig_book.theory.industry import Industry


def test_firms_of_lower_cost_digitise_more_and_the_marginal_one_not_at_all() -> None:
    """At both costs of digitization of the figure."""
    cost = np.linspace(0.1, 1.0, 50)
    for mu in (0.01, 0.02):
        level = np.asarray(choose(Choice(c=cost, mu=mu)).dig)
        assert (np.diff(level) < 0).all()
        assert abs(level[-1]) < 1e-6


def test_price_falls_or_rises_with_efficiency_as_flexibility_is_low_or_high() -> None:
    """Below and above the turning point, here at the defaults."""
    efficiency = np.linspace(1.05, 2.0, 30)
    slopes = [
        np.diff(np.asarray(solve(Parameters(varphi=efficiency, psi=psi)).price))
        for psi in (0.34, 1.03)
    ]
    assert (slopes[0] < 0).all()
    assert (slopes[1] > 0).all()


def test_flexible_firms_are_ahead_and_have_most_to_lose() -> None:
    """Quality is higher at each taste, and its curve is steeper, the higher ψ."""
    taste = np.linspace(0.1, 0.5, 30)
    found = [np.asarray(solve(Parameters(e=taste, psi=psi)).quality) for psi in (0.5, 1.0, 1.5)]
    assert (np.diff(found, axis=0) > 0).all()
    assert (np.diff(np.diff(found, axis=1), axis=0) > 0).all()


def test_one_firm_alone_never_loses_and_of_all_those_of_high_cost_do() -> None:
    """Against the same costs, up to the new cutoff."""
    before, after = Industry(), Industry(psi=1.5)
    last, now_last = float(equilibrium(before).c_D), float(equilibrium(after).c_D)
    cost = np.linspace(0.02, now_last, 100)
    old = np.asarray(schedule_at("quality", before, cost, last))
    alone = np.asarray(schedule_at("quality", after, cost, last))
    together = np.asarray(schedule_at("quality", after, cost, now_last))
    assert (alone >= old).all()
    assert together[0] > old[0]
    assert together[-1] < old[-1]


def test_flexible_productivity_moves_the_best_quality_up_and_right() -> None:
    """Profit at the summit and the quality there, at the values of the figure."""
    low, high = solve(Parameters()), solve(Parameters(psi=1.5))
    assert high.quality > low.quality
    assert high.profit > low.profit
