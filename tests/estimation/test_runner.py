"""Protects the runner: every estimator in one frame, and a reason for what cannot be estimated."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from tradedig_book.economy import simulate
from tradedig_book.published.load import published
from tradedig_helpers.estimation.fit import estimate
from tradedig_helpers.estimation.heckman import heckman, probit
from tradedig_helpers.estimation.iv import estimate_iv
from tradedig_helpers.estimation.runner import paper_frames, run
from tradedig_helpers.estimation.specifications import (
    EXPORT_CHOICE,
    LAGGED,
    NEIGHBOURS,
    PAPER,
    SELECTION_CORRECTED,
    paper_column,
)
from tradedig_helpers.measure.panel import firm_panel

OUTCOMES = ("QSY", "QBW", "QKL", "QLP", "QOP")


@pytest.fixture(scope="module")
def frames():
    """Return the frames of a small economy."""
    economy = simulate(500, 5)
    return paper_frames(firm_panel(economy, OUTCOMES), economy.firms)


@pytest.fixture(scope="module")
def results(frames):
    """Return every column of the paper, estimated."""
    return run(PAPER, frames)


def term(results, spec, name):
    """Return one estimate and its error."""
    found = results.estimates
    chosen = found[(found["table"] == spec.table) & (found["column"] == spec.column)]
    row = chosen.set_index("term").loc[name]
    return [row["estimate"], row["std_error"]]


def test_the_registry_is_the_paper():
    """Every printed column is declared once, with the outcome that the paper prints."""
    places = [(spec.table, spec.column) for spec in PAPER]
    printed = published()[["table", "column"]].drop_duplicates()
    assert places == sorted(set(places))
    assert places == list(printed.itertuples(index=False, name=None))


def test_every_printed_figure_has_a_place(results):
    """A printed term that no declaration estimates would leave a hole in the scoreboard."""
    failed = results.columns.loc[results.columns["problem"] != "", ["table", "column"]]
    key = ["table", "column", "term"]
    printed = published().merge(results.estimates[key], on=key, how="left", indicator=True)
    missing = printed[printed["_merge"] == "left_only"]
    unknown = missing.merge(failed, on=["table", "column"], how="left", indicator="why")
    assert (unknown["why"] == "both").all()


def test_each_estimator_is_the_one_that_stands_alone(results, frames):
    """The runner hands over; it must not change what an estimator finds."""
    panel, choice = frames["firm-year"], frames["all firm-years"]
    alone = {
        paper_column(2, 6): estimate(paper_column(2, 6), panel),
        EXPORT_CHOICE: probit(EXPORT_CHOICE, choice),
        SELECTION_CORRECTED: heckman(choice, panel).second,
        LAGGED: estimate_iv(LAGGED, panel, "lndig", ["lndig_l1"]).fit,
    }
    for spec, fit in alone.items():
        known = fit.coefficients.set_index("term").loc["lndig", ["estimate", "std_error"]]
        assert term(results, spec, "lndig") == pytest.approx(known.tolist(), rel=1e-7)


def test_instruments_share_the_rows_of_other_columns(frames):
    """Two stages prepared with other columns must find what they find alone."""
    spec = replace(LAGGED, table="mine", instruments=("pdo",))
    alone = estimate_iv(spec, frames["firm-year"], "lndig", ["pdo"])
    found = run([paper_column(2, 6), spec], frames)
    known = alone.fit.coefficients.set_index("term").loc["lndig", ["estimate", "std_error"]]
    assert term(found, spec, "lndig") == pytest.approx(known.tolist(), rel=1e-9)
    tested = term(found, spec, "stat:KP LM")[0]
    assert tested == pytest.approx(alone.strength.kleibergen_paap_lm, rel=1e-9)


def test_what_cannot_be_estimated_says_why_and_stops_nothing(results):
    """The share of neighbours is spanned by its cells; all other columns must be there."""
    columns = results.columns.set_index(["table", "column"])
    reason = columns.loc[(NEIGHBOURS.table, NEIGHBOURS.column), "problem"]
    assert reason.startswith("Table 4, column 4: 'dig_ivt' is spanned by the effects")
    others = columns.drop(index=[(4, 4), (7, 9), (7, 10)])
    assert (others["problem"] == "").all()
    assert (others[["n", "clusters"]] > 0).all(axis=None)


def test_a_bad_column_in_a_group_leaves_the_others(frames):
    """Columns are prepared together; one that lacks a variable must fail alone."""
    absent = replace(paper_column(2, 6), table="mine", regressors=("lndig", "wages"))
    constant = replace(paper_column(2, 6), table="mine", column=2, regressors=("lndig", "one"))
    panel = frames["firm-year"].assign(one=1.0)
    found = run([paper_column(2, 6), absent, constant], {"firm-year": panel}).columns
    assert found["problem"].iloc[0] == ""
    assert "mine, column 6 needs the columns ['wages']" in found["problem"].iloc[1]
    assert "mine, column 2: 'one' does not vary" in found["problem"].iloc[2]


def test_a_missing_frame_is_named():
    """A specification on a unit that is not given must say which frame it needs."""
    found = run([EXPORT_CHOICE, paper_column(2, 1)], {})
    assert found.estimates.empty
    assert found.columns["problem"].str.contains("needs a frame of").all()


def test_second_step_needs_the_firms_that_stay_at_home(frames):
    """Heckman's second step without a first must say so, and stop no other column."""
    panel = {"firm-year": frames["firm-year"]}
    found = run([SELECTION_CORRECTED, paper_column(2, 1)], panel).columns["problem"].tolist()
    assert found == ["Table 4, column 2 needs a frame of 'all firm-years'; give it", ""]


