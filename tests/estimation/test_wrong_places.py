"""Arguments in the wrong place: the error shows how the call is written."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from tradedig_helpers import (
    Specification,
    by_cluster,
    effect_tests,
    errors_by_size,
    estimate,
    estimate_iv,
    event_study,
    group_time,
    heckman,
    leave_out,
    marginal_effects,
    match_adopters,
    mediate,
    paper_column,
    paper_frames,
    tidy,
    wild_cluster_test,
)

SPEC = Specification("y", ("x",), cluster="id")


@pytest.fixture
def panel() -> pd.DataFrame:
    """Return noise of ten firms under names of one's own."""
    rng = np.random.default_rng(3)
    frame = pd.DataFrame(rng.normal(size=(40, 3)), columns=["x", "y", "z"])
    return frame.assign(id=np.arange(40) // 4)


def test_what_is_given_in_the_place_of_another_is_named(panel: pd.DataFrame) -> None:
    """The slips that a newcomer makes."""
    with pytest.raises(TypeError, match=r"got DataFrame .* write estimate\(spec, panel\)"):
        estimate(panel, SPEC)
    with pytest.raises(TypeError, match=r"got Specification .*by_cluster\(spec, panel\)"):
        wild_cluster_test(SPEC, "x", np.random.default_rng(1))
    with pytest.raises(TypeError, match=r"got DataFrame .*event_sample\(panel, cohorts, outcome\)"):
        event_study(panel, leads=1, lags=1)
    with pytest.raises(TypeError, match=r"write heckman\(choice, panel, first, second\)"):
        heckman(SPEC, SPEC, panel, panel)
    with pytest.raises(TypeError, match=r"write estimate_iv\(spec, panel, endogenous"):
        estimate_iv(panel, SPEC, "x", ["z"])
    with pytest.raises(TypeError, match=r"endogenous is one name, such as 'x'; got \['x'\]"):
        estimate_iv(SPEC, panel, ["x"], ["z"])


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda p: by_cluster(p, SPEC), r"by_cluster\(spec, panel\)"),
        (lambda p: leave_out(p, SPEC, "id"), r"leave_out\(spec, panel, by\)"),
        (lambda p: marginal_effects(p, SPEC, "x:z", [1]), r"marginal_effects\(spec, panel, "),
        (lambda p: errors_by_size(p, SPEC, "x", [2]), r"errors_by_size\(spec, panel, term"),
        (lambda p: mediate(p, SPEC, SPEC), r"mediate\(first, second, panel\)"),
        (lambda p: effect_tests(p, 1), r"effect_tests\(mediate\(first, second, panel\), rng\)"),
        (lambda p: group_time(p), r"group_time\(event_sample\(panel, cohorts, outcome\)\)"),
        (lambda p: match_adopters(SPEC, p, p), r"match_adopters\(traits, cohorts, spec\)"),
        (lambda p: paper_frames(p, p), r"paper_frames\(firm_panel\(data\), data\.firms\)"),
    ],
)
def test_a_frame_in_the_place_of_a_specification_shows_the_call(call, words, panel) -> None:
    """Where the order of arguments is not known, no error of pandas may be the answer."""
    with pytest.raises(TypeError, match=f"got DataFrame where it has no place; write {words}"):
        call(panel)


def test_one_thing_for_a_list_is_named(panel: pd.DataFrame) -> None:
    """A single fit or specification, and a table's number in quotes."""
    for given in (SPEC, estimate(SPEC, panel)):
        with pytest.raises(
            TypeError, match=r"fits holds a single .*; give a list of what estimate"
        ):
            tidy(given)
    with pytest.raises(ValueError, match="the paper has no column 1 of a Table '2'"):
        paper_column("2", 1)


def test_a_cluster_that_nobody_named_is_explained(panel: pd.DataFrame) -> None:
    """The default is the paper's, which a frame of one's own may lack."""
    with pytest.raises(ValueError, match=r"\['firm'\].*name another cluster by cluster="):
        estimate(Specification("y", ("x",)), panel)
    with pytest.raises(ValueError, match=r"\['id\^z'\].*a cluster is one column"):
        estimate(Specification("y", ("x",), cluster="id^z"), panel)


def test_names_that_floats_do_not_tell_apart_are_refused(panel: pd.DataFrame) -> None:
    """Firms of eighteen digits, read as floats, would merge into few clusters in silence."""
    long = panel.assign(id=910000000000000001 + panel["id"])
    assert estimate(SPEC, long).clusters == 10
    for spec in (SPEC, Specification("y", ("x",), effects=("id",), cluster="z")):
        with pytest.raises(ValueError, match=r"panel\.id holds names as floats, up to 9\.1e\+17"):
            estimate(spec, long.astype({"id": float}))


def test_what_is_missing_is_counted(panel: pd.DataFrame) -> None:
    """Of the columns without which no row is left, the error must say which lack values."""
    with pytest.raises(ValueError, match=r"none of 40 rows .*; missing are 'x' in 40; fill"):
        estimate(SPEC, panel.assign(x=np.nan))
    with pytest.raises(ValueError, match=r"none of 0 rows .*; give rows"):
        estimate(SPEC, panel.iloc[:0])
    with pytest.raises(TypeError, match=r"panel\.x has type complex128; give numbers without"):
        estimate(SPEC, panel.assign(x=panel["x"] + 1j))
