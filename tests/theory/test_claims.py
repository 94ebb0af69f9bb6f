"""Every claim of the ledger is checked, and every verdict could fail."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
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
from tradedig_book.theory.equilibrium import equilibrium, schedule_at
from tradedig_book.theory.industry import Industry
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
    "key",
    [
        *("units", "cutoff", "inputs", "h1-one", "h3", "weakness", "margin", "h1-all"),
        *("h2", "moderators", "table-7", "elasticity"),
    ],
)
def test_checks_fail_with_another_model(key: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Quality and profit of the opposite sign, and every check of them says so."""
    turned = {name: -expr + d.alpha for name, expr in outcomes().items()}
    monkeypatch.setattr(checks, "outcomes", lambda: turned)
    monkeypatch.setattr(statics, "outcomes", lambda: turned)
    monkeypatch.setattr(checks, "sign", statics.sign.__wrapped__)
    with pytest.raises(NotProved):
        ledger.LEDGER[key].check()


@pytest.mark.parametrize("key", ledger.LEDGER)
def test_every_row_names_its_place_and_its_owner(key: str) -> None:
    """A section of the paper, an equation, hypothesis or table there, and the term in print."""
    claim = ledger.LEDGER[key]
    section = r"[Ss]ection [1-5] \(\d\)( to \(\d\))?"
    assert re.search(section, claim.place)
    assert re.search(r"\(\d\)|H[123]|Table \d", re.sub(section, "", claim.place))
    assert claim.names
    assert claim.says.endswith(".")
    assert claim.follows.endswith(".")
    assert claim.whose in get_args(ledger.Owner)
    beyond = claim.place.startswith(("Beyond", "Between"))
    assert beyond == (claim.whose == "the book's") == (key not in ledger.papers_own())


def test_an_inequality_is_counted_once() -> None:
    """No two rows claim the same, nor rest on the same proof."""
    symbols = [claim.exactly for claim in ledger.LEDGER.values()]
    assert len(set(symbols)) == len(symbols)
    proofs = [claim.check for claim in ledger.LEDGER.values()]
    assert len(set(proofs)) == len(proofs)


def test_the_papers_own_verdicts() -> None:
    """What is counted on the first page: statements of the paper, none of the book's."""
    own = Counter(claim.verdict for claim in ledger.papers_own().values())
    assert own["does not hold as worded"] == 1
    assert ledger.LEDGER["cutoff"].verdict == "does not hold as worded"
    assert set(ledger.LEDGER) - set(ledger.papers_own()) == {"margin", "h1-all", "elasticity"}


def test_the_term_of_another_model_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """A term that ψ raises is not kept low by it."""
    monkeypatch.setattr(checks, "room", checks.room * d.psi**2)
    with pytest.raises(NotProved):
        checks.cost_of_variety()


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


@pytest.mark.parametrize("s", [0.1, 0.5, 0.9])
@pytest.mark.parametrize("k", [0.5, 2.0, 6.0])
def test_margin_in_numbers(s: float, k: float) -> None:
    """Two markets at their own cutoffs: e down by a little raises the gain from psi near them."""
    start = Industry(k=k, psi=s * 1.44 / 0.49, f_E=0.01)
    varied = replace(start, e=start.e - 1e-5)
    gain = {}
    for place in (-0.02, 0.02):
        cutoffs = [float(equilibrium(market).c_D) for market in (start, varied)]
        cost = cutoffs[0] * (1 - 1 / (2 * (k + 2)) + place)
        for market, cutoff in zip((start, varied), cutoffs, strict=True):
            more = replace(market, psi=market.psi * (1 + 1e-5))
            own = [float(schedule_at("quality", m, cost, cutoff)) for m in (market, more)]
            gain[place, market.e] = (own[1] - own[0]) / (market.psi * 1e-5)
    assert gain[-0.02, varied.e] < gain[-0.02, start.e]
    assert gain[0.02, varied.e] > gain[0.02, start.e]


def test_one_sigma_in_numbers() -> None:
    """The elasticity of demand at the optimum rises with cost; p + bx − βλ is the cutoff."""
    costs = np.array([0.2, 0.5, 0.9])
    found = solve(Parameters(varphi=1 / costs))
    slope = Parameters().gamma * (1 - Parameters().e) / Parameters().L
    assert np.all(np.diff(found.price / (slope * found.quantity)) > 0)
    seen = found.price + slope * found.quantity - Parameters().beta * found.quality
    np.testing.assert_allclose(seen, 1 / Parameters().varphi_D, rtol=1e-12)


def test_constants_of_a_firm_do_not_add_up_in_logs() -> None:
    """Doubling ψ does more in logs to a firm with the smaller θ0: firm effects leave it in."""
    theta = np.array([0.8, 1.6])
    low, high = (optimal_quality(Parameters(psi=psi / theta)) for psi in (0.8, 1.6))
    gains = np.log(high / low)
    assert gains[0] > gains[1] + 0.1
