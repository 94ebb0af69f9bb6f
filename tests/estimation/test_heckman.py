"""Protects Heckman's two steps: the probit, the Mills ratio, and errors that know of both."""

import warnings
from dataclasses import replace

import numpy as np
import pandas as pd
import pyfixest as pf
import pytest
from scipy.optimize import minimize
from scipy.stats import norm

from tradedig_book.economy import simulate
from tradedig_helpers.estimation.demean import demean_terms
from tradedig_helpers.estimation.heckman import export_choice, generalized_residual, heckman, probit
from tradedig_helpers.estimation.specifications import EXPORT_CHOICE, Specification
from tradedig_helpers.measure.panel import firm_panel

CHOICE = Specification("EDU", ("x", "z"), table=4, column=1)
OUTCOME = Specification("QSY", ("x", "IMR"), table=4, column=2)
WITH_YEARS = replace(OUTCOME, effects=("year",))
SLOPE, COVARIANCE = 1.0, 0.8


def world(rng, firms=300, years=4):
    """Return all firm-years and the exporting ones, with a known equation and selection."""
    key = pd.MultiIndex.from_product([range(firms), range(years)], names=["firm", "year"])
    frame = key.to_frame(index=False)
    n = len(frame)
    x, z, taste = rng.normal(size=(3, n))
    x = x + 0.5 * np.repeat(rng.normal(size=firms), years)
    exports = 0.2 + 0.6 * x - 0.8 * z + taste > 0
    noise = 0.5 * rng.normal(size=n) + 0.3 * np.repeat(rng.normal(size=firms), years)
    quality = SLOPE * x + COVARIANCE * taste + noise + 0.1 * frame["year"]
    frame = frame.assign(x=x, z=z, EDU=exports.astype(float))
    return frame, frame.assign(QSY=quality)[exports].drop(columns="z")


@pytest.fixture(scope="module")
def drawn():
    """Return one draw of the small world."""
    return world(np.random.default_rng(4))


def estimates(fit):
    """Return the coefficients by term."""
    return fit.coefficients.set_index("term")


def test_probit_equals_pyfixest_and_a_direct_maximum(drawn):
    """Coefficients must be the maximum that two others find."""
    frame, _ = drawn
    ours = estimates(probit(CHOICE, frame))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # pyfixest's own use of pandas
        theirs = pf.feglm("EDU ~ x + z", frame, family="probit", vcov={"CRV1": "firm"})
    np.testing.assert_allclose(ours["estimate"], theirs.coef()[ours.index], rtol=1e-5)
    # pyfixest weighs by the expected information, we by the observed one.
    np.testing.assert_allclose(ours["std_error"], theirs.se()[ours.index], rtol=0.03)
    w = np.column_stack([frame[["x", "z"]], np.ones(len(frame))])
    sign = 2 * frame["EDU"].to_numpy() - 1
    best = minimize(lambda g: -norm.logcdf(sign * (w @ g)).mean(), np.zeros(3), tol=1e-12)
    np.testing.assert_allclose(ours["estimate"], best.x, atol=1e-5)


def test_probit_errors_by_hand(drawn):
    """The sandwich must be the textbook's, from numerical derivatives of the likelihood."""
    frame, _ = drawn
    fit = probit(CHOICE, frame)
    gamma = estimates(fit)["estimate"].to_numpy()
    w = np.column_stack([frame[["x", "z"]], np.ones(len(frame))])
    sign = 2 * frame["EDU"].to_numpy() - 1

    def scores(g, h=1e-5):
        up, down = (
            np.stack([norm.logcdf(sign * (w @ (g + s * e))) for e in np.eye(3)], axis=1)
            for s in (h, -h)
        )
        return (up - down) / (2 * h)

    hessian = np.stack(
        [(scores(gamma + e).sum(0) - scores(gamma - e).sum(0)) / 2e-4 for e in 1e-4 * np.eye(3)]
    )
    sums = pd.DataFrame(scores(gamma)).groupby(frame["firm"].to_numpy()).sum().to_numpy()
    n, g = len(frame), frame["firm"].nunique()
    factor = (n - 1) / (n - 3) * g / (g - 1)
    bread = np.linalg.inv(hessian)
    errors = np.sqrt(factor * np.diag(bread @ sums.T @ sums @ bread))
    np.testing.assert_allclose(estimates(fit)["std_error"], errors, rtol=1e-4)
    np.testing.assert_allclose(fit.influence.sum(), 0, atol=1e-8)


def test_mills_ratio_in_the_tails():
    """The ratio must stay finite where Φ underflows, and be φ/Φ elsewhere."""
    index, ones = np.array([-40.0, 0.0, 2.0, 40.0]), np.ones(4)
    found = generalized_residual(index, ones)
    assert found[0] == pytest.approx(40, rel=1e-3)
    np.testing.assert_allclose(found[1:3], norm.pdf(index[1:3]) / norm.cdf(index[1:3]))
    np.testing.assert_allclose(generalized_residual(-index, 0 * ones), -found)


