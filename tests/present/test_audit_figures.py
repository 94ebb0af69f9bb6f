"""Protects the figures of the audit: every interval and every line named."""

import pandas as pd
import pytest

from tradedig_book.present.audit_figures import alone_figure, ranges_figure

WORDS = {"caption": "Intervals.", "alt": "Bars."}
ROWS = pd.DataFrame({"label": ["one", "other"], "low": [1.0, 2.0], "high": [3.0, 4.0]})


@pytest.mark.parametrize("scale", ["linear", "log"])
def test_ranges_name_each_row_and_mark(scale):
    """A reader must know which bar is which, and what each line stands for."""
    words = {"xlabel": "t (no unit)", "ylabel": "figure", **WORDS}
    svg = ranges_figure(ROWS, marks={"5%": 1.96}, xscale=scale, **words).svg
    for text in ("one", "other", "5%", "t (no unit)"):
        assert f">{text}<" in svg


def test_each_steepness_has_a_line_and_the_loss_is_named():
    """Lines share a colour, so each needs its name; the loss is written in full."""
    curves = pd.DataFrame(
        {"industries": [10, 20] * 2, "steepness": [0.5, 0.5, 1, 1], "alone": [1.0, 9, 2, 8]}
    )
    svg = alone_figure(curves, 1852, **WORDS).svg
    assert ">lost in the paper: 1,852<" in svg
    assert [f">κ = {steepness}<" in svg for steepness in ("0.5", "1")] == [True, True]
