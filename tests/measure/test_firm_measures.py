"""Protects the firm-level measures: they recover what the economy drew, and refuse nonsense."""

import itertools

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tradedig_helpers.economy import load_calibration
from tradedig_helpers.economy.simulate import simulate_block
from tradedig_helpers.economy.world import make_world
from tradedig_helpers.measure import (
    digitization_index,
    firm_panel,
    measure_controls,
    measure_destinations,
    measure_digitization,
    measure_flexibility,
    to_flows,
)

few = settings(max_examples=20)


@pytest.fixture(scope="module")
def drawn():
    """Return the economy's own covariates of the firms in ``economy``, before any rounding."""
    panel = simulate_block(
        5, 0, make_world(np.random.default_rng([5, 0])), load_calibration()
    ).panel
    return panel[panel["firm"] <= 300].reset_index(drop=True)


def test_index_is_a_bijection_of_the_eight_cases():
    """The eight combinations of three technologies must have eight levels, 1 to 8 (Table 1)."""
    cases = pd.DataFrame(list(itertools.product([0, 1], repeat=3)), columns=["pit", "icp", "pdo"])
    index = digitization_index(cases["pit"], cases["pdo"], cases["icp"])
    assert index.tolist() == [1, 2, 3, 4, 5, 6, 7, 8]


def test_index_refuses_other_numbers():
    """A technology is used or it is not."""
    one, two = pd.Series([1, 0]), pd.Series([2, 0])
    with pytest.raises(ValueError, match="pdo must be 0 or 1; 1 of 2 rows are not"):
        digitization_index(one, two, one)


def test_digital_level_is_what_the_economy_drew(economy, drawn):
    """The measure and the generator hold the rule of Table 1 separately; they must agree."""
    level = measure_digitization(economy.firms)
    np.testing.assert_allclose(level["lndig"], drawn["lndig"], atol=1e-12)
    assert level["dig"].nunique() >= 6


def test_experience_counts_years_of_the_oldest_technology():
    """The first year of use counts as one year; a firm without technology has none."""
    firms = pd.DataFrame({"firm": [1, 1, 2], "year": [2004, 2008, 2008]})
    since = pd.DataFrame({"pit_since": [2005, 2005, None], "pdo_since": [2008, 2008, None]})
    firms = firms.join(since.astype("Int16")).assign(icp_since=pd.array([None] * 3, dtype="Int16"))
    found = measure_digitization(firms)
    np.testing.assert_allclose(np.expm1(found["lndigs"]), [0, 4, 0])
    assert found["dig"].tolist() == [1, 6, 1]


def test_flex_is_what_the_economy_drew(economy, drawn):
    """Measure and generator compute flex separately; where it is defined they must agree."""
    found = measure_flexibility(economy.customs)
    defined = found["transactions"] > 1
    np.testing.assert_allclose(found.loc[defined, "flex"], drawn.loc[defined, "flex"], rtol=1e-9)
    assert found.loc[~defined, "flex"].isna().all()


def test_flex_by_hand():
    """Shipments 1, 2, 3: sd 1, mean 2, so flex is ln(3)/2."""
    customs = pd.DataFrame({"firm": 1, "year": 2002, "value": [1, 2, 3]})
    assert measure_flexibility(customs)["flex"].item() == pytest.approx(np.log(3) / 2)


@few
@given(seed=st.integers(0, 2**32 - 1), factor=st.floats(0.01, 1_000))
def test_flex_does_not_depend_on_size(random_trade, seed, factor):
    """Scaling all of a firm's shipments must leave its flexibility unchanged."""
    customs, _ = random_trade(seed)
    scaled = customs.assign(value=customs["value"] * factor)
    first, second = (measure_flexibility(c)["flex"] for c in (customs, scaled))
    np.testing.assert_allclose(first, second, rtol=1e-9)


def test_controls_are_what_the_economy_drew(economy, drawn):
    """The accounts must give back each covariate of Table 2 up to rounding."""
    found = measure_controls(economy.firms)
    tolerance = {"lnsca": 0.06, "lncap": 0.05, "lnpwa": 0.02, "lntfp": 2e-4}
    for name in found.columns.drop(["firm", "year"]):
        np.testing.assert_allclose(
            found[name], drawn[name], atol=tolerance.get(name, 1e-6), err_msg=name
        )


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"employees": 0}, "firms.employees must exceed 0"),
        ({"profit": -1e15}, "argument of the logarithm.lnpro must exceed 0"),
        ({"founded": 2030}, "argument of the logarithm.lnage must exceed 0"),
        ({"tfp": np.nan}, "firms.tfp is missing or infinite"),
    ],
)
def test_bad_accounts_are_named(economy, change, message):
    """A logarithm without a meaning must be refused, naming the control."""
    with pytest.raises(ValueError, match=message):
        measure_controls(economy.firms.assign(**change))


def test_destination_incomes_are_what_the_economy_drew(economy, drawn):
    """Export weights must be those of the order book."""
    found = measure_destinations(to_flows(economy.customs), economy.destinations)
    for name in ("lnpgp", "lngdp"):
        np.testing.assert_allclose(found[name], drawn[name], atol=1e-4)


def test_price_dispersion_by_hand():
    """Two prices 1 and 3 in a market: sd √2, mean 2; a lone price has no dispersion."""
    flows = pd.DataFrame(
        {
            "firm": [1, 2, 1, 3],
            "product": ["a", "a", "b", "c"],
            "destination": "D01",
            "year": 2002,
            "value": [10, 10, 90, 5],
            "price": [1.0, 3.0, 5.0, 7.0],
        }
    )
    places = pd.DataFrame({"destination": ["D01"], "year": 2002, "gdp": 1.0, "gdp_per_head": 1.0})
    found = measure_destinations(flows, places)["lnsdp"]
    np.testing.assert_allclose(found, [np.log(np.sqrt(2) / 2)] * 2 + [np.nan])


def test_missing_destination_year_is_named(economy):
    """A flow without GDP must be refused, not averaged away."""
    flows = to_flows(economy.customs)
    with pytest.raises(ValueError, match="destinations lacks the destination and year of"):
        measure_destinations(flows, economy.destinations.iloc[1:])


def test_panel_has_every_firm_year_once(economy):
    """No firm-year may vanish or double; what is undefined is missing and counted."""
    panel = firm_panel(economy)
    keys = ["firm", "year"]
    pd.testing.assert_frame_equal(panel.frame[keys], economy.firms[keys])
    ledger = panel.ledger.frame.set_index("rule")
    for name in ("QSY", "flex", "lnsdp"):
        assert ledger.loc[f"{name} is defined", "dropped"] == panel.frame[name].isna().sum()


def test_panel_refuses_a_firm_year_twice(economy):
    """Duplicate keys would multiply rows in a merge."""
    from dataclasses import replace

    twice = replace(economy, firms=economy.firms.iloc[[0, *range(len(economy.firms))]])
    with pytest.raises(ValueError, match="repeats the key"):
        firm_panel(twice)


def test_measured_quality_follows_true_quality(economy):
    """The index must rank firms much as the λ* that made them."""
    frame = firm_panel(economy).frame.merge(economy.truth, on=["firm", "year"], suffixes=("", "_"))
    frame = frame.dropna(subset=["QSY"])
    assert np.corrcoef(frame["QSY"], np.log(frame["quality"]))[0, 1] > 0.4
