"""Protects the checks of the instruments: J, the pooled comparisons, and the truth's verdict."""

from itertools import combinations

import numpy as np
import pandas as pd
import pytest
from scipy.optimize import minimize_scalar

from tradedig_book.economy.market import Component, MarketDesign, simulated_market, slope_limit
from tradedig_book.truth.instrument_checks import (
    ESTIMATORS,
    compare_instruments,
    instrument_truth,
    simulate_slopes,
)
from tradedig_helpers.measure.flows import FLOW, MARKET
from tradedig_helpers.measure.instruments.sample import INSTRUMENTS, demand_sample
from tradedig_helpers.measure.instruments.slopes import product_slopes

LASTING = Component(spread=0.5, persistence=0.8, common=0.8)
FLEETING = Component(spread=0.5, persistence=0.0, common=0.0)
ONLY_LASTING = Component(spread=0.5, persistence=0.8, common=0.0)
BOTH = list(INSTRUMENTS)


def drawn(seed, quality, instruments=BOTH, **sizes):
    """Return the estimation sample of a market whose cost lasts, and the market."""
    market = simulated_market(np.random.default_rng(seed), MarketDesign(quality, LASTING, **sizes))
    return demand_sample(market.customs, market.elasticities, instruments)[0], market


def within(sample, column):
    """Return a column less its market means."""
    return sample[column] - sample.groupby(MARKET, observed=True)[column].transform("mean")


def test_j_is_the_least_value_of_the_gmm_criterion():
    """J must equal the minimum over σ of a'S⁻¹a, found by search, to the small-sample factor."""
    sample, _ = drawn(31, ONLY_LASTING, products=2, firms=30)
    found = compare_instruments(sample, min_first_stage=0).products.set_index("product")
    for product, one in sample.groupby("product"):
        y, x = within(one, "log_quantity").to_numpy(), within(one, "log_price").to_numpy()
        z = np.column_stack([within(one, name) for name in BOTH])
        residual = np.column_stack([y + found.loc[product, name] * x for name in BOTH])
        scores = pd.DataFrame(z * residual).groupby(one["firm"].to_numpy()).sum().to_numpy()
        inverse = np.linalg.inv(scores.T @ scores)

        def criterion(sigma, z=z, y=y, x=x, inverse=inverse):
            moment = z.T @ (y + sigma * x)
            return moment @ inverse @ moment

        least = minimize_scalar(
            criterion, bounds=(-5, 15), method="bounded", options={"xatol": 1e-9}
        )
        n, firms, markets = len(one), one["firm"].nunique(), len(one[MARKET].drop_duplicates())
        factor = (n - 1) / (n - markets - 1) * firms / (firms - 1)
        assert found.loc[product, "J"] * factor == pytest.approx(least.fun, rel=1e-6)


def test_j_rejects_what_the_instruments_do_not_share():
    """J must find one bad instrument, keep its size with none, and miss two alike."""
    rejected = {}
    for name, quality in (("none", FLEETING), ("one", ONLY_LASTING), ("two", LASTING)):
        sample, _ = drawn(32, quality, products=60)
        rejected[name] = (compare_instruments(sample).products["p"] < 0.05).mean()
    assert rejected["one"] > 0.9
    assert rejected["none"] < 0.15
    assert rejected["two"] < 0.15


def test_strong_first_stage_is_no_evidence_of_validity():
    """An instrument that is as bad as least squares must have a large F nevertheless."""
    sample, _ = drawn(33, LASTING, products=10)
    for name in BOTH:
        slopes = product_slopes(sample, name)
        assert slopes["first_stage_F"].min() > 50
        assert slopes["sigma_hat"].max() < 3.5


def test_one_product_pools_to_itself():
    """With one product left the pooled comparison must be that product's own."""
    sample, _ = drawn(34, ONLY_LASTING, products=2)
    product = sample["product"].iloc[0]
    result = compare_instruments(sample[sample["product"] == product])
    own = result.products.iloc[0]
    pooled = result.pooled.iloc[0]
    assert pooled["difference"] == pytest.approx(own["difference"])
    assert pooled["std_error"] == pytest.approx(own["std_error"])
    assert pooled["z"] ** 2 == pytest.approx(own["J"])
    assert pooled["p"] == pytest.approx(own["p"])


def test_pooled_difference_is_of_means_over_flows():
    """Each product must count by its flows, in all three pairs of estimators."""
    sample, _ = drawn(35, ONLY_LASTING, products=6)
    thinned = sample.drop(sample[sample["product"] == "11010000"].index[100:400])
    result = compare_instruments(thinned)
    mean = {
        name: np.average(result.products[name], weights=result.products["n"]) for name in ESTIMATORS
    }
    pairs = list(combinations(ESTIMATORS, 2))
    assert [*zip(result.pooled["first"], result.pooled["second"], strict=True)] == pairs
    expected = [mean[first] - mean[second] for first, second in pairs]
    np.testing.assert_allclose(result.pooled["difference"], expected)


def test_pooled_errors_allow_for_firms_that_sell_several_products():
    """Copies of one product must not make the pooled comparison more certain."""
    sample, _ = drawn(36, ONLY_LASTING, products=2)
    one = sample[sample["product"] == "11010000"]
    copies = pd.concat([one.assign(product=f"{1101 + k:04d}0000") for k in range(5)])
    alone, together = (
        compare_instruments(s.reset_index(drop=True)).pooled["std_error"] for s in (one, copies)
    )
    np.testing.assert_allclose(together, alone, rtol=0.02)


