"""Protects the kinds of figures: who is drawn where, in which colour, and under which name."""

import re

import numpy as np
import pandas as pd
import pytest

from tradedig_book.present.charts import (
    ZERO,
    Estimates,
    Group,
    Line,
    Mark,
    forest,
    frame_lines,
    histogram,
    lines,
)

WORDS = {"xlabel": "x (units)", "ylabel": "y (units)", "caption": "Synthetic.", "alt": "A drawing."}


def heights(svg, name):
    """Return how far down the text ``name`` stands, each time that it is there."""
    return [float(y) for y in re.findall(rf'y="([\d.]+)"[^>]*>{name}<', svg)]


def test_a_forest_names_rows_series_and_marks():
    """The first row is on top, and a series without a name is not in the legend."""
    ours = Estimates("now", [1.0, 2.0], [0.5, 1.5], [1.5, 2.5], "ours")
    svg = forest(["upper", "lower"], ours, marks=[ZERO, Mark(1.2, "truth")], **WORDS).svg
    assert heights(svg, "upper") < heights(svg, "lower")
    assert all(f">{name}<" in svg for name in ("ours", "truth"))
    unnamed = forest(["upper"], Estimates("now", [1.0]), **WORDS).svg
    assert 'id="legend_1"' not in unnamed


def test_a_forest_draws_every_sample():
    """Estimates of several samples stand in the row of their label."""
    draws = np.array([[1.1, 2.1], [1.5, 2.5], [0.5, 3.1]])
    few, many = (
        forest(["a", "b"], Estimates("now", shown), **WORDS, xlim=(0, 4)).svg
        for shown in (draws[:1], draws)
    )
    assert many.count("<use") - few.count("<use") == 4


def test_lines_of_a_frame_share_colours_but_not_dashes():
    """Columns of one role must be told apart, and missing values leave the others alone."""
    frame = pd.DataFrame({"a": [1.0, 2.0], "b": [2.0, np.nan], "c": [3.0, 1.0]}, index=[1, 2])
    svg = frame_lines(frame, roles=dict.fromkeys("abc", "now"), **WORDS).svg
    assert len(set(re.findall(r"stroke-dasharray: ([\d. ,]+)", svg))) >= 2
    assert all(f">{name}<" in svg for name in "abc")


def test_log_axes_are_written_in_full():
    """Powers of ten are for those who know them; readers count in thousands."""
    line = Line([100.0, 100_000.0], [1.0, 2.0])
    assert ">10,000<" in lines({"a": line}, **WORDS, xscale="log").svg


def test_a_band_and_dots_belong_to_their_line():
    """What is drawn around a line has its colour."""
    line = Line([0.0, 1.0], [0.0, 1.0], dots=(0.5,), role="pin", band=([-1.0, 0.0], [1.0, 2.0]))
    svg = lines({"a": line}, **WORDS).svg
    assert "FillBetweenPolyCollection" in svg
    assert "--td-now" not in svg
    assert svg.count("--td-pin") >= 4


@pytest.mark.parametrize(("names", "legend"), [(("",), False), (("one", "other"), True)])
def test_histograms_name_groups_where_there_are_several(names, legend):
    """A single distribution needs no legend; several are outlines with names."""
    values = pd.Series([1.0, 2.0, 2.0, np.nan, 3.0])
    svg = histogram(*(Group(values, name) for name in names), bins=3, **WORDS).svg
    assert ('id="legend_1"' in svg) == legend
    assert all(f">{name}<" in svg for name in names if name)