@pytest.mark.parametrize("spec", [OUTCOME, WITH_YEARS], ids=["constant", "year effects"])
def test_two_steps_by_hand(drawn, spec):
    """The second step must be least squares on exporters with φ/Φ of the first."""
    frame, panel = drawn
    found = heckman(frame, panel, CHOICE, spec)
    gamma = estimates(found.first)["estimate"].to_numpy()
    eta = panel["x"] * gamma[0] + frame["z"][panel.index] * gamma[1] + gamma[2]
    dummies = pd.get_dummies(panel["year"]) if spec.effects else np.ones((len(panel), 1))
    x = np.column_stack([panel["x"], norm.pdf(eta) / norm.cdf(eta), dummies]).astype(float)
    by_hand = np.linalg.lstsq(x, panel["QSY"], rcond=None)[0][:2]
    for fit in (found.second, found.naive):
        np.testing.assert_allclose(estimates(fit)["estimate"].iloc[:2], by_hand, rtol=1e-6)
    rest = x[:, 1] - np.delete(x, 1, 1) @ np.linalg.lstsq(np.delete(x, 1, 1), x[:, 1])[0]
    assert found.alone == pytest.approx(rest.var() / x[:, 1].var(), rel=1e-6)


def test_correction_by_hand(drawn):
    """Corrected errors must come from moving γ numerically, cluster by cluster."""
    frame, panel = drawn
    found = heckman(frame, panel, CHOICE, WITH_YEARS)
    gamma = estimates(found.first)["estimate"].to_numpy()
    w = np.column_stack([frame.loc[panel.index, ["x", "z"]], np.ones(len(panel))])
    beta = estimates(found.naive)["estimate"].iloc[:2].to_numpy()

    def scores(g):
        moved = panel.assign(IMR=generalized_residual(w @ g, np.ones(len(panel))))
        return demean_terms(moved, ("x", "IMR"), ("year",)), demean_terms(
            moved, ("QSY",), ("year",)
        )[:, 0]

    x, y = scores(gamma)

    # The regressors as instruments stay; only the fitted value moves with γ.
    def moment(g):
        return x.T @ (y - scores(g)[0] @ beta)

    slope = np.stack([(moment(gamma + e) - moment(gamma - e)) / 2e-5 for e in 1e-5 * np.eye(3)], 1)
    own = pd.DataFrame(x * (y - x @ beta)[:, None]).groupby(panel["firm"].to_numpy()).sum()
    passed = found.first.influence @ slope.T
    influence = own.reindex(passed.index, fill_value=0) + passed.to_numpy()
    covariance = influence.to_numpy() @ np.linalg.inv(x.T @ x)
    n, g = len(panel), panel["firm"].nunique()
    factor = (n - 1) / (n - 2 - 4) * g / (g - 1)
    errors = np.sqrt(factor * (covariance**2).sum(axis=0))
    np.testing.assert_allclose(estimates(found.second)["std_error"].iloc[:2], errors, rtol=1e-5)


def test_correction_of_the_constant_by_hand(drawn):
    """Without effects the constant is estimated like a regressor, and corrected like one."""
    frame, panel = drawn
    found = heckman(frame, panel, CHOICE, OUTCOME)
    gamma = estimates(found.first)["estimate"].to_numpy()
    w = np.column_stack([frame.loc[panel.index, ["x", "z"]], np.ones(len(panel))])
    y, ones = panel["QSY"].to_numpy(), np.ones(len(panel))

    def regressors(g):
        return np.column_stack([panel["x"], generalized_residual(w @ g, ones), ones])

    x = regressors(gamma)
    beta = np.linalg.lstsq(x, y)[0]
    np.testing.assert_allclose(estimates(found.second)["estimate"], beta, rtol=1e-8)
    steps = 1e-5 * np.eye(3)
    slope = np.stack([(regressors(gamma + e) - regressors(gamma - e)) @ beta / 2e-5 for e in steps])
    own = pd.DataFrame(x * (y - x @ beta)[:, None]).groupby(panel["firm"].to_numpy()).sum()
    passed = found.first.influence @ (slope @ x)
    influence = own.reindex(passed.index, fill_value=0).to_numpy() - passed.to_numpy()
    moved = influence @ np.linalg.inv(x.T @ x)
    n, g = len(panel), panel["firm"].nunique()
    errors = np.sqrt((n - 1) / (n - 3) * g / (g - 1) * (moved**2).sum(axis=0))
    assert list(estimates(found.second).index) == ["x", "IMR", "Intercept"]
    np.testing.assert_allclose(estimates(found.second)["std_error"], errors, rtol=1e-5)


def test_the_first_step_goes_with_its_frame(drawn):
    """A probit that is given must have been estimated on the firm-years that are given."""
    frame, panel = drawn
    first = probit(CHOICE, frame)
    right = estimates(heckman(frame, panel, CHOICE, OUTCOME).second)
    pd.testing.assert_frame_equal(estimates(heckman(frame, panel, first, OUTCOME).second), right)
    with pytest.raises(ValueError, match=r"Table 4, column 2: choice lacks \d+ of \d+ rows"):
        heckman(frame[frame["firm"] > 9], panel, first, OUTCOME)


