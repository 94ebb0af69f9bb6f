"""Protects the figures of instrumented demand: every estimator named, in its own colour."""

import pandas as pd

from tradedig_book.present.measure_figures import (
    ESTIMATOR_SHADES,
    slope_curves_figure,
    slope_shares_figure,
)

WORDS = {"caption": "Slopes. Synthetic data.", "alt": "Curves."}
ESTIMATORS = [name for name in ESTIMATOR_SHADES if name != "truth"]


def test_shares_name_every_line_in_its_colour():
    """A reader must be able to tell the estimators from each other and from the truth."""
    values = {name: pd.Series([1.0, 2.0, 3.0]) for name in ESTIMATOR_SHADES}
    svg = slope_shares_figure(values, ends=(0, 4), **WORDS).svg
    for name, role in ESTIMATOR_SHADES.items():
        assert f">{name}<" in svg
        assert f"var(--td-{role}" in svg


def test_curves_draw_mean_band_and_limit_of_each():
    """Each estimator must have a band, a line and as many dots as there are points."""
    curves = pd.DataFrame(
        [
            (x, name, 3.0 - x, 2.5 - x, 3.5 - x, 3.0 - x)
            for x in (0.0, 0.5, 1.0)
            for name in ESTIMATORS
        ],
        columns=["x", "estimator", "mean", "low", "high", "limit"],
    )
    shown = slope_curves_figure(curves, 4.0, xlabel="share (no unit)", **WORDS)
    assert "share (no unit)" in shown.svg
    for name in [*ESTIMATORS, "truth"]:
        assert f">{name}<" in shown.svg
    assert shown.svg.count('id="FillBetweenPolyCollection') == len(ESTIMATORS)
    more = pd.concat([curves, curves.assign(x=2.0)])
    assert slope_curves_figure(more, 4.0, xlabel="share (no unit)", **WORDS).svg.count(
        "<use"
    ) > shown.svg.count("<use")
