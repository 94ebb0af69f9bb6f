"""Protects what is found in the model's own economy: exact where proved, biased where said."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from tradedig_book.economy.model_world import PSI_1, simulate_model_world
from tradedig_book.explorers import explorer
from tradedig_book.theory import Parameters
from tradedig_book.truth.model_truth import (
    line_slopes,
    model_flows,
    noisy,
    placebo,
    psi_of_slopes,
    ratio_under_noise,
    remeasured,
    responses_by_productivity,
    rotation_under_noise,
    sorting_slopes,
)


@pytest.fixture(scope="module")
def flows() -> pd.DataFrame:
    """Draw an economy and join what is known of each flow."""
    return model_flows(simulate_model_world(firms=800, seed=11))


@pytest.fixture(scope="module")
def one(flows: pd.DataFrame) -> pd.DataFrame:
    """Take one product, whose lines have one slope for each level."""
    return flows[flows["product"] == "95030005"]


def test_no_flow_is_lost_and_the_consistent_measure_is_exact(flows: pd.DataFrame) -> None:
    """Joins are one to one, and p + b·x = c_D + βλ in every row."""
    assert len(flows) == len(simulate_model_world(firms=800, seed=11).truth)
    assert (flows["consistent"] - flows["quality"]).abs().max() < 1e-12


def test_small_changes_are_those_of_the_formula(flows: pd.DataFrame) -> None:
    """Measuring the flows anew gives what the explorer's closed form gives."""
    some = flows.sample(200, random_state=1)
    point = {name: getattr(Parameters(), name) for name in ("beta", "phi", "L", "gamma")}
    point |= {"psi": 1.0, "c": some["cost"], "c_D": some["cutoff"]}
    point |= {"sigma": some["sigma"], "e": some["e"]}
    closed = explorer("what-is-measured").program.evaluate(point)
    found = remeasured(some, rise=1e-6)
    np.testing.assert_allclose(found["measured"], closed["measured"], rtol=1e-4)
    np.testing.assert_allclose(found["true"], closed["true_response"], rtol=1e-4)


def test_one_effect_is_measured_as_many(flows: pd.DataFrame) -> None:
    """True responses differ by products only; measured ones fall with cost, for any table of σ."""
    within = remeasured(flows).assign(e=flows["e"]).groupby("e")["true"]
    assert (within.max() - within.min()).max() < 1e-9
    for sigma in (1.5, 4.0, 12.0):
        found = responses_by_productivity(flows.assign(sigma=sigma))
        assert found["measured"].is_monotonic_decreasing
        assert found["flows"].sum() == len(flows)


def test_the_placebo_measures_quality_where_there_is_none(flows: pd.DataFrame) -> None:
    """Its spread falls with σ, and the sign of its tie to productivity turns."""
    found = placebo(flows, (2, 4, 8))
    assert found["spread"].is_monotonic_decreasing
    assert found["spread"].min() > 0.05
    assert found["correlation"].iloc[0] > 0 > found["correlation"].iloc[-1]


def test_sorting_biases_quality_and_cancels_in_the_ratio(flows: pd.DataFrame) -> None:
    """The first slope is the sum of the two parts; λ/x has that of ψ."""
    found = sorting_slopes(flows).set_index("outcome")
    for effects in ("market", "firm"):
        slope = found[effects]
        assert slope["quality"] == pytest.approx(slope["upgrading"] + slope["lead"])
        assert slope["lead"] > 5 * found.loc["lead", f"{effects}_error"] > 0
        assert slope["ratio"] == pytest.approx(slope["psi"], rel=1e-9)


def test_lines_give_psi_exactly_where_records_are_exact(one: pd.DataFrame) -> None:
    """With either set of moments."""
    exact = noisy(one, 0.0, np.random.default_rng(1))
    assert (exact["recorded"] == exact["quantity"]).all()
    for instrument in ("recorded", "elsewhere"):
        psi = psi_of_slopes(line_slopes(exact, instrument), one["b"].iloc[0])
        expected = 1 + PSI_1 * psi.index / (1 + psi.index)
        np.testing.assert_allclose(psi, expected, rtol=1e-9)


def test_elsewhere_is_the_mean_of_the_firms_other_destinations(one: pd.DataFrame) -> None:
    """Against a loop, and flows without another destination are left out."""
    drawn = noisy(one, 0.1, np.random.default_rng(2))
    for _, group in list(drawn.groupby(["firm", "year"]))[:40]:
        assert len(group) > 1
        for row in group.itertuples():
            others = group["recorded"].drop(row.Index)
            assert row.elsewhere == pytest.approx(others.mean())
    alone = one.groupby(["firm", "year"])["firm"].transform("size") == 1
    assert len(drawn) == len(one) - alone.sum()
    assert alone.any()


def test_least_squares_is_the_regression_it_says(one: pd.DataFrame) -> None:
    """Against dummies for every market."""
    drawn = noisy(one, 0.1, np.random.default_rng(3))
    levels = np.sort(drawn["dig"].unique())
    x = drawn[["recorded"]].to_numpy() * (drawn["dig"].to_numpy()[:, None] == levels)
    design = np.hstack([x, pd.get_dummies(drawn["market"]).to_numpy(dtype=float)])
    expected = np.linalg.lstsq(design, drawn["price"], rcond=None)[0][: len(levels)]
    np.testing.assert_allclose(line_slopes(drawn), expected, rtol=1e-8)


def test_noise_biases_and_another_destination_mends(one: pd.DataFrame) -> None:
    """Least squares drifts away with noise; the instrument stays around the truth."""
    found = rotation_under_noise(one, (0.0, 0.03, 0.06), draws=20, seed=4)
    by_way = {name: rows.set_index("noise") for name, rows in found.groupby("estimator")}
    ls, iv, truth = by_way["least squares"], by_way["other destinations"], 1 + PSI_1 * 7 / 8
    assert ls["mean"].iloc[0] == pytest.approx(truth)
    assert ls["mean"].is_monotonic_increasing
    assert ls["low"].iloc[-1] > truth
    assert iv["low"].iloc[-1] < truth < iv["high"].iloc[-1]


def test_the_ratio_hardly_feels_noise(flows: pd.DataFrame) -> None:
    """Without an error it has the slope of ln ψ among the same flows; with one, nearly."""
    found = ratio_under_noise(flows, (0.0, 0.3), seed=2).set_index("noise")["slope"]
    same = noisy(flows, 0.0, np.random.default_rng(2))
    dig, psi = (
        column - column.groupby(same["market"]).transform("mean")
        for column in (same["lndig"], np.log(same["psi"]))
    )
    assert found[0.0] == pytest.approx((dig * psi).sum() / (dig**2).sum())
    assert found[0.3] == pytest.approx(found[0.0], rel=0.1)
    assert found[0.3] != found[0.0]
