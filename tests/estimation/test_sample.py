"""Protects the rows of a specification: their groups, and what is left out on the way."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from tradedig_helpers.estimation.effects import group_codes
from tradedig_helpers.estimation.sample import sample_of
from tradedig_helpers.estimation.specifications import Specification

SPEC = Specification(
    "y", ("x",), effects=("firm", "place^year"), sample="2002-2007", table="test", column=1
)


@pytest.fixture
def frame():
    """Return firm-years with holes, with rows alone in an effect, in no order of firms."""
    rng = np.random.default_rng(2)
    firm, year = np.divmod(rng.permutation(600), 6)
    place = rng.choice(["north", "south", "east"], size=600)
    x = np.where(rng.random(600) < 0.5, np.nan, rng.normal(size=600))
    frame = pd.DataFrame({"firm": firm, "year": 2003 + year, "x": x})
    place = pd.Series(pd.Categorical(place)).where(rng.random(600) < 0.9)
    return frame.assign(y=rng.normal(size=600), place=place, other=1.0)


def test_groups_are_those_of_the_rows_that_are_left(frame):
    """Groups numbered before rows were left out must be what numbering the rest would give."""
    found = sample_of(SPEC, frame, ["year"])
    afresh = group_codes(found.frame, SPEC.effects)
    assert found.singletons
    assert found.missing
    for effect in SPEC.effects:
        pairs = pd.DataFrame({"ours": found.groups[effect], "afresh": afresh[effect]})
        levels = afresh[effect].max() + 1
        assert sorted(pairs["ours"].unique()) == list(range(levels))
        assert len(pairs.drop_duplicates()) == levels


def test_rows_are_those_of_dropping_one_reason_after_the_other(frame):
    """The sample is chosen first, then complete rows, then rows with company in each effect."""
    found = sample_of(SPEC, frame, ["year"])
    left = frame[frame["year"] <= 2007]
    assert found.rows == len(left)
    left = left.dropna(subset=["x", "place"])
    assert found.missing == found.rows - len(left)
    cell = ["place", "year"]
    while (
        alone := (left.groupby("firm")["y"].transform("size") < 2)
        | (left.groupby(cell, observed=True)["y"].transform("size") < 2)
    ).any():
        left = left[~alone]
    assert found.singletons == found.rows - found.missing - len(left)
    columns = ["y", "x", "firm", "place", "year"]
    pd.testing.assert_frame_equal(found.frame, left[columns].reset_index(drop=True))
