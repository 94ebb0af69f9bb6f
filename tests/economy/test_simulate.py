"""Protects the synthetic economy: reproducible, recursive, inside the model's region, eq. (8)."""

import os
import subprocess
import sys
from dataclasses import replace

import numpy as np
import pandas as pd
import pyfixest as pf
import pytest
from numpy._core._multiarray_umath import __cpu_dispatch__, __cpu_features__
from pandas.testing import assert_frame_equal

from tradedig_book.economy import content_hash, load_calibration, simulate
from tradedig_book.economy.exporting import EXPORT_INDEX
from tradedig_book.economy.quality import (
    DEFAULTS,
    DIGITAL_TERMS,
    PHI_BOUND,
    PSI_BOUND,
    TYPICAL,
    deviation,
    index,
    latent_quality,
)
from tradedig_book.economy.simulate import simulate_block
from tradedig_book.economy.world import make_world

CALIBRATION = load_calibration()


def block(**changes):
    """Return the first businesses of seed 5, with some loadings changed."""
    world = make_world(np.random.default_rng([5, 0]))
    return simulate_block(5, 0, world, replace(CALIBRATION, **changes))


@pytest.fixture(scope="module")
def one_block():
    """Return a block of businesses before rounding."""
    return block()


def test_same_seed_gives_same_values(economy):
    """Two runs must agree to the last digit, or the book cannot be reproduced."""
    assert content_hash(economy) == content_hash(simulate(300, 5))
    assert content_hash(economy) != content_hash(simulate(300, 6))


