"""Protects equation (10): known answers, invariances, and rules that are counted."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tradedig_helpers.economy import load_calibration
from tradedig_helpers.economy.simulate import simulate_block
from tradedig_helpers.economy.world import make_world
from tradedig_helpers.measure import (
    demand_residual,
    measure_quality,
    standardise,
    to_firm_years,
    to_flows,
    with_sigma,
)
from tradedig_helpers.measure.quality import FLOW, MARKET

SEEDS = st.integers(0, 2**32 - 1)
few = settings(max_examples=20)


def keyed(frame, key, column):
    """Return a column in the order of its key."""
    return frame.set_index(key)[column].sort_index()


def test_recovers_true_quality_less_its_market_mean():
    """On unrounded flows equation (10) must give ln λ less its market mean, to 1e-10."""
    world = make_world(np.random.default_rng([5, 0]))
    flows = simulate_block(5, 0, world, load_calibration()).flows.rename(
        columns={"log_quality": "true"}
    )
    market = [flows[column] for column in MARKET]
    expected = flows["true"] - flows["true"].groupby(market).transform("mean")
    found = demand_residual(flows)["log_quality"]
    np.testing.assert_allclose(found, expected, atol=1e-10)
    assert expected.std() > 0.3


def test_grouped_mean_is_the_regression_of_the_paper(economy):
    """ε must equal least-squares residuals on destination-year dummies of one product."""
    flows = demand_residual(with_sigma(to_flows(economy.customs), economy.elasticities))
    product = flows["product"].value_counts().index[0]
    one = flows[flows["product"] == product]
    y = (np.log(one["quantity"]) + one["sigma"] * np.log(one["price"])).to_numpy()
    cell = one["destination"].astype(str) + one["year"].astype(str)
    dummies = pd.get_dummies(cell).to_numpy(dtype=float)
    residual = y - dummies @ np.linalg.lstsq(dummies, y, rcond=None)[0]
    np.testing.assert_allclose(one["residual"], residual, atol=1e-9)


@few
@given(seed=SEEDS)
def test_row_order_does_not_matter(random_trade, seed):
    """Shuffled customs records must give the same quality."""
    customs, sigma = random_trade(seed)
    shuffled = customs.sample(frac=1, random_state=seed % 2**31)
    first, second = (measure_quality(c, sigma, single="keep").flows for c in (customs, shuffled))
    np.testing.assert_allclose(keyed(first, FLOW, "quality"), keyed(second, FLOW, "quality"))


@few
@given(seed=SEEDS)
def test_names_of_firms_do_not_matter(random_trade, seed):
    """Relabelled firms must keep their quality."""
    customs, sigma = random_trade(seed)
    renamed = customs.assign(firm=1_000 - customs["firm"])
    first = measure_quality(customs, sigma, single="keep").firm_years
    second = measure_quality(renamed, sigma, single="keep").firm_years
    second = second.assign(firm=1_000 - second["firm"])
    key = ["firm", "year"]
    np.testing.assert_allclose(keyed(first, key, "quality"), keyed(second, key, "quality"))


@few
@given(seed=SEEDS, shift=st.floats(-3, 3))
def test_market_demand_does_not_matter(random_trade, seed, shift):
    """A constant added to all log quantities of a market at given prices is absorbed."""
    customs, sigma = random_trade(seed)
    flows = with_sigma(to_flows(customs), sigma)
    first = flows.iloc[0]
    market = (flows[MARKET] == first[MARKET]).all(axis=1)
    moved = flows.assign(quantity=flows["quantity"] * np.where(market, np.exp(shift), 1.0))
    before, after = (demand_residual(f)["log_quality"] for f in (flows, moved))
    np.testing.assert_allclose(before, after, atol=1e-9)


@few
@given(seed=SEEDS)
def test_standardised_quality_spans_0_to_1(random_trade, seed):
    """Each product's worst flow must be 0 and its best 1."""
    customs, sigma = random_trade(seed)
    flows = measure_quality(customs, sigma, single="keep").flows
    span = flows.groupby("product")["quality"].agg(["min", "max"])
    np.testing.assert_array_equal(span["min"], 0.0)
    np.testing.assert_array_equal(span["max"], 1.0)


@few
@given(seed=SEEDS, constant=st.floats(0.01, 1))
def test_weights_sum_to_one(random_trade, seed, constant):
    """If every flow has the same quality, so has every firm."""
    customs, _ = random_trade(seed)
    firms = to_firm_years(to_flows(customs).assign(quality=constant))
    np.testing.assert_allclose(firms["quality"], constant)


