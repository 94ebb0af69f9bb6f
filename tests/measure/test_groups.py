"""Protects the groups of Table 7: their limits, their shares, and what they refuse."""

import duckdb
import numpy as np
import pandas as pd
import polars as pl
import pytest

from tradedig_helpers.estimation.specifications import TABLE_7_SPLITS, choose_sample
from tradedig_helpers.measure.flows import to_flows
from tradedig_helpers.measure.groups import measure_groups, ordinary_share, size_class

KEY = ["firm", "year"]
GROUPS = ["small", "capital_intensive", "startup", "ordinary"]


@pytest.fixture
def firms():
    """Return four firm-years, one of which does not export, with an odd index."""
    return pd.DataFrame(
        {
            "firm": [1, 1, 2, 3],
            "year": [2004, 2005, 2004, 2004],
            "founded": [2003, 2003, 2003, 1990],
            "employees": [10, 400, 100, 2_000],
            "fixed_assets": [10, 4_000, 200, 9_000],
            "sales": [1_000, 30_000, 1_000, 900_000],
        },
        index=[7, 3, 5, 5],
    )


@pytest.fixture
def flows():
    """Return the flows of the first three firm-years; firm 2 has half of its value ordinary."""
    return pd.DataFrame(
        {
            "firm": [1, 1, 1, 2, 2],
            "year": [2004, 2005, 2005, 2004, 2004],
            "mode": ["ordinary", "processing", "ordinary", "ordinary", "other"],
            "value": [5, 60, 40, 30, 30],
        }
    )


@pytest.mark.parametrize(
    ("employees", "sales", "expected"),
    [
        (1_000, 400_000, "large"),
        (999, 400_000, "medium"),
        (1_000, 399_999, "medium"),
        (300, 20_000, "medium"),
        (299, 900_000, "small"),
        (5_000, 19_999, "small"),
        (20, 3_000, "small"),
        (19, 900_000, "micro"),
        (5_000, 2_999, "micro"),
    ],
)
def test_size_needs_both_limits(employees, sales, expected):
    """Both limits of a class must be reached; sales are in 1,000 yuan."""
    firms = pd.DataFrame({"employees": [employees], "sales": [sales]}, index=[4])
    found = size_class(firms)
    assert found.astype(str).tolist() == [expected]
    pd.testing.assert_index_equal(found.index, firms.index)


def test_groups_by_hand(firms, flows):
    """Only firm-years that export are there; a firm of two years is a start-up, of three not."""
    firms.loc[3, "year"] = 2005
    found = measure_groups(firms, flows).set_index(KEY).sort_index()
    assert found.index.tolist() == [(1, 2004), (1, 2005), (2, 2004)]
    assert found["small"].tolist() == [True, False, True]
    assert found["capital_intensive"].tolist() == [False, True, False]
    assert found["startup"].tolist() == [True, False, True]
    assert found["ordinary"].tolist() == [True, False, True]


def test_a_third_is_capital_intensive(economy):
    """The top third of the exporting firm-years, whatever firms that do not export own."""
    found = measure_groups(economy.firms, to_flows(economy.customs))
    accounts = found.merge(economy.firms, on=KEY)
    intensity = accounts["fixed_assets"] / accounts["employees"]
    inside, outside = (
        intensity[accounts["capital_intensive"] == member] for member in (True, False)
    )
    assert inside.min() > outside.max()
    assert abs(len(inside) - len(found) / 3) <= 1


def test_groups_make_the_samples_of_table_7(economy):
    """Each pair of samples must split the panel in two without loss."""
    panel = measure_groups(economy.firms, to_flows(economy.customs))
    for first, second in TABLE_7_SPLITS.values():
        parts = [choose_sample(panel, name) for name in (first, second)]
        assert all(0 < len(part) < len(panel) for part in parts), first
        joined = pd.concat(parts).sort_index()
        pd.testing.assert_frame_equal(joined, panel)


def test_share_of_ordinary_trade_ignores_order_and_unit(economy):
    """Neither the order of the flows nor the currency may move a share."""
    flows = to_flows(economy.customs)
    changed = flows.sample(frac=1, random_state=1).assign(value=lambda f: 8 * f["value"])
    first, second = (ordinary_share(f) for f in (flows, changed))
    pd.testing.assert_frame_equal(first, second)
    assert first["ordinary_share"].between(0, 1).all()


@pytest.mark.parametrize("engine", ["Polars", "lazy Polars", "DuckDB"])
def test_flows_of_any_engine(firms, flows, engine):
    """Flows too many for pandas must give the same groups."""
    make = {
        "Polars": pl.from_pandas,
        "lazy Polars": lambda frame: pl.from_pandas(frame).lazy(),
        "DuckDB": duckdb.from_df,
    }
    found = measure_groups(firms, make[engine](flows))
    pd.testing.assert_frame_equal(found, measure_groups(firms, flows))


