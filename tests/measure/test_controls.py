"""Protects the firm controls of Table 2: their units, their formulas and what they refuse."""

import numpy as np
import pandas as pd
import polars as pl
import pytest

from tradedig_helpers.estimation.specifications import FIRM_CONTROLS, MEDIATORS
from tradedig_helpers.measure.controls import CONTROL_FORMULAS, measure_controls


@pytest.fixture
def firms():
    """Return three firm-years whose controls are easy to work out by hand."""
    return pd.DataFrame(
        {
            "firm": [1, 1, 2],
            "year": [2004, 2005, 2004],
            "founded": [2003, 2003, 2004],
            "employees": [100, 200, 10],
            "fixed_assets": [900, 1_800, 0],
            "wages_payable": [300, 600, 0],
            "sales": [5_000, 5_000, 1_000],
            "interest": [10_000, 0, -500],
            "total_assets": [1_000_000, 1_000_000, 50_000],
            "profit": [500_000, -250_000, 0],
            "patents": [0, 4, 1],
            "foreign_share": [0.25, 0.2499, 1.0],
        },
        index=[7, 3, 5],
    )


def test_controls_by_hand(firms):
    """Each formula, with its units: sales are in 1,000 yuan and profit in yuan."""
    inside = {
        "lnsca": [100, 200, 10],
        "lnage": [2, 3, 1],
        "lncap": [10, 10, 1],
        "lnpwa": [4, 4, 1],
        "lnfir": [1.01, 1, 0.99],
        "lnpro": [1.1, 0.95, 1],
        "lninn": [1, 5, 2],
    }
    found = measure_controls(firms)
    for name, argument in inside.items():
        np.testing.assert_allclose(found[name], np.log(argument), atol=1e-12, err_msg=name)
    assert found["foe"].tolist() == [1.0, 0.0, 1.0]
    pd.testing.assert_index_equal(found.index, firms.index)


@pytest.mark.parametrize(
    ("account", "control"),
    [("fixed_assets", "lncap"), ("wages_payable", "lnpwa"), ("patents", "lninn")],
)
def test_stocks_and_counts_below_zero_are_missing(firms, account, control):
    """Less than none is a slip; interest may be negative, as in the third row by hand."""
    firms = firms.assign(**{account: [-0.5, *firms[account][1:]]})
    assert measure_controls(firms)[control].isna().tolist() == [True, False, False]


def test_controls_are_those_of_table_2(firms):
    """With productivity, every firm control of Table 2 must be there, and no other."""
    lntfp = firms[["firm", "year"]].assign(lntfp=1.0)
    found = set(measure_controls(firms, lntfp).columns) - {"firm", "year"}
    assert found == {*FIRM_CONTROLS, *MEDIATORS}
    assert {one.name for one in CONTROL_FORMULAS} == found


def test_productivity_joins_by_firm_and_year(firms):
    """A firm-year that productivity does not cover has none, and no row moves or doubles."""
    productivity = pd.DataFrame(
        {"firm": [2, 9, 1], "year": [2004, 2004, 2005], "lntfp": [2.0, 8.0, 5.0]}
    )
    found = measure_controls(firms, productivity)
    np.testing.assert_array_equal(found["lntfp"], [np.nan, 5.0, 2.0])
    pd.testing.assert_index_equal(found.index, firms.index)
    pd.testing.assert_frame_equal(found.drop(columns="lntfp"), measure_controls(firms))


def test_small_integers_do_not_overflow(firms):
    """A compact column must give the same control as a wide one: 127 + 1 fits no 8 bits."""
    wide = measure_controls(firms.assign(patents=127))
    small = measure_controls(firms.assign(patents=np.int8(127)))
    pd.testing.assert_frame_equal(wide, small)


