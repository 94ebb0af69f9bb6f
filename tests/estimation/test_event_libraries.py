"""Protects staggered adoption by the second libraries csdid and diff-diff, and by simulation.

They leave our factor G/(G-1) out, so it is taken off before errors are compared.
"""

import warnings

import numpy as np
import pandas as pd
import pytest

from tradedig_helpers.estimation.event_study.cohorts import event_sample
from tradedig_helpers.estimation.event_study.staggered import callaway_santanna, group_time, impute
from tradedig_helpers.estimation.event_study.study import event_study

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from csdid.att_gt import ATTgt
    from diff_diff import CallawaySantAnna, ImputationDiD

FIRMS, YEARS = 90, np.arange(2001, 2011)
FACTOR = np.sqrt(FIRMS / (FIRMS - 1))
COHORTS = np.array([2003, 2005, 2008, 2005, np.nan])
"""Of unequal sizes, so that weights matter."""
CS = "Callaway–Sant'Anna"
CONTROLS = {
    "not yet": ("not_yet_treated", "notyettreated"),
    "never": ("never_treated", "nevertreated"),
}


@pytest.fixture(scope="module")
def drawn():
    """Return a balanced panel with a trait on which trends depend, and years of adoption."""
    rng = np.random.default_rng(4)
    firm, year = (part.ravel() for part in np.meshgrid(range(FIRMS), YEARS, indexing="ij"))
    of_firm = COHORTS[rng.integers(0, len(COHORTS), FIRMS)]
    trait = rng.normal(size=FIRMS)[firm] + 0.1 * rng.normal(size=firm.size)
    gain = np.where(year >= of_firm[firm], (2010 - of_firm[firm]) * (1 + year - of_firm[firm]), 0)
    y = 0.1 * gain + 0.2 * trait * (year - 2001) + rng.normal(size=firm.size)
    panel = pd.DataFrame({"firm": firm, "year": year, "x": trait, "y": y})
    return panel, pd.DataFrame({"firm": range(FIRMS), "cohort": of_firm})


def theirs_by_diff_diff(drawn, controls, covariates):
    """Return what diff-diff makes of the panel."""
    panel, cohorts = drawn
    model = CallawaySantAnna(
        control_group=CONTROLS[controls][0], base_period="universal", estimation_method="reg"
    )
    data = panel.merge(cohorts, on="firm").fillna({"cohort": 0})
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return model.fit(
            data, outcome="y", unit="firm", time="year", first_treat="cohort",
            aggregate="all", covariates=list(covariates) or None,
        )  # fmt: skip


def theirs_by_csdid(drawn, controls, covariates):
    """Return what csdid makes of the panel: each effect, and the two averages."""
    panel, cohorts = drawn
    data = panel.merge(cohorts, on="firm").fillna({"cohort": 0})
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model = ATTgt(
            yname="y", tname="year", idname="firm", gname="cohort", data=data,
            control_group=[CONTROLS[controls][1]], xformla="y~x" if covariates else None,
        ).fit(est_method="reg", base_period="universal", bstrap=False)  # fmt: skip
        each = pd.DataFrame({name: model.results[name] for name in ("group", "year", "att", "se")})
        averages = {}
        for kind in ("simple", "dynamic"):
            model.aggte(typec=kind, bstrap=False)
            averages[kind] = model.atte
    return each.rename(columns={"group": "cohort"}), averages


@pytest.mark.parametrize("covariates", [(), ("x",)])
@pytest.mark.parametrize("controls", [*CONTROLS])
def test_group_time_effects_equal_both_libraries(drawn, controls, covariates):
    """ATT(g, t) and its error, by both kinds of controls, with and without a covariate."""
    sample = event_sample(*drawn, "y", covariates)
    ours = group_time(sample, controls=controls, covariates=covariates)
    assert len(ours) == 3 * (len(YEARS) - 1)
    found = theirs_by_diff_diff(drawn, controls, covariates).group_time_effects
    lines = [(*cell, found[cell]["effect"], found[cell]["se"]) for cell in found]
    each, _ = theirs_by_csdid(drawn, controls, covariates)
    # With covariates csdid takes a lead's from the lead, not from the base year.
    after = each if not covariates else each[each["year"] >= each["cohort"]]
    for theirs in (pd.DataFrame(lines, columns=["cohort", "year", "att", "se"]), after):
        both = ours.merge(theirs, on=["cohort", "year"], suffixes=("", "_theirs"))
        assert len(both) in (len(ours), 8 + 6 + 3)
        np.testing.assert_allclose(both["att"], both["att_theirs"], rtol=1e-9, atol=1e-12)
        np.testing.assert_allclose(both["std_error"] / FACTOR, both["se"], rtol=1e-9)


