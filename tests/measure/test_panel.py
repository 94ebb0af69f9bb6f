"""Protects the estimation panel: every firm-year once, optional tables optional, any engine."""

from dataclasses import replace
from types import SimpleNamespace

import duckdb
import pandas as pd
import polars as pl
import pytest

from tradedig_helpers.measure import firm_panel

FIRM_YEAR = ["firm", "year"]
NEEDED = ("customs", "firms", "destinations", "elasticities")


@pytest.fixture(scope="module")
def panel(economy):
    """Return the panel of the small economy with every quality."""
    return firm_panel(economy, ("QSY", "QBW", "QKL", "QLP", "QOP"))


def test_panel_has_every_firm_year_once(economy, panel):
    """No exporting firm-year may vanish or double; what is undefined is missing and counted."""
    exporting = economy.customs[FIRM_YEAR].drop_duplicates()
    expected = economy.firms[FIRM_YEAR].merge(exporting, on=FIRM_YEAR)
    pd.testing.assert_frame_equal(panel.frame[FIRM_YEAR], expected)
    ledger = panel.ledger.frame.set_index("rule")
    for name in ("QSY", "QLP", "flex", "lntfp", "lnsdp"):
        assert ledger.loc[f"{name} is defined", "dropped"] == panel.frame[name].isna().sum()


def test_panel_refuses_a_firm_year_twice(economy):
    """Duplicate keys would multiply rows in a merge."""
    twice = replace(economy, firms=economy.firms.iloc[[0, *range(len(economy.firms))]])
    with pytest.raises(ValueError, match="repeats the key"):
        firm_panel(twice)


def test_panel_needs_only_four_tables(economy, panel):
    """A researcher without registers or import records must still get the benchmark."""
    bare = SimpleNamespace(**{name: getattr(economy, name) for name in NEEDED})
    makers = economy.register.loc[economy.register["sector"] == "manufacturing", "firm"]
    bare.customs = economy.customs[economy.customs["firm"].isin(makers)]
    found = firm_panel(bare).frame
    shared = [column for column in found if column in panel.frame]
    pd.testing.assert_frame_equal(found[shared], panel.frame[shared])
    assert not {"dpi", "INT"} & set(found)


def test_intermediaries_do_not_count(economy):
    """Without the register their flows stay in the markets and move everybody's quality."""
    bare = SimpleNamespace(**{name: getattr(economy, name) for name in NEEDED})
    with_them, without = firm_panel(bare).frame, firm_panel(economy).frame
    both = with_them.merge(without, on=FIRM_YEAR, suffixes=("", "_without"))
    assert len(both) == len(without)
    assert (both["QSY"] - both["QSY_without"]).abs().max() > 1e-3


@pytest.mark.parametrize("engine", ["polars", "duckdb"])
def test_customs_may_be_of_another_engine(economy, panel, engine):
    """The large tables may stay where they are; the panel must be the same."""
    names = ("customs", "destinations", "elasticities")
    tables = {name: pl.from_pandas(getattr(economy, name)) for name in names}
    if engine == "duckdb":
        tables = {name: duckdb.from_arrow(frame.to_arrow()) for name, frame in tables.items()}
    found = firm_panel(replace(economy, **tables)).frame
    expected = panel.frame[list(found)]
    pd.testing.assert_frame_equal(found, expected, check_dtype=False, check_categorical=False)


def test_panel_names_what_firms_lack(economy):
    """Accounts without a column, or of other firms, must be refused in words."""
    with pytest.raises(ValueError, match=r"firms lacks the columns \['founded'\]"):
        firm_panel(replace(economy, firms=economy.firms.drop(columns="founded")))
    others = economy.firms.assign(firm=economy.firms["firm"] + 10**9)
    with pytest.raises(ValueError, match="firm-years that export is among"):
        firm_panel(replace(economy, firms=others))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"outcomes": ("QXY",)}, "outcome = 'QXY' is unknown"),
        ({"outcomes": ("QBW",), "elasticities_hs3": None}, "no table 'elasticities_hs3'"),
    ],
)
def test_panel_says_what_it_lacks(economy, change, message):
    """An unknown outcome, or one whose table is missing, must be refused by name."""
    outcomes = change.pop("outcomes")
    with pytest.raises(ValueError, match=message):
        firm_panel(replace(economy, **change), outcomes)


def test_panel_needs_internet_of_every_province(economy):
    """A province-year without internet use must be counted, not left blank."""
    some = economy.provinces[economy.provinces["year"] > 2010]
    with pytest.raises(ValueError, match="provinces lacks the province and year of"):
        firm_panel(replace(economy, provinces=some))
