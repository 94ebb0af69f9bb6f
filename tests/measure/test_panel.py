"""Protects the estimation panel: every firm-year once, optional tables optional, any engine."""

import re
from collections import Counter
from dataclasses import replace
from types import SimpleNamespace

import duckdb
import pandas as pd
import polars as pl
import pytest

from tradedig_helpers.measure.intermediaries import drop_intermediaries
from tradedig_helpers.measure.panel import firm_panel, measure_firms
from tradedig_helpers.measure.quality import measure_quality
from tradedig_helpers.schema import checks

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


def test_tables_are_checked_at_the_door_alone(economy, monkeypatch):
    """What a table was found to be is not asked again by each measure that takes it."""
    scans: Counter[str] = Counter()
    scan = checks.require_rules

    def counted(frame, rules, name):
        scans[name] += 1
        scan(frame, rules, name)

    monkeypatch.setattr(checks, "require_rules", counted)
    firm_panel(economy, ("QSY", "QBW", "QKL", "QLP", "QOP"))
    once = ("destinations", "imports", "digital_products", "provinces", "panel")
    # Elasticities are of two tables; of customs and register columns come before rows, and of
    # firms the key before the accounts, which those that export must satisfy by themselves.
    assert scans == {
        **{"firms": 3, "customs": 2, "register": 2, "elasticities": 2},
        **dict.fromkeys(once, 1),
    }


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


def test_yearly_accounts_put_together(economy, panel):
    """A repeated index, or firm and year in the index as well, must move nothing."""
    firms = economy.firms
    stacked = firms.set_axis(firms.groupby("year").cumcount().to_numpy())
    indexed = firms.set_index(["firm", "year"], drop=False)
    for changed in (stacked, indexed):
        found = firm_panel(replace(economy, firms=changed))
        pd.testing.assert_frame_equal(found.frame, firm_panel(economy).frame)
        pd.testing.assert_frame_equal(found.everyone, panel.everyone)
        pd.testing.assert_index_equal(measure_firms(changed).index, changed.index)


def test_undefined_controls_are_missing_and_counted(economy):
    """A loss above sales or a profit left empty must cost that control of that firm-year alone."""
    exporting = firm_panel(economy).frame[FIRM_YEAR].iloc[[3, 5, 8]]
    lost = pd.MultiIndex.from_frame(economy.firms[FIRM_YEAR]).isin(
        list(exporting.itertuples(index=False, name=None))
    )
    profit = economy.firms["profit"].astype(float)
    profit = profit.mask(lost, -1_001.0 * economy.firms["sales"])
    profit[lost.nonzero()[0][0]] = None
    found = firm_panel(replace(economy, firms=economy.firms.assign(profit=profit)))
    assert found.frame.index[found.frame["lnpro"].isna()].tolist() == [3, 5, 8]
    ledger = found.ledger.frame.set_index("rule")
    assert ledger.loc["lnpro is defined", "dropped"] == 3
    others = [name for name in found.frame if name != "lnpro"]
    pd.testing.assert_frame_equal(found.frame[others], firm_panel(economy).frame[others])


def test_provinces_may_be_numbers(economy, panel):
    """GB codes such as 11 and 12 on both sides must join; numbers and text must be refused."""
    codes = {name: 11 + place for place, name in enumerate(sorted(economy.provinces["province"]))}
    numbered = {
        name: getattr(economy, name).assign(
            province=lambda frame: frame["province"].astype(str).map(codes)
        )
        for name in ("firms", "provinces")
    }
    found = firm_panel(replace(economy, **numbered)).frame
    pd.testing.assert_series_equal(found["INT"], panel.frame["INT"])
    with pytest.raises(TypeError, match=r"firms.province holds .* provinces.province int64; make"):
        firm_panel(replace(economy, provinces=numbered["provinces"]))


def test_firms_of_two_kinds_are_refused(economy):
    """Firm 1 and firm "1" never meet; each table that differs must be named, not its rows."""
    for name in ("firms", "register", "imports"):
        changed = getattr(economy, name).astype({"firm": str})
        with pytest.raises(TypeError, match=rf"{name}.firm.*make both numbers or both text"):
            firm_panel(replace(economy, **{name: changed}))


def test_years_without_imports_are_not_years_without_digital_imports(economy, panel):
    """Where the table of imports does not reach, nothing is known; importers lost are counted."""
    late = economy.imports[economy.imports["year"] >= 2010]
    found = firm_panel(replace(economy, imports=late))
    early = found.frame["year"] < 2010
    assert found.frame["dpi"].isna().equals(early)
    assert (found.frame.loc[~early, "dpi"] == panel.frame.loc[~early, "dpi"]).all()
    ledger = found.ledger.frame.set_index("rule")
    assert ledger.loc["dpi is defined", "dropped"] == early.sum()
    rule = "importer of digital products exports and has accounts"
    assert ledger.loc[rule, "after"] == (found.frame["dpi"] == 1).sum()
    others = late.assign(firm=late["firm"] + 10**9)
    with pytest.raises(ValueError, match=r"no firm-year of .* imports is among the"):
        firm_panel(replace(economy, imports=others))


