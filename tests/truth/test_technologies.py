"""Protects the opened index: its combinations, its weights, and the known effects."""

from dataclasses import replace

import numpy as np
import pytest

from tradedig_book.economy.calibration import load_calibration
from tradedig_book.theory import Parameters
from tradedig_book.truth.technologies import (
    COMBINATIONS,
    known_gains,
    log_levels,
    weight_profile,
    with_combinations,
)
from tradedig_helpers.estimation.demeaned import demean_all
from tradedig_helpers.estimation.fit import estimate
from tradedig_helpers.estimation.specifications import CONTROLS, paper_column
from tradedig_helpers.measure.digitization import WEIGHTS

SATURATED = replace(paper_column(6, 1), regressors=(*COMBINATIONS, *CONTROLS))


@pytest.fixture(scope="module")
def many(panel):
    """Return a panel whose technologies are drawn anew, so that every combination occurs."""
    rng = np.random.default_rng(6)
    used = rng.integers(0, 2, (3, len(panel)))
    return with_combinations(panel.assign(**dict(zip(("pit", "pdo", "icp"), used, strict=True))))


def test_combinations_make_the_index(panel):
    """Each firm-year with a technology has one combination, and the paper's weights its lndig."""
    columns = with_combinations(panel)[list(COMBINATIONS)]
    assert (columns.sum(axis=1) == (panel["dig"] > 1)).all()
    assert (columns @ log_levels(WEIGHTS)).to_numpy() == pytest.approx(panel["lndig"].to_numpy())


def test_other_weights_by_hand():
    """Counting technologies: one, two or three of them, whatever they are."""
    counted = log_levels({"pit": 1, "pdo": 1, "icp": 1})
    assert np.exp(counted).round(9).tolist() == [2, 2, 3, 2, 3, 3, 4]


def test_profile_equals_regressions_one_by_one(many):
    """Each row must be the regression on an index of its own, found by pyfixest."""
    grid = [{"pit": 4, "pdo": 1, "icp": 2}, {"pit": 0, "pdo": 3, "icp": 1}]
    found = weight_profile(demean_all([SATURATED], many), CONTROLS, grid)
    within = demean_all([SATURATED], many).variables

    def residual(names):
        x, y = within[[*names, *CONTROLS]].to_numpy(), within["QSY"].to_numpy()
        return float(np.sum((y - x @ np.linalg.lstsq(x, y, rcond=None)[0]) ** 2))

    for weights, row in zip(grid, found.itertuples(), strict=True):
        index = np.log(1 + sum(weight * many[name] for name, weight in weights.items()))
        spec = replace(paper_column(6, 1), regressors=("own", *CONTROLS))
        fit = estimate(spec, many.assign(own=index))
        assert row.estimate == pytest.approx(fit.coefficients["estimate"].iloc[0], rel=1e-6)
        within["own"] = within[list(COMBINATIONS)].to_numpy() @ log_levels(weights).to_numpy()
        gains = [residual([]) - residual(names) for names in (["own"], COMBINATIONS)]
        assert row.explained == pytest.approx(gains[0] / gains[1], rel=1e-6)


def test_profile_finds_the_weights_that_made_the_data(many):
    """Where quality is an index without noise, it explains all, and only its weights do."""
    truth = {"pit": 1.0, "pdo": 5.0, "icp": 2.0}
    made = many.assign(QSY=0.3 * (many[list(COMBINATIONS)] @ log_levels(truth)))
    grid = [truth, {"pit": 4, "pdo": 1, "icp": 2}]
    found = weight_profile(demean_all([SATURATED], made), CONTROLS, grid)
    assert found.loc[0, ["estimate", "explained"]].tolist() == pytest.approx([0.3, 1.0])
    assert found.loc[1, "explained"] < 0.9


def test_gains_of_imports_lead_back_to_equation_8(economy, panel):
    """Less the gain of imports, true quality must be (8) with the ϕ of a firm without any."""
    calibration = load_calibration()
    still = replace(calibration, psi={**calibration.psi, "lndig:dpi": 0.0})
    gains = known_gains(panel, economy.truth, still, 1.0)["imports"].to_numpy()
    truth = panel[["firm", "year"]].merge(economy.truth, on=["firm", "year"])
    without = truth["phi"][(panel["dpi"] == 0).to_numpy()].iloc[0]
    p = Parameters()
    taste = p.beta - 1 / without
    bracket = 4 * p.gamma * (1 - p.e) ** 2 / truth["psi"] - p.L * taste**2
    expected = p.L * taste / bracket * (1 / p.varphi_D - 1 / truth["varphi"])
    found = truth["quality"] * np.exp(-gains)
    assert found.to_numpy() == pytest.approx(expected.to_numpy(), rel=1e-4)
    assert (gains[panel["dpi"] == 0] == 0).all()


def test_imports_count_in_psi_as_well(economy, panel):
    """The loading of lndig:dpi must move the gain of importers, by its slope, and of no other."""
    calibration = load_calibration()
    doubled = replace(
        calibration, psi={**calibration.psi, "lndig:dpi": 2 * calibration.psi["lndig:dpi"]}
    )
    none = replace(calibration, psi={**calibration.psi, "lndig:dpi": 0.0})
    gains = [
        known_gains(panel, economy.truth, c, 1.0)["imports"] for c in (none, calibration, doubled)
    ]
    first, second = gains[1] - gains[0], gains[2] - gains[1]
    assert first.to_numpy() == pytest.approx(second.to_numpy())
    assert ((first != 0) == (panel["dpi"] == 1)).all()


def test_gains_of_technologies_are_those_of_the_level(economy, panel):
    """They are total x lndig in units of the outcome, and nothing without a technology."""
    gains = known_gains(panel, economy.truth, load_calibration(), 0.5)["technologies"]
    total = panel[["firm", "year"]].merge(economy.truth, on=["firm", "year"])["total"]
    digital = (panel["lndig"] > 0).to_numpy()
    assert (gains[~digital] == 0).all()
    expected = 0.5 * total.to_numpy()[digital] * panel["lndig"].to_numpy()[digital]
    assert gains[digital].to_numpy() == pytest.approx(expected)


def test_bad_input_is_named(economy, panel):
    """A technology that is no 0 or 1, weights that make no index, and a panel full of imports."""
    with pytest.raises(ValueError, match="pit must be 0 or 1"):
        with_combinations(panel.assign(pit=2))
    for weights in ({"pit": 1}, {"pit": -1, "pdo": 1, "icp": 1}, {"pit": 0, "pdo": 0, "icp": 0}):
        with pytest.raises(ValueError, match="at least one positive"):
            log_levels(weights)
    with pytest.raises(ValueError, match="every firm-year imports digital products"):
        known_gains(panel.assign(dpi=1), economy.truth, load_calibration(), 1.0)
