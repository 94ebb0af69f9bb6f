"""Protects what is said about a specification curve: units, ranks, parts of variance, truth."""

from __future__ import annotations

from itertools import product

import numpy as np
import pandas as pd
import pytest

from tradedig_book.economy import simulate
from tradedig_book.truth.curve_truth import FIXED, JointTest, joint_test, selection_bias
from tradedig_helpers.estimation.curve_summary import by_option, pairs, shares, standardised_curve
from tradedig_helpers.estimation.fit import estimate
from tradedig_helpers.estimation.specification_curve import CHOICES, ESTIMATED, declare
from tradedig_helpers.measure.panel import firm_panel


def made(effect) -> pd.DataFrame:
    """Return a curve whose estimate is a function of the places of the options."""
    rows = []
    for places in product(*(range(len(options)) for options in CHOICES.values())):
        row = {name: list(CHOICES[name])[k] for name, k in zip(CHOICES, places, strict=True)}
        numbers = {"std_error": 0.5, "p": 0.1, "n": 100, "clusters": 30, "scale": 2.0}
        rows.append(row | numbers | {"estimate": float(effect(*places))})
    return pd.DataFrame(rows)


@pytest.fixture(scope="module")
def economy():
    """Return a small economy and its panel."""
    data = simulate(300, 5)
    return data, firm_panel(data).frame


def test_standardised_by_hand():
    """Effect and interval are scaled, with t of the clusters less one."""
    row = standardised_curve(made(lambda *places: 3.0)).iloc[0]
    assert row["effect"] == 6.0
    assert row["high"] == pytest.approx(6.0 + 2 * 0.5 * 2.045229642)
    assert row["low"] == pytest.approx(6.0 - 2 * 0.5 * 2.045229642)


def test_ranks_are_a_permutation_in_order():
    """Each specification has one place on the curve."""
    rng = np.random.default_rng(1)
    curve = standardised_curve(made(lambda *places: rng.normal()))
    ordered = curve.sort_values("rank")
    assert ordered["rank"].tolist() == list(range(1, len(curve) + 1))
    assert ordered["effect"].is_monotonic_increasing


def test_additive_choices_share_all_variance():
    """Without interactions both shares agree and add up to one."""
    found = shares(standardised_curve(made(lambda q, i, c, e, p, g: q + 2.0 * e))).set_index(
        "choice"
    )
    assert found["alone"].sum() == pytest.approx(1)
    np.testing.assert_allclose(found["alone"], found["in all"], atol=1e-12)
    # Variance of 0..4 is 2, of 0, 2, 4 is 8/3.
    assert found.loc["effects", "alone"] == pytest.approx((8 / 3) / (2 + 8 / 3))
    assert found.loc["period", "in all"] == pytest.approx(0, abs=1e-12)


def test_a_pure_interaction_belongs_to_its_pair():
    """A product of centred choices has no main effect, and all of it in both."""
    curve = standardised_curve(made(lambda q, i, c, e, p, g: (e - 1) * (p - 1)))
    found = shares(curve).set_index("choice")
    np.testing.assert_allclose(found["alone"], 0, atol=1e-12)
    assert found.loc[["effects", "period"], "in all"].tolist() == pytest.approx([1, 1])
    top = pairs(curve).iloc[0]
    assert {top["first"], top["second"]} == {"effects", "period"}
    assert top["share"] == pytest.approx(1)


def test_shares_equal_a_dummy_regression():
    """The main effect is the R² of a regression on the dummies of one choice."""
    rng = np.random.default_rng(2)
    values = {key: rng.normal() for key in product(*(range(len(CHOICES[n])) for n in ESTIMATED))}
    curve = standardised_curve(made(lambda *places: values[places[:-1]]))
    dummies = pd.get_dummies(curve["quality"]).to_numpy(dtype=float)
    y = curve["effect"].to_numpy()
    fitted = dummies @ np.linalg.lstsq(dummies, y, rcond=None)[0]
    expected = fitted.var() / y.var()
    found = shares(curve).set_index("choice").loc["quality", "alone"]
    assert found == pytest.approx(expected)


def test_incomplete_curves_are_refused():
    """With a combination missing the variance has no parts."""
    curve = standardised_curve(made(lambda q, *others: q))
    kept = curve[(curve["quality"] != "QSY") | (curve["period"] != "2002–2015")]
    with pytest.raises(ValueError, match="combinations"):
        shares(kept)
    with pytest.raises(ValueError, match="all effects are the same"):
        shares(standardised_curve(made(lambda *places: 1.0)))
    with pytest.raises(ValueError, match="no finite estimate"):
        standardised_curve(made(lambda *places: np.nan))
    with pytest.raises(ValueError, match=r"lacks \['scale'\]"):
        standardised_curve(made(lambda *places: 1.0).drop(columns="scale"))


def test_options_are_summarised_by_hand():
    """Counts, medians and shares of one option."""
    curve = standardised_curve(made(lambda q, *others: q - 2))
    row = by_option(curve).set_index(["choice", "option"]).loc[("quality", "QOP")]
    assert row["median"] == 4.0
    assert row["count"] == (curve["quality"] == "QOP").sum()
    assert row["positive"] == row["significant"] == 1.0


def test_bias_and_answer_are_regressions(economy):
    """Both must be what the regression of the table gives on the known outcome."""
    data, panel = economy
    found = selection_bias(panel, data.truth)
    row = found[(found["effects"] == "firm, year") & (found["controls"] == "all of Table 2")]
    truth = data.truth[["firm", "year", "quality", "direct", "mediated"]]
    joined = panel.merge(truth, on=["firm", "year"])
    gain = (joined["direct"] + joined["mediated"]).fillna(0) * joined["lndig"]
    choice = FIXED | {"effects": "firm, year", "controls": "all of Table 2"}
    for name, outcome in (("answer", gain), ("bias", np.log(joined["quality"]) - gain)):
        fit = estimate(declare(choice, 1), joined.assign(QSY=outcome))
        first = fit.coefficients.iloc[0]
        assert row[name].iloc[0] == pytest.approx(first["estimate"], rel=1e-6, abs=1e-9)
    assert row["std_error"].iloc[0] == pytest.approx(first["std_error"], rel=1e-6)
    assert row["n"].iloc[0] == fit.n


def test_joint_test_keeps_errors_and_finds_its_own_regressions(economy):
    """Drawn z have variance one, and the estimates are those of the regressions."""
    _, panel = economy
    test = joint_test(panel, np.random.default_rng(3), draws=4_000)
    assert test.null.std(axis=0) == pytest.approx(np.ones(len(test.curve)), abs=0.05)
    row = test.curve.iloc[-1]
    choice = {name: row[name] for name in ("controls", "effects", "period")}
    fit = estimate(declare(FIXED | choice, 1), panel).coefficients.iloc[0]
    assert row["estimate"] == pytest.approx(fit["estimate"], rel=1e-7)
    assert row["std_error"] == pytest.approx(fit["std_error"], rel=1e-6)


def test_joint_p_counts_draws_as_far_as_the_sample():
    """Known draws: two of four have as many significant specifications."""
    null = np.array([[3.0, 0.0], [2.5, 2.5], [0.0, 0.0], [-3.0, -3.0]])
    test = JointTest(pd.DataFrame({"z": [2.2, 1.0]}), null)
    assert test.significant == 1
    assert test.by_chance.tolist() == [1, 2, 0, 0]
    assert test.p == pytest.approx(3 / 5)
    assert test.p_average == pytest.approx(3 / 5)
