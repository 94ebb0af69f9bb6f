"""Protects the small market with known demand: its moments, its demand, its limits."""

import numpy as np
import pytest

from tradedig_book.economy.market import Component, MarketDesign, simulated_market, slope_limit

STEADY = Component(spread=0.5, persistence=0.7, common=0.3)
FLEETING = Component(spread=0.4, persistence=0.0, common=0.0)
DESIGN = MarketDesign(quality=STEADY, cost=FLEETING, products=4, firms=2_000)


def test_quality_has_the_moments_of_its_design():
    """Spread, persistence and common part of ln λ must be those asked for."""
    truth = simulated_market(np.random.default_rng(1), DESIGN).truth
    wide = truth.pivot(
        index=["product", "firm"], columns=["destination", "year"], values="log_quality"
    )
    assert wide.to_numpy().std() == pytest.approx(STEADY.spread, rel=0.02)
    correlation = wide.corr()
    before, after = correlation["D01", 2003], correlation["D01", 2004]
    assert after["D01", 2003] == pytest.approx(STEADY.persistence, abs=0.03)
    assert before["D01", 2005] == pytest.approx(STEADY.persistence**2, abs=0.03)
    assert after["D02", 2004] == pytest.approx(STEADY.common, abs=0.03)
    assert after["D02", 2003] == pytest.approx(STEADY.common * STEADY.persistence, abs=0.03)


def test_quantities_are_ces_demand():
    """Given price and market, ln q must rise with ln λ by σ-1, exactly."""
    market = simulated_market(np.random.default_rng(2), DESIGN)
    log_price = np.log(market.customs["value"] / market.customs["quantity"])
    shifter = (
        np.log(market.customs["quantity"])
        + DESIGN.sigma * log_price
        - (DESIGN.sigma - 1) * market.truth["log_quality"]
    )
    key = [market.customs[name] for name in ("product", "destination", "year")]
    np.testing.assert_allclose(shifter, shifter.groupby(key).transform("mean"), atol=1e-10)
    assert shifter.std() > 0.5


def test_same_seed_same_market():
    """A market must depend on its generator and its design only."""
    one, two = (simulated_market(np.random.default_rng(3), DESIGN).customs for _ in range(2))
    assert one.equals(two)
    assert not one.equals(simulated_market(np.random.default_rng(4), DESIGN).customs)


@pytest.mark.parametrize(
    ("quality", "cost", "passthrough", "expected"),
    [
        (FLEETING, STEADY, 1.0, {"lagged price": 4.0, "other destinations": 4.0}),
        (STEADY, STEADY, 1.0, {"lagged price": 2.5, "other destinations": 2.5}),
        (STEADY, FLEETING, 1.0, {"lagged price": 1.0, "other destinations": 1.0}),
        (STEADY, FLEETING, 0.5, {"lagged price": -2.0, "other destinations": -2.0}),
        (STEADY, STEADY, 0.0, {"lagged price": 4.0, "least squares": 4.0}),
        (FLEETING, STEADY, 1.0, {"least squares": 4.0 - 3 * 0.16 / 0.41}),
    ],
)
def test_limits_known_without_a_formula(quality, cost, passthrough, expected):
    """Cost alone gives σ, quality alone 1, equal parts the middle; half passed on, below 1."""
    design = MarketDesign(quality=quality, cost=cost, passthrough=passthrough)
    found = {name: slope_limit(design, name) for name in expected}
    assert found == pytest.approx(expected)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Component(0.0, 0.5, 0.5), "spread = 0; give a number above 0"),
        (lambda: Component(np.nan, 0.5, 0.5), "spread = nan"),
        (lambda: Component(1.0, 1.5, 0.5), "persistence = 1.5; give a number from 0 to 1"),
        (lambda: Component(1.0, 0.5, -0.1), "common = -0.1"),
        (lambda: MarketDesign(STEADY, STEADY, sigma=1.0), "sigma = 1; give a number above 1"),
        (lambda: MarketDesign(STEADY, STEADY, passthrough=np.inf), "passthrough = inf"),
        (lambda: MarketDesign(STEADY, STEADY, firms=1), "firms = 1; give at least 2"),
        (lambda: MarketDesign(STEADY, STEADY, products=0), "products = 0; give at least 1"),
        (lambda: slope_limit(DESIGN, "guess"), "estimator = 'guess' is unknown; choose one of"),
        (
            lambda: slope_limit(MarketDesign(FLEETING, FLEETING), "lagged price"),
            "lagged price: unrelated to the price",
        ),
    ],
)
def test_bad_designs_are_named(make, message):
    """A parameter outside its region must be refused by name."""
    with pytest.raises(ValueError, match=message):
        make()