def test_another_processor_gives_same_values(economy):
    """NumPy computes with other instructions on other processors; the content must not care."""
    fast = [name for name in __cpu_dispatch__ if __cpu_features__.get(name)]
    code = "from tradedig_book.economy import *; print(content_hash(simulate(300, 5)))"
    plain = subprocess.run(
        [sys.executable, "-c", code],
        env=os.environ | {"NPY_DISABLE_CPU_FEATURES": " ".join(fast)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert plain.stdout.strip() == content_hash(economy)


def test_small_economy_is_the_beginning_of_a_larger_one():
    """Firms must not change when the sample grows, across the border of a block too."""
    small, large = simulate(700, 5), simulate(1_300, 5)
    last = small.truth["firm"].max()
    for name in ("customs", "firms", "register", "imports", "truth", "truth_firms"):
        whole = getattr(large, name)
        part = whole[whole["firm"] <= last].reset_index(drop=True)
        assert_frame_equal(getattr(small, name), part, check_categorical=False)
    assert small.truth["firm"].nunique() == 700
    assert large.truth["firm"].nunique() == 1_300


def test_quality_is_equation_8(economy):
    """λ* must come from the model, to the six decimals written."""
    p, truth = DEFAULTS, economy.truth
    b = p.beta - 1 / truth["phi"]
    k = p.L * b / (4 * p.gamma * (1 - p.e) ** 2 / truth["psi"] - p.L * b**2)
    expected = k * (1 / p.varphi_D - 1 / truth["varphi"])
    np.testing.assert_allclose(truth["quality"], expected, atol=2e-5)


def test_second_order_condition_holds_whatever_firms_do():
    """The bounded maps must keep s < 1 at any level of flex, digitization and imports."""
    p = DEFAULTS
    taste = p.beta - 1 / (p.phi * np.exp(PHI_BOUND))
    assert p.L * np.exp(PSI_BOUND) * taste**2 < 4 * p.gamma * (1 - p.e) ** 2


def test_order_book_does_not_depend_on_quality(one_block):
    """Values are weights; if they moved with quality, weighting would bias every slope."""
    other = block(psi={**CALIBRATION.psi, "pit": 0.2, "flex": 0.05})
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


def test_slopes_of_quality_are_derivatives(one_block):
    """The slopes that turn loadings into effects must be those of equation (8)."""
    panel, step = one_block.panel, 1e-6
    latent = latent_quality(panel, CALIBRATION)
    for field, name in (("psi", "flex"), ("phi", "ict"), ("advantage", "lnage")):
        loadings = getattr(CALIBRATION, field)
        low, high = (
            latent_quality(
                panel, replace(CALIBRATION, **{field: {**loadings, name: loadings[name] + h}})
            ).quality
            for h in (-step, step)
        )
        slope = (np.log(high) - np.log(low)) / (2 * step)
        expected = getattr(latent, f"{field}_slope") * deviation(panel, name)
        np.testing.assert_allclose(slope, expected, atol=1e-6 * np.abs(expected).max())


def test_true_direct_effect_is_what_technologies_add(one_block):
    """``direct`` times lndig must be what the firm would lose in ψ without technologies."""
    makers = (one_block.panel["sector"] == "manufacturing").to_numpy()
    panel = one_block.panel[makers].reset_index(drop=True)
    bare = panel.assign(lndig=0.0, **dict.fromkeys(DIGITAL_TERMS, 0.0))
    lost = index(panel, CALIBRATION.psi) - index(bare, CALIBRATION.psi)
    latent = latent_quality(panel, CALIBRATION)
    used = panel["lndig"] > 0
    direct = one_block.truth["direct"].to_numpy() * panel["lndig"].to_numpy()
    np.testing.assert_allclose(direct[used], (latent.psi_slope * lost)[used], atol=1e-12)
    assert one_block.truth["direct"].notna().to_numpy().tolist() == used.tolist()


def test_true_response_of_flex_is_its_slope_in_dispersion(one_block):
    """More dispersion with the same draws must move flex as the derivative says."""
    step, base = 0.05, CALIBRATION.dispersion
    low, high = (block(dispersion={**base, "lndig": base["lndig"] + h}) for h in (-step, step))
    slope = (high.panel["flex"] - low.panel["flex"]) / (2 * step)
    per_unit = (high.panel["flex_response"] - low.panel["flex_response"]) / (2 * step)
    lndig = one_block.panel["lndig"]
    changed = high.panel["spread_response"] - low.panel["spread_response"]
    np.testing.assert_allclose(changed, 2 * step)
    assert np.corrcoef(slope, per_unit * lndig)[0, 1] > 0.5
    assert slope[lndig == 0].abs().max() == 0


def test_groups_respond_differently(one_block):
    """A loading on small firms must move the order book of small firms over that of others."""
    base = CALIBRATION.dispersion
    other = block(dispersion={**base, "lndig:small": base["lndig:small"] + 1.0})
    change = other.panel["spread_response"] - one_block.panel["spread_response"]
    np.testing.assert_allclose(change, one_block.panel["small"] - TYPICAL["small"])


@pytest.mark.filterwarnings("ignore:The inplace keyword")  # pyfixest's own use of pandas
def test_probit_finds_what_moves_exporting(one_block):
    """The unseen part of the export index has variance one, so a probit must find loadings."""
    survey = one_block.survey[one_block.survey["sector"] == "manufacturing"]
    exports = one_block.panel[["firm", "year"]].assign(exports=1)
    chosen = survey.merge(exports, how="left", on=["firm", "year"]).fillna({"exports": 0})
    terms = ["lndig", *EXPORT_INDEX]
    fit = pf.feglm(f"exports ~ {' + '.join(terms)}", chosen, family="probit", vcov={"CRV1": "firm"})
    truth = pd.Series(EXPORT_INDEX | CALIBRATION.exporting)[terms]
    assert ((fit.coef()[terms] - truth).abs() < 3.5 * fit.se()[terms]).all()


def test_shock_of_exporting_enters_quality():
    """Selection must bite: the unseen shock that moves exporting must move quality."""
    plain, shocked = block(export_shock=0.0), block(export_shock=0.5)
    change = shocked.flows["log_quality"] - plain.flows["log_quality"]
    shock = plain.panel["shock"].to_numpy()[plain.flows["row"]]
    np.testing.assert_allclose(change, 0.5 * shock)


def test_more_digital_firms_are_larger(one_block):
    """Adoption must select on what firms are, or fixed effects would have nothing to remove."""
    panel = one_block.survey
    assert np.corrcoef(panel["lndig"], panel["size"])[0, 1] > 0.1


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


def test_truth_is_about_industrial_exporters(economy):
    """Every firm-year with shipments is in the survey and the truth, or is an intermediary."""
    keys = ["firm", "year"]
    makers = economy.register.loc[economy.register["sector"] == "manufacturing", "firm"]
    shipped = economy.customs[keys].drop_duplicates().sort_values(keys, ignore_index=True)
    made = shipped[shipped["firm"].isin(makers)].reset_index(drop=True)
    assert_frame_equal(made.astype("int64"), economy.truth[keys].astype("int64"))
    assert len(made) < len(shipped)
    surveyed = economy.firms[keys].merge(made, on=keys)
    assert len(surveyed) == len(made) < len(economy.firms)
    assert set(economy.firms["firm"]) <= set(makers)
