"""Protects frames whose firm and year have other names: same numbers, and the names come back."""

import pandas as pd
import polars as pl
import polars.testing
import pytest

import tradedig_helpers as td
from tradedig_helpers.frames.names import OwnNames

OWN = {"firm": "plant", "year": "wave"}
CALLS = {
    "flexibility": lambda d, **own: td.measure_flexibility(d.customs, **own),
    "digitization": lambda d, **own: td.measure_digitization(d.firms, **own),
    "controls": lambda d, **own: td.measure_controls(d.firms, **own),
    "groups": lambda d, **own: td.measure_groups(d.firms, d.flows, **own),
    "destinations": lambda d, **own: td.measure_destinations(d.flows, d.destinations, **own),
    "imports": lambda d, **own: td.measure_imports(d.imports, d.digital_products, **own),
}
OF_ANY_ENGINE = ("flexibility", "digitization", "destinations")


class Tables:
    """The tables of an economy, in other names or another engine."""

    def __init__(self, economy, change):
        self.flows = change(td.to_flows(economy.customs))
        for name in ("customs", "firms", "destinations", "imports", "digital_products"):
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
    pl.testing.assert_frame_equal(found, expected.rename(OWN), check_row_order=False)


def test_names_that_cannot_be_taken_are_named():
    """A name that is not there, one that would be taken twice, and one name for both."""
    frame = pd.DataFrame({"plant": [1], "firm": [2], "year": [2004], "value": [5]})
    with pytest.raises(ValueError, match="customs has no column 'id', given as its firm; it has"):
        td.measure_flexibility(frame, firm="id")
    with pytest.raises(ValueError, match="customs has a column 'firm' beside 'plant'"):
        td.measure_flexibility(frame, firm="plant")
    with pytest.raises(ValueError, match="firm and year"):
        OwnNames("firm", "firm")
    assert list(
        td.measure_flexibility(frame.assign(firm=2004, year=7), firm="year", year="firm", ddof=1)
    )[:2] == [
        "year",
        "firm",
    ]
