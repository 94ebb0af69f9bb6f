"""Protects the stored calibration: what is written is what is read."""

from dataclasses import replace

from tradedig_book.economy.calibration import load_calibration, save_calibration


def test_stored_calibration_survives_a_round_trip(tmp_path):
    """What the command writes must be what the generator reads."""
    calibration = replace(load_calibration(), firms=12, seed=3)
    save_calibration(calibration, tmp_path / "c.json")
    assert load_calibration(tmp_path / "c.json") == calibration
