"""Protects the specification curve: every combination is there, and is its own regression."""

from __future__ import annotations

from dataclasses import replace
from math import prod

import numpy as np
import pytest

from tradedig_book.economy import simulate
from tradedig_helpers.estimation.fit import estimate
from tradedig_helpers.estimation.specification_curve import (
    CHOICES,
    ESTIMATED,
    declare,
    specification_curve,
)
from tradedig_helpers.measure.panel import firm_panel


@pytest.fixture(scope="module")
def panel():
    """Return a panel with every outcome."""
    return firm_panel(simulate(300, 5), ("QSY", "QBW", "QKL", "QLP", "QOP")).frame


@pytest.fixture(scope="module")
def curve(panel):
    """Return the curve of the small economy."""
    return specification_curve(panel)


def test_every_combination_is_there_once(curve):
    """A choice that is left out would bend the curve."""
    assert len(curve) == prod(len(options) for options in CHOICES.values())
    assert not curve.duplicated(list(CHOICES)).any()
    assert curve[["estimate", "std_error", "n", "clusters", "scale"]].notna().all(axis=None)


@pytest.mark.parametrize("place", [0, 244, 700, 1111, 1499, 1619])
def test_rows_are_their_own_regressions(place, curve, panel):
    """Estimate, error, p-value and counts must be those of the regression by itself."""
    row = curve.iloc[place]
    choice = {name: row[name] for name in ESTIMATED}
    spec = replace(declare(choice, 1), cluster=CHOICES["cluster"][row["cluster"]])
    frame = panel.assign(digital=(panel["dig"] > 1).astype(float))
    found = estimate(spec, frame)
    alone = found.coefficients.iloc[0]
    assert row["estimate"] == pytest.approx(alone["estimate"], rel=1e-9)
    assert row["std_error"] == pytest.approx(alone["std_error"], rel=1e-7)
    assert row["p"] == pytest.approx(alone["p"], rel=1e-6)
    assert (row["n"], row["clusters"]) == (found.n, found.clusters)


def test_scale_turns_estimates_into_standard_deviations(curve, panel):
    """Without controls or effects but the year's, the scale is a ratio of spreads of the rows."""
    row = curve[(curve["quality"] == "QSY") & (curve["index"] == "lndig")].iloc[0]
    used = panel[panel["QSY"].notna()]
    ratio = used["lndig"].std() / used["QSY"].std()
    np.testing.assert_allclose(row["scale"], ratio, rtol=1e-9)
