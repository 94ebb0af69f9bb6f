"""Protects the calibration: targets are published figures, steps do what they predict."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from tradedig_book.economy import load_calibration
from tradedig_book.published import published
from tradedig_book.truth.calibrate import (
    CENTRED_ELSEWHERE,
    QUALITY_COLUMNS,
    SINGLE,
    close_gaps,
    contrasts,
    moved,
    targets,
)
from tradedig_book.truth.calibration_data import CalibrationDraw, draw
from tradedig_helpers.estimation.specifications import TABLE_5, paper_column


@pytest.fixture(scope="module")
def drawn():
    """Return what calibration sees of a small economy."""
    return draw(replace(load_calibration(), firms=900, seed=5))


def test_targets_are_the_published_figures():
    """Every printed coefficient with an error must be a target, but for the stated few."""
    goal = targets([paper_column(2, 6)]).set_index("term")
    printed = published(2, 6).set_index("term").dropna(subset="std_error")
    assert goal["estimate"].to_dict() == printed["estimate"].to_dict()
    keys = targets(TABLE_5)[["table", "column", "term"]].itertuples(index=False, name=None)
    assert not CENTRED_ELSEWHERE & set(keys)


def test_gains_are_slopes_of_quality(drawn):
    """Quality made of the gains alone must be found again, loading by loading."""
    names = ["psi.pit", "psi.flex", "advantage.lnsca"]
    sizes = np.array([0.3, -0.1, 0.2])
    made = CalibrationDraw(drawn.panel.assign(QSY=drawn.gains[names] @ sizes), drawn.gains)
    other = CalibrationDraw(drawn.panel.assign(QSY=2 * made.panel["QSY"]), drawn.gains)
    (found, _), (twice, _) = (close_gaps(d, QUALITY_COLUMNS[:1], names) for d in (made, other))
    change = np.array([found[name] - twice[name] for name in names])
    np.testing.assert_allclose(change, sizes, rtol=0.05)


@pytest.mark.parametrize(
    ("columns", "part"), [(QUALITY_COLUMNS, "psi"), (SINGLE["flex"][1:], "dispersion.lndig")]
)
def test_a_step_does_what_it_predicts(drawn, columns, part):
    """Moving an outcome by the gains times the move must close the gaps as far as possible."""
    names = [name for name in drawn.gains if name.startswith(part)]
    outcome = columns[0].outcome
    moves, before = close_gaps(drawn, columns, names)
    shifted = drawn.panel[outcome] + drawn.gains[names] @ np.array(list(moves.values()))
    _, after = close_gaps(
        CalibrationDraw(drawn.panel.assign(**{outcome: shifted}), drawn.gains), columns, names
    )
    assert (after["gap"] ** 2).sum() < (before["gap"] ** 2).sum()
    assert max(map(abs, moves.values())) > 0


def test_groups_differ_by_the_published_difference(drawn):
    """The response of small firms over others must be the published gap, in flex."""
    slope = drawn.gains["dispersion.lndig"].sum() / drawn.panel["lndig"].sum()
    small, large = (
        published(7, column).set_index("term")["estimate"]["lndig"] for column in (1, 3)
    )
    assert contrasts(drawn)["lndig:small"] * slope == pytest.approx(small - large, abs=1e-5)


def test_moved_changes_only_what_it_names():
    """A move must add to its own loading, rounded to six decimals, and to nothing else."""
    old = load_calibration()
    new = moved(old, {"psi.flex": 0.12345678, "selection": -0.5})
    assert new.psi["flex"] == pytest.approx(old.psi["flex"] + 0.123457, abs=1e-12)
    assert new.selection == pytest.approx(old.selection - 0.5)
    assert replace(new, psi=old.psi, selection=old.selection) == old


def test_panel_for_calibration_is_about_industrial_firms(drawn):
    """Intermediaries have no accounts and must not be calibrated to."""
    assert set(drawn.panel["sector"]) == {"manufacturing"}
    assert isinstance(drawn.gains, pd.DataFrame)
    assert len(drawn.gains) == len(drawn.panel)
    assert drawn.gains.notna().all(axis=None)
