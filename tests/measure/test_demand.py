"""Protects equation (11): instruments, slopes and rules against brute force and pyfixest."""

import warnings

import duckdb
import narwhals as nw
import numpy as np
import pandas as pd
import polars as pl
import pyfixest as pf
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.measure.frames import LASTING, take, thin_market
from tradedig_book.economy.market import Component, MarketDesign, simulated_market, slope_limit
from tradedig_helpers.frames.ledger import Ledger
from tradedig_helpers.measure.elasticities import check_sigma
from tradedig_helpers.measure.flows import FLOW, MARKET, check_shipments, compute_flows, to_flows
from tradedig_helpers.measure.instruments.demand import (
    compute_firm_instrumented,
    keep_strong,
    measure_instrumented,
)
from tradedig_helpers.measure.instruments.sample import INSTRUMENTS, demand_sample
from tradedig_helpers.measure.instruments.slopes import product_slopes
from tradedig_helpers.measure.quality import standardise

SEEDS = st.integers(0, 2**32 - 1)
few = settings(max_examples=6)
both = pytest.mark.parametrize("instrument", list(INSTRUMENTS))

LOGS = ["log_price", "log_quantity", "lagged price"]
FLEETING = Component(spread=0.5, persistence=0.0, common=0.0)


def priced(customs):
    """Return flows with their log price."""
    return to_flows(customs).assign(log_price=lambda flows: np.log(flows["price"]))


def instrument_of(flows, instrument):
    """Return an instrument of the log price, flow by flow."""
    found = INSTRUMENTS[instrument](nw.from_native(flows).lazy()).collect().to_native()
    return found[instrument]


def keyed(frame, key, column):
    """Return a column in the order of its key."""
    return frame.set_index(key)[column].sort_index()


@few
@given(seed=SEEDS)
def test_lagged_price_is_last_years(seed):
    """Each flow's lag must be the price of the same flow one year before, or missing."""
    flows = priced(thin_market(seed)[0])
    prices = {tuple(key): price for *key, price in flows[[*FLOW, "log_price"]].to_numpy()}
    expected = [
        prices.get((*rest, year - 1), np.nan) for *rest, year in flows[FLOW].to_numpy(dtype=object)
    ]
    found = instrument_of(flows, "lagged price")
    np.testing.assert_array_equal(found.to_numpy(), np.array(expected, dtype=float))
    assert found.isna().any()
    assert found.notna().any()


@few
@given(seed=SEEDS)
def test_other_destinations_leave_the_own_out(seed):
    """Each flow's mean must be over the firm's flows of the product elsewhere that year."""
    flows = priced(thin_market(seed, products=1)[0])
    found = instrument_of(flows, "other destinations")
    rows = flows[["firm", "product", "year", "destination", "log_price"]].to_numpy()
    for (*own, destination, _), mean in zip(rows, found, strict=True):
        elsewhere = [p for *other, d, p in rows if other == own and d != destination]
        assert mean == pytest.approx(np.mean(elsewhere) if elsewhere else np.nan, nan_ok=True)
    assert found.notna().any()


@both
def test_slopes_are_pyfixest_product_by_product(instrument):
    """σ-hat, its error, first stage, F, reduced form and least squares must match to 1e-9."""
    sample, _ = demand_sample(*thin_market(11), [instrument])
    found = product_slopes(sample, instrument).set_index("product")
    cell = sample["destination"] + sample["year"].astype(str)
    sample = sample.assign(cell=cell, z=sample[instrument])
    for product, one in sample.groupby("product"):
        iv = _feols("log_quantity ~ 1 | cell | log_price ~ z", one)
        first = _feols("log_price ~ z | cell", one)
        expected = {
            "n": len(one),
            "markets": one["cell"].nunique(),
            "firms": one["firm"].nunique(),
            "sigma_hat": -iv.coef()["log_price"],
            "std_error": iv.se()["log_price"],
            "first_stage": first.coef()["z"],
            "first_stage_F": first.tstat()["z"] ** 2,
            "reduced_form": _feols("log_quantity ~ z | cell", one).coef()["z"],
            "sigma_ols": -_feols("log_quantity ~ log_price | cell", one).coef()["log_price"],
            "sigma_table": one["sigma"].mean(),
        }
        assert found.loc[product].to_dict() == pytest.approx(expected, rel=1e-9)