def test_errors_match_a_monte_carlo():
    """Mean corrected errors must equal the spread of estimates, and the mean the truth."""
    rows = []
    for draw in range(120):
        found = heckman(*world(np.random.default_rng([9, draw]), 150, 3), CHOICE, OUTCOME)
        both = estimates(found.second).loc[["x", "IMR"], ["estimate", "std_error"]]
        rows.append(np.r_[both.to_numpy().ravel(), estimates(found.naive)["std_error"]["IMR"]])
    draws = np.array(rows)
    means, spread = draws.mean(axis=0), draws.std(axis=0, ddof=1)
    for place, truth in ((0, SLOPE), (2, COVARIANCE)):
        assert abs(means[place] - truth) < 3 * spread[place] / np.sqrt(len(draws))
        assert means[place + 1] == pytest.approx(spread[place], rel=0.2)
    assert means[4] < means[3], "errors that take the ratio as given must be too small here"


def test_correction_ends_the_bias(drawn):
    """Without the ratio least squares must be biased, in the direction that is known."""
    frame, panel = drawn
    corrected = estimates(heckman(frame, panel, CHOICE, OUTCOME).second)
    plain = np.polyfit(panel["x"], panel["QSY"], 1)[0]
    assert plain < SLOPE - 0.1
    assert abs(corrected["estimate"]["x"] - SLOPE) < 3 * corrected["std_error"]["x"]


def test_export_choice_of_the_economy():
    """Known loadings must come out, and every exporting firm-year be found or counted."""
    economy = simulate(300, 5)
    panel = firm_panel(economy).frame
    choice, ledger = export_choice(economy.firms, economy.customs)
    assert len(choice) == len(economy.firms)
    assert choice["EDU"].sum() == len(panel) == ledger.frame["after"].iloc[0]
    assert ledger.frame["before"].iloc[0] == len(
        economy.customs[["firm", "year"]].drop_duplicates()
    )
    found = estimates(probit(EXPORT_CHOICE, choice))
    truth = {"lndig": 0.405, "lnsca": 0.3, "foe": 0.45, "clearance": -0.12}
    for term, value in truth.items():
        assert abs(found["estimate"][term] - value) < 3.5 * found["std_error"][term]
    both = heckman(choice, panel)
    alone = heckman(choice, panel, replace(EXPORT_CHOICE, regressors=EXPORT_CHOICE.regressors[:-1]))
    assert alone.alone < both.alone / 2, "clearance must be what sets the ratio apart"


def test_rows_without_a_ratio_are_counted(drawn):
    """Exporters without an index must be missing, not silently gone; nothing is mutated."""
    frame, panel = drawn
    before = panel.copy()
    found = heckman(frame[frame["firm"] > 9], panel.assign(IMR=1.0), CHOICE, OUTCOME)
    assert found.second.missing == (panel["firm"] <= 9).sum() > 0
    pd.testing.assert_frame_equal(panel, before)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"z": 1.0}, "Table 4, column 1: 'z' does not vary"),
        ({"EDU": 1.0}, "Table 4, column 1: EDU must be 0 or 1, and both"),
        ({"EDU": 2.0}, "Table 4, column 1: EDU must be 0 or 1"),
        ({"x": np.nan}, "Table 4, column 1: none of"),
        ({"x": np.inf}, r"Table 4, column 1: \['x'\] hold infinite"),
        ({"firm": 1}, "repeat|duplicate|more than once"),
    ],
)
def test_bad_choices_are_refused(drawn, change, message):
    """A probit that cannot be estimated must say which one it is and why."""
    with pytest.raises(ValueError, match=message):
        probit(CHOICE, drawn[0].assign(**change))


def test_separation_and_collinearity_are_told_apart(drawn):
    """A regressor that decides the choice, and one that repeats another, are different ills."""
    frame, _ = drawn
    with pytest.raises(ValueError, match="separation"):
        probit(CHOICE, frame.assign(z=2 * frame["EDU"] - 1))
    with pytest.raises(ValueError, match="'z' is collinear"):
        probit(CHOICE, frame.assign(z=3 * frame["x"] + 1))


def test_steps_must_fit_together(drawn):
    """A second step without IMR, or other clusters, or effects in a probit, are refused."""
    frame, panel = drawn
    with pytest.raises(ValueError, match="has no regressor 'IMR'"):
        heckman(frame, panel, CHOICE, replace(OUTCOME, regressors=("x",)))
    with pytest.raises(ValueError, match="same clusters"):
        heckman(frame, panel, replace(CHOICE, cluster="year"), OUTCOME)
    with pytest.raises(ValueError, match="takes no effects"):
        probit(replace(CHOICE, effects=("firm",)), frame)


def test_no_choice_to_explain():
    """Firms that all export, or none of which does, cannot be explained."""
    economy = simulate(20, 5)
    with pytest.raises(ValueError, match="no choice to explain"):
        export_choice(economy.firms, economy.firms)
    with pytest.raises(ValueError, match="clearance"):
        export_choice(economy.firms.drop(columns="clearance"), economy.customs)