@pytest.mark.parametrize("given", ["data_sample", {"firms": None}, pd.DataFrame()])
def test_data_are_one_object(given):
    """A path, a dict or one table has no tables as attributes; the error says what has."""
    with pytest.raises(TypeError, match=r"data is a \w+; give one object .* open_folder\(folder\)"):
        firm_panel(given)


def test_places_that_are_none_are_named(economy):
    """Dates for provinces, or no industry at all, must be named, not meet an error of a merge."""
    dates = economy.firms.assign(province=pd.Timestamp("2004-01-01"))
    with pytest.raises(TypeError, match=r"firms\.province holds datetime64.* and provinces\.prov"):
        firm_panel(replace(economy, firms=dates), ["QKL"])
    nowhere = replace(economy, firms=economy.firms.assign(industry=None))
    found = firm_panel(nowhere, ["QKL"], unmeasured="report")
    why = r"firms\.industry missing in all of \d+ firm-years that export; fill in"
    assert re.match(why, found.unmeasured["dig_ivt"])
    with pytest.raises(ValueError, match=why):
        firm_panel(nowhere, ["QKL"])


def test_a_register_that_leaves_no_shipment_is_named(economy):
    """It is the register, not the customs, that has nothing to give."""
    traders = economy.register.assign(sector="wholesale")
    for unmeasured in ("error", "report"):
        with pytest.raises(ValueError, match=r"no shipment .* for 0 of .*sectors of register"):
            firm_panel(replace(economy, register=traders), ["QKL"], unmeasured=unmeasured)


def holed(values):
    """Return numbers of which the first is missing."""
    return values.astype(float).mask(values.index == values.index[0])


LACKING = {
    "no table": ({"elasticities_hs3": None}, {"QBW": "the data have no table 'elasticities_hs3'"}),
    "one year": (
        lambda e: {name: getattr(e, name).query("year == 2008") for name in ("customs", "firms")},
        {"QLP": "no flow is left", "lntfp": "stage 2 has 0 firm-years"},
    ),
    "modes": (
        lambda e: {"customs": e.customs.assign(mode="10")},
        {"ordinary": "flows.mode is none of"},
    ),
    "accounts": (
        lambda e: {"firms": e.firms.drop(columns=["patents", "founded", "province"])},
        {
            "lninn": "firms lacks the columns",
            "lnage": "firms lacks the columns",
            "startup": "firms lacks the columns",
            "province": "firms lacks the columns",
            "INT": "firms lacks the columns",
            "dig_ivt": "firms lacks the columns",
        },
    ),
    "percent": (
        lambda e: {"firms": e.firms.assign(foreign_share=50.0)},
        {"foe": "firms.foreign_share lies outside 0 to 1"},
    ),
    "years of adoption": (
        lambda e: {"firms": e.firms.assign(pit_since=0)},
        dict.fromkeys(
            ("pit", "pdo", "icp", "dig", "lndig", "lndigs", "dig_ivt"),
            "firms.pit_since is no year in",
        ),
    ),
    "destinations": (
        lambda e: {"destinations": e.destinations.iloc[1:]},
        dict.fromkeys(("lnpgp", "lngdp", "IUI"), "destinations lacks the destination and year of"),
    ),
    "internet": (
        lambda e: {"destinations": e.destinations.drop(columns="internet")},
        {"IUI": "destinations has no column 'internet'"},
    ),
    "gaps of internet": (
        lambda e: {"destinations": e.destinations.assign(internet=holed(e.destinations.internet))},
        {"IUI": "destinations.internet is missing or infinite in 1 of"},
    ),
    "gaps of gdp": (
        lambda e: {"destinations": e.destinations.assign(gdp=holed(e.destinations.gdp))},
        {"lngdp": "destinations.gdp is missing or infinite in 1 of"},
    ),
    "register": (
        lambda e: {"register": e.register.iloc[1:]},
        {"register": r"as it is written in customs.firm \(their shipments are kept\)$"},
    ),
    "register without sectors": (
        lambda e: {"register": e.register[["firm"]]},
        {"register": r"register lacks the columns \['sector'\].*all shipments are kept"},
    ),
    "register without rows": (
        lambda e: {"register": e.register.iloc[:0]},
        {"register": "register has no rows.*all shipments are kept"},
    ),
    "sectors as numbers": (
        lambda e: {"register": e.register.assign(sector=51)},
        {"register": "register.sector.*all shipments are kept"},
    ),
    "sectors in words of their own": (
        lambda e: {"register": e.register.assign(sector="农业")},
        {"register": "register.sector has none of.*all shipments are kept"},
    ),
    "firms twice in the register": (
        lambda e: {"register": pd.concat([e.register, e.register.iloc[:1]])},
        {"register": "register repeats the key.*all shipments are kept"},
    ),
    "other names of provinces": (
        lambda e: {
            "provinces": e.provinces.assign(province="X" + e.provinces.province.astype(str))
        },
        {"INT": r"no province of firms \(such as 'P\d+'\) is among .* \(such as 'XP01'\)"},
    ),
}


