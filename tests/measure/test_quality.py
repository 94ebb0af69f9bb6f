"""Protects equation (10): known answers, invariances, and rules that are counted."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tradedig_book.economy import load_calibration
from tradedig_book.economy.simulate import simulate_block
from tradedig_book.economy.world import make_world
from tradedig_helpers.measure.aggregate import aggregate
from tradedig_helpers.measure.elasticities import check_sigma, with_sigma
from tradedig_helpers.measure.flows import (
    FLOW,
    MARKET,
    check_shipments,
    compute_flows,
    market_gaps,
    market_size,
    to_flows,
)
from tradedig_helpers.measure.quality import (
    compute_firm_quality,
    demand_residual,
    measure_quality,
    standardise,
)

LEVELS = ["firm", "firm-destination", "firm-product", "firm-destination-product-mode"]

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
    sizes = flows["product"].value_counts()
    one = flows[flows["product"] == sizes.index[len(sizes) // 4]]
    y = (np.log(one["quantity"]) + one["sigma"] * np.log(one["price"])).to_numpy()
    cell = one["destination"].astype(str) + one["year"].astype(str)
    dummies = pd.get_dummies(cell).to_numpy(dtype=float)
    residual = y - dummies @ np.linalg.lstsq(dummies, y, rcond=None)[0]
    np.testing.assert_allclose(one["residual"], residual, atol=1e-9)
    assert len(one) > dummies.shape[1] > 10


def test_follows_true_quality(economy):
    """The index must rank firms much as the λ* that made them."""
    found = measure_quality(economy.customs, economy.elasticities).firm_years
    both = found.merge(economy.truth, on=["firm", "year"], suffixes=("", "_true"))
    assert np.corrcoef(both["quality"], np.log(both["quality_true"]))[0, 1] > 0.4


def test_firm_quality_is_that_of_the_whole_measure(economy):
    """The panel's shorter way, with gaps shared by every σ, must give and count the same."""
    shared = market_gaps(compute_flows(check_shipments(economy.customs)))
    for sigma in (economy.elasticities, economy.elasticities_hs3, 4.0):
        whole = measure_quality(economy.customs, sigma)
        found, ledger = compute_firm_quality(shared, check_sigma(sigma))
        short = found.collect().to_native().sort_values(["firm", "year"], ignore_index=True)
        pd.testing.assert_frame_equal(short, whole.firm_years)
        assert ledger == whole.ledger


def test_a_market_has_one_sigma(random_trade):
    """With several, the gap of y would not be that of ln q plus σ times that of ln p."""
    flows = with_sigma(to_flows(random_trade(1)[0]), 4.0)
    crowded = flows[flows.duplicated(MARKET)].index[0]
    flows.loc[crowded, "sigma"] = 5.0
    markets = len(flows[MARKET].drop_duplicates())
    with pytest.raises(ValueError, match=f"sigma differs within 1 of {markets} markets"):
        demand_residual(flows)


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
@given(seed=SEEDS, level=st.sampled_from(LEVELS), constant=st.floats(0.01, 1))
def test_weights_sum_to_one(random_trade, seed, level, constant):
    """At every level, units whose flows all have the same quality must have it as well."""
    customs, _ = random_trade(seed)
    found = aggregate(to_flows(customs).assign(quality=constant), level)
    np.testing.assert_allclose(found["quality"], constant, rtol=1e-12)


@few
@given(seed=SEEDS, level=st.sampled_from(LEVELS))
def test_aggregates_add_up(random_trade, seed, level):
    """Averaging any level by its values must give the firm-years, and no flow may be lost."""
    customs, sigma = random_trade(seed)
    quality = measure_quality(customs, sigma, single="keep")
    fine = aggregate(quality.flows, level)
    again = aggregate(fine, "firm")
    columns = ["firm", "year", "quality", "value"]
    pd.testing.assert_frame_equal(again[columns], quality.firm_years[columns], rtol=1e-12)
    assert fine["flows"].sum() == len(quality.flows)
    assert not fine.duplicated([*level.split("-"), "year"]).any()


def test_one_sigma_per_product_cancels(random_trade):
    """With one σ the division by σ-1 must not change the standardised index."""
    flows = demand_residual(with_sigma(to_flows(random_trade(3)[0]), 4.0))
    divided = standardise(flows)
    undivided = standardise(flows.assign(log_quality=flows["residual"]))
    np.testing.assert_allclose(divided["quality"], undivided["quality"])


def test_one_sigma_is_a_table_of_it(random_trade):
    """QKL takes a number; a table that lists that number everywhere must give the same."""
    customs, sigma = random_trade(3)
    first, second = (measure_quality(customs, s) for s in (4.0, sigma.assign(sigma=4.0)))
    pd.testing.assert_frame_equal(first.flows, second.flows)
    assert first.ledger == second.ledger


@pytest.mark.parametrize(("digits", "group"), [(2, "11"), (3, "110"), (6, "110101")])
def test_column_name_tells_the_digits(random_trade, digits, group):
    """A table by the first N digits must reach exactly the products that begin so."""
    flows = to_flows(random_trade(3)[0])
    table = pd.DataFrame({f"hs{digits}": [group], "destination": ["D01"], "sigma": [2.5]})
    found = with_sigma(flows, table, "drop")
    expected = flows["product"].str.startswith(group) & (flows["destination"] == "D01")
    assert len(found) == expected.sum() > 0
    assert (found["sigma"] == 2.5).all()


