"""Protects stored estimates: they come back as written, and stale ones are told apart."""

from __future__ import annotations

import pytest

from tradedig_book.economy import simulate
from tradedig_helpers.estimation.results import (
    StoredResults,
    differences,
    load_results,
    save_results,
)
from tradedig_helpers.estimation.runner import paper_frames, run
from tradedig_helpers.estimation.specifications import NEIGHBOURS, TABLE_2, paper_column
from tradedig_helpers.measure.panel import firm_panel


@pytest.fixture(scope="module")
def made():
    """Return results of a small economy, one column of which cannot be estimated."""
    economy = simulate(300, 5)
    frames = paper_frames(firm_panel(economy), economy.firms)
    return run([*TABLE_2, paper_column(5, 7), paper_column(5, 8), NEIGHBOURS], frames)


def kept(name, frame, content="abc"):
    """Return a table as it would be stored."""
    return StoredResults(name, frame, content, "make it")


@pytest.mark.parametrize("name", ["estimates", "columns"])
def test_results_come_back_as_written(name, made, tmp_path):
    """Whatever was written must compare as the same, missing numbers and text included."""
    table = kept(name, getattr(made, name))
    save_results(table, tmp_path)
    assert differences(load_results(name, tmp_path), table) == []


def test_stale_results_are_named(made, tmp_path):
    """A changed number, hash or row must each be found, and tiny noise must not."""
    save_results(kept("estimates", made.estimates), tmp_path)
    stored = load_results("estimates", tmp_path)
    for shift, count in ((1e-9, 0), (1e-4, 1)):
        moved = made.estimates.copy()
        moved.loc[3, "estimate"] *= 1 + shift
        assert len(differences(stored, kept("estimates", moved))) == count
    assert differences(stored, kept("estimates", made.estimates, "xyz")) == [
        "estimates: content was 'abc' and is 'xyz'"
    ]
    shorter = differences(stored, kept("estimates", made.estimates.iloc[1:]))
    assert "only stored [('2', '1', 'lndig')]" in shorter[0]


def test_a_changed_reason_is_named(made, tmp_path):
    """A column that fails for another reason is stale as well."""
    save_results(kept("columns", made.columns), tmp_path)
    changed = kept("columns", made.columns.assign(problem="another reason"))
    assert "problem was" in differences(load_results("columns", tmp_path), changed)[0]


def test_missing_results_name_the_command(tmp_path):
    """A folder without results must say how to make them; so must a clone without its own."""
    with pytest.raises(FileNotFoundError, match="tradedig_helpers paper --data DATA --out"):
        load_results("estimates", tmp_path)
    with pytest.raises(FileNotFoundError, match="make results"):
        load_results("estimates", tmp_path, "make results")