def test_one_sigma_per_product_cancels(random_trade):
    """With one σ the division by σ-1 must not change the standardised index."""
    customs, sigma = random_trade(3)
    indices = [
        standardise(demand_residual(with_sigma(to_flows(customs), sigma.assign(sigma=4.0)))),
    ]
    flows = demand_residual(with_sigma(to_flows(customs), sigma.assign(sigma=4.0)))
    indices.append(standardise(flows.assign(log_quality=flows["residual"])))
    np.testing.assert_allclose(*indices)


def test_every_drop_is_counted(random_trade):
    """The ledger must account for each flow between the records and the result."""
    customs, sigma = random_trade(1, rows=30)
    sigma = sigma.assign(sigma=[1.02, 3.0, 3.0, 3.0]).iloc[:3]
    result = measure_quality(customs, sigma, missing_sigma="drop")
    ledger = result.ledger.frame
    flows = to_flows(customs)
    hs4, destination = flows["product"].str[:4], flows["destination"]
    unknown = (hs4 == "1102") & (destination == "D02")
    near_one = (hs4 == "1101") & (destination == "D01")
    assert ledger["dropped"].tolist()[:2] == [unknown.sum(), near_one.sum()]
    assert ledger["before"].iloc[0] == len(flows)
    assert ledger["after"].iloc[-1] == len(result.flows)
    assert ledger["before"].iloc[0] - ledger["dropped"].sum() == len(result.flows)
    assert (ledger["dropped"] > 0).sum() >= 3


def test_single_flow_has_zero_residual_and_is_dropped_by_default(random_trade):
    """A market with one seller says nothing about quality: ε is zero by construction."""
    customs, sigma = random_trade(2, rows=25)
    kept = measure_quality(customs, sigma, single="keep").flows
    alone = kept.groupby(MARKET)["firm"].transform("size") == 1
    assert alone.any()
    np.testing.assert_allclose(kept.loc[alone, "residual"], 0, atol=1e-12)
    assert len(measure_quality(customs, sigma).flows) <= len(kept) - alone.sum()


def test_arguments_are_not_mutated(random_trade):
    """A measure must leave the caller's frames as they were."""
    customs, sigma = random_trade(4)
    before = customs.copy(), sigma.copy()
    measure_quality(customs, sigma)
    pd.testing.assert_frame_equal(customs, before[0])
    pd.testing.assert_frame_equal(sigma, before[1])


@pytest.mark.parametrize(
    ("change", "options", "message"),
    [
        (lambda c, s: (c.drop(columns="value"), s), {}, r"customs lacks the columns \['value'\]"),
        (lambda c, s: (c.iloc[:0], s), {}, "customs has no rows"),
        (lambda c, s: (c.assign(mode=None), s), {}, "customs.mode is missing in 60 of 60 rows"),
        (lambda c, s: (c.assign(value=0), s), {}, "customs.value must exceed 0; .* 60 of 60 rows"),
        (lambda c, s: (c.assign(quantity=np.inf), s), {}, "customs.quantity is missing or infin"),
        (lambda c, s: (c, s.assign(sigma=1.0)), {}, "sigma must exceed 1; .* 4 of 4 rows"),
        (lambda c, s: (c, s.assign(sigma=np.nan)), {}, "elasticities.sigma is missing"),
        (lambda c, s: (c, s.iloc[:2]), {}, r"σ is missing for \d+ of \d+ flows"),
        (lambda c, s: (c, pd.concat([s, s])), {}, "repeats the key .* in 4 of 8 rows"),
        (lambda c, s: (c, s), {"single": "maybe"}, r"single = 'maybe' is unknown; choose one of"),
        (lambda c, s: (c, s), {"missing_sigma": "guess"}, "missing_sigma = 'guess' is unknown"),
        (lambda c, s: (c, s), {"sigma_margin": 99.0}, "no flow is left"),
        (lambda c, s: (c, s), {"sigma_margin": -1.0}, "sigma_margin = -1"),
    ],
)
def test_bad_input_is_named(random_trade, change, options, message):
    """Each wrong input must be refused with its column, its count and what to do."""
    customs, sigma = change(*random_trade(0))
    with pytest.raises(ValueError, match=message):
        measure_quality(customs, sigma, **options)


def test_numeric_product_codes_are_refused(random_trade):
    """A product code read as a number may have lost a leading zero."""
    customs, sigma = random_trade(0)
    with pytest.raises(TypeError, match="leading zeros"):
        measure_quality(customs.assign(product=customs["product"].astype(int)), sigma)


def test_text_in_a_number_column_is_refused(random_trade):
    """A number read as text must be named, not coerced."""
    customs, sigma = random_trade(0)
    with pytest.raises(TypeError, match=r"customs\.value has type"):
        measure_quality(customs.assign(value=customs["value"].astype(str)), sigma)
