"""Protects quality below the firm: means, joins with the firm-year, and what has no partner."""

import numpy as np
import pandas as pd
import polars as pl
import pytest

from tradedig_helpers.measure.flows import to_flows
from tradedig_helpers.measure.intermediaries import drop_intermediaries
from tradedig_helpers.measure.levels import level_panel
from tradedig_helpers.measure.panel import firm_panel
from tradedig_helpers.measure.quality import measure_quality

LEVELS = (
    "firm",
    "firm-destination",
    "firm-product",
    "firm-destination-product-mode",
)


@pytest.fixture
def flows(random_trade):
    """Return random flows with a quality."""
    found = to_flows(random_trade(4, rows=120)[0])
    return found.assign(quality=np.random.default_rng(1).random(len(found)))


@pytest.fixture
def panel(flows):
    """Return what is known of the firms of the flows, year by year."""
    frame = flows[["firm", "year"]].drop_duplicates(ignore_index=True)
    return frame.assign(lndig=np.arange(len(frame), dtype=float))


@pytest.mark.parametrize("level", LEVELS)
def test_quality_is_the_weighted_mean_of_the_units_flows(flows, panel, level):
    """Weights are export values, within the unit and year and nothing else."""
    found = level_panel(panel, flows, level)
    key = [*level.split("-"), "year"]
    assert found.key == tuple(key)
    assert found.effect == level.replace("-", "^")
    by_hand = {
        unit: (np.average(rows["quality"], weights=rows["value"]), len(rows), rows["value"].sum())
        for unit, rows in flows.groupby(key)
    }
    for row in found.frame.itertuples():
        expected = by_hand.pop(tuple(getattr(row, name) for name in key))
        assert (row.quality, row.flows, row.value) == pytest.approx(expected)
    assert not by_hand


@pytest.mark.parametrize("level", LEVELS)
def test_each_unit_carries_its_firms_year(flows, panel, level):
    """A regressor of the firm must be the same in all its units of a year, and the right one."""
    frame = level_panel(panel, flows, level).frame
    known = panel.set_index(["firm", "year"])["lndig"]
    expected = known.loc[list(zip(frame["firm"], frame["year"], strict=True))]
    assert frame["lndig"].tolist() == expected.tolist()
    assert len(frame) == flows.groupby([*level.split("-"), "year"]).ngroups


def test_what_has_no_partner_is_counted(flows, panel):
    """Neither a unit without accounts nor a firm-year without quality may vanish in silence."""
    gone = panel.iloc[[0, 1]]
    extra = pd.DataFrame({"firm": [900], "year": [2003], "lndig": [1.0]})
    given = pd.concat([panel.iloc[2:], extra], ignore_index=True)
    found = level_panel(given, flows, "firm-destination")
    units = flows[["firm", "destination", "year"]].drop_duplicates()
    lost = len(units.merge(gone[["firm", "year"]]))
    steps = found.ledger.frame
    assert steps["unit"].tolist() == ["firm-destination-years", "firm-years"]
    assert steps["before"].tolist() == [len(units), len(given)]
    assert steps["dropped"].tolist() == [lost, 1]
    assert len(found.frame) == len(units) - lost


def test_at_the_level_of_the_firm_it_is_the_panel(economy):
    """The same flows must give the firm's own quality again."""
    panel = firm_panel(economy).frame
    makers, _ = drop_intermediaries(economy.customs, economy.register)
    flows = measure_quality(makers, economy.elasticities).flows
    found = level_panel(panel[["firm", "year", "QSY"]], flows, "firm").frame
    assert len(found) == panel["QSY"].notna().sum()
    np.testing.assert_allclose(found["quality"], found["QSY"], rtol=1e-12)


def test_flows_may_be_of_another_engine(flows, panel):
    """Large flows may stay where they are; the level must be the same."""
    here = level_panel(panel, flows, "firm-product")
    there = level_panel(panel, pl.from_pandas(flows), "firm-product")
    assert here.ledger == there.ledger
    pd.testing.assert_frame_equal(here.frame, there.frame, check_dtype=False)


def test_index_and_types_of_the_panel_do_not_matter(flows, panel):
    """Firm and year in the index as well, or types of another library, must change nothing."""
    known = level_panel(panel, flows, "firm-product").frame
    indexed = panel.set_index(["firm", "year"], drop=False)
    for given in (indexed, panel.astype({"firm": "Int32", "year": "int16[pyarrow]"})):
        found = level_panel(given, flows, "firm-product").frame
        pd.testing.assert_frame_equal(found, known)
    with pytest.raises(TypeError, match="panel is a polars DataFrame; give a pandas DataFrame"):
        level_panel(pl.from_pandas(panel), flows, "firm-product")
    with pytest.raises(TypeError, match=r"panel.year has type String; convert it to numbers"):
        level_panel(panel.astype({"year": str}), flows, "firm-product")


def test_arguments_stay_as_they_were(flows, panel):
    """Neither frame may be changed."""
    before = flows.copy(), panel.copy()
    level_panel(panel, flows, "firm-product")
    pd.testing.assert_frame_equal(flows, before[0])
    pd.testing.assert_frame_equal(panel, before[1])


@pytest.mark.parametrize(
    ("change", "level", "error", "message"),
    [
        (lambda p: p, "firm-mode", ValueError, "level = 'firm-mode' is unknown"),
        (lambda p: p.drop(columns="year"), "firm", ValueError, r"panel lacks .*\['year'\]"),
        (lambda p: pd.concat([p, p]), "firm", ValueError, "panel repeats the key"),
        (lambda p: p.assign(quality=1.0), "firm", ValueError, r"columns \['quality'\]"),
        (
            lambda p: p.assign(product="1"),
            "firm-product",
            ValueError,
            r"\['product'\], which the level brings; rename",
        ),
        (lambda p: p.astype({"firm": str}), "firm", TypeError, "panel.firm holds str"),
        (lambda p: p.assign(year=1990 + p["firm"]).drop_duplicates(["firm"]), "firm",
         ValueError, "none of .* units has its firm and year"),
    ],
)  # fmt: skip
def test_bad_panels_are_refused(flows, panel, change, level, error, message):
    """A panel that cannot be joined, or would overwrite quality, is refused by name."""
    with pytest.raises(error, match=message):
        level_panel(change(panel), flows, level)


def test_bad_flows_are_refused(flows, panel):
    """Flows without a weight or with an undefined quality would give a wrong mean."""
    with pytest.raises(ValueError, match=r"flows lacks the columns \['mode'\]"):
        level_panel(panel, flows.drop(columns="mode"), "firm-destination-product-mode")
    with pytest.raises(ValueError, match="quality is missing or infinite in 1 of"):
        level_panel(panel, flows.assign(quality=[np.nan, *flows["quality"][1:]]), "firm")