@pytest.mark.parametrize("controls", [*CONTROLS])
def test_paths_and_averages_equal_both_libraries(drawn, controls):
    """Event times and the overall average, whose errors count that weights are estimated."""
    study = event_study(event_sample(*drawn, "y"), 3, 7, [CS], controls=controls)
    path, average = study.paths[CS], study.averages.iloc[0]
    theirs = theirs_by_diff_diff(drawn, controls, ())
    _, averages = theirs_by_csdid(drawn, controls, ())
    event_times = averages["dynamic"]["egt"].tolist()
    for time in (-3, 0, 2, 7):
        error = np.linalg.norm(path.by_firm[time]) / FACTOR
        place = event_times.index(time)
        effects = theirs.event_study_effects[time]
        for effect, se in (
            (effects["effect"], effects["se"]),
            (averages["dynamic"]["att_egt"][place], averages["dynamic"]["se_egt"][place]),
        ):
            assert path.estimate[time] == pytest.approx(effect, rel=1e-9)
            assert error == pytest.approx(se, rel=1e-9)
    simple = averages["simple"]
    for effect, se in (
        (theirs.overall_att, theirs.overall_se),
        (simple["overall_att"], simple["overall_se"]),
    ):
        assert average["estimate"] == pytest.approx(effect, rel=1e-9)
        assert average["std_error"] / FACTOR == pytest.approx(se, rel=1e-9)


@pytest.mark.parametrize(
    ("centring", "partition"),
    [("cohort and event time", "cohort_horizon"), ("event time", "horizon")],
)
def test_imputation_equals_diff_diff(drawn, centring, partition):
    """Estimates and errors by both centrings, at each event time and on average."""
    panel, cohorts = drawn
    data = panel.merge(cohorts, on="firm").fillna({"cohort": 0})
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        theirs = ImputationDiD(aux_partition=partition).fit(
            data, outcome="y", unit="firm", time="year", first_treat="cohort",
            aggregate="event_study",
        )  # fmt: skip
    study = event_study(event_sample(panel, cohorts, "y"), 2, 7, ["imputation"], centring=centring)
    path, average = study.paths["imputation"], study.averages.iloc[0]
    for time in range(8):
        found = theirs.event_study_effects[time]
        error = np.linalg.norm(path.by_firm[time]) / FACTOR
        assert path.estimate[time] == pytest.approx(found["effect"], rel=1e-7)
        assert error == pytest.approx(found["se"], rel=1e-7)
    assert average["estimate"] == pytest.approx(theirs.overall_att, rel=1e-7)
    assert average["std_error"] / FACTOR == pytest.approx(theirs.overall_se, rel=1e-7)


def test_centring_matters_where_cohorts_differ(drawn):
    """The authors' centring takes differences between cohorts for effects, not for noise."""
    sample = event_sample(*drawn, "y")
    fine = impute(sample, range(8))
    coarse = impute(sample, range(8), centring="event time")
    np.testing.assert_array_equal(fine.estimate, coarse.estimate)
    ratio = np.sqrt(np.diag(coarse.covariance) / np.diag(fine.covariance))
    assert (ratio[:6] > 1).all()
    assert (ratio[1:3] > 1.02).all()
    assert ratio[7] == pytest.approx(1)  # one cohort is seen so long


@pytest.mark.parametrize(("redrawn", "right"), [(True, "estimated"), (False, "given")])
def test_errors_are_of_the_experiment_that_is_meant(redrawn, right):
    """If cohorts are drawn anew, weights vary and the error counts it; if not, it must not."""
    found = []
    years = np.arange(2001, 2007)
    firm, year = (part.ravel() for part in np.meshgrid(range(200), years, indexing="ij"))
    for seed in range(80):
        rng = np.random.default_rng(seed)
        drawing = rng if redrawn else np.random.default_rng(0)
        cohort = np.array([2003, 2005, np.nan, np.nan])[drawing.integers(0, 4, 200)]
        gain = np.where(year >= cohort[firm], np.where(cohort[firm] == 2003, 3.0, 0.0), 0.0)
        panel = pd.DataFrame({"firm": firm, "year": year, "y": gain + rng.normal(size=firm.size)})
        sample = event_sample(panel, pd.DataFrame({"firm": range(200), "cohort": cohort}), "y")
        row = {"seed": seed}
        for weights in ("estimated", "given"):
            average = event_study(sample, 2, 3, [CS], weights=weights).averages.iloc[0]
            row |= {"estimate": average["estimate"], weights: average["std_error"]}
        found.append(row)
    table = pd.DataFrame(found)
    spread = table["estimate"].std()
    assert table[right].mean() == pytest.approx(spread, rel=0.15)
    wrong = table["given" if right == "estimated" else "estimated"].mean()
    assert wrong / spread < 0.8 if redrawn else wrong / spread > 1.2


def test_weights_given_at_an_event_time(drawn):
    """Given weights leave the spread between cohorts out, at each event time too."""
    sample = event_sample(*drawn, "y")
    each = group_time(sample, controls="never").query("year - cohort == 0")
    given, estimated = (
        callaway_santanna(sample, [0], controls="never", weights=weights)
        for weights in ("given", "estimated")
    )
    share = each["rows"] / each["rows"].sum()
    assert given.estimate[0] == pytest.approx(share @ each["att"])
    assert given.counted is None
    between = FACTOR**2 * (share @ (each["att"] - given.estimate[0]) ** 2) / each["rows"].sum()
    # The other part of the influences adds up to zero in each cohort.
    assert estimated.covariance[0, 0] == pytest.approx(given.covariance[0, 0] + between)
