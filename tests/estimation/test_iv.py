"""Protects instruments: two-stage least squares with effects, its tests, and lags."""

import warnings
from dataclasses import replace

import numpy as np
import pandas as pd
import pyfixest as pf
import pytest

from tradedig_helpers.estimation.demean import demean_terms, residualize
from tradedig_helpers.estimation.iv import estimate_iv, lagged
from tradedig_helpers.estimation.specifications import NEIGHBOURS, Specification
from tradedig_helpers.estimation.strength import strength

SPEC = Specification("y", ("d", "x"), ("firm", "place^year"), table=4, column=3)
SLOPE = 0.5


def world(rng, firms=150, years=5):
    """Return a panel in which d is endogenous and z, z2 are instruments."""
    key = pd.MultiIndex.from_product([range(firms), range(years)], names=["firm", "year"])
    frame = key.to_frame(index=False)
    n = len(frame)
    x, z, z2, unseen, noise = rng.normal(size=(5, n))
    of_firm = np.repeat(rng.normal(size=firms), years)
    d = 0.7 * z + 0.3 * z2 + 0.4 * x + unseen + of_firm
    y = SLOPE * d + 0.3 * x + unseen + of_firm + noise
    place = rng.integers(0, 6, firms)[frame["firm"]]
    return frame.assign(x=x, z=z, z2=z2, d=d, y=y, place=place)


@pytest.fixture(scope="module")
def drawn():
    """Return one draw of the small world."""
    return world(np.random.default_rng(3))


def pyfixest(spec, frame, instruments):
    """Return pyfixest's fit of the same."""
    exogenous = " + ".join(name for name in spec.regressors if name != "d") or "1"
    effects = f" | {' + '.join(spec.effects)}" if spec.effects else ""
    formula = f"{spec.outcome} ~ {exogenous}{effects} | d ~ {' + '.join(instruments)}"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # pyfixest's own use of pandas
        fit = pf.feols(
            formula, frame, vcov={"CRV1": "firm"}, ssc=pf.ssc(k_fixef="nonnested"), fixef_tol=1e-12
        )
        fit.IV_Diag()
    return fit


@pytest.mark.parametrize("effects", [(), ("year",), ("firm", "year"), SPEC.effects])
@pytest.mark.parametrize("instruments", [["z"], ["z", "z2"]])
def test_equals_pyfixest(drawn, effects, instruments):
    """Coefficients, clustered errors and the first stage's F must be a second library's."""
    spec = replace(SPEC, effects=effects)
    ours, theirs = estimate_iv(spec, drawn, "d", instruments), pyfixest(spec, drawn, instruments)
    table = ours.fit.coefficients.set_index("term")
    terms = ["d", "x"] if effects else ["d", "x", "Intercept"]
    assert list(table.index) == terms
    np.testing.assert_allclose(table["estimate"], theirs.coef()[terms], rtol=1e-6, atol=1e-9)
    np.testing.assert_allclose(table["std_error"], theirs.se()[terms], rtol=1e-5)
    assert ours.strength.kleibergen_paap_f == pytest.approx(theirs._f_stat_1st_stage, rel=1e-4)
    assert ours.fit.n == theirs._N


@pytest.mark.parametrize("instruments", [["z"], ["z", "z2"]])
def test_effective_f_equals_pyfixest(drawn, instruments):
    """The effective F must be pyfixest's where no exogenous regressor has to be taken off."""
    spec = replace(SPEC, regressors=("d",), effects=("firm", "year"))
    ours = estimate_iv(spec, drawn, "d", instruments)
    theirs = pyfixest(spec, drawn, instruments)
    assert ours.strength.effective_f == pytest.approx(theirs._eff_F, rel=1e-4)


def test_dummies_give_the_same(drawn):
    """Demeaned effects must be the same as dummies, in the estimate, its error and its R²."""
    small = drawn[drawn["firm"] < 40].reset_index(drop=True)
    found = estimate_iv(replace(SPEC, effects=("firm", "year")), small, "d", ["z"])
    firm, year = (pd.get_dummies(small[name]).to_numpy(float) for name in ("firm", "year"))
    effects = np.column_stack([firm, year[:, 1:]])
    x = np.column_stack([small[["d", "x"]], effects])
    z = np.column_stack([small[["z", "x"]], effects])
    beta = np.linalg.solve(z.T @ x, z.T @ small["y"])
    residual = small["y"].to_numpy() - x @ beta
    fitted = z @ np.linalg.lstsq(z, x, rcond=None)[0]
    sums = pd.DataFrame(fitted * residual[:, None]).groupby(small["firm"]).sum().to_numpy()
    bread = np.linalg.inv(fitted.T @ fitted)
    n, g, k = len(small), 40, 2 + 5
    errors = np.sqrt((n - 1) / (n - k) * g / (g - 1) * np.diag(bread @ sums.T @ sums @ bread))
    table = found.fit.coefficients
    np.testing.assert_allclose(table["estimate"], beta[:2], rtol=1e-6)
    np.testing.assert_allclose(table["std_error"], errors[:2], rtol=1e-6)
    spread = residual @ residual / (n - x.shape[1]) / small["y"].var()
    assert found.fit.adj_r2 == pytest.approx(1 - spread, rel=1e-6)
    assert found.strength.absorbed == z.shape[1]


