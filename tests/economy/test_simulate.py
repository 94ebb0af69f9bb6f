"""Protects the synthetic economy: reproducible, recursive, inside the model's region, eq. (8)."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from pandas.testing import assert_frame_equal

from tradedig_helpers.economy import content_hash, load_calibration, simulate
from tradedig_helpers.economy.flexibility import flex_response
from tradedig_helpers.economy.quality import DEFAULTS, PSI_BOUND, optimal_quality
from tradedig_helpers.economy.simulate import simulate_block
from tradedig_helpers.economy.world import make_world

CALIBRATION = load_calibration()


def block(**changes):
    """Return the first thousand firms of seed 5, with some loadings changed."""
    world = make_world(np.random.default_rng([5, 0]))
    return simulate_block(5, 0, world, replace(CALIBRATION, **changes))


@pytest.fixture(scope="module")
def economy():
    """Return a small economy."""
    return simulate(300, 5)


@pytest.fixture(scope="module")
def one_block():
    """Return a thousand firms before rounding."""
    return block()


def test_same_seed_gives_same_values(economy):
    """Two runs must agree to the last digit, or the book cannot be reproduced."""
    assert content_hash(economy) == content_hash(simulate(300, 5))
    assert content_hash(economy) != content_hash(simulate(300, 6))


def test_small_economy_is_the_beginning_of_a_larger_one():
    """Firms must not change when the sample grows, across the border of a block too."""
    small, large = simulate(700, 5), simulate(1_300, 5)
    for name in ("customs", "firms", "truth"):
        whole = getattr(large, name)
        part = whole[whole["firm"] <= 700].reset_index(drop=True)
        assert whole["firm"].nunique() == 1_300 or name == "customs"
        assert_frame_equal(getattr(small, name), part, check_categorical=False)


def test_quality_is_equation_8(economy):
    """λ* must come from the model, to the six decimals written."""
    p, truth = DEFAULTS, economy.truth
    b = p.beta - 1 / p.phi
    k = p.L * b / (4 * p.gamma * (1 - p.e) ** 2 / truth["psi"] - p.L * b**2)
    expected = k * (1 / p.varphi_D - 1 / truth["varphi"])
    np.testing.assert_allclose(truth["quality"], expected, atol=4e-6)


def test_second_order_condition_holds_for_any_digital_level():
    """The bounded map must keep s < 1 whatever flex and lndig are, without clipping."""
    p = DEFAULTS
    highest = np.exp(PSI_BOUND)
    assert p.L * highest * (p.beta - 1 / p.phi) ** 2 < 4 * p.gamma * (1 - p.e) ** 2


def test_order_book_does_not_depend_on_quality(one_block):
    """Values are weights; if they moved with quality, weighting would bias every slope."""
    other = block(psi={"lndig": 0.2, "flex": 0.05})
    assert_frame_equal(one_block.shipments, other.shipments)
    assert not np.allclose(one_block.flows["quantity"], other.flows["quantity"])


def test_value_is_price_times_quantity_and_demand_is_ces(one_block):
    """Within a market ln q + σ ln p - (σ-1) ln λ must be one number: the demand shifter."""
    flows = one_block.flows
    np.testing.assert_allclose(flows["price"] * flows["quantity"], np.exp(flows["log_value"]))
    shifter = np.log(flows["quantity"]) + flows["sigma"] * np.log(flows["price"])
    shifter -= (flows["sigma"] - 1) * flows["log_quality"]
    by_market = shifter.groupby([flows[c] for c in ("product", "destination", "year")])
    assert by_market.agg(np.ptp).max() < 1e-9
    assert by_market.size().max() > 5


def test_true_direct_effect_is_the_slope_of_quality(one_block):
    """The direct effect must be the derivative of ln λ* in lndig at given flex."""
    panel, step = one_block.panel, 1e-5
    low, high = (
        optimal_quality(panel.assign(lndig=panel["lndig"] + h), CALIBRATION).quality
        for h in (-step, step)
    )
    slope = (np.log(high) - np.log(low)) / (2 * step)
    np.testing.assert_allclose(one_block.truth["direct"], slope, rtol=1e-5)


def test_true_response_of_flex_is_its_slope_in_dispersion(one_block):
    """More dispersion with the same draws must move flex as the derivative says."""
    rows, step = len(one_block.panel), 0.05
    formula = [flex_response(one_block.shipments, one_block.flows, rows, d) for d in (1.0, 0.0)]
    slope = (formula[0] - formula[1]) * one_block.panel["lndig"]
    base = CALIBRATION.dispersion
    low, high = (block(dispersion=base + h).panel["flex"] for h in (-step, step))
    np.testing.assert_allclose(slope, (high - low) / (2 * step), atol=0.02)
    assert slope.max() > 0.5


def test_more_digital_firms_are_abler(one_block):
    """Adoption must select on productivity, or fixed effects would have nothing to remove."""
    panel = one_block.panel
    assert np.corrcoef(panel["lndig"], panel["ability"])[0, 1] > 0.1


def test_adoption_is_never_undone(economy):
    """The level of a firm may only rise, since a technology has a first year and no last."""
    since = economy.firms.groupby("firm")[["pit_since", "pdo_since", "icp_since"]]
    assert (since.min().fillna(0) == since.max().fillna(0)).all(axis=None)


@pytest.mark.parametrize("firms", [0, -3, 2.5])
def test_number_of_firms_is_checked(firms):
    """A wrong size must be refused in words."""
    with pytest.raises(ValueError, match="whole number of at least 1"):
        simulate(firms)


def test_seed_is_checked():
    """A negative seed must be refused in words."""
    with pytest.raises(ValueError, match="seed = -1"):
        simulate(10, -1)


def test_firm_years_are_exporters(economy):
    """Each firm-year has shipments and each shipment a firm-year."""
    keys = ["firm", "year"]
    shipped = economy.customs[keys].drop_duplicates().sort_values(keys, ignore_index=True)
    assert_frame_equal(shipped.astype("int64"), economy.firms[keys].astype("int64"))
    assert isinstance(economy.firms, pd.DataFrame)