def _feols(formula, data):
    """Return pyfixest's fit; its own use of pandas is deprecated, which is not ours to change."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        return pf.feols(formula, data=data, vcov={"CRV1": "firm"}, demeaner=pf.LsmrDemeaner())


@both
@pytest.mark.parametrize(
    ("quality", "passthrough"),
    [(FLEETING, 1.0), (LASTING, 1.0), (Component(0.8, 0.9, 0.4), 1.0), (LASTING, 0.6)],
    ids=["valid", "as persistent as cost", "more spread", "passed on in part"],
)
def test_slopes_approach_their_closed_form_limit(instrument, quality, passthrough):
    """The mean σ-hat must be within four of its errors of ρ + (1-ρ)σ: σ itself if valid."""
    design = MarketDesign(quality, LASTING, passthrough=passthrough, products=40, firms=150)
    market = simulated_market(np.random.default_rng(12), design)
    sample, _ = demand_sample(market.customs, market.elasticities, [instrument])
    slopes = product_slopes(sample, instrument)
    for column, estimator in (("sigma_hat", instrument), ("sigma_ols", "least squares")):
        sigma = slopes[column]
        error = sigma.std() / np.sqrt(len(sigma))
        assert abs(sigma.mean() - slope_limit(design, estimator)) < 4 * error + 0.01
    assert slopes["sigma_hat"].std() < 0.4


@both
def test_standard_errors_have_the_spread_of_the_slopes(instrument):
    """Over many products the clustered error must be near the deviation of σ-hat."""
    design = MarketDesign(FLEETING, LASTING, products=100, firms=60)
    market = simulated_market(np.random.default_rng(13), design)
    sample, _ = demand_sample(market.customs, market.elasticities, [instrument])
    slopes = product_slopes(sample, instrument)
    assert slopes["std_error"].mean() == pytest.approx(slopes["sigma_hat"].std(), rel=0.2)


@both
def test_residual_is_that_of_the_regression(instrument):
    """ε must be the residual of pyfixest's regression, also after the rules dropped flows."""
    customs, sigma = thin_market(14)
    result = measure_instrumented(
        customs, sigma.assign(sigma=[1.02, *sigma["sigma"][1:]]), instrument
    )
    sample, _ = demand_sample(customs, sigma, [instrument])
    sample["cell"] = sample["destination"] + sample["year"].astype(str)
    sample["z"] = sample[instrument]
    product = sample["product"].iloc[0]
    one = sample[sample["product"] == product]
    one = one.assign(expected=_feols("log_quantity ~ 1 | cell | log_price ~ z", one).resid())
    merged = result.flows.merge(one[[*FLOW, "expected"]], on=FLOW)
    assert 0 < len(merged) < len(one)
    np.testing.assert_allclose(merged["residual"], merged["expected"], atol=1e-9)
    np.testing.assert_allclose(
        merged["log_quality"], merged["expected"] / (merged["sigma"] - 1), atol=1e-9
    )


@both
def test_the_estimated_divisor_cancels(instrument):
    """One σ-hat per product must leave the standardised ε, whatever it is."""
    flows = measure_instrumented(*thin_market(15), instrument, divide_by="estimate").flows
    np.testing.assert_allclose(
        flows["log_quality"], flows["residual"] / (flows["sigma_hat"] - 1), atol=1e-12
    )
    bare = standardise(flows.assign(log_quality=flows["residual"]))
    np.testing.assert_allclose(flows["quality"], bare["quality"], atol=1e-12)


@both
@few
@given(seed=SEEDS)
def test_order_and_names_do_not_matter(instrument, seed):
    """Shuffled rows and relabelled firms must give every flow the same quality."""
    customs, sigma = thin_market(seed)
    other = customs.assign(firm=1_000 - customs["firm"]).sample(frac=1, random_state=seed % 2**31)
    first, second = (
        measure_instrumented(c, sigma, instrument, min_first_stage=0).flows
        for c in (customs, other)
    )
    second = second.assign(firm=1_000 - second["firm"])
    np.testing.assert_allclose(
        keyed(first, FLOW, "quality"), keyed(second, FLOW, "quality"), atol=1e-9
    )


