"""Protects the firm-level measures: they recover what the economy drew, and refuse nonsense."""

import itertools

import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tradedig_book.economy import load_calibration
from tradedig_book.economy.simulate import simulate_block
from tradedig_book.economy.world import make_world
from tradedig_helpers.measure.destinations import measure_destinations
from tradedig_helpers.measure.digitization import (
    digital_share,
    digitization_index,
    measure_digitization,
)
from tradedig_helpers.measure.flexibility import measure_flexibility
from tradedig_helpers.measure.flows import to_flows
from tradedig_helpers.measure.pairs import measure_pairs

SEEDS = st.integers(0, 2**32 - 1)
FIRM_YEAR = ["firm", "year"]
few = settings(max_examples=20)


@pytest.fixture(scope="module")
def drawn(economy):
    """Return what the economy drew for its exporting firm-years, before any rounding."""
    world = make_world(np.random.default_rng([5, 0]))
    panel = simulate_block(5, 0, world, load_calibration()).panel
    return panel.merge(economy.customs[FIRM_YEAR].drop_duplicates(), on=FIRM_YEAR)


def beside(found, drawn, names):
    """Return two frames of the measures ``names``, row by row of the same firm-year."""
    both = drawn[FIRM_YEAR].merge(found, on=FIRM_YEAR, validate="1:1")
    assert len(both) == len(drawn) > 1_000
    return both[names].astype(float), drawn[names].astype(float)


def test_index_is_a_bijection_of_the_eight_cases():
    """The eight combinations of three technologies must have eight levels, 1 to 8 (Table 1)."""
    cases = pd.DataFrame(list(itertools.product([0, 1], repeat=3)), columns=["pit", "icp", "pdo"])
    index = digitization_index(cases["pit"], cases["pdo"], cases["icp"])
    assert index.tolist() == [1, 2, 3, 4, 5, 6, 7, 8]
    assert index.name == "dig"


@pytest.mark.parametrize("kind", ["int8", "bool", "float64", "Int16"])
def test_index_takes_any_zeros_and_ones(kind):
    """The index of a firm with everything is 8, whatever the column's type."""
    one = pd.Series([1, 0]).astype(kind)
    assert digitization_index(one, one, one).tolist() == [8, 1]
    assert digitization_index(*[pl.from_pandas(one)] * 3).to_list() == [8, 1]


def test_index_refuses_other_numbers():
    """A technology is used or it is not."""
    one, two = pd.Series([1, 0]), pd.Series([2, 0])
    with pytest.raises(ValueError, match="pdo must be 0 or 1; 1 of 2 rows are not"):
        digitization_index(one, two, one)
    with pytest.raises(ValueError, match="icp must be 0 or 1; 1 of 2 rows are not"):
        digitization_index(one, one, pd.Series([1, None]))
    with pytest.raises(TypeError, match="pit is a list; give a pandas or Polars Series"):
        digitization_index([1], [1], [1])


def test_digital_level_is_what_the_economy_drew(economy, drawn):
    """The measure and the generator hold the rule of Table 1 separately; they must agree."""
    level = measure_digitization(economy.firms)
    makers = drawn[drawn["sector"] == "manufacturing"]
    found, expected = beside(level, makers, ["lndig", "lndigs"])
    np.testing.assert_allclose(found, expected, atol=1e-12)
    assert level["dig"].nunique() >= 6


def test_experience_counts_years_of_the_oldest_technology():
    """The first year of use counts as one year; a firm without technology has none."""
    firms = pd.DataFrame({"firm": [1, 1, 2], "year": [2004, 2008, 2008]})
    since = pd.DataFrame({"pit_since": [2005, 2005, None], "pdo_since": [2008, 2008, None]})
    firms = firms.join(since.astype("Int16")).assign(icp_since=pd.array([None] * 3, dtype="Int16"))
    found = measure_digitization(firms)
    np.testing.assert_allclose(np.expm1(found["lndigs"]), [0, 4, 0])
    assert found["dig"].tolist() == [1, 6, 1]
    assert (found.dtypes == np.array(["int64"] * 6 + ["float64"] * 2, dtype=object)).all()


