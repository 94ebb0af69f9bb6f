"""Protects the calibration: its targets are the published figures, its step finds them."""

from dataclasses import replace

import pytest

from tradedig_helpers.economy.calibration import (
    calibrate,
    load_calibration,
    save_calibration,
    targets,
)
from tradedig_helpers.published import published


def test_targets_are_the_published_figures():
    """The direct effect is the total less what flex carries, so the parts add up."""
    goal = targets()
    printed = published(2, 6).set_index("term")["estimate"]
    assert goal["lndig"] + goal["flex"] * goal["response"] == pytest.approx(printed["lndig"])
    assert goal["lnsca"] == printed["lnsca"]
    assert goal["pooled"] == 0.0031


def test_calibrate_solves_a_linear_economy():
    """Where coefficients are linear in loadings, one step must hit every target."""
    start = load_calibration()

    def linear(calibration):
        loadings = {
            **calibration.advantage,
            **calibration.psi,
            "response": calibration.dispersion,
            "pooled": calibration.selection,
        }
        slopes = {f"slope:{name}": 0.5 for name in loadings}
        return {name: 0.1 + 0.5 * value for name, value in loadings.items()} | slopes

    moved, _ = calibrate(start, linear, steps=1)
    found = linear(moved)
    assert all(found[name] == pytest.approx(value, abs=1e-6) for name, value in targets().items())


def test_stored_calibration_survives_a_round_trip(tmp_path):
    """What the command writes must be what the generator reads."""
    calibration = replace(load_calibration(), firms=12, seed=3)
    save_calibration(calibration, tmp_path / "c.json")
    assert load_calibration(tmp_path / "c.json") == calibration
