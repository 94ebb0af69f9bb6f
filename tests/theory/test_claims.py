"""Every claim of the ledger is checked, and every verdict could fail."""

from __future__ import annotations

from typing import get_args

import numpy as np
import pytest
import sympy as sp

from tradedig_book.theory import (
    Parameters,
    derivation,
    derive,
    evaluate_at,
    free_entry,
    optimal_quality,
    profit_at,
    solve,
    statics,
)
from tradedig_book.theory import claim_checks as checks
from tradedig_book.theory import claims as ledger
from tradedig_book.theory.statics import NotProved, outcomes

d = derivation


@pytest.mark.parametrize("key", ledger.LEDGER)
def test_every_check_runs(key: str) -> None:
    """The proof behind each verdict goes through, and has something to show."""
    claim = ledger.LEDGER[key]
    assert claim.check()
    assert claim.verdict in get_args(ledger.ClaimVerdict)
    assert bool(claim.condition) == (claim.verdict == "holds under a condition")


@pytest.mark.parametrize(
    "key", ["cutoff", "inputs", "chain", "weakness", "margin", "h1-all", "h2", "h3"]
)
def test_checks_fail_with_another_model(key: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Quality and profit of the opposite sign, and every check of them says so."""
    turned = {name: -expr + d.alpha for name, expr in outcomes().items()}
    monkeypatch.setattr(checks, "outcomes", lambda: turned)
    monkeypatch.setattr(statics, "outcomes", lambda: turned)
    monkeypatch.setattr(checks, "sign", statics.sign.__wrapped__)
    with pytest.raises(NotProved):
        ledger.LEDGER[key].check()


def test_wrong_claims_are_refused() -> None:
    """The two helpers of the ledger do not pass what is false."""
    with pytest.raises(NotProved, match="claimed -, found"):
        checks.claimed_sign("-", "quality", "psi", "e")
    with pytest.raises(NotProved, match="claimed zero"):
        checks.vanishes(d.psi - d.phi)


def test_flexibility_magnifies_the_fall_in_numbers() -> None:
    """From e = 0.4 to 0.2 a flexible firm loses more quality, also in proportion."""
    low, high = (optimal_quality(Parameters(e=np.array([0.2, 0.4]), psi=psi)) for psi in (0.5, 1.0))
    assert high[1] - high[0] > low[1] - low[0]
    assert high[1] / high[0] > low[1] / low[0]


def test_beyond_the_stated_condition_quality_has_no_best() -> None:
    """At psi = 4, beta > 1/phi still holds; (8) is negative and profit rises without bound."""
    point = Parameters(psi=4.0)
    assert point.beta > 1 / point.phi
    assert evaluate_at(derive().quality, point) < 0
    assert np.all(np.diff(profit_at(point, np.linspace(0, 100, 50))) > 0)


def test_true_cutoff_in_numbers() -> None:
    """The lead that the ledger gives earns exactly the cost of digitization."""
    lead_squared = checks.printed_cutoff()[r"(\Delta C)^2\text{ at }\pi^* = 0"]
    D, F, g = sp.symbols("D F g", positive=True)
    defaults = {D: 1.44 - 0.49, F: 0.02, d.psi: 1, d.L: 1, g: 0.6}
    lead = float(sp.sqrt(lead_squared.subs(defaults)))
    assert float(solve(Parameters(varphi=1 / (1 - lead))).profit) == pytest.approx(0.02)


def test_turning_point_is_that_of_the_equilibrium() -> None:
    """Two derivations, one answer: c_D(1 - s/(k + 2))."""
    s = d.L * (d.beta - 1 / d.phi) ** 2 * d.psi / (4 * d.gamma * (1 - d.e) ** 2)
    by_hand = free_entry.c_D * (1 - s / (free_entry.k + 2))
    assert d.same(free_entry.turning_cost(), by_hand)


def test_turning_point_in_numbers() -> None:
    """Free entry solved by hand: below the turning point quality rises with everyone's psi."""
    k, step = 2.0, 1e-6

    def quality(psi: float, cost: float, cutoff: float) -> float:
        return float(optimal_quality(Parameters(psi=psi, varphi=1 / cost, varphi_D=1 / cutoff)))

    def cutoff(psi: float) -> float:
        share = psi * 0.49 / 1.44
        return float(((1 - share) / (1 - 0.49 / 1.44)) ** (1 / (k + 2)))

    turning = 1 - (0.49 / 1.44) / (k + 2)
    for cost, expected in ((turning - 0.01, 1), (turning + 0.01, -1)):
        rise = quality(1 + step, cost, cutoff(1 + step)) - quality(1, cost, 1.0)
        assert np.sign(rise) == expected