@pytest.mark.parametrize(("change", "reasons"), LACKING.values(), ids=LACKING)
def test_what_cannot_be_measured_stops_nothing_else(economy, panel, change, reasons):
    """Asked to report, the panel must leave out what cannot be had, with why, and keep the rest."""
    changed = replace(economy, **(change if isinstance(change, dict) else change(economy)))
    found = firm_panel(changed, ("QSY", "QBW", "QLP"), unmeasured="report")
    assert set(found.unmeasured) == set(reasons)
    for name, reason in reasons.items():
        assert re.search(reason, found.unmeasured[name])
    lacking = set(panel.frame) - {"QKL", "QOP"} - set(found.frame)
    assert lacking == set(reasons) - {"register"}
    assert found.notes == panel.notes == {}
    assert panel.unmeasured == {}


def test_optional_tables_are_no_error(economy):
    """Without them the columns are not there, and the panel says which table they need."""
    bare = SimpleNamespace(**{name: getattr(economy, name) for name in NEEDED})
    found = firm_panel(bare).unmeasured
    assert found["INT"] == "the data have no table 'provinces'"
    assert found["dpi"] == found["oct"] == "the data have no table 'imports', 'digital_products'"


def test_an_outcome_is_no_list(economy):
    """A single name must not be read as names of one letter."""
    with pytest.raises(ValueError, match="outcomes = 'QSY'; give a list of"):
        firm_panel(economy, "QSY")
    with pytest.raises(ValueError, match="unmeasured = 'ignore' is unknown"):
        firm_panel(economy, unmeasured="ignore")


def test_a_measure_alone_is_as_with_the_others(economy, panel):
    """What is measured for itself, as another lacks a number, must not differ from all at once."""
    gaps = economy.destinations.assign(gdp_per_head=holed(economy.destinations["gdp_per_head"]))
    found = firm_panel(replace(economy, destinations=gaps), unmeasured="report").frame
    assert "lnpgp" not in found
    for name in ("lngdp", "IUI", "lnsdp"):
        pd.testing.assert_series_equal(found[name], panel.frame[name])


@pytest.mark.parametrize(
    ("column", "value", "measures"),
    [
        ("employees", 0, ["lnsca", "lncap", "lnpwa", "small", "capital_intensive"]),
        ("employees", None, ["lnsca", "lncap", "lnpwa", "small", "capital_intensive"]),
        ("sales", -1, ["lnpro", "small"]),
        ("total_assets", 0, ["lnfir"]),
        ("profit", float("inf"), ["lnpro"]),
        ("founded", 2030, ["lnage", "startup"]),
        ("founded", 0, ["lnage", "startup"]),
    ],
)
def test_accounts_that_cannot_be_cost_their_own_rows(economy, panel, column, value, measures):
    """Three cells must void what is made of them in three rows: not whole columns of Tables 2-7."""
    three = pd.MultiIndex.from_frame(panel.frame[FIRM_YEAR].iloc[[3, 5, 8]])
    bad = pd.MultiIndex.from_frame(economy.firms[FIRM_YEAR]).isin(three)
    changed = economy.firms.assign(**{column: economy.firms[column].astype(float).mask(bad, value)})
    changed = replace(economy, firms=changed)
    found = firm_panel(changed, unmeasured="report")
    assert found.unmeasured == {}
    for name in measures:
        assert found.frame.index[found.frame[name].isna()].tolist() == [3, 5, 8]
    rows = len(economy.firms)
    assert f"in {rows - 3} of {rows} rows" in found.notes[column]
    ledger = found.ledger.frame.set_index("rule")
    step = ledger[ledger.index.str.startswith(f"{column} is ")]
    assert step["dropped"].tolist() == [3]
    assert ledger.loc[[f"{name} is defined" for name in measures], "dropped"].tolist() == [3] * len(
        measures
    )
    moved = {*measures, "lntfp", "capital_intensive"}  # TFP and the top third are of all firms
    others = [name for name in found.frame if name not in moved]
    pd.testing.assert_frame_equal(found.frame[others], panel.frame[others])
    if column in ("employees", "sales", "total_assets"):
        with pytest.raises(ValueError, match=f"firms.{column} "):
            firm_panel(changed)