@pytest.mark.parametrize("engine", ["pandas", "Polars", "DuckDB"])
def test_unknown_modes_are_refused(firms, flows, engine):
    """Codes of customs must not count as other trade, in silence; the error says which is which."""
    make = {"pandas": lambda frame: frame, "Polars": pl.from_pandas, "DuckDB": duckdb.from_df}
    coded = make[engine](flows.assign(mode=["10", "14", "10", "ordinary", "一般贸易"]))
    told = (
        r"in 4 of 5 rows: '10' \(2\), '14' \(1\), '一般贸易' \(1\); write 10 or 一般贸易 as 'ordin"
    )
    for measure in (ordinary_share, lambda frame: measure_groups(firms, frame)):
        with pytest.raises(ValueError, match=told):
            measure(coded)
    many = flows.assign(mode=[f"m{place}" for place in range(5)])
    with pytest.raises(ValueError, match=r"in 10 of 10 rows: .* and 2 more; write"):
        ordinary_share(pd.concat([many, many.assign(mode=many["mode"] + "b")]))


def test_numbers_are_no_modes(flows):
    """10 as a number is as unknown as its text."""
    with pytest.raises(ValueError, match=r"in 5 of 5 rows: '10' \(5\)"):
        ordinary_share(flows.assign(mode=10))


def test_groups_of_unknown_accounts_are_missing(firms, flows):
    """A firm-year without fixed assets or founding year is in neither of its two samples."""
    known = measure_groups(firms, flows)
    changed = firms.assign(
        founded=[np.nan, 2003, 2003, 1990], fixed_assets=[10, 4_000, np.nan, 9_000]
    )
    found = measure_groups(changed, flows)
    assert found["startup"].isna().tolist() == [True, False, False]
    assert found["capital_intensive"].isna().tolist() == [False, False, True]
    pd.testing.assert_frame_equal(found[["small", "ordinary"]], known[["small", "ordinary"]])
    halves = [choose_sample(found, name) for name in ("start-up", "established")]
    assert [part.index.tolist() for part in halves] == [[2], [1]]


def test_stacked_years_and_text_numbers(firms, flows):
    """A repeated index is of no account; firms that are text here and numbers there are refused."""
    again = firms.set_axis([0, 0, 1, 1])
    pd.testing.assert_frame_equal(measure_groups(again, flows), measure_groups(firms, flows))
    pd.testing.assert_index_equal(size_class(again).index, again.index)
    with pytest.raises(TypeError, match="make both numbers or both text"):
        measure_groups(firms.astype({"firm": str}), flows)


def test_values_do_not_overflow():
    """Values in 32-bit whole numbers, in which Polars would add them, sum beyond their range."""
    flows = pd.DataFrame({"firm": 1, "year": 2004, "mode": ["ordinary", "ordinary", "other"]})
    flows = pl.from_pandas(flows.assign(value=np.int32(2_000_000_000)))
    assert ordinary_share(flows)["ordinary_share"].to_list() == [2 / 3]


def test_groups_leave_their_arguments_alone(firms, flows):
    """A caller's frames must stay as they were."""
    before = firms.copy(deep=True), flows.copy(deep=True)
    measure_groups(firms, flows)
    pd.testing.assert_frame_equal(firms, before[0])
    pd.testing.assert_frame_equal(flows, before[1])


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"employees": 0}, r"firms.employees must exceed 0; it does not in 4 of 4 rows"),
        ({"sales": np.inf}, r"firms.sales is missing or infinite in 4 of 4 rows"),
        ({"fixed_assets": np.nan}, r"firms.fixed_assets is missing or infinite in 4 of 4 rows"),
        ({"founded": 2005}, r"firms.founded is later than the year in 3 of 4 rows"),
        ({"firm": 1, "year": 2004}, r"firms repeats the key \['firm', 'year'\] in 3 of 4 rows"),
        ({"year": 1999, "founded": 1990, "firm": range(4)}, "none of 3 firm-years of flows"),
    ],
)
def test_bad_firms_are_named(firms, flows, change, message):
    """Accounts without a meaning must be refused, with the column and the count."""
    with pytest.raises(ValueError, match=message):
        measure_groups(firms.assign(**change), flows)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"mode": [None, *4 * ["other"]]}, "flows.mode is missing in 1 of 5 rows"),
        ({"firm": [np.nan, 1, 1, 2, 2]}, "flows.firm is missing in 1 of 5 rows"),
        ({"value": 0}, "flows.value must exceed 0; it does not in 5 of 5 rows"),
    ],
)
def test_bad_flows_are_named(firms, flows, change, message):
    """A flow without a mode is neither ordinary nor other, and one without a firm nobody's."""
    with pytest.raises(ValueError, match=message):
        measure_groups(firms, flows.assign(**change))


def test_missing_columns_and_text_are_named(firms, flows):
    """What is absent or no number must be said."""
    with pytest.raises(ValueError, match=r"firms lacks the columns \['founded'\]"):
        measure_groups(firms.drop(columns="founded"), flows)
    with pytest.raises(ValueError, match=r"flows lacks the columns \['mode'\]"):
        measure_groups(firms, flows.drop(columns="mode"))
    with pytest.raises(TypeError, match=r"firms.sales has type"):
        size_class(firms.astype({"sales": str}))
    with pytest.raises(ValueError, match="firms has no rows"):
        size_class(firms.iloc[:0])