def test_coarser_elasticities_of_the_economy_fit(economy):
    """The HS3 table of the economy (QBW) must cover its flows."""
    flows = with_sigma(to_flows(economy.customs), economy.elasticities_hs3)
    groups = flows["product"].astype(str).str[:3] + flows["destination"].astype(str)
    assert (flows.groupby(groups)["sigma"].agg(np.ptp) == 0).all()


def test_market_size_counts_rivals(random_trade):
    """It must be the number of flows of the product, destination and year."""
    flows = market_size(to_flows(random_trade(5)[0]))
    counts = flows.groupby(MARKET).size()
    for row in flows.sample(5, random_state=0).itertuples():
        assert row.market_size == counts[row.product, row.destination, row.year]


def test_equal_flows_have_no_range(random_trade):
    """Rounding must not be standardised: three equal flows have no best and no worst."""
    customs = random_trade(6)[0].iloc[[0] * 3].assign(firm=[1, 2, 3], quantity=7, value=1)
    flows = standardise(demand_residual(with_sigma(to_flows(customs), 3.3)))
    assert flows["quality"].isna().all()
    with pytest.raises(ValueError, match="no flow is left"):
        measure_quality(customs, 3.3)


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


def test_rules_drop_whole_markets(random_trade):
    """The measure must be what filtering first and measuring afterwards gives."""
    customs, sigma = random_trade(1, rows=50)
    sigma = sigma.assign(sigma=[1.02, 3.0, 3.0, 3.0]).iloc[:3]
    flows = with_sigma(to_flows(customs), sigma, "drop")
    flows = market_size(flows[flows["sigma"] >= 1.05])
    flows = standardise(demand_residual(flows[flows["market_size"] > 1]))
    found = measure_quality(customs, sigma, missing_sigma="drop").flows
    flows = flows[flows["quality"].notna()].reset_index(drop=True)
    pd.testing.assert_frame_equal(found, flows[found.columns])


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
        (lambda c, s: (c, s.drop(columns="hs4")), {}, "elasticities has the columns .* such as hs"),
        (lambda c, s: (c, s.assign(hs3="110")), {}, "give exactly one named hs and its number of"),
        (lambda c, s: (c, s.assign(hs4="11")), {}, "hs4 must have 4 characters; 4 of 4 rows"),
        (lambda c, s: (c, 1.0), {}, "sigma = 1.0; give a finite number above 1"),
        (lambda c, s: (c, True), {}, "sigma = True; give a finite number above 1"),
        (lambda c, s: (c, np.nan), {}, "sigma = nan; give a finite"),
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


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda c, s: (c.assign(product=c["product"].astype(int)), s), "numeric .* leading zeros"),
        (lambda c, s: (c, s.assign(hs4=s["hs4"].astype(int))), "elasticities.hs4 is numeric"),
        (lambda c, s: (c, s.assign(destination=[1, 2, 1, 2])), "destination holds Int64 and the"),
        (lambda c, s: (c, "4"), "elasticities is a str; give a pandas DataFrame"),
    ],
)
def test_wrong_types_are_refused(random_trade, change, message):
    """A code read as a number may have lost a leading zero, and text never equals a number."""
    customs, sigma = change(*random_trade(0))
    with pytest.raises(TypeError, match=message):
        measure_quality(customs, sigma)


def test_numeric_destinations_match_numbers(random_trade):
    """Country numbers of different widths on the two sides must still meet."""
    customs, sigma = random_trade(0)
    number = {"D01": 101, "D02": 102}
    wide = customs.assign(destination=customs["destination"].map(number))
    narrow = sigma.assign(destination=sigma["destination"].map(number).astype("int16"))
    first, second = measure_quality(customs, sigma), measure_quality(wide, narrow)
    pd.testing.assert_frame_equal(first.firm_years, second.firm_years)


@pytest.mark.parametrize(
    ("function", "change", "message"),
    [
        (aggregate, {"quality": np.nan}, "flows.quality is missing or infinite in"),
        (aggregate, {"value": 0.0}, "flows.value must exceed 0"),
        (demand_residual, {"sigma": 1.0}, "flows.sigma must exceed 1"),
        (demand_residual, {"price": -1.0}, "flows.price must exceed 0"),
        (standardise, {"log_quality": np.inf}, "flows.log_quality is missing or infinite"),
        (market_size, {"year": np.nan}, "flows.year is missing in"),
    ],
)
def test_steps_check_their_input(random_trade, function, change, message):
    """A step taken alone must refuse what the whole measure refuses."""
    customs, sigma = random_trade(0)
    flows = measure_quality(customs, sigma).flows.assign(**change)
    with pytest.raises(ValueError, match=message):
        function(flows)


def test_unknown_level_is_named(random_trade):
    """A level that is not on the list must be refused with the list."""
    flows = to_flows(random_trade(0)[0]).assign(quality=0.5)
    with pytest.raises(ValueError, match=r"level = 'country' is unknown; choose one of \['firm'"):
        aggregate(flows, "country")


def test_text_in_a_number_column_is_refused(random_trade):
    """A number read as text must be named, not coerced."""
    customs, sigma = random_trade(0)
    with pytest.raises(TypeError, match=r"customs\.value has type"):
        measure_quality(customs.assign(value=customs["value"].astype(str)), sigma)
