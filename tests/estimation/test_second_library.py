"""Protects the estimators by second libraries, statsmodels and linearmodels.

Libraries differ in the factor of small samples. Where one can leave it out it does, and our
convention is put on by hand: (N-1)/(N-K) x G/(G-1), K without effects nested in the clusters.
"""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from linearmodels.iv import IV2SLS, AbsorbingLS
from linearmodels.panel import PanelOLS
from scipy.optimize import approx_fprime
from scipy.stats import norm

from tradedig_book.economy import simulate
from tradedig_helpers.estimation.fit import estimate
from tradedig_helpers.estimation.heckman import export_choice, heckman, probit
from tradedig_helpers.estimation.iv import estimate_iv
from tradedig_helpers.estimation.sample import sample_of
from tradedig_helpers.estimation.specifications import EXPORT_CHOICE, Specification, paper_column

IV = Specification("y", ("d", "x"), ("firm", "year"), table="second library", column=1)
CHOICE = Specification("EDU", ("x", "z"), table="second library", column=2)
OUTCOME = Specification("QSY", ("x", "IMR"), ("year",), table="second library", column=3)
FIRMS, YEARS = 60, 5


@pytest.fixture(scope="module")
def drawn():
    """Return a small panel with an endogenous d, instruments z and z2, and a choice EDU."""
    rng = np.random.default_rng(11)
    firm, year = (part.ravel() for part in np.indices((FIRMS, YEARS)))
    x, z, z2, unseen, noise = rng.normal(size=(5, firm.size))
    own = rng.normal(size=(2, FIRMS))[:, firm]
    d = 0.6 * z + 0.3 * z2 + 0.4 * x + unseen + own[0]
    y = 0.5 * d + 0.3 * x + unseen + own[0] + (1 + 0.5 * own[1] ** 2) * noise
    chosen = (0.3 + 0.6 * x - 0.8 * z + unseen > 0).astype(float)
    quality = x + 0.7 * unseen + 0.4 * own[1] + 0.4 * noise + 0.1 * year
    columns = {"x": x, "z": z, "z2": z2, "d": d, "y": y, "EDU": chosen, "QSY": quality}
    return pd.DataFrame({"firm": firm, "year": year} | columns)


def factor(n, k, g):
    """Return our factor of variances."""
    return (n - 1) / (n - k) * g / (g - 1)


def held_equal(ours, theirs, variance_factor, rtol=1e-6):
    """Compare coefficients, and errors once our factor is on theirs."""
    terms = list(ours.index)
    np.testing.assert_allclose(ours["estimate"], theirs.params[terms], rtol=rtol)
    scaled = theirs.std_errors[terms] * np.sqrt(variance_factor)
    np.testing.assert_allclose(ours["std_error"], scaled, rtol=rtol)


def coefficients(fit, *terms):
    """Return the coefficients by term."""
    table = fit.coefficients.set_index("term")
    return table.loc[list(terms)] if terms else table


def test_two_way_effects_equal_panel_ols(panel):
    """Table 2, column 2, firm and year effects: PanelOLS without any small-sample factor."""
    spec = paper_column(2, 2)
    used = sample_of(spec, panel).frame.set_index(["firm", "year"])
    model = PanelOLS(
        used[spec.outcome], used[list(spec.regressors)], entity_effects=True, time_effects=True
    )
    theirs = model.fit(
        cov_type="clustered",
        cluster_entity=True,
        debiased=False,
        group_debias=False,
        auto_df=False,
        count_effects=False,
    )
    ours = estimate(spec, panel)
    levels = used.index.get_level_values("year").nunique()
    k = len(spec.regressors) + levels  # years less one, and the constant
    held_equal(coefficients(ours), theirs, factor(ours.n, k, ours.clusters))


def test_cell_effects_equal_absorbing_ls(panel):
    """Table 2, column 6, firm and cell effects: AbsorbingLS without any small-sample factor."""
    spec = paper_column(2, 6)
    used = sample_of(spec, panel).frame
    cell = used.groupby(["province", "industry", "year"], observed=True).ngroup()
    effects = pd.DataFrame({"firm": used["firm"], "cell": cell}).astype("category")
    model = AbsorbingLS(used[spec.outcome], used[list(spec.regressors)], absorb=effects)
    precise = {"atol": 1e-13, "btol": 1e-13}
    theirs = model.fit(
        cov_type="clustered", clusters=used["firm"], method="lsmr", absorb_options=precise
    )
    ours = estimate(spec, panel)
    k = len(spec.regressors) + cell.nunique()
    held_equal(coefficients(ours), theirs, factor(ours.n, k, ours.clusters), rtol=1e-5)


@pytest.mark.parametrize("effects", [("firm",), ("year",), ("firm", "year")], ids=" + ".join)
def test_dummies_equal_statsmodels(drawn, effects):
    """Statsmodels on dummies counts each of them in K; ours must be its errors but for that."""
    spec = replace(IV, effects=effects)
    dummies = [pd.get_dummies(drawn[name], dtype=float).to_numpy() for name in effects]
    x = np.column_stack([drawn[["d", "x"]], dummies[0], *(more[:, 1:] for more in dummies[1:])])
    theirs = sm.OLS(drawn["y"], x).fit(cov_type="cluster", cov_kwds={"groups": drawn["firm"]})
    ours = estimate(spec, drawn)
    k = 2 + (YEARS if "year" in effects else 1)
    counted = factor(ours.n, k, FIRMS) / factor(ours.n, x.shape[1], FIRMS)
    table = coefficients(ours)
    np.testing.assert_allclose(table["estimate"], theirs.params.iloc[:2], rtol=1e-8)
    scaled = theirs.bse.iloc[:2] * np.sqrt(counted)
    np.testing.assert_allclose(table["std_error"], scaled, rtol=1e-8)