@pytest.mark.parametrize(
    ("change", "error", "message"),
    [
        ({"pit_since": "2004"}, TypeError, "firms.pit_since has type String; convert it to num"),
        ({"icp_since": np.inf}, ValueError, "firms.icp_since is infinite in 2 of 2 rows"),
        ({"year": None}, ValueError, "firms.year is missing or infinite in 2 of 2 rows"),
        ({"firm": np.nan}, ValueError, "firms.firm is missing in 2 of 2 rows"),
    ],
)
def test_bad_dates_are_named(change, error, message):
    """A date of adoption may be missing, but it must be a year."""
    firms = pd.DataFrame({"firm": [1, 2], "year": 2004, "pit_since": 2001.0})
    firms = firms.assign(pdo_since=np.nan, icp_since=2003)
    with pytest.raises(error, match=message):
        measure_digitization(firms.assign(**change))


def test_digital_share_by_hand():
    """Shares of a cell are the same for all its firms; leaving out the own is not."""
    panel = pd.DataFrame({"province": ["P01"] * 3 + ["P02"], "dig": [1, 2, 8, 5]})
    share = digital_share(panel, by=["province"])["dig_ivt"]
    np.testing.assert_allclose(share, [2 / 3, 2 / 3, 2 / 3, 1])
    others = digital_share(panel, by=["province"], leave_out=True)["dig_ivt"]
    np.testing.assert_allclose(others, [1, 1 / 2, 1 / 2, np.nan])


def test_digital_share_is_collinear_with_the_effects(economy):
    """As described in the paper the share does not vary within province, industry and year."""
    cell = ["province", "industry", "year"]
    panel = measure_digitization(economy.firms).join(economy.firms[cell[:2]])
    within = digital_share(panel).groupby(cell, observed=True)["dig_ivt"].agg(np.ptp)
    assert (within == 0).all()
    varying = digital_share(panel, leave_out=True).groupby(cell, observed=True)["dig_ivt"]
    assert (varying.agg(np.ptp) > 0).any()
    with pytest.raises(ValueError, match="by = 'province'; give a list of at least one column"):
        digital_share(panel, by="province")


def test_flex_and_pairs_are_what_the_economy_drew(economy, drawn):
    """Measure and generator compute both separately; where flex is defined they must agree."""
    flex, pairs = measure_flexibility(economy.customs), measure_pairs(economy.customs)
    found, expected = beside(flex.merge(pairs, on=FIRM_YEAR), drawn, ["flex", "lncnpd"])
    defined = drawn[FIRM_YEAR].merge(flex, on=FIRM_YEAR)["transactions"] > 1
    np.testing.assert_allclose(found[defined], expected[defined], rtol=1e-9)
    np.testing.assert_allclose(found["lncnpd"], expected["lncnpd"], rtol=1e-9)
    assert found.loc[~defined, "flex"].isna().all()


def test_flex_by_hand():
    """Shipments 1, 2, 3: sd 1 (or √(2/3) with ddof 0), mean 2, so flex is ln(3) sd/2."""
    customs = pd.DataFrame({"firm": 1, "year": 2002, "value": [1, 2, 3]})
    assert measure_flexibility(customs)["flex"].item() == pytest.approx(np.log(3) / 2)
    found = measure_flexibility(customs, ddof=0)["flex"].item()
    assert found == pytest.approx(np.log(3) * np.sqrt(2 / 3) / 2)
    with pytest.raises(ValueError, match="ddof = 2; give 1"):
        measure_flexibility(customs, ddof=2)


@pytest.mark.parametrize("ddof", [0, 1])
def test_flex_of_one_shipment_is_undefined(ddof):
    """One shipment has no dispersion, although dividing by n would call it zero."""
    customs = pd.DataFrame({"firm": 1, "year": 2002, "value": [5]})
    assert measure_flexibility(customs, ddof=ddof)["flex"].isna().all()


@few
@given(seed=SEEDS, factor=st.floats(0.01, 1_000))
def test_flex_does_not_depend_on_size(random_trade, seed, factor):
    """Scaling a firm's quantities, and its values alike, must leave its flexibility unchanged."""
    customs, _ = random_trade(seed)
    scale = np.where(customs["firm"] == customs["firm"].iloc[0], factor, 1.0)
    scaled = customs.assign(**{name: customs[name] * scale for name in ("quantity", "value")})
    first, second = (measure_flexibility(c)["flex"] for c in (customs, scaled))
    np.testing.assert_allclose(first, second, rtol=1e-9, atol=1e-12)