def test_stocks_below_zero_are_missing_by_default_too(economy, panel):
    """Fixed assets of -1 would be a number like any other in a logarithm of one more than it."""
    three = pd.MultiIndex.from_frame(panel.frame[FIRM_YEAR].iloc[[3, 5, 8]])
    bad = pd.MultiIndex.from_frame(economy.firms[FIRM_YEAR]).isin(three)
    assets = economy.firms["fixed_assets"].mask(bad, -1)
    found = firm_panel(replace(economy, firms=economy.firms.assign(fixed_assets=assets)))
    for name in ("lncap", "capital_intensive", "lntfp"):
        assert found.frame.index[found.frame[name].isna()].tolist() == [3, 5, 8]
    ledger = found.ledger.frame.set_index("rule")
    assert ledger.loc["lncap is defined", "dropped"] == 3


def test_percent_for_shares_is_no_cell_but_a_column(economy):
    """A few shares above one are slips; if most are, the column is in percent and refused."""
    percent = economy.firms.assign(foreign_share=100 * economy.firms["foreign_share"])
    found = firm_panel(replace(economy, firms=percent), unmeasured="report")
    assert "give shares, not percent" in found.unmeasured["foe"]


def test_firms_without_a_place_lack_what_is_measured_by_place(economy, panel):
    """Their share of digitized neighbours and their internet are missing; others have theirs."""
    five = pd.MultiIndex.from_frame(panel.frame[FIRM_YEAR].iloc[:5])
    bad = pd.MultiIndex.from_frame(economy.firms[FIRM_YEAR]).isin(five)
    lost = economy.firms.assign(province=economy.firms["province"].astype("str").mask(bad))
    found = firm_panel(replace(economy, firms=lost)).frame
    for name in ("INT", "dig_ivt"):
        assert found[name].isna().to_numpy().nonzero()[0].tolist() == list(range(5))
    assert found["INT"].iloc[5:].tolist() == panel.frame["INT"].iloc[5:].tolist()


def test_flows_without_sigma_are_left_out_and_counted(economy):
    """Every real table of σ has gaps; these flows go, the qualities stay, and the panel says so."""
    some = economy.elasticities.iloc[5:]
    changed = replace(economy, elasticities=some)
    found = firm_panel(changed, ("QSY", "QBW", "QLP", "QOP"), unmeasured="report")
    assert found.unmeasured == {}
    customs, _ = drop_intermediaries(economy.customs, economy.register)
    wanted = measure_quality(customs, some, missing_sigma="drop")
    quality = found.frame[FIRM_YEAR].merge(wanted.firm_years, how="left")["quality"]
    pd.testing.assert_series_equal(found.frame["QSY"], quality, check_names=False)
    lost = wanted.ledger.frame.loc[0, "dropped"]
    assert lost > 0
    assert set(found.notes) == {"QSY", "QLP", "QOP"}
    assert f"σ is missing for {lost} of" in found.notes["QSY"]
    with pytest.raises(ValueError, match=r"of firm_panel, by unmeasured='report'"):
        firm_panel(changed)


def test_sigma_of_no_flow_says_so(economy):
    """Where σ is found for none, names or digits differ: nothing is left out, QSY is not there."""
    other = economy.elasticities.assign(
        destination="X" + economy.elasticities["destination"].astype(str)
    )
    found = firm_panel(replace(economy, elasticities=other), ("QSY", "QLP"), unmeasured="report")
    for name in ("QSY", "QLP"):
        assert "as none is found, see whether" in found.unmeasured[name]
        assert "left out" not in found.unmeasured[name]
    assert found.notes == {}


def test_what_firms_lack_is_told_of_the_whole_table(economy):
    """The columns that are there must be those of the table, not of the few that were looked at."""
    firms = economy.firms.drop(columns=["profit", "founded"])
    found = firm_panel(replace(economy, firms=firms), unmeasured="report").unmeasured
    for name in ("lnpro", "startup"):
        assert "'wages_payable'" in found[name]


def test_a_register_of_the_other_kind_is_an_error(economy):
    """Firm 1 and firm "1" never meet: to keep all shipments then would be no sensible result."""
    changed = replace(economy, register=economy.register.astype({"firm": str}))
    with pytest.raises(TypeError, match=r"register.firm .* make both numbers or both text"):
        firm_panel(changed, unmeasured="report")