def test_failures_of_the_numbers_name_the_column(frames, monkeypatch):
    """A projection that does not converge must be that column's problem, and no one else's."""

    def fails(*_: object) -> None:
        raise RuntimeError("the projection did not converge")

    monkeypatch.setattr("tradedig_helpers.estimation.runner.estimate_iv", fails)
    found = run([LAGGED, paper_column(2, 1)], frames).columns["problem"].tolist()
    assert found == ["Table 4, column 3: the projection did not converge", ""]


def test_bad_instruments_are_a_problem_of_their_column(frames):
    """An instrument that is in the equation, or copies it, leaves the other columns alone."""
    frame = frames["firm-year"].assign(copy=frames["firm-year"]["lndig"])
    inside = replace(LAGGED, column=91, instruments=("lnsca",))
    outcome = replace(LAGGED, column=92, instruments=("QSY",))
    copy = replace(LAGGED, column=93, instruments=("copy",))
    found = run([LAGGED, inside, outcome, copy], {"firm-year": frame}).columns
    problems = found.set_index("column")["problem"]
    assert problems[LAGGED.column] == ""
    assert "['lnsca'] cannot be instruments; they are in the equation" in problems[91]
    assert "['QSY'] cannot be instruments; they are in the equation" in problems[92]
    assert "the instruments determine the endogenous variable" in problems[93]


GOOD = paper_column(2, 3)
ODD = {
    "an instrument equal to what it is for": (
        {"estimator": "2SLS", "instruments": ("twin",)},
        {"twin": lambda panel: panel["lndig"]},
    ),
    "a probit with a product": (
        {"outcome": "small", "regressors": ("lnsca", "lninn", "lnsca:lninn"), "effects": (),
         "estimator": "probit"},
        {"small": lambda panel: panel["small"].astype(float)},
    ),
    "clusters of two types": (
        {"cluster": "group"},
        {"group": lambda panel: panel["firm"].astype(object).mask(panel.index % 2 == 1, "3")},
    ),
    "text for a number": ({"outcome": "word"}, {"word": lambda panel: "high"}),
    "a regressor that is not there": ({"regressors": ("lndig", "wages")}, {}),
    "no such sample": ({"sample": "moon"}, {}),
    "a unit that is not there": ({"unit": "firm-product-year"}, {}),
    "nothing known": ({"outcome": "empty"}, {"empty": lambda panel: np.nan}),
}  # fmt: skip


@pytest.mark.parametrize(("change", "columns"), ODD.values(), ids=ODD)
def test_one_bad_column_never_stops_the_others(frames, change, columns):
    """Whatever is wrong with a column must be its own problem; others find what they find alone."""
    panel = frames["firm-year"].assign(**columns)
    bad = replace(GOOD, table="bad", column=9, **change)
    found = run([GOOD, bad, paper_column(2, 2)], {"firm-year": panel})
    problems = found.columns["problem"].tolist()
    assert problems[0] == problems[2] == ""
    alone = estimate(GOOD, panel).coefficients.set_index("term")
    known = alone.loc["lndig", ["estimate", "std_error"]].tolist()
    assert term(found, GOOD, "lndig") == pytest.approx(known, rel=1e-7)
    estimated = "bad" in found.estimates["table"].tolist()
    assert estimated is (problems[1] == "")
    assert estimated or "bad, column 9" in problems[1]


