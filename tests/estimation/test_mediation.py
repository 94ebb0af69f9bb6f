"""Protects mediation: the identity, errors across equations, the bootstrap, named failures."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tradedig_helpers.estimation.demeaned import demean_all
from tradedig_helpers.estimation.fit import estimate
from tradedig_helpers.estimation.influence import influence, standard_errors
from tradedig_helpers.estimation.mediation import (
    bootstrap,
    difference,
    effect_tests,
    mediate,
    product_error,
)
from tradedig_helpers.estimation.moderation import marginal_effects
from tradedig_helpers.estimation.specifications import (
    FLEX_ON_DIGITIZATION,
    QUALITY_ON_FLEX,
    WITHIN,
    Specification,
    paper_column,
)

FIRST = Specification("M", ("T", "X"), ("firm", "year"), table=5, column=7)
SECOND = Specification("Y", ("T", "M", "X"), ("firm", "year"), table=5, column=8)
BETA0, MU1, DIRECT = 0.5, 0.4, 0.2


def simulated(seed, firms=150, years=5):
    """Return a panel with known paths, firm effects, and errors correlated within firms."""
    rng = np.random.default_rng(seed)
    firm, year = (part.ravel() for part in np.mgrid[:firms, :years])
    own = rng.normal(size=(3, firms))[:, firm]
    lasting = rng.normal(size=(2, firms))[:, firm] * (year - years / 2) / years
    noise = rng.normal(size=(4, firm.size))
    treatment, control = own[0] + noise[0], noise[1]
    mediator = BETA0 * treatment + control + own[1] + lasting[0] + noise[2]
    outcome = DIRECT * treatment + MU1 * mediator + own[2] + lasting[1] + noise[3]
    columns = {"T": treatment, "X": control, "M": mediator, "Y": outcome}
    return pd.DataFrame({"firm": firm, "year": year} | columns)


@pytest.fixture(scope="module")
def data():
    """Return one simulated panel."""
    return simulated(1)


@pytest.fixture(scope="module")
def found(data):
    """Return its mediation."""
    return mediate(FIRST, SECOND, data)


PAIRS = [
    (FLEX_ON_DIGITIZATION, QUALITY_ON_FLEX),
    (paper_column(5, 1), paper_column(2, 6)),
    (paper_column(5, 13), paper_column(5, 14)),
]


@pytest.mark.parametrize("pair", PAIRS, ids=lambda pair: pair[0].outcome)
def test_paths_and_errors_are_those_of_two_regressions(panel, pair):
    """Each path must equal its own regression by pyfixest on the same rows, errors too."""
    first, second = pair
    mediation = mediate(first, second, panel)
    complete = panel.dropna(subset=list(second.variables))
    alone = replace(first, outcome=second.outcome)
    expected = {
        "beta0": (first, "lndig"),
        "mu1": (second, first.outcome),
        "direct": (second, "lndig"),
        "total": (alone, "lndig"),
    }
    for path, (spec, term) in expected.items():
        row = estimate(spec, complete).coefficients.set_index("term").loc[term]
        assert mediation.estimates[path] == pytest.approx(row["estimate"], abs=1e-8)
        assert mediation.std_errors[path] == pytest.approx(row["std_error"], rel=1e-8)
    assert mediation.fit.n == estimate(second, panel).n


@settings(max_examples=12)
@given(seed=st.integers(0, 1000))
def test_total_is_direct_plus_mediated(seed):
    """On one sample the identity holds to rounding, whatever the data."""
    paths = mediate(FIRST, SECOND, simulated(seed, firms=20)).estimates
    assert paths["total"] == pytest.approx(paths["direct"] + paths["ME"], abs=1e-10)
    assert paths["ME"] == pytest.approx(paths["beta0"] * paths["mu1"], abs=1e-14)


def test_missing_outcomes_leave_the_first_equation_too(data):
    """A row without an outcome must not enter the mediator's equation."""
    holes = data.assign(Y=data["Y"].where(data.index % 7 > 0))
    kept = mediate(FIRST, SECOND, holes).estimates
    pd.testing.assert_series_equal(kept, mediate(FIRST, SECOND, holes.dropna(subset="Y")).estimates)
    whole = estimate(FIRST, holes).coefficients["estimate"].iloc[0]
    assert kept["beta0"] != pytest.approx(whole, abs=1e-6)


def test_influences_obey_the_identity(found):
    """What a firm adds to total must be what it adds to direct and ME, to first order."""
    moved = found.influence
    gap = moved["total"] - moved["direct"] - moved["ME"]
    assert gap.abs().max() < 2e-3 * moved["total"].abs().max()
    np.testing.assert_allclose(moved.sum(), 0, atol=1e-10)


