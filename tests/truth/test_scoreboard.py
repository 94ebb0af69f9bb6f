"""Protects the scoreboard: every published figure once, an honest distance, honest roles."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from tradedig_book.present.stored import stored_results
from tradedig_book.published import published
from tradedig_book.truth.calibrate import QUALITY_COLUMNS, targets
from tradedig_book.truth.scoreboard import (
    APART,
    BANDS,
    KEY,
    NOT_ESTIMATED,
    UNMEASURED,
    agreement,
    roles,
    scoreboard,
)

COLUMNS = ["table", "column", "problem"]


def ours(**rows: float) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return estimates like the published, each error halved, some moved by ``rows``."""
    paper = published()
    frame = paper[[*KEY, "estimate"]].assign(std_error=paper["std_error"] / 2)
    frame.loc[frame["term"] == "ME", "std_error"] = 0.0002
    for place, value in rows.items():
        frame.loc[int(place[1:]), "estimate"] += value
    heads = frame[["table", "column"]].drop_duplicates().assign(problem="")
    return frame, heads


def test_every_published_figure_is_there_once():
    """A figure that is left out could be the one that disagrees."""
    board = scoreboard(*ours())
    pd.testing.assert_frame_equal(board[KEY], published()[KEY])
    assert (board["distance"].dropna() == 0).all()
    assert set(board["apart"]) == {"within 1", UNMEASURED}


def test_distance_uses_both_errors():
    """A gap of three published errors is 3/√1.25 where ours is half as large."""
    paper = published()
    error = paper.loc[0, "std_error"]
    row = scoreboard(*ours(_0=3 * error)).iloc[0]
    assert row["distance"] == pytest.approx(3 / np.sqrt(1.25))
    assert row["apart"] == "2 to 3"
    assert row["ratio"] == pytest.approx(1 + 3 * error / row["published"])


def test_mediated_effects_use_our_error_alone():
    """The paper prints none; a made-up one would shrink the distance."""
    place = int(published().index[published()["term"] == "ME"][0])
    row = scoreboard(*ours(**{f"_{place}": 0.0003})).iloc[place]
    assert row["kind"] == "mediated effect"
    assert row["distance"] == pytest.approx(1.5)


@pytest.mark.parametrize(
    ("moved", "band"), [(0.5, "within 1"), (1.5, "1 to 2"), (2.5, "2 to 3"), (-9.0, "beyond 3")]
)
def test_bands_hold_what_they_say(moved, band):
    """A reader filters by these names."""
    error = published().loc[0, "std_error"] * np.sqrt(1.25)
    assert scoreboard(*ours(_0=moved * error)).loc[0, "apart"] == band


def test_a_column_that_fails_has_its_reason():
    """A blank would hide that a published column cannot be estimated."""
    estimates, columns = ours()
    gone = (estimates["table"] == 4) & (estimates["column"] == 4)
    columns.loc[(columns["table"] == 4) & (columns["column"] == 4), "problem"] = "spanned"
    board = scoreboard(estimates[~gone], columns)
    failed = board[board["apart"] == NOT_ESTIMATED]
    assert len(failed) == gone.sum()
    assert set(failed["problem"]) == {"spanned"}
    assert (board.loc[board["apart"] != NOT_ESTIMATED, "problem"] == "").all()


def test_a_term_or_column_that_was_not_run_says_so():
    """Old results must not look like a finding."""
    estimates, columns = ours()
    board = scoreboard(estimates.drop(index=3), columns.iloc[1:])
    assert board.loc[3, "problem"] == "our column has no such term"
    board = scoreboard(estimates.iloc[3:], columns.iloc[1:])
    assert board.loc[0, "problem"] == "this column was not run"


def test_roles_are_those_of_the_calibration():
    """What calibration aims at must be marked as a target, and nothing else."""
    found = roles()
    aimed = set(targets(QUALITY_COLUMNS)[KEY].itertuples(index=False, name=None))
    assert aimed <= {key for key, role in found.items() if role == "target"}
    assert found[(2, 1, "lndig")] == found[(5, 7, "lndig")] == found[(4, 1, "lndig")] == "target"
    assert found[(7, 1, "lndig")] == found[(5, 9, "lndig")] == "difference"
    for free in ((2, 3, "lndig"), (4, 3, "lndig"), (5, 3, "lndig"), (5, 8, "ME"), (2, 6, "stat:N")):
        assert free not in found


def test_agreement_by_hand():
    """Root mean square, share and the largest, for one table."""
    error = published().loc[0, "std_error"] * np.sqrt(1.25)
    row = agreement(scoreboard(*ours(_0=4 * error)), "table").iloc[0]
    assert row["table"] == 2
    assert row["rms"] == pytest.approx(4 / np.sqrt(row["figures"]))
    assert row["within_2"] == pytest.approx(1 - 1 / row["figures"])
    assert row["largest"] == pytest.approx(4)
    assert row["where"] == "Table 2 (1) lndig"


def test_bad_frames_are_named():
    """A missing column or a figure given twice must not become a wrong row."""
    estimates, columns = ours()
    with pytest.raises(ValueError, match=r"estimates lacks \['std_error'\]"):
        scoreboard(estimates.drop(columns="std_error"), columns)
    with pytest.raises(ValueError, match="estimates has 1 rows that repeat a table, column, term"):
        scoreboard(pd.concat([estimates, estimates.iloc[:1]]), columns)
    with pytest.raises(ValueError, match="columns has 1 rows that repeat a table, column"):
        scoreboard(estimates, pd.concat([columns, columns.iloc[:1]]))


def test_stored_results_make_a_scoreboard():
    """What ships must be shown in full."""
    board = scoreboard(stored_results("estimates").frame, stored_results("columns").frame)
    assert len(board) == len(published())
    assert set(board["apart"]) <= set(APART)
    measured = board["apart"].isin(list(BANDS))
    assert measured.equals(board["distance"].notna())
    assert (board.loc[board["apart"] == NOT_ESTIMATED, "problem"] != "").all()