@both
@few
@given(seed=SEEDS, shift=st.floats(-3, 3))
def test_market_demand_does_not_matter(instrument, seed, shift):
    """All quantities of a market times a constant at given prices must leave quality."""
    customs, sigma = thin_market(seed)
    market = (customs[MARKET] == customs.loc[0, MARKET]).all(axis=1)
    factor = np.where(market, np.exp(shift), 1.0)
    moved = customs.assign(quantity=customs["quantity"] * factor, value=customs["value"] * factor)
    before, after = (
        measure_instrumented(c, sigma, instrument, min_first_stage=0).flows["log_quality"]
        for c in (customs, moved)
    )
    np.testing.assert_allclose(before, after, atol=1e-8)


@both
def test_every_drop_is_counted(instrument):
    """Each rule must drop what it says, and the ledger must account for every flow."""
    customs, sigma = thin_market(16, products=5)
    few_firms = (customs["product"] == "11020000") & (customs["firm"] > 8)
    customs = customs[~few_firms].copy()
    flat = customs["product"] == "11030000"
    customs.loc[flat, "value"] = customs.loc[flat, "quantity"]
    sigma = sigma[~((sigma["hs4"] == "1101") & (sigma["destination"] == "D02"))]
    near = (sigma["hs4"] == "1104") & (sigma["destination"] == "D01")
    sigma = sigma.assign(sigma=sigma["sigma"].where(~near, 1.01))
    result = measure_instrumented(customs, sigma, instrument, missing_sigma="drop")
    dropped = result.ledger.frame.set_index("rule")["dropped"]

    flows = priced(customs)
    flows["z"] = instrument_of(flows, instrument)
    unknown = (flows["product"] == "11010000") & (flows["destination"] == "D02")
    left = flows[~unknown]
    instrumented = left[left["z"].notna()]
    sample = instrumented[instrumented.groupby(MARKET)["z"].transform("size") > 1]
    near_one = (sample["product"] == "11040000") & (sample["destination"] == "D01")
    assert dropped.to_dict() == {
        "σ is known": unknown.sum(),
        "price has an instrument": len(left) - len(instrumented),
        "market has more than one such flow": len(instrumented) - len(sample),
        "slope is identified": (sample["product"] == "11030000").sum(),
        "product has at least 10 firms": (sample["product"] == "11020000").sum(),
        "first-stage F is at least 10": 0,
        "σ is not near 1": near_one.sum(),
        "product has a range": 0,
    }
    assert (dropped > 0).sum() >= 5
    shares = result.ledger.frame["value_kept"]
    whole, kept = flows["value"].sum(), result.flows["value"].sum()
    assert shares.prod() == pytest.approx(kept / whole, rel=1e-12)
    assert shares[0] == pytest.approx(left["value"].sum() / whole, rel=1e-12)
    assert len(flows) - dropped.sum() == len(result.flows)
    used = result.products.set_index("product")["used"]
    assert used.to_dict() == {p: p[:4] not in ("1102", "1103") for p in used.index}


@pytest.mark.parametrize("instrument", INSTRUMENTS)
def test_firm_years_alone_are_those_of_the_whole_measure(instrument):
    """The panel's shorter way, with fewer columns, must give the same and count the same."""
    customs, sigma = thin_market(16)
    whole = measure_instrumented(customs, sigma, instrument)
    flows = compute_flows(check_shipments(customs))
    found, ledger = compute_firm_instrumented(flows, check_sigma(sigma), instrument)
    short = found.collect().to_native().sort_values(["firm", "year"], ignore_index=True)
    pd.testing.assert_frame_equal(short, whole.firm_years)
    assert ledger == whole.ledger


def test_weak_first_stages_are_dropped():
    """Where last year's price says nothing about this year's, the product must go."""
    market = simulated_market(
        np.random.default_rng(17), MarketDesign(FLEETING, FLEETING, products=20, firms=20)
    )
    sample, _ = demand_sample(market.customs, market.elasticities, ["lagged price"])
    slopes = product_slopes(sample, "lagged price")
    weak = slopes["first_stage_F"] < 10
    assert weak.sum() > 15
    frames = (nw.from_native(frame).lazy() for frame in (sample, slopes))
    kept, ledger = keep_strong(*frames, Ledger())
    assert ledger.frame["dropped"].tolist() == [0, 0, slopes.loc[weak, "n"].sum()]
    left = kept.collect().to_native()
    assert not left["product"].isin(slopes.loc[weak, "product"]).any()


