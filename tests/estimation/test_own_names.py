"""Protects the caller's names: firm and year may have any, and answers give them back."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

import tradedig_helpers as td
from tests.estimation.test_event_study import draw
from tests.estimation.test_heckman import CHOICE, OUTCOME
from tests.estimation.test_heckman import world as selected
from tests.estimation.test_matching import CHOICE as ADOPTS
from tests.estimation.test_matching import world as adopting
from tradedig_book.economy import simulate
from tradedig_helpers.estimation.event_study.cohorts import mean_by_event_time
from tradedig_helpers.estimation.event_study.matching import stacked
from tradedig_helpers.estimation.event_study.twoway_weights import twoway_weights

OWN = {"firm": "id", "year": "t"}
BACK = {own: paper for paper, own in OWN.items()}


def own(frame: pd.DataFrame) -> pd.DataFrame:
    """Return a frame under other names, beside a column that has the paper's name of a firm."""
    return frame.rename(columns=OWN).assign(firm="a name on the door")


def same(ours: pd.DataFrame, theirs: pd.DataFrame) -> None:
    """Assert that two answers differ in the names of firm and year alone."""
    pd.testing.assert_frame_equal(ours.rename(columns=BACK), theirs)


@pytest.fixture(scope="module")
def noisy() -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return outcomes with known effects, and years of adoption."""
    return draw(np.random.default_rng(1))


def test_a_lag(noisy) -> None:
    """The lag must be looked up by the columns that are named."""
    panel, _ = noisy
    found, ledger = td.lagged(own(panel), "y", firm="id", year="t")
    expected, counted = td.lagged(panel, "y")
    same(found.drop(columns="firm"), expected)
    assert ledger == counted
    with pytest.raises(ValueError, match="'t' is a part of the key"):
        td.lagged(own(panel), "t", **OWN)
    with pytest.raises(ValueError, match=r"panel lacks the columns? .*id"):
        td.lagged(panel, "y", **OWN)


def test_an_event_study(noisy) -> None:
    """A sample knows its names, and all that is made of it has them."""
    panel, cohorts = noisy
    sample = td.event_sample(own(panel), cohorts.rename(columns=OWN), "y", **OWN)
    plain = td.event_sample(panel, cohorts, "y")
    same(sample.frame, plain.frame)
    found, expected = td.event_study(sample, 3, 4), td.event_study(plain, 3, 4)
    pd.testing.assert_frame_equal(found.coefficients, expected.coefficients)
    pd.testing.assert_frame_equal(found.averages, expected.averages)
    same(td.group_time(sample), td.group_time(plain))
    gains = mean_by_event_time(sample, own(panel), "gain")
    pd.testing.assert_series_equal(gains, mean_by_event_time(plain, panel, "gain"))
    treated = plain.treated
    same(twoway_weights(sample.frame, treated, **OWN), twoway_weights(plain.frame, treated))


def test_matching() -> None:
    """Pairs, scores, probits and the stacked panel must come back under the caller's names."""
    panel, cohorts = adopting()
    found = td.match_adopters(own(panel), cohorts.rename(columns=OWN), ADOPTS, **OWN)
    expected = td.match_adopters(panel, cohorts, ADOPTS)
    for name in ("pairs", "scores", "balance"):
        same(getattr(found, name), getattr(expected, name))
    assert found.ledger == expected.ledger
    assert found.firms.tolist() == expected.firms.tolist()
    for cohort, probit in found.probits.items():
        assert probit.key == ["id", "t"]
        assert probit.spec.cluster == "id"
        same(probit.index, expected.probits[cohort].index)
    outcome = panel.assign(y=np.arange(len(panel)) * 1.0)
    same(stacked(found, own(outcome), "y"), stacked(expected, outcome, "y"))


def test_two_steps() -> None:
    """Both of Heckman's steps must join their frames by the columns that are named."""
    choice, panel = selected(np.random.default_rng(4))
    first, second = (replace(spec, cluster="id") for spec in (CHOICE, OUTCOME))
    found = td.heckman(own(choice), own(panel), first, second, **OWN)
    expected = td.heckman(choice, panel, CHOICE, OUTCOME)
    pd.testing.assert_frame_equal(found.second.coefficients, expected.second.coefficients)
    same(found.first.index, expected.first.index)
    with pytest.raises(ValueError, match=r"first\.index lacks .*id"):
        td.heckman(own(choice), own(panel), replace(expected.first, spec=first), second, **OWN)


def test_the_choice_to_export() -> None:
    """Accounts, shipments and measures are joined by the columns that are named."""
    economy = simulate(60, 3)
    ships = economy.customs.drop_duplicates(["firm", "year"])[["firm", "year"]]
    found, ledger = td.export_choice(own(economy.firms), own(ships), **OWN)
    expected, counted = td.export_choice(economy.firms, ships)
    same(found, expected)
    assert ledger == counted
    twice = pd.concat([own(economy.firms)] * 2)
    with pytest.raises(ValueError, match=r"firms repeats the key \['id', 't'\]"):
        td.export_choice(twice, own(ships), **OWN)


def test_one_column_is_not_both(noisy) -> None:
    """Firm and year under one name are a slip, not a key that repeats."""
    panel, cohorts = noisy
    names = {"firm": "t", "year": "t"}
    calls = [
        lambda: td.event_sample(own(panel), cohorts, "y", **names),
        lambda: td.lagged(own(panel), "y", **names),
        lambda: td.export_choice(own(panel), own(panel), **names),
        lambda: td.match_adopters(own(panel), cohorts, td.Specification("adopts", ("y",)), **names),
    ]
    for call in calls:
        with pytest.raises(ValueError, match=r"firm and year names \['t'\] more than once"):
            call()


def test_errors_by_size(noisy) -> None:
    """The first firms are those of the column that is named."""
    panel, _ = noisy
    spec = td.Specification("y", ("gain",), ("firm", "year"))
    mine = replace(spec, effects=("id", "t"), cluster="id")
    found = td.errors_by_size(mine, own(panel), "gain", [40, 80], firm="id")
    pd.testing.assert_frame_equal(found, td.errors_by_size(spec, panel, "gain", [40, 80]))