def on_dummies(drawn, instruments):
    """Return linearmodels' 2SLS with the effects as dummies, without small-sample factors."""
    years = pd.get_dummies(drawn["year"], prefix="year", dtype=float).iloc[:, 1:]
    firms = pd.get_dummies(drawn["firm"], prefix="firm", dtype=float)
    exogenous = pd.concat([drawn["x"], firms, years], axis=1)
    model = IV2SLS(drawn["y"], exogenous, drawn["d"], drawn[instruments])
    return model.fit(cov_type="clustered", clusters=drawn["firm"])


@pytest.mark.parametrize("instruments", [["z"], ["z", "z2"]], ids=" and ".join)
def test_two_stage_least_squares_equals_linearmodels(drawn, instruments):
    """Coefficients, errors and the tests of instruments must be those of IV2SLS on dummies."""
    ours, theirs = estimate_iv(IV, drawn, "d", instruments), on_dummies(drawn, instruments)
    n, count = len(drawn), len(instruments)
    held_equal(coefficients(ours.fit), theirs, factor(n, 2 + YEARS, FIRMS))
    first, found = theirs.first_stage, ours.strength
    assert found.absorbed == count + 1 + FIRMS + YEARS - 1
    assert found.cragg_donald_f == pytest.approx(first.cragg_donald_f, rel=1e-6)
    assert found.kleibergen_paap_lm == pytest.approx(first.kleibergen_paap.stat, rel=1e-6)
    assert found.partial_r2 == pytest.approx(first.diagnostics["partial.rsquared"]["d"], rel=1e-6)
    # linearmodels counts every dummy in K, we those of years alone.
    counted = factor(n, found.absorbed, FIRMS) / factor(n, count + 1 + YEARS, FIRMS)
    wald = first.kleibergen_paap_f * counted
    assert found.kleibergen_paap_f == pytest.approx(wald, rel=1e-6)


@pytest.mark.parametrize("world", ["drawn", "economy"])
def test_probit_equals_statsmodels(drawn, world):
    """Maximum, clustered errors and pseudo R² must be those of Probit, on both worlds."""
    if world == "economy":
        economy = simulate(300, 5)
        spec, frame = EXPORT_CHOICE, export_choice(economy.firms, economy.customs)[0]
    else:
        spec, frame = CHOICE, drawn
    used = sample_of(spec, frame, ["firm", "year"]).frame
    w = sm.add_constant(used[list(spec.regressors)].astype(float), prepend=False)
    theirs = sm.Probit(used["EDU"], w).fit(
        disp=0, tol=1e-12, cov_type="cluster", cov_kwds={"groups": used["firm"]}
    )
    ours = probit(spec, frame)
    table = coefficients(ours)
    np.testing.assert_allclose(table["estimate"], theirs.params, rtol=1e-5)
    np.testing.assert_allclose(table["std_error"], theirs.bse, rtol=1e-5)
    assert ours.pseudo_r2 == pytest.approx(theirs.prsquared, rel=1e-8)


def test_heckman_equals_stacked_moments(drawn):
    """Both steps by statsmodels, errors from stacked moments with numerical derivatives.

    What the second step's residual is multiplied with stays as estimated: its own derivative
    times a residual has mean zero, and Murphy and Topel leave it out.
    """
    exporters = drawn[drawn["EDU"] == 1]
    w_all = sm.add_constant(drawn[["x", "z"]], prepend=False)
    first = sm.Probit(drawn["EDU"], w_all).fit(disp=0, tol=1e-12)
    years = pd.get_dummies(drawn["year"], dtype=float)
    sign = 2 * drawn["EDU"].to_numpy() - 1

    def regressors(gamma):
        index = w_all.to_numpy() @ gamma
        ratio = np.exp(norm.logpdf(index) - norm.logcdf(index))
        return np.column_stack([drawn["x"], ratio, years])

    estimated = regressors(first.params.to_numpy())
    second = sm.OLS(exporters["QSY"], estimated[exporters.index]).fit()

    def moments(both):
        gamma, beta = both[:3], both[3:]
        index = w_all.to_numpy() @ gamma
        choice = sign * np.exp(norm.logpdf(index) - norm.logcdf(sign * index))
        left = drawn["EDU"] * (drawn["QSY"] - regressors(gamma) @ beta)
        return np.hstack([w_all.to_numpy() * choice[:, None], estimated * left.to_numpy()[:, None]])

    both = np.r_[first.params, second.params]
    slope = approx_fprime(both, lambda b: moments(b).sum(axis=0), 1e-6)
    sums = pd.DataFrame(moments(both)).groupby(drawn["firm"].to_numpy()).sum().to_numpy()
    bread = np.linalg.inv(slope)
    n, g = len(exporters), exporters["firm"].nunique()
    errors = np.sqrt(factor(n, 2 + YEARS, g) * np.diag(bread @ sums.T @ sums @ bread.T))
    ours = coefficients(heckman(drawn, exporters, CHOICE, OUTCOME).second)
    np.testing.assert_allclose(ours["estimate"], second.params.iloc[:2], rtol=1e-6)
    np.testing.assert_allclose(ours["std_error"], errors[3:5], rtol=1e-4)