def test_one_firm_has_no_error():
    """A product of one firm, or without a degree of freedom, must have no standard error."""
    customs, sigma = thin_market(18)
    one = customs[customs["firm"] == 1]
    sample, _ = demand_sample(one, sigma, ["other destinations"])
    slopes = product_slopes(sample, "other destinations")
    assert slopes["std_error"].isna().all()
    assert slopes["first_stage_F"].isna().all()


def test_arguments_are_not_mutated():
    """A measure must leave the caller's frames as they were."""
    customs, sigma = thin_market(19)
    before = customs.copy(), sigma.copy()
    measure_instrumented(customs, sigma, "lagged price")
    pd.testing.assert_frame_equal(customs, before[0])
    pd.testing.assert_frame_equal(sigma, before[1])


@pytest.mark.parametrize(
    ("change", "options", "message"),
    [
        (lambda c, s: (c.drop(columns="value"), s), {}, r"customs lacks the columns \['value'\]"),
        (lambda c, s: (c.assign(value=0), s), {}, "customs.value must exceed 0"),
        (lambda c, s: (c, s.iloc[:2]), {}, r"σ is missing for \d+ of \d+ flows"),
        (
            lambda c, s: (c[c["year"] == 2002], s),
            {},
            "no flow is left: .* 'price has an instrument'",
        ),
        (lambda c, s: (c, s), {"instrument": "weather"}, "instrument = 'weather' is unknown"),
        (lambda c, s: (c, s), {"divide_by": "four"}, "divide_by = 'four' is unknown"),
        (lambda c, s: (c, s), {"missing_sigma": "guess"}, "missing_sigma = 'guess' is unknown"),
        (lambda c, s: (c, s), {"sigma_margin": -1.0}, "sigma_margin = -1; give 0 or more"),
        (lambda c, s: (c, s), {"min_firms": -1}, "min_firms = -1; give 0 or more"),
        (lambda c, s: (c, s), {"min_first_stage": np.nan}, "min_first_stage = nan"),
        (
            lambda c, s: (c, s),
            {"min_firms": 99},
            "no flow is left: .* 'product has at least 99 firms'",
        ),
        (lambda c, s: (c, s), {"min_first_stage": 1e9}, "no flow is left: .* 'first-stage F is at"),
        (lambda c, s: (c, s), {"sigma_margin": 99.0}, "no flow is left: .* 'σ is not near 1'"),
        (lambda c, s: (c, s), {"instrument": ["lagged price"]}, r"instrument = \['lagged price'\]"),
        (lambda c, s: (c.assign(year=0), s), {}, r"customs\.year is no year in .*such as 0"),
        (lambda c, s: (c.assign(year=c["year"] + 0.5), s), {}, r"customs\.year is no year in"),
        (
            lambda c, s: (c.assign(product=c["product"].str.replace("11010000", "1010000")), s),
            {},
            r"customs\.product has codes of 7 and 8 digits",
        ),
        (lambda c, s: (c.assign(product="3DPR"), s), {}, r"customs\.product is no code of digits"),
    ],
)
def test_bad_input_is_named(change, options, message):
    """Each wrong input must be refused with its name and what to do."""
    customs, sigma = change(*thin_market(20))
    with pytest.raises(ValueError, match=message):
        measure_instrumented(customs, sigma, **{"instrument": "lagged price"} | options)


def test_months_do_not_pass_for_years():
    """A lag of one year from month 200601 is month 200602, and no January has one."""
    customs, sigma = thin_market(24)
    months = customs.assign(year=customs["year"] * 100 + 12)
    with pytest.raises(ValueError, match=r"customs\.year is no year in .*of months.*// 100"):
        measure_instrumented(months, sigma, "lagged price")


def test_an_empty_sample_counts_every_rule():
    """Who is left without a flow must see which rule cost how many, all rules so far."""
    customs, sigma = thin_market(20)
    ledger = demand_sample(customs, sigma, ["lagged price"])[1]
    with pytest.raises(ValueError, match="no flow is left") as refused:
        measure_instrumented(customs, sigma, "lagged price", min_firms=99)
    message = str(refused.value)
    assert ledger.in_words in message
    assert "'product has at least 99 firms' holds for 0 of" in message


@pytest.mark.parametrize("instruments", ["lagged price", ["lagged price"] * 2, []])
def test_instruments_are_a_list_of_names(instruments):
    """One text, a name given twice and no name at all must be refused."""
    customs, sigma = thin_market(20)
    with pytest.raises(ValueError, match=r"^instruments "):
        demand_sample(customs, sigma, instruments)


