"""Protects the figures of the robustness chapter: every estimate drawn, the odd group named."""

import re

import pandas as pd
import pytest

from tradedig_book.present.evidence_figures import against_truth_figure
from tradedig_book.present.palette import PALETTE
from tradedig_book.present.robustness_figures import leave_out_figure
from tradedig_helpers.estimation.leave_out import LeaveOut
from tradedig_helpers.estimation.specifications import Specification

WORDS = {"unit": "effect", "caption": "Synthetic data", "alt": "Estimates"}


def left(most):
    """Return an estimate without each of five industries; that at ``most`` moves it most."""
    shifts = [0.1] * 5
    shifts[most] = 2.0
    without = pd.DataFrame(
        {
            "group": ["11", "12", "13", "14", "15"],
            "estimate": [0.1, 0.2, 0.3, 0.4, 0.5],
            "low": 0.0,
            "high": 0.6,
            "shift": shifts,
        }
    )
    spec = Specification("y", ("x",), table="small", column=1)
    return LeaveOut(spec, "industry", 0.3, 0.1, 50, 10, without)


def drawn(svg, role):
    """Return how often a colour of the palette is used in a drawing."""
    return svg.count(f"var(--td-{role}, {PALETTE[role].light})")


@pytest.mark.parametrize("most", [0, 2, 4])
def test_the_most_influential_group_is_named(most):
    """Its name and colour must be there, wherever it stands in the order, and no other name."""
    svg = leave_out_figure(left(most), **WORDS).svg
    names = ["11", "12", "13", "14", "15"]
    assert f"without {names[most]}" in svg
    assert len(re.findall("without 1", svg)) == 1
    assert drawn(svg, "pin") > 0
    assert "industry left out" in svg


def test_every_truth_is_drawn_beside_its_estimate():
    """Each label must have an estimate with its interval and a truth of its own."""
    rows = pd.DataFrame(
        {
            "label": ["QSY", "QLP"],
            "estimate": [0.1, 0.2],
            "low": [0.0, -0.1],
            "high": [0.2, 0.5],
            "truth": [0.1, 0.0],
        }
    )
    one, two = (against_truth_figure(frame, **WORDS).svg for frame in (rows[:1], rows))
    assert "QSY" in two
    assert "QLP" in two
    assert "QLP" not in one
    assert drawn(two, "truth") > drawn(one, "truth") > 0


def test_figures_need_words():
    """A figure without alt text is refused."""
    with pytest.raises(ValueError, match="caption and alt"):
        leave_out_figure(left(0), unit="effect", caption="Synthetic", alt=" ")