@pytest.mark.parametrize("kind", [ZeroDivisionError, KeyError, TypeError, np.linalg.LinAlgError])
def test_unexpected_errors_name_their_kind_and_the_column(frames, monkeypatch, kind):
    """A library's error says little; its type, the specification and its columns help."""

    def fails(*_: object) -> None:
        raise kind("x")

    monkeypatch.setattr("tradedig_helpers.estimation.runner.estimate_iv", fails)
    problem, none = run([LAGGED, paper_column(2, 1)], frames).columns["problem"]
    assert problem.startswith(f"Table 4, column 3: {kind.__name__}: ")
    assert "; look at the values and types of ['QSY', 'lndig'," in problem
    assert none == ""


@pytest.mark.parametrize("kind", [KeyboardInterrupt, MemoryError])
def test_what_ends_everything_passes_through(frames, monkeypatch, kind):
    """An interrupt is the user's, and no memory is not a column's fault."""

    def stops(*_: object) -> None:
        raise kind

    monkeypatch.setattr("tradedig_helpers.estimation.runner.estimate_iv", stops)
    with pytest.raises(kind):
        run([LAGGED, paper_column(2, 1)], frames)


def test_frames_that_are_none(frames):
    """A frame of another library, or one frame without its unit, must be said, not traced back."""
    panel = frames["firm-year"]
    problem = run([GOOD], {"firm-year": panel.to_dict()}).columns["problem"].iloc[0]
    assert problem.startswith("Table 2, column 3")
    with pytest.raises(TypeError, match="frames is a DataFrame; give one for each unit"):
        run([GOOD], panel)
    with pytest.raises(TypeError, match="specs is one Specification; give a list"):
        run(GOOD, frames)


def test_specifications_may_come_one_by_one(frames):
    """A generator must give what a list does; names in the place of specifications are refused."""
    specs = PAPER[:3]
    found, known = run((one for one in specs), frames), run(specs, frames)
    pd.testing.assert_frame_equal(found.estimates, known.estimates)
    for odd in (["QSY", "flex"], "QSY", None, 7):
        with pytest.raises(TypeError, match=r"that are no Specification .*; give a list of them"):
            run(odd, frames)


def test_problems_tell_why_a_measure_is_not_there(frames):
    """A column needs outcome, controls, instruments, sample and unit; each has its reason."""
    panel = frames["firm-year"].drop(columns=["lntfp", "startup", "lndig_l1"])
    reasons = {"lntfp": "one year", "startup": "no founding", "lndig_l1": "no lag", "QBW": "unused"}
    young = replace(paper_column(2, 4), sample="start-up")
    found = run([young, LAGGED, GOOD], {"firm-year": panel}, unmeasured=reasons)
    first, second, third = found.columns["problem"]
    assert first.endswith("; lntfp: one year; startup: no founding")
    assert second.endswith("; lntfp: one year; lndig_l1: no lag")
    assert third == ""
    unit = {"all firm-years": "no stay-at-homes"}
    problem = run([SELECTION_CORRECTED], {"firm-year": panel}, unmeasured=unit).columns["problem"]
    assert problem.iloc[0].endswith("; all firm-years: no stay-at-homes")


def test_frames_of_what_can_be_had():
    """Without ``clearance``, or with exporters alone, only the choice of exporting is lost."""
    economy = simulate(120, 5)
    panel = firm_panel(economy)
    whole = paper_frames(panel, economy.firms)
    for firms in (
        economy.firms.drop(columns="clearance"),
        economy.firms.merge(panel.frame[["firm", "year"]]),
    ):
        everyone = panel.everyone.merge(firms[["firm", "year"]])
        found = paper_frames(replace(panel, everyone=everyone), firms)
        assert list(found) == ["firm-year"]
        assert "all firm-years" in found.unmeasured
        problems = run([EXPORT_CHOICE, LAGGED], found).columns["problem"].tolist()
        assert problems[0].endswith(f"; all firm-years: {found.unmeasured['all firm-years']}")
        assert problems[1] == ""
    without = paper_frames(panel, economy.firms.drop(columns="clearance"))
    pd.testing.assert_frame_equal(without["firm-year"], whole["firm-year"])
    once = replace(panel, frame=panel.frame[panel.frame["year"] == 2008], everyone=panel.everyone[
        panel.everyone["year"] == 2008])  # fmt: skip
    assert "lndig_l1" in paper_frames(once, economy.firms).unmeasured
    assert "lndig_l1" not in paper_frames(once, economy.firms)["firm-year"]