@pytest.mark.parametrize("effects", [(), ("year",), ("firm",), ("firm", "year"), WITHIN[:1]])
def test_influences_give_the_whole_clustered_covariance(data, effects):
    """Effects nested in clusters, crossed with them or absent: errors equal pyfixest's."""
    spec = replace(SECOND, effects=effects)
    part = influence(demean_all([spec], data), "Y", spec.regressors)
    ours = standard_errors(part.by_cluster)
    theirs = estimate(spec, data).coefficients.set_index("term")["std_error"][list(spec.regressors)]
    np.testing.assert_allclose(ours, theirs, rtol=1e-8)


def test_products_of_coefficients_in_closed_form():
    """Sobel, Aroian and delta by hand, and the published ME of flex: z above 8."""
    assert product_error(3, 4, 0.3, 0.2) == pytest.approx(np.sqrt(1.44 + 0.36))
    assert product_error(3, 4, 0.3, 0.2, "Aroian") == pytest.approx(np.sqrt(1.8036))
    assert product_error(3, 4, 0.3, 0.2, "delta", 0.01) == pytest.approx(np.sqrt(1.8 + 0.24))
    printed = product_error([0.2673], 0.0026, 0.0314, 0.0001)
    assert 0.2673 * 0.0026 / printed[0] == pytest.approx(8.085, abs=0.01)


def test_delta_is_the_sum_of_squared_influences(found):
    """The closed form with the covariance must equal the error of ME's influences."""
    paths, error = found.estimates, found.std_errors
    closed = product_error(
        paths["beta0"], paths["mu1"], error["beta0"], error["mu1"], "delta", found.covariance
    )
    assert closed == pytest.approx(error["ME"], rel=1e-12)


def pairs_bootstrap(data, rng, draws):
    """Resample firms and re-estimate everything, dummies for years: the slow and obvious way."""
    rows = data.groupby("firm").indices
    firms = np.array(list(rows))
    effects = []
    for _ in range(draws):
        drawn = rng.choice(firms, len(firms))
        sample = data.iloc[np.concatenate([rows[firm] for firm in drawn])]
        years = len(rows[firms[0]])
        copy = np.repeat(np.arange(len(firms)), years)
        dummies = np.eye(years)[sample["year"].to_numpy()][:, 1:]
        full = np.column_stack([sample[["T", "M", "X", "Y"]], dummies])
        full -= pd.DataFrame(full).groupby(copy).transform("mean").to_numpy()
        t, m, y, others = (
            full[:, [0]],
            full[:, [1]],
            full[:, 3],
            full[:, [2, *range(4, full.shape[1])]],
        )
        beta0 = np.linalg.lstsq(np.hstack([t, others]), m[:, 0], rcond=None)[0][0]
        mu1 = np.linalg.lstsq(np.hstack([m, t, others]), y, rcond=None)[0][0]
        effects.append(beta0 * mu1)
    return np.array(effects)


def test_bootstrap_agrees_with_delta_and_with_resampled_firms(data, found):
    """Three routes to one error: delta, influence bootstrap, pairs bootstrap by firm."""
    drawn = bootstrap(found, np.random.default_rng(3))
    slow = pairs_bootstrap(data, np.random.default_rng(4), 400)
    assert drawn.std(ddof=1) == pytest.approx(found.std_errors["ME"], rel=0.06)
    assert drawn.std(ddof=1) == pytest.approx(slow.std(ddof=1), rel=0.12)
    reach = 0.25 * found.std_errors["ME"]
    np.testing.assert_allclose(
        np.quantile(drawn, [0.025, 0.975]), np.quantile(slow, [0.025, 0.975]), atol=reach
    )


def test_bootstrap_repeats_with_its_seed(found):
    """Same seed, same draws."""
    one, two = (bootstrap(found, np.random.default_rng(5), 100) for _ in range(2))
    np.testing.assert_array_equal(one, two)


def test_intervals_cover_the_truth():
    """In 40 simulated samples the 95% intervals must cover each path's truth about 38 times."""
    truth = pd.Series({"beta0": BETA0, "mu1": MU1, "direct": DIRECT, "total": DIRECT + BETA0 * MU1})
    truth["ME"] = BETA0 * MU1
    covered = []
    for seed in range(40):
        one = mediate(FIRST, SECOND, simulated(seed, firms=60, years=4))
        covered.append((one.estimates - truth).abs() < 1.96 * one.std_errors)
    share = pd.DataFrame(covered).mean()
    assert share.between(0.85, 1.0).all(), share


def test_methods_stand_beside_each_other(found):
    """Four methods, one estimate; the bootstrap has percentiles and no z."""
    table = effect_tests(found, np.random.default_rng(6), draws=500).set_index("method")
    assert list(table.index) == ["Sobel", "Aroian", "delta", "bootstrap"]
    assert (table["estimate"] == found.estimates["ME"]).all()
    assert table["std_error"]["Aroian"] > table["std_error"]["Sobel"]
    assert ((table["low"] < table["estimate"]) & (table["estimate"] < table["high"])).all()
    assert table["z"].isna().tolist() == [False, False, False, True]
    assert (table["p"] < 0.05).all()