KINDS = {
    "float32": lambda sample: sample,
    "Float32": lambda sample: sample.astype(dict.fromkeys(LOGS, "Float32")),
    "float[pyarrow]": lambda sample: sample.astype(dict.fromkeys(LOGS, "float[pyarrow]")),
    "objects": lambda sample: sample.astype(dict.fromkeys(LOGS, object)),
    "index": lambda sample: sample.set_index(["firm", "year"], drop=False),
    "order": lambda sample: sample.sample(frac=1, random_state=1),
    "repeated index": lambda sample: sample.set_axis(np.zeros(len(sample), dtype=int)),
    "polars": pl.from_pandas,
    "polars decimal": lambda sample: pl.from_pandas(sample).with_columns(
        pl.col("sigma").cast(pl.Decimal(30, 23))
    ),
    "duckdb": duckdb.from_df,
}


@pytest.mark.parametrize("kind", KINDS)
def test_slopes_are_in_double_precision_whatever_comes_in(kind):
    """Narrow, nullable and decimal numbers, index, order and engine must not move a slope."""
    sample = demand_sample(*thin_market(26), ["lagged price"])[0]
    sample = sample.astype(dict.fromkeys(LOGS, "float32"))
    wide = sample.astype(dict.fromkeys(LOGS, float))
    expected = product_slopes(wide, "lagged price")
    found = take(product_slopes(KINDS[kind](sample), "lagged price"))
    pd.testing.assert_frame_equal(
        found.sort_values("product", ignore_index=True).astype(expected.dtypes),
        expected,
        rtol=1e-10,
    )


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"lagged price": np.nan}, r"sample\.lagged price is missing or infinite in"),
        ({"log_price": np.inf}, r"sample\.log_price is missing or infinite in"),
        ({"firm": None}, r"sample\.firm is missing in"),
        ({"year": 200601}, r"sample\.year is no year in"),
        ({"product": "1010000"}, r"sample\.product has codes of 7 digits"),
    ],
)
def test_a_sample_with_holes_is_refused(change, message):
    """A missing price would drop out of one sum and not of another."""
    sample = demand_sample(*thin_market(26), ["lagged price"])[0]
    with pytest.raises(ValueError, match=message):
        product_slopes(sample.assign(**change), "lagged price")
    with pytest.raises(TypeError, match=r"sample\.log_price has type"):
        product_slopes(sample.assign(log_price="high"), "lagged price")


def test_categories_are_as_good_as_text():
    """Codes held as pandas categories, some unused, must give the same slopes and quality."""
    customs, sigma = thin_market(22)
    codes = dict.fromkeys(("product", "destination", "mode"), "category")
    coded = pd.concat([customs, customs.assign(product="99990000")]).astype(codes)
    coded = coded[coded["product"] != "99990000"]
    plain, other = (measure_instrumented(c, sigma, "lagged price") for c in (customs, coded))
    pd.testing.assert_frame_equal(plain.products, other.products.astype({"product": "str"}))
    pd.testing.assert_frame_equal(plain.firm_years, other.firm_years)


def test_other_types_are_refused():
    """What is no frame must be named, with what to do."""
    customs, sigma = thin_market(23)
    with pytest.raises(TypeError, match="customs is a dict; give a pandas DataFrame, a Polars"):
        measure_instrumented(customs.to_dict(), sigma, "lagged price")


def test_a_year_read_as_text_is_refused():
    """A lag needs years that can be counted."""
    customs, sigma = thin_market(21)
    with pytest.raises(TypeError, match=r"customs\.year has type"):
        measure_instrumented(
            customs.assign(year=customs["year"].astype(str)), sigma, "lagged price"
        )


def test_repeated_flows_are_refused():
    """Shipments passed off as flows would find several prices of last year."""
    customs, sigma = thin_market(25)
    twice = pd.concat([customs, customs])
    for instrument in INSTRUMENTS:
        with pytest.raises(ValueError, match=r"customs repeats the key .*leave out summed=True"):
            measure_instrumented(twice, sigma, instrument, summed=True)
    flows = measure_instrumented(to_flows(customs), sigma, "lagged price", summed=True).flows
    expected = measure_instrumented(customs, sigma, "lagged price").flows
    pd.testing.assert_frame_equal(flows, expected)