def test_weak_products_are_counted():
    """Products that are not compared must stand in the ledger."""
    sample, _ = drawn(37, FLEETING, products=6)
    few = sample[(sample["product"] != "11010000") | (sample["firm"] <= 5)].reset_index(drop=True)
    result = compare_instruments(few)
    assert "11010000" not in set(result.products["product"])
    assert result.ledger.frame["dropped"].sum() == (few["product"] == "11010000").sum()


@pytest.mark.parametrize("instrument", [*BOTH, "log_price"])
def test_slope_splits_exactly_into_sigma_and_bias(instrument):
    """With true σ that differs by destination, σ-hat must be mean plus bias, exactly."""
    rng = np.random.default_rng(38)
    market = simulated_market(rng, MarketDesign(Component(0.5, 0.6, 0.3), LASTING, products=5))
    truth = market.truth["log_quality"]
    places = pd.Series({f"D{d + 1:02d}": s for d, s in enumerate(rng.uniform(2, 6, 4))})
    sigma = market.customs["destination"].map(places)
    price = market.customs["value"] / market.customs["quantity"]
    quantity = np.exp((sigma - 1) * truth - sigma * np.log(price))
    customs = market.customs.assign(quantity=quantity, value=quantity * price)
    table = market.elasticities.assign(sigma=market.elasticities["destination"].map(places))
    sample, _ = demand_sample(customs, table, BOTH)
    found = instrument_truth(sample, instrument)
    np.testing.assert_allclose(found["sigma_hat"], found["sigma_mean"] + found["bias"])
    np.testing.assert_allclose(
        found["sigma_hat"], product_slopes(sample, instrument)["sigma_hat"], rtol=1e-12
    )
    merged = sample.merge(market.truth, on=FLOW, validate="1:1")
    merged["deviation"] = within(merged, "log_quality")
    z, x = within(merged, instrument), within(merged, "log_price")
    by = merged["product"]
    share = (z * merged["deviation"]).groupby(by).sum() / (z * x).groupby(by).sum()
    np.testing.assert_allclose(found["quality_share"], share, rtol=1e-6)
    expected = [
        z[i].corr(merged["deviation"][i]) for i in merged.groupby("product").groups.values()
    ]
    np.testing.assert_allclose(found["corr_quality"], expected, atol=1e-9)
    expected = [z[i].corr(x[i]) for i in merged.groupby("product").groups.values()]
    np.testing.assert_allclose(found["corr_price"], expected, atol=1e-9)


def test_with_one_sigma_the_slope_is_a_mean_of_one_and_sigma():
    """σ-hat must be ρ + (1-ρ)σ in every sample, not only in the limit."""
    sample, _ = drawn(39, Component(0.5, 0.6, 0.3))
    found = instrument_truth(sample, "lagged price")
    share = found["quality_share"]
    np.testing.assert_allclose(found["sigma_hat"], share + (1 - share) * 4.0)


def test_simulated_slopes_stand_beside_their_limits():
    """Means must lie in their bands and near their limits, one row for each estimator."""
    design = MarketDesign(Component(0.5, 0.6, 0.3), LASTING)
    rows = simulate_slopes(np.random.default_rng(40), design)
    assert rows["estimator"].tolist() == list(ESTIMATORS)
    assert rows["mean"].between(rows["low"], rows["high"]).all()
    assert rows["limit"].tolist() == [slope_limit(design, name) for name in ESTIMATORS]
    np.testing.assert_allclose(rows["mean"], rows["limit"], atol=0.15)


@pytest.mark.parametrize(
    ("change", "options", "message"),
    [
        (lambda s: s.drop(columns="lagged price"), {}, r"sample lacks the columns \['lagged price"),
        (lambda s: s.iloc[:0], {}, "sample has no rows"),
        (lambda s: s.assign(sigma=np.nan), {}, r"sample\.sigma is missing or infinite in"),
        (lambda s: s.assign(year=0), {}, r"sample\.year is no year in"),
        (
            lambda s: pd.concat([s, s[["firm"]]], axis=1),
            {},
            r"more than one column named \['firm'\]",
        ),
        (lambda s: s, {"min_firms": 999}, "no flow is left: .* 'product has at least 999 firms'"),
        (lambda s: s, {"min_first_stage": -1}, "min_first_stage = -1; give 0 or more"),
    ],
)
def test_bad_input_is_named(change, options, message):
    """A sample without an instrument, or rules that leave nothing, must be refused."""
    sample, _ = drawn(41, FLEETING, products=2)
    with pytest.raises(ValueError, match=message):
        compare_instruments(change(sample), **options)
    with pytest.raises(ValueError, match=r"sample lacks the columns \['weather'\]"):
        instrument_truth(sample, "weather")
    with pytest.raises(ValueError, match=r"sample lacks the columns \['quantity'\]"):
        instrument_truth(sample.drop(columns="quantity"), "lagged price")


def test_types_index_and_order_do_not_matter():
    """Narrow numbers, rows in any order and firm and year in the index change no test."""
    sample, _ = drawn(42, FLEETING, products=2)
    logs = ["log_price", "log_quantity", *BOTH]
    narrow = sample.astype(dict.fromkeys(logs, "float32"))
    other = narrow.sample(frac=1, random_state=1).set_index(["firm", "year"], drop=False)
    wide = narrow.astype(dict.fromkeys(logs, float))
    rules = {"min_firms": 0, "min_first_stage": 0}
    found, expected = (compare_instruments(one, **rules) for one in (other, wide))
    pd.testing.assert_frame_equal(found.products, expected.products)
    pd.testing.assert_frame_equal(found.pooled, expected.pooled)
    found, expected = (instrument_truth(one, "lagged price") for one in (other, wide))
    pd.testing.assert_frame_equal(found, expected)