def test_closed_forms_of_the_tests(drawn):
    """LM is N r² and F is r²/(1-r²) (N-K)/L, with the squared partial correlation."""
    found = estimate_iv(SPEC, drawn, "d", ["z"]).strength
    within = demean_terms(drawn, ("x", "d", "z"), SPEC.effects)
    d, z = residualize(within[:, 1:], within[:, :1]).T
    r2 = np.corrcoef(d, z)[0, 1] ** 2
    n, k = len(drawn), 2 + 150 + drawn.groupby(["place", "year"]).ngroups - drawn["place"].nunique()
    assert found.partial_r2 == pytest.approx(r2, rel=1e-9)
    assert found.anderson_lm == pytest.approx(n * r2, rel=1e-9)
    assert found.absorbed == k
    assert found.cragg_donald_f == pytest.approx(r2 / (1 - r2) * (n - k), rel=1e-9)


def test_clusters_of_one_row():
    """With every row its own cluster the tests must be White's, and with one instrument agree."""
    rng = np.random.default_rng(1)
    z = rng.normal(size=400)
    d = 0.2 * z + rng.normal(size=400)
    found = strength(d, z[:, None], np.arange(400), 399, 1.0)
    v = d - z * (z @ d) / (z @ z)
    assert found.kleibergen_paap_lm == pytest.approx((z @ d) ** 2 / np.sum((z * d) ** 2))
    assert found.kleibergen_paap_f == pytest.approx((z @ d) ** 2 / np.sum((z * v) ** 2))
    assert found.effective_f == pytest.approx(found.kleibergen_paap_f)


def test_irrelevant_instruments_reject_at_their_level():
    """Under the null both LM tests must reject 5% of the time, and p-values say so."""
    rng = np.random.default_rng(8)
    draws = [
        strength(rng.normal(size=300), rng.normal(size=(300, 2)), np.arange(300) // 3, 298, 1.0)
        for _ in range(600)
    ]
    for name in ("anderson_p", "kleibergen_paap_p"):
        share = np.mean([getattr(one, name) < 0.05 for one in draws])
        assert abs(share - 0.05) < 0.03


def test_truth_comes_out(drawn):
    """IV must find the slope that least squares misses."""
    found = estimate_iv(SPEC, drawn, "d", ["z"]).fit.coefficients.iloc[0]
    assert abs(found["estimate"] - SLOPE) < 3 * found["std_error"]
    biased = np.polyfit(drawn["d"], drawn["y"], 1)[0]
    assert biased > SLOPE + 0.2


def test_rows_are_counted(drawn):
    """Rows without an instrument and singletons must be counted; nothing is mutated."""
    frame = drawn.copy()
    frame.loc[:6, "z"] = np.nan
    before = frame.copy()
    fit = estimate_iv(SPEC, frame, "d", ["z"]).fit
    assert fit.missing == 7
    assert fit.rows == len(frame) == fit.n + fit.missing + fit.singletons
    pd.testing.assert_frame_equal(frame, before)


def test_part_of_the_sample(drawn):
    """A specification of some rows must equal the whole on those rows, first stage included."""
    marked = drawn.assign(small=drawn["firm"] < 80)
    part = estimate_iv(replace(SPEC, sample="small and micro firms"), marked, "d", ["z"])
    same = estimate_iv(SPEC, drawn[drawn["firm"] < 80], "d", ["z"])
    pd.testing.assert_frame_equal(part.fit.coefficients, same.fit.coefficients)
    first = part.first_stage.coefficients
    assert first["term"].tolist() == ["z", "x"]
    assert first["t"][0] ** 2 == pytest.approx(part.strength.kleibergen_paap_f, rel=1e-6)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"z": 1.0}, "'z' does not vary"),
        ({"d": 2.0}, "'d' does not vary"),
        ({"z": lambda f: f["place"] * f["year"]}, r"'z' is spanned by the effects \['firm'"),
        ({"z": lambda f: 2 * f["x"] + f["firm"]}, r"'z' is collinear with \['x'\]"),
        ({"d": lambda f: f["x"] + f["firm"]}, r"'d' is collinear with \['x'\]"),
        ({"z": np.nan}, "none of"),
        ({"z": np.inf}, "infinite"),
    ],
)
def test_ills_are_named(drawn, change, message):
    """A column that cannot be estimated must say which one it is and why."""
    with pytest.raises(ValueError, match=f"Table 4, column 3.*{message}"):
        estimate_iv(SPEC, drawn.assign(**change), "d", ["z"])


