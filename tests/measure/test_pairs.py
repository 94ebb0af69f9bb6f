"""Protects lncnpd: what counts as a new destination-product pair, and since when."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tradedig_helpers.measure.flows import to_flows
from tradedig_helpers.measure.pairs import measure_pairs

SEEDS = st.integers(0, 2**32 - 1)
few = settings(max_examples=20)


@pytest.fixture
def customs():
    """Return a firm with pairs in three years, one of them dropped and taken up again."""
    rows = [
        (1, 2000, "01", "D01"),
        (1, 2000, "01", "D01"),
        (1, 2000, "02", "D01"),
        (1, 2003, "01", "D01"),
        (1, 2003, "01", "D02"),
        (1, 2004, "02", "D01"),
        (2, 2003, "01", "D01"),
    ]
    return pd.DataFrame(rows, columns=["firm", "year", "product", "destination"])


def test_pairs_by_hand(customs):
    """A pair counts once, in its first year, however often and with whatever gap it is sold."""
    found = measure_pairs(customs)
    assert found[["firm", "year"]].to_numpy().tolist() == [
        [1, 2000],
        [1, 2003],
        [1, 2004],
        [2, 2003],
    ]
    assert found["new_pairs"].tolist() == [2, 1, 0, 1]
    assert found["pairs"].tolist() == [2, 3, 3, 1]
    np.testing.assert_allclose(found["lncnpd"], np.log([2, 3, 3, 1]))


def test_pairs_of_the_base_year_are_not_new(customs):
    """Counting since a base year leaves out what was sold up to it; ln 0 is missing."""
    found = measure_pairs(customs, base_year=2000)
    assert found["new_pairs"].tolist() == [0, 1, 0, 1]
    assert found["pairs"].tolist() == [0, 1, 1, 1]
    np.testing.assert_allclose(found["lncnpd"], [np.nan, 0, 0, 0])


@few
@given(seed=SEEDS, base_year=st.sampled_from([None, 2002]))
def test_pairs_are_those_of_a_loop(random_trade, seed, base_year):
    """A plain loop over years, remembering what was sold before, must agree."""
    customs, _ = random_trade(seed)
    found = measure_pairs(customs, base_year)
    for firm, rows in customs.groupby("firm"):
        before = rows[rows["year"] <= (base_year or 0)]
        seen = set(zip(before["product"], before["destination"], strict=True))
        old = len(seen)
        for year, sold in rows.groupby("year"):
            seen |= set(zip(sold["product"], sold["destination"], strict=True))
            one = found[(found["firm"] == firm) & (found["year"] == year)]
            assert one["pairs"].tolist() == [len(seen) - old]
    assert len(found) == len(customs[["firm", "year"]].drop_duplicates())


@few
@given(seed=SEEDS)
def test_only_who_sold_what_where_matters(random_trade, seed):
    """Order of rows, number of shipments, modes and names of firms must not matter."""
    customs, _ = random_trade(seed)
    first = measure_pairs(customs)
    shuffled = pd.concat([customs, customs.iloc[:9]]).sample(frac=1, random_state=seed % 2**31)
    pd.testing.assert_frame_equal(first, measure_pairs(shuffled))
    pd.testing.assert_frame_equal(first, measure_pairs(to_flows(customs)))
    renamed = measure_pairs(customs.assign(firm=customs["firm"].map("firm {}".format)))
    pd.testing.assert_frame_equal(first.assign(firm=renamed["firm"]), renamed)


@pytest.mark.parametrize(
    ("change", "error", "message"),
    [
        ({"year": np.nan}, ValueError, "customs.year is missing or infinite in 7 of 7 rows"),
        ({"year": "2000"}, TypeError, "customs.year has type String; convert it to numbers"),
        ({"product": None}, ValueError, "customs.product is missing in 7 of 7 rows"),
    ],
)
def test_bad_input_is_named(customs, change, error, message):
    """A pair without a name or a year cannot be the first of its kind."""
    with pytest.raises(error, match=message):
        measure_pairs(customs.assign(**change))