@pytest.mark.parametrize(
    ("account", "value", "control"),
    [
        ("profit", -4_000_000.0, "lnpro"),
        ("profit", -5_000_000.0, "lnpro"),
        ("profit", None, "lnpro"),
        ("interest", None, "lnfir"),
        ("interest", -2_000_000.0, "lnfir"),
        ("fixed_assets", None, "lncap"),
        ("wages_payable", None, "lnpwa"),
        ("patents", None, "lninn"),
        ("founded", None, "lnage"),
        ("founded", 2006, "lnage"),
        ("foreign_share", None, "foe"),
    ],
)
@pytest.mark.parametrize("kind", ["float64", "Float64", "object"])
def test_what_is_undefined_is_missing(firms, account, value, control, kind):
    """A loss above sales, or an account left empty, must cost its own control and no other."""
    known = measure_controls(firms)
    changed = firms.astype({account: kind})
    changed.loc[3, account] = value
    defined = value == -4_000_000.0
    found = measure_controls(changed)
    assert found[control].isna().tolist() == [False, not defined, False]
    others = known.columns.drop(control)
    pd.testing.assert_frame_equal(found[others], known[others])
    if defined:
        assert found.loc[3, control] == pytest.approx(np.log(0.2))


def test_years_put_together_keep_their_index(firms):
    """Yearly files stacked by ``pd.concat`` repeat the index; a firm may stand in it, too."""
    known = measure_controls(firms, firms[["firm", "year"]].assign(lntfp=[1.0, 2.0, 3.0]))
    stacked = firms.set_axis([0, 0, 1])
    twice = firms.set_index(["firm", "year"], drop=False)
    for changed in (stacked, twice, firms.convert_dtypes(dtype_backend="pyarrow")):
        lntfp = changed[["firm", "year"]].assign(lntfp=[1.0, 2.0, 3.0])
        found = measure_controls(changed, lntfp)
        pd.testing.assert_index_equal(found.index, changed.index)
        np.testing.assert_array_equal(found.to_numpy(), known.to_numpy())


def test_arguments_are_not_changed(firms):
    """A measure must leave its input as it was."""
    productivity = firms[["firm", "year"]].assign(lntfp=1.0)
    before, before_productivity = firms.copy(), productivity.copy()
    measure_controls(firms, productivity)
    pd.testing.assert_frame_equal(firms, before)
    pd.testing.assert_frame_equal(productivity, before_productivity)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"employees": 0}, "firms.employees must exceed 0; it does not in 3 of 3 rows"),
        ({"profit": -1e15}, "argument of lnpro, of firms.profit and firms.sales, must exceed 0"),
        ({"founded": 2030}, "argument of lnage, of firms.year and firms.founded, must exceed 0"),
        ({"interest": np.nan}, "firms.interest is missing or infinite in 3 of 3 rows"),
        ({"foreign_share": 25.0}, "firms.foreign_share lies outside 0 to 1 in 3 of 3 rows"),
        ({"year": 2004}, "firms repeats the key"),
        ({"year": [200401, 2005, 2004]}, "firms.year is no year in 1 of 3 rows"),
        ({"founded": [0, 2003, 2004]}, "firms.founded is no year in 1 of 3 rows"),
        ({"patents": [0, np.inf, 1]}, "firms.patents is infinite in 1 of 3 rows"),
        ({"sales": [np.nan, 1, 1]}, "firms.sales is missing or infinite in 1 of 3 rows"),
    ],
)
def test_bad_accounts_are_named(firms, change, message):
    """A logarithm without a meaning must be refused, naming the column and the rows."""
    with pytest.raises(ValueError, match=message):
        measure_controls(firms.assign(**change))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"year": 1999}, "productivity repeats the key"),
        ({"firm": [5, 6, 7]}, "productivity covers none of the 3 firm-years"),
        ({"lntfp": np.inf}, "productivity.lntfp is missing or infinite"),
    ],
)
def test_bad_productivity_is_named(firms, change, message):
    """Productivity of other firms, or twice of one, must be refused."""
    productivity = firms[["firm", "year"]].assign(lntfp=1.0).assign(**change)
    with pytest.raises(ValueError, match=message):
        measure_controls(firms, productivity)


def test_firms_of_two_kinds_are_refused(firms):
    """Firm 1 and firm "1" never meet; a frame of another engine has to be converted."""
    productivity = firms[["firm", "year"]].assign(lntfp=1.0).astype({"firm": str})
    with pytest.raises(TypeError, match="make both numbers or both text"):
        measure_controls(firms, productivity)
    with pytest.raises(TypeError, match="firms is a polars DataFrame; give a pandas DataFrame"):
        measure_controls(pl.from_pandas(firms))


def test_missing_column_is_named(firms):
    """An absent account must be named, not guessed."""
    with pytest.raises(ValueError, match=r"firms lacks the columns \['patents'\]"):
        measure_controls(firms.drop(columns="patents"))