def test_share_of_a_cell_is_spanned(panel):
    """The paper's dig_ivt must be refused beside the cell effects, by name."""
    with pytest.raises(ValueError, match="Table 4, column 4: 'dig_ivt' is spanned by the effects"):
        estimate_iv(NEIGHBOURS, panel, "lndig", ["dig_ivt"])


@pytest.mark.parametrize(
    ("endogenous", "instruments", "message"),
    [
        ("d", [], "give a list of at least one"),
        ("d", "z", "give a list of at least one"),
        ("d", ["z", "z"], "more than once"),
        ("w", ["z"], "has no regressor 'w'"),
        ("d", ["x"], "cannot be instruments"),
        ("d", ["absent"], "absent"),
    ],
)
def test_bad_names_are_refused(drawn, endogenous, instruments, message):
    """Names that do not fit the equation must be refused."""
    with pytest.raises(ValueError, match=message):
        estimate_iv(SPEC, drawn, endogenous, instruments)


def test_a_copy_of_the_variable_is_no_instrument(drawn):
    """A perfect first stage must be named, and not be a division by zero."""
    for copy in (drawn["d"], 2 * drawn["d"] + 1, drawn["d"] + drawn["x"]):
        with pytest.raises(ValueError, match=r"Table 4, column 3: the instruments determine"):
            estimate_iv(SPEC, drawn.assign(z=copy), "d", ["z"])


def test_absent_outcome_is_named(drawn):
    """The outcome must be checked like every other column."""
    with pytest.raises(ValueError, match=r"Table 4, column 3 needs the columns \['y'\]"):
        estimate_iv(SPEC, drawn.drop(columns="y"), "d", ["z"])
    with pytest.raises(ValueError, match="infinite"):
        estimate_iv(SPEC, drawn.assign(y=np.inf), "d", ["z"])


def test_too_few_clusters(drawn):
    """One cluster, or no more clusters than instruments, must be refused."""
    plain = replace(SPEC, effects=(), cluster="place")
    with pytest.raises(ValueError, match="Table 4, column 3: 1 cluster"):
        estimate_iv(plain, drawn[drawn["place"] == 0], "d", ["z"])
    with pytest.raises(ValueError, match="Table 4, column 3: 2 clusters for 2 instruments"):
        estimate_iv(plain, drawn[drawn["place"] < 2], "d", ["z", "z2"])


def test_lag_respects_gaps():
    """Last year means the calendar year before, of the same firm; the ledger counts the rest."""
    panel = pd.DataFrame(
        {"firm": [1, 1, 1, 2, 2], "year": [2004, 2003, 2006, 2003, 2005], "d": [4.0, 3, 6, 7, 8]},
        index=[9, 7, 5, 3, 1],
    )
    found, ledger = lagged(panel, "d")
    pd.testing.assert_series_equal(
        found["d_l1"], pd.Series([3.0, np.nan, np.nan, np.nan, np.nan], panel.index, name="d_l1")
    )
    assert ledger.frame["after"].tolist() == [3, 1]
    source = panel[["firm", "year", "d"]].assign(year=lambda f: f["year"] - 1)
    fuller, ledger = lagged(panel, "d", source)
    assert fuller["d_l1"].tolist() == panel["d"].tolist()
    assert ledger.frame["after"].tolist() == [5, 5]


def test_bad_lags_are_refused():
    """Repeated keys, absent columns and panels of one year must be refused."""
    panel = pd.DataFrame({"firm": [1, 2], "year": [2004, 2004], "d": [1.0, 2.0]})
    with pytest.raises(ValueError, match="none of 2 rows has a d one year before"):
        lagged(panel, "d")
    with pytest.raises(ValueError, match="'e'"):
        lagged(panel, "e")
    with pytest.raises(ValueError, match="panel"):
        lagged(panel.assign(firm=1), "d")