@few
@given(seed=SEEDS)
def test_order_and_names_do_not_matter(random_trade, seed):
    """Permuted rows and relabelled firms must give the same flexibility and destinations."""
    customs, _ = random_trade(seed)
    shuffled = customs.sample(frac=1, random_state=seed % 2**31)
    shuffled = shuffled.assign(firm=1_000 + shuffled["firm"])
    places = pd.DataFrame({"destination": ["D01", "D02"], "gdp": [1.0, 2.0]})
    places = places.merge(pd.DataFrame({"year": [2002, 2003]}), how="cross")
    places = places.assign(gdp_per_head=places["gdp"] + places["year"])
    for measure in (measure_flexibility, lambda c: measure_destinations(to_flows(c), places)):
        first, second = measure(customs), measure(shuffled)
        second = second.assign(firm=second["firm"] - 1_000)
        pd.testing.assert_frame_equal(first, second, check_exact=False, rtol=1e-9, atol=1e-12)


def test_destination_logs_are_what_the_economy_drew(economy, drawn):
    """Export weights must be those of the order book."""
    found = measure_destinations(to_flows(economy.customs), economy.destinations)
    found, expected = beside(found, drawn, ["lnpgp", "lngdp", "IUI"])
    np.testing.assert_allclose(found, expected, atol=1e-4)


def test_internet_is_measured_if_it_is_there(economy):
    """A table without internet users gives the other columns as before."""
    flows = to_flows(economy.customs)
    full = measure_destinations(flows, economy.destinations)
    bare = measure_destinations(flows, economy.destinations.drop(columns="internet"))
    assert list(full) == ["firm", "year", "lnpgp", "lngdp", "IUI", "lnsdp"]
    pd.testing.assert_frame_equal(full.drop(columns="IUI"), bare)


@pytest.fixture
def few_flows():
    """Return flows of one market with two prices and two with one, and their destination."""
    flows = pd.DataFrame(
        {
            "firm": [1, 2, 1, 3],
            "product": ["01", "01", "02", "03"],
            "destination": "D01",
            "year": 2002,
            "value": [10, 10, 90, 5],
            "price": [1.0, 3.0, 5.0, 7.0],
        }
    )
    places = pd.DataFrame({"destination": ["D01"], "year": 2002, "gdp": 1.0, "gdp_per_head": 1.0})
    return flows, places


def test_price_dispersion_by_hand(few_flows):
    """Two prices 1 and 3 in a market: sd √2, mean 2; a lone price has no dispersion."""
    found = measure_destinations(*few_flows)["lnsdp"]
    np.testing.assert_allclose(found, [np.log(np.sqrt(2) / 2)] * 2 + [np.nan])


def test_equal_prices_have_no_dispersion(few_flows):
    """The rounding of a mean of equal prices must not become the log of a tiny dispersion."""
    flows, places = few_flows
    equal = pd.concat([flows] * 3).assign(firm=range(12), product="01", price=0.1)
    assert measure_destinations(equal, places)["lnsdp"].isna().all()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda f, p: (f, p.assign(year=2003)), "destinations lacks the destination and year of 4"),
        (lambda f, p: (f, pd.concat([p, p])), r"destinations repeats the key \['destination', 'y"),
        (lambda f, p: (f, p.assign(gdp=0.0)), "destinations.gdp must exceed 0"),
        (lambda f, p: (f, p.assign(internet=-1.0)), "destinations.internet must exceed 0"),
        (lambda f, p: (f.assign(price=np.nan), p), "flows.price is missing or infinite in 4 of 4"),
        (lambda f, p: (f.assign(value=-1), p), "flows.value must exceed 0; .* 4 of 4 rows"),
    ],
)
def test_bad_destinations_are_named(few_flows, change, message):
    """A flow without GDP must be refused, not averaged away, like any other bad value."""
    with pytest.raises(ValueError, match=message):
        measure_destinations(*change(*few_flows))
