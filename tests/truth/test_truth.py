"""Protects comparisons with known quality: order, averages, gains, and other firms' prices."""

import numpy as np
import pandas as pd
import pytest

from tradedig_book.truth.dispersion import dispersion_among_others
from tradedig_book.truth.gains import mean_gain
from tradedig_book.truth.truth import regression_average, right_order, true_effect
from tradedig_helpers.estimation.event_study.cohorts import event_sample
from tradedig_helpers.measure.flows import MARKET, to_flows


def test_right_order_by_hand():
    """One of three pairs is the wrong way round, and a row without truth does not count."""
    measured = pd.DataFrame({"firm": range(4), "year": 2010, "quality": [0.1, 0.5, 0.4, 0.9]})
    truth = pd.DataFrame({"firm": range(3), "year": 2010, "quality": [1.0, 2.0, 3.0]})
    assert right_order(measured, truth) == pytest.approx(2 / 3)
    assert right_order(truth, truth) == 1
    assert right_order(truth.assign(quality=-truth["quality"]), truth) == 0


def test_regression_average_of_a_common_effect_is_the_effect(panel):
    """Whatever the weights, the mean of one number is that number."""
    effect = pd.Series(0.25, index=panel.index)
    assert regression_average(effect, panel) == pytest.approx(0.25)


def test_regression_average_is_that_of_the_true_effect(economy, panel):
    """The benchmark's truth has the same weights."""
    known = true_effect(panel, economy.truth)
    users = panel[["firm", "year"]].merge(economy.truth, on=["firm", "year"], how="left")
    direct = known.slope * users["direct"].fillna(0.0)
    assert regression_average(direct, panel) == pytest.approx(known.direct)


def test_mean_gain_weighs_firm_years_alike():
    """Gains before adoption, of others, and beyond the lags do not count."""
    key = pd.MultiIndex.from_product([range(3), range(2000, 2010)], names=["firm", "year"])
    frame = key.to_frame(index=False).assign(y=0.0)
    cohorts = pd.DataFrame({"firm": range(3), "cohort": [2002.0, 2008.0, np.nan]})
    gains = frame.assign(gain=frame["year"] - 2000.0)
    sample = event_sample(frame, cohorts, "y")
    assert mean_gain(sample, gains, "gain", lags=2) == pytest.approx((2 + 3 + 4 + 8 + 9) / 5)
    assert mean_gain(sample, gains, "gain") == pytest.approx((sum(range(2, 10)) + 8 + 9) / 10)


def test_dispersion_among_others_is_that_without_the_firm(random_trade):
    """Taking a firm's flows out of its markets by hand gives the same."""
    flows = to_flows(random_trade(4)[0])
    found = dispersion_among_others(flows)
    assert found.notna().sum() > 40
    assert found.index.equals(flows.index)
    for row in flows[found.notna()].sample(30, random_state=1).index:
        rivals = flows[
            (flows[MARKET] == flows.loc[row, MARKET]).all(axis=1)
            & (flows["firm"] != flows.loc[row, "firm"])
        ]["price"]
        assert found[row] == pytest.approx(np.log(rivals.std() / rivals.mean()))


def test_dispersion_is_missing_without_two_other_prices():
    """One rival, or rivals of one price, have no dispersion; an outsider's is the market's."""
    flows = pd.DataFrame(
        {
            "firm": [1, 2, 3, 4, 5, 6],
            "product": "01",
            "destination": ["A"] * 2 + ["B"] * 4,
            "year": 2010,
            "price": [1.0, 2.0, 7.0, 1.0, 1.0, 1.0],
        }
    )
    found = dispersion_among_others(flows)
    assert found.isna().tolist() == [True, True, True, False, False, False]
    assert found[3] == pytest.approx(np.log(np.std([7, 1, 1], ddof=1) / 3))