def test_groups_of_other_firms_are_independent(data):
    """Without shared firms the variance of a difference is the sum of variances."""
    early, late = (
        mediate(FIRST, SECOND, data[side]) for side in (data["firm"] < 75, data["firm"] >= 75)
    )
    gap = difference(early, late).set_index("path")
    summed = np.sqrt(early.std_errors**2 + late.std_errors**2)
    np.testing.assert_allclose(gap["std_error"], summed, rtol=1e-12)
    np.testing.assert_allclose(gap["estimate"], early.estimates - late.estimates)


def test_shared_firms_count_once(data, found):
    """A sample does not differ from itself, and its error is not that of two samples."""
    gap = difference(found, mediate(FIRST, SECOND, data.assign(Y=data["Y"] + 1)))
    np.testing.assert_allclose(gap["std_error"], 0, atol=1e-8)


def test_correlation_that_would_undo_the_effect(data, found):
    """With that much of the mediator's error in the outcome, mu1 is zero: rho by brute force."""
    residual = {}
    for name in ("M", "Y"):
        frame = data[["firm", "year"]].astype("category")
        full = np.column_stack([data[["T", "X"]], pd.get_dummies(frame).to_numpy(dtype=float)])
        residual[name] = data[name] - full @ np.linalg.lstsq(full, data[name], rcond=None)[0]
    assert found.rho == pytest.approx(np.corrcoef(residual["M"], residual["Y"])[0, 1], abs=1e-10)


def test_marginal_effect_is_the_slope_after_centring(data):
    """The effect at m is the treatment's slope when the moderator is measured from m."""
    spec = Specification("Y", ("T", "T:X", "X"), ("firm", "year"), table=5, column=3)
    for row in marginal_effects(spec, data, "T:X", [-1.0, 0.0, 2.0]).itertuples():
        centred = data.assign(X=data["X"] - row.moderator)
        slope = estimate(spec, centred).coefficients.iloc[0]
        expected = slope[["estimate", "std_error", "low", "high"]].astype(float)
        np.testing.assert_allclose(
            [row.estimate, row.std_error, row.low, row.high], expected, rtol=1e-7
        )


@pytest.mark.parametrize(
    ("first", "second", "message"),
    [
        (replace(FIRST, outcome="X", regressors=("T",)), replace(SECOND, regressors=("T", "M")),
         "Table 5, column 8 .*does not regress on 'X'"),
        (replace(FIRST, regressors=("T",)), SECOND, r"Table 5, column 7 .*\['X'\] stand in one"),
        (replace(FIRST, effects=("firm",)), SECOND, "differ in their effects"),
        (replace(FIRST, sample="small and micro firms"), SECOND, "differ in their sample"),
        (replace(FIRST, cluster="year"), SECOND, "differ in their cluster"),
        (replace(FIRST, outcome="W"), replace(SECOND, regressors=("T", "W", "X")),
         r"Table 5, column 8 needs the columns \['W'\]"),
    ],
)  # fmt: skip
def test_errors_name_the_specifications(data, first, second, message):
    """Two equations that are not a pair, or lack a column, must say so."""
    with pytest.raises(ValueError, match=message):
        mediate(first, second, data)


def test_bad_options_are_refused(data, found):
    """Unknown methods, impossible errors, too few draws, wrong interactions."""
    with pytest.raises(ValueError, match="choose one of Sobel, Aroian, delta"):
        product_error(1, 1, 1, 1, "Goodman")
    with pytest.raises(ValueError, match="must be positive"):
        product_error(1, 1, 0, 1)
    with pytest.raises(ValueError, match="use 'delta'"):
        product_error(1, 1, 1, 1, "Sobel", 0.1)
    with pytest.raises(ValueError, match="draws = 10"):
        bootstrap(found, np.random.default_rng(1), 10)
    with pytest.raises(ValueError, match=r"Table 5, column 8 has no \['T:X'\]"):
        marginal_effects(SECOND, data, "T:X", 0.0)
    crossed = replace(SECOND, regressors=("T", "T:X", "X"))
    with pytest.raises(ValueError, match="must be finite"):
        marginal_effects(crossed, data, "T:X", np.nan)
    with pytest.raises(TypeError, match=r"Table 5, column 8: .*must be numbers"):
        marginal_effects(crossed, data, "T:X", ["high"])
    for alone in ("T", "T:T"):
        with pytest.raises(ValueError, match="write 'treatment:moderator', two columns"):
            marginal_effects(crossed, data, alone, 0.0)
    with pytest.raises(TypeError, match=r"rng = 1; give a generator"):
        effect_tests(found, 1)


def test_panel_is_not_mutated(data):
    """Mediation must leave the caller's panel as it was."""
    before = data.copy()
    mediate(FIRST, SECOND, data)
    pd.testing.assert_frame_equal(data, before)
