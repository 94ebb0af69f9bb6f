"""Protects frames whose firm and year have other names: same numbers, and the names come back."""

import pandas as pd
import polars as pl
import polars.testing
import pytest

import tradedig_helpers as td
from tradedig_helpers.frames.names import OwnNames
from tradedig_helpers.measure.groups import ordinary_share

OWN = {"firm": "plant", "year": "wave"}
CALLS = {
    "flexibility": lambda d, **own: td.measure_flexibility(d.customs, **own),
    "digitization": lambda d, **own: td.measure_digitization(d.firms, **own),
    "controls": lambda d, **own: td.measure_controls(d.firms, **own),
    "groups": lambda d, **own: td.measure_groups(d.firms, d.flows, **own),
    "destinations": lambda d, **own: td.measure_destinations(d.flows, d.destinations, **own),
    "imports": lambda d, **own: td.measure_imports(d.imports, d.digital_products, **own),
    "ordinary": lambda d, **own: ordinary_share(d.flows, **own),
    "flows": lambda d, **own: td.to_flows(d.customs, **own),
    "pairs": lambda d, **own: td.measure_pairs(d.customs, 2004, **own),
    "quality": lambda d, **own: td.measure_quality(d.customs, 4.0, **own).firm_years,
    "quality of flows": lambda d, **own: td.measure_quality(d.customs, 4.0, **own).flows,
    "instrumented": lambda d, **own: instrumented(d, **own).firm_years,
    "instrumented flows": lambda d, **own: instrumented(d, **own).flows,
    "intermediaries": lambda d, **own: td.drop_intermediaries(
        d.customs, d.register, **only("firm", own)
    )[0],
    "residual": lambda d, **own: td.demand_residual(d.graded, **only("year", own)),
    "aggregate": lambda d, **own: td.aggregate(d.graded, "firm-product", **own),
    "levels": lambda d, **own: td.level_panel(d.panel, d.graded, "firm-product", **own).frame,
    "productivity": lambda d, **own: td.olley_pakes(d.firms, **own).frame,
}
OF_PANDAS = ("controls", "groups", "imports", "intermediaries", "levels", "productivity")
OF_ANY_ENGINE = [name for name in CALLS if name not in OF_PANDAS]


def only(name, own):
    """Return the one name that a call takes."""
    return {key: value for key, value in own.items() if key == name}


def instrumented(d, **own):
    """Measure quality with the lagged price."""
    return td.measure_instrumented(d.customs, 4.0, "lagged price", **own)


class Tables:
    """The tables of an economy, in other names or another engine."""

    def __init__(self, economy, change):
        self.flows = change(td.to_flows(economy.customs))
        self.graded = change(td.measure_quality(economy.customs, 4.0).flows)
        self.panel = change(td.measure_digitization(economy.firms))
        for name in ("customs", "firms", "destinations", "imports", "digital_products", "register"):
            setattr(self, name, change(getattr(economy, name)))


def renamed(frame):
    """Return a frame under the caller's names."""
    return frame.rename(columns=OWN)


@pytest.mark.parametrize("name", CALLS)
def test_own_names_change_no_number(economy, name):
    """Names in, names out, and nothing else."""
    found = CALLS[name](Tables(economy, renamed), **OWN)
    expected = CALLS[name](Tables(economy, lambda frame: frame))
    pd.testing.assert_frame_equal(found, renamed(expected))


@pytest.mark.parametrize("name", OF_ANY_ENGINE)
def test_own_names_in_polars(economy, name):
    """Another engine must do the same."""
    found = CALLS[name](Tables(economy, lambda frame: pl.from_pandas(renamed(frame))), **OWN)
    expected = CALLS[name](Tables(economy, pl.from_pandas))
    known = {paper: own for paper, own in OWN.items() if paper in expected}
    pl.testing.assert_frame_equal(found, expected.rename(known), check_row_order=False)


def test_names_that_cannot_be_taken_are_named():
    """A name that is not there, one that would be taken twice, and one name for both."""
    frame = pd.DataFrame({"plant": [1], "firm": [2], "year": [2004], "value": [5]})
    with pytest.raises(ValueError, match="customs has no column 'id', given as its firm; it has"):
        td.measure_flexibility(frame, firm="id")
    with pytest.raises(ValueError, match="customs has a column 'firm' beside 'plant'"):
        td.measure_flexibility(frame, firm="plant")
    with pytest.raises(ValueError, match="firm and year"):
        OwnNames("firm", "firm")
    with pytest.raises(ValueError, match=r"the answer has columns \['flex'\] of its own"):
        td.measure_flexibility(frame.rename(columns={"firm": "flex"}), firm="flex")
    assert list(
        td.measure_flexibility(frame.assign(firm=2004, year=7), firm="year", year="firm", ddof=1)
    )[:2] == [
        "year",
        "firm",
    ]


@pytest.mark.parametrize("give", [lambda frame: frame, pl.from_pandas], ids=["pandas", "polars"])
def test_shares_of_cells_with_another_year(economy, give):
    """A cell may name its year otherwise, which is held to be a year all the same."""
    panel = td.measure_digitization(economy.firms).merge(economy.firms)
    by = ["province", "year"]
    expected = td.digital_share(panel, by, leave_out=True)["dig_ivt"]
    mine = give(panel.rename(columns=OWN))
    found = td.digital_share(mine, ["province", "wave"], leave_out=True, year="wave")["dig_ivt"]
    known = pd.Series(found.to_list(), dtype=float)
    pd.testing.assert_series_equal(known, expected, check_names=False, rtol=1e-12)
    wrong = give(panel.rename(columns=OWN).assign(wave=200601))
    with pytest.raises(ValueError, match=r"panel\.wave is no year"):
        td.digital_share(wrong, ["province", "wave"], year="wave")


def test_effects_of_productivity_may_have_own_names(economy):
    """The year among the effects is meant by its own name as by the paper's."""
    effects = ("industry", "wave")
    found = td.olley_pakes(renamed(economy.firms), effects=effects, **OWN)
    expected = td.olley_pakes(economy.firms, effects=("industry", "year"))
    pd.testing.assert_frame_equal(found.coefficients, expected.coefficients)
    pd.testing.assert_frame_equal(found.frame, renamed(expected.frame))
    with pytest.raises(ValueError, match="effects has firm"):
        td.olley_pakes(renamed(economy.firms), effects=("plant",), **OWN)


def test_the_unit_of_a_level_has_own_names(economy):
    """The key of a row, and the unit as a fixed effect, are columns of the answer."""
    tables = Tables(economy, renamed)
    found = td.level_panel(tables.panel, tables.graded, "firm-destination", **OWN)
    assert found.key == ("plant", "destination", "wave")
    assert found.effect == "plant^destination"
    assert not found.frame.duplicated([*found.key]).any()


def test_the_year_of_a_cell_has_either_name():
    """The year in ``by`` is the caller's own; one that stands in no cell is no silent nothing."""
    cells = {"province": "P01", "industry": "13", "wave": [2004, 2004, 2005]}
    panel = pd.DataFrame({**cells, "dig": [1, 3, 8]})
    assert td.digital_share(panel, year="wave")["dig_ivt"].tolist() == [0.5, 0.5, 1.0]
    with pytest.raises(ValueError, match=r"year = 'wave' is not in by = \['province'\]; add it"):
        td.digital_share(panel, ["province"], year="wave")
