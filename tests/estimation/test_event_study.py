"""Protects event studies: each estimator against known effects, by hand and by another."""

import warnings

import numpy as np
import pandas as pd
import polars as pl
import pyfixest as pf
import pytest

from tradedig_book.economy import load_calibration, load_sample
from tradedig_book.theory import Parameters, solve
from tradedig_book.truth.gains import adoption_gains
from tradedig_helpers.estimation.event_study.cohorts import (
    event_sample,
    first_adoption,
    mean_by_event_time,
)
from tradedig_helpers.estimation.event_study.pretrends import pretrend_test, trend_bias
from tradedig_helpers.estimation.event_study.staggered import (
    EventStudyPath,
    callaway_santanna,
    group_time,
    impute,
)
from tradedig_helpers.estimation.event_study.study import EVENT_ESTIMATORS, event_study
from tradedig_helpers.estimation.event_study.twoway_weights import negative_share, twoway_weights
from tradedig_helpers.estimation.fit import estimate
from tradedig_helpers.estimation.specifications import Specification
from tradedig_helpers.measure.digitization import measure_digitization

ROBUST = ("Sun–Abraham", "Callaway–Sant'Anna", "imputation")
YEARS = np.arange(2001, 2011)


def growing(cohort, time):
    """Return an effect that grows with experience, faster for those who adopt early."""
    return (1 + 0.5 * time) * np.where(cohort < 2005, 2.0, 1.0)


def draw(rng, firms=90, noise=1.0, effect=growing, cohorts=(2003, 2005, 2008, np.nan)):
    """Return a balanced panel of outcomes with known effects, and the years of adoption."""
    firm, year = (part.ravel() for part in np.meshgrid(range(firms), YEARS, indexing="ij"))
    of_firm = np.array(cohorts)[np.arange(firms) % len(cohorts)]
    cohort = of_firm[firm]
    time = year - cohort
    gain = np.where(time >= 0, effect(cohort, np.maximum(time, 0)), 0.0)
    walk = rng.normal(size=(firms, len(YEARS))).cumsum(axis=1).ravel()
    own, common = rng.normal(size=firms)[firm], np.sin(year)
    panel = pd.DataFrame({"firm": firm, "year": year, "gain": gain})
    panel["y"] = gain + own + common + noise * (walk + rng.normal(size=firm.size)) / 2
    return panel, pd.DataFrame({"firm": range(firms), "cohort": of_firm})


@pytest.fixture(scope="module")
def noisy():
    """Return a sample with noise that lasts within firms, a fifth of the rows missing."""
    panel, cohorts = draw(np.random.default_rng(1))
    kept = np.random.default_rng(2).random(len(panel)) < 0.8
    return event_sample(panel[kept], cohorts, "y")


def test_known_effects_without_noise():
    """Where effects differ, three estimators find them exactly and two-way effects do not."""
    panel, cohorts = draw(np.random.default_rng(1), noise=0.0)
    sample = event_sample(panel, cohorts, "y")
    found = event_study(sample, leads=3, lags=4).coefficients.set_index(["estimator", "event_time"])
    truth = mean_by_event_time(sample, panel, "gain").loc[:4]
    for name in ROBUST:
        after = found.loc[name, "estimate"].loc[0:]
        np.testing.assert_allclose(after, truth, atol=1e-9)
        np.testing.assert_allclose(found.loc[name, "estimate"].loc[:-2], 0, atol=1e-9)
    twoway = found.loc["two-way fixed effects", "estimate"]
    assert np.abs(twoway.loc[0:] - truth).max() > 0.3
    assert np.abs(twoway.loc[:-2]).max() > 0.1  # leads that are no trend at all


def test_homogeneous_effects_need_no_cure():
    """Where effects depend on event time alone, all four are exact."""
    panel, cohorts = draw(np.random.default_rng(1), noise=0.0, effect=lambda g, k: 1 + k)
    table = event_study(event_sample(panel, cohorts, "y"), 3, 4).coefficients
    expected = np.where(table["event_time"] >= 0, 1 + table["event_time"], 0)
    np.testing.assert_allclose(table["estimate"], expected, atol=1e-9)


def test_two_way_equals_pyfixest(noisy):
    """Coefficients and errors must be those of a regression on dummies."""
    data = noisy.frame.assign(k=noisy.frame["event_time"].fillna(-1).astype(int))
    theirs = quiet(
        lambda: pf.feols("y ~ i(k, ref=-1) | firm + year", data, vcov={"CRV1": "firm"})
    ).tidy()
    ours = event_study(noisy, 3, 4, ["two-way fixed effects"]).coefficients
    names = [f"k::{time}" for time in ours["event_time"]]
    np.testing.assert_allclose(ours["estimate"], theirs.loc[names, "Estimate"], atol=1e-7)
    np.testing.assert_allclose(ours["std_error"], theirs.loc[names, "Std. Error"], rtol=1e-6)


def test_sun_abraham_equals_pyfixest():
    """Averages of cohorts must be those of the library, where nobody pauses."""
    panel, cohorts = draw(np.random.default_rng(3))
    data = panel.merge(cohorts, on="firm").fillna({"cohort": 0})
    fit = quiet(
        lambda: pf.event_study(
            data, "y", idname="firm", tname="year", gname="cohort", estimator="saturated"
        )
    )
    theirs = fit.aggregate()
    ours = event_study(event_sample(panel, cohorts, "y"), 3, 4, ["Sun–Abraham"]).coefficients
    theirs = theirs.loc[ours["event_time"].astype(float)].astype(float)
    np.testing.assert_allclose(ours["estimate"], theirs["Estimate"], atol=1e-7)
    np.testing.assert_allclose(ours["std_error"], theirs["Std. Error"], rtol=1e-6)


def test_a_pause_does_not_move_the_year_of_adoption():
    """An exporter that is not seen in its year of adoption keeps its cohort and event time."""
    panel, cohorts = draw(np.random.default_rng(1), noise=0.0)
    paused = panel.merge(cohorts, on="firm").query("not (firm % 3 == 0 and year == cohort)")
    sample = event_sample(paused[["firm", "year", "y"]], cohorts, "y")
    truth = mean_by_event_time(sample, panel, "gain").loc[:4]
    for name in ROBUST:
        found = event_study(sample, 2, 4, [name]).coefficients.set_index("event_time")
        np.testing.assert_allclose(found["estimate"].loc[0:], truth, atol=1e-9)


def test_one_cohort_by_hand(noisy):
    """With one cohort the group-time effect is a difference of two mean changes."""
    frame = noisy.frame.query("cohort == 2005 or cohort.isna()")
    sample = event_sample(frame[["firm", "year", "y"]], cohorts_of(frame), "y")
    wide = frame.pivot_table(index="firm", columns="year", values="y")
    change = (wide[2007] - wide[2004]).dropna()
    treated = change.index.isin(frame.loc[frame["cohort"] == 2005, "firm"])
    sides = change[treated], change[~treated]
    found = callaway_santanna(sample, range(2, 3))
    assert found.estimate[2] == pytest.approx(sides[0].mean() - sides[1].mean())
    variance = sum(side.var(ddof=0) / len(side) for side in sides)
    firms = frame["firm"].nunique()
    assert found.covariance[0, 0] == pytest.approx(variance * firms / (firms - 1))
    assert found.rows[2] == len(sides[0])


def test_group_time_effects_by_hand(noisy):
    """Cohorts must be compared with those not yet treated, and averaged by their adopters."""
    wide = noisy.frame.pivot_table(index="firm", columns="year", values="y")
    cohort = cohorts_of(noisy.frame).set_index("firm")["cohort"].fillna(np.inf)[wide.index]
    for time in (-3, 0, 3):
        total, rows = 0.0, 0
        for g in (2003, 2005, 2008):
            if g + time not in wide or g - 1 not in wide:
                continue
            change = wide[g + time] - wide[g - 1]
            waiting = change[(cohort > max(g + time, g - 1)) & (cohort != g)].mean()
            own = change[cohort == g].dropna()
            total, rows = total + (own - waiting).sum(), rows + len(own)
        found = callaway_santanna(noisy, range(time, time + 1))
        assert found.estimate[time] == pytest.approx(total / rows)
        assert found.rows[time] == rows


def test_imputation_equals_dummies_and_gardner(noisy):
    """Estimates equal those of dummies; errors those of two steps by GMM (Gardner 2022)."""
    untreated = noisy.frame[~noisy.treated].groupby("firm").size()
    twice = noisy.frame[noisy.frame["firm"].map(untreated) > 1]  # the library drops the others
    sample = event_sample(twice[["firm", "year", "y"]], cohorts_of(twice), "y")
    found = impute(sample, range(5), centring="event time")
    frame = sample.frame.assign(treated=sample.treated)
    dummies = pd.get_dummies(frame[["firm", "year"]].astype("category"), dtype=float).to_numpy()
    base = ~frame["treated"]
    effects = np.linalg.lstsq(dummies[base], frame.loc[base, "y"], rcond=None)[0]
    gain = (frame["y"] - dummies @ effects)[frame["treated"]]
    by_hand = gain.groupby(frame["event_time"]).mean().loc[:4]
    np.testing.assert_allclose(found.estimate, by_hand, atol=1e-8)
    data = frame[["firm", "year", "y", "treated"]]
    data = data.assign(k=frame["event_time"].where(frame["treated"], -1).astype(int))
    theirs = quiet(
        lambda: pf.did2s(
            data, yname="y", first_stage="~ 0 | firm + year", second_stage="~ i(k, ref=-1)",
            treatment="treated", cluster="firm",
        )
    ).tidy()  # fmt: skip
    names = [f"k::{time}" for time in range(5)]
    np.testing.assert_allclose(found.estimate, theirs.loc[names, "Estimate"], rtol=1e-5)
    ratio = np.sqrt(np.diag(found.covariance)) / theirs.loc[names, "Std. Error"]
    np.testing.assert_allclose(ratio, 1, rtol=0.02)  # another small-sample factor
    assert ratio.std() < 1e-4


@pytest.mark.parametrize("name", [*EVENT_ESTIMATORS])
def test_errors_are_the_spread_of_estimates(name):
    """Over drawn samples the mean standard error must be near the spread of the estimates."""
    found = []
    for seed in range(60):
        panel, cohorts = draw(np.random.default_rng(seed), firms=120, effect=lambda g, k: 1 + k)
        study = event_study(event_sample(panel, cohorts, "y"), 2, 2, [name])
        found.append(study.averages.iloc[0])
    table = pd.DataFrame(found)
    spread = table["estimate"].std()
    assert table["estimate"].mean() == pytest.approx(2, abs=4 * spread / np.sqrt(60))
    assert table["std_error"].mean() == pytest.approx(spread, rel=0.25)


def test_average_is_weighted_by_rows(noisy):
    """The mean effect must weigh event times by their rows, and know their covariance."""
    study = event_study(noisy, 3, 4, ["imputation"])
    path, average = study.paths["imputation"], study.averages.iloc[0]
    rows = path.rows.loc[0:]
    after = path.estimate.index >= 0
    weights = (rows / rows.sum()).to_numpy()
    assert average["estimate"] == pytest.approx(weights @ path.estimate[after])
    variance = weights @ path.covariance[np.ix_(after, after)] @ weights
    assert average["std_error"] == pytest.approx(np.sqrt(variance))


def test_weights_of_the_textbook():
    """Two firms that adopt in years two and three of three: weights 1, -1/2 and 1/2."""
    frame = pd.DataFrame({"firm": np.repeat([1, 2], 3), "year": [1, 2, 3] * 2})
    treated = pd.Series([False, True, True, False, False, True])
    weights = twoway_weights(frame, treated)
    np.testing.assert_allclose(weights["weight"], [1, -0.5, 0.5], atol=1e-9)
    assert negative_share(weights) == pytest.approx((1 / 3, -0.5))


def test_weights_turn_effects_into_the_coefficient():
    """Without noise the weighted sum of true effects is the coefficient of the treatment."""
    panel, cohorts = draw(np.random.default_rng(1), noise=0.0)
    sample = event_sample(panel, cohorts, "y")
    frame = sample.frame.assign(treated=sample.treated.astype(float))
    weights = twoway_weights(frame, sample.treated)
    spec = Specification("y", ("treated",), ("firm", "year"), table="weights", column=1)
    coefficient = estimate(spec, frame).coefficients["estimate"][0]
    gains = weights.merge(panel, on=["firm", "year"])
    assert (gains["weight"] * gains["gain"]).sum() == pytest.approx(coefficient)
    assert coefficient < 0.8 * gains["gain"].mean()
    with pytest.raises(ValueError, match="spanned by firm and year effects"):
        twoway_weights(frame, pd.Series(frame["year"] > 2005))


def test_pretrend_test_and_its_power():
    """Wald statistic and power by hand, with independent leads."""
    index = pd.Index([-3, -2, 0])
    moved = pd.DataFrame(np.diag([2.0, 1.0, 1.0]), columns=index)
    test = pretrend_test(
        EventStudyPath(pd.Series([2.0, 1.0, 9.0], index=index), moved, moved.sum())
    )
    assert test.statistic == pytest.approx(2.0)
    assert test.p == pytest.approx(np.exp(-1))  # χ² with two degrees of freedom
    assert test.per_slope == pytest.approx(4 / 4 + 1)
    assert test.power(np.array([0.0]))[0] == pytest.approx(0.05)
    draws = np.random.default_rng(1).normal([-2 * 1.5 / 2, -1.5], size=(40_000, 2))
    rejected = ((draws**2).sum(axis=1) > -2 * np.log(0.05)).mean()
    assert test.power(np.array([1.5]))[0] == pytest.approx(rejected, abs=0.01)
    assert test.power(np.array([test.detectable(0.8)]))[0] == pytest.approx(0.8)
    assert trend_bias(EventStudyPath(pd.Series(0.0, index), moved, moved.sum()), 0.5).to_dict() == {
        0: 0.5
    }
    with pytest.raises(ValueError, match="no event time before"):
        pretrend_test(EventStudyPath(pd.Series([1.0], index=[0]), moved[[0]], moved[[0]].sum()))


def test_dates_of_adoption():
    """A firm's cohort is its earliest technology; two answers for one firm are refused."""
    firms = pd.DataFrame(
        {
            "firm": ["a", "a", "b"], "year": [2004, 2005, 2004], "pit_since": [2005, 2005, None],
            "pdo_since": [2003, 2003, None], "icp_since": [None, None, None],
        }
    )  # fmt: skip
    found = first_adoption(firms)
    assert found["cohort"].tolist()[0] == 2003
    assert found["cohort"].isna().tolist() == [False, True]
    with pytest.raises(ValueError, match="gives 1 firms another first year"):
        first_adoption(firms.assign(pdo_since=[2003, 2004, None]))


def test_what_is_left_out_is_counted(noisy):
    """Firms that are digital from the start and rows without an outcome go, and are counted."""
    panel, cohorts = draw(np.random.default_rng(1), cohorts=(2001, 2005, np.nan))
    given = panel.assign(y=panel["y"].where(panel.index % 10 > 0))
    before = given.copy()
    ledger = event_sample(given, cohorts, "y").ledger.frame.set_index("unit")
    pd.testing.assert_frame_equal(given, before)
    assert ledger.loc["firm-years", "dropped"].tolist() == [90, 30 * 9]
    assert ledger.loc["firms", "dropped"] == 30


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda p, c: (p, c.assign(cohort=2005.0)), "0 never adopt"),
        (lambda p, c: (p, c.assign(cohort=np.nan)), "needs firms that do"),
        (lambda p, c: (p, c[c["firm"] > 0]), "lacks the firm of 10 of 900 rows"),
        (lambda p, c: (pd.concat([p, p]), c), "repeats the key"),
        (lambda p, c: (p.drop(columns="y"), c), "lacks the columns"),
        (lambda p, c: (p.assign(y=p["y"].where(p.index > 0, np.inf)), c), "infinite"),
    ],
)
def test_bad_samples(change, message):
    """Each mistake is named, with its count."""
    with pytest.raises(ValueError, match=message):
        event_sample(*change(*draw(np.random.default_rng(1))), "y")


def test_bad_windows(noisy):
    """Event times that nobody reaches, and unknown estimators, are refused by name."""
    with pytest.raises(ValueError, match="unknown; choose one of"):
        event_study(noisy, estimators=["guess"])
    with pytest.raises(ValueError, match="at least 2 leads"):
        event_study(noisy, leads=1)
    for name in EVENT_ESTIMATORS:
        with pytest.raises(ValueError, match="ask for fewer"):
            event_study(noisy, 2, 30, [name])
    late = noisy.frame[noisy.frame["event_time"].fillna(-1) >= -1]  # no lead is left
    short = event_sample(late[["firm", "year", "y"]], cohorts_of(late), "y")
    for name in EVENT_ESTIMATORS:
        with pytest.raises(ValueError, match="ask for fewer"):
            event_study(short, 2, 0, [name])
    with pytest.raises(ValueError, match="gains lacks 'gain'"):
        mean_by_event_time(noisy, pd.DataFrame({"firm": [0], "year": [0], "gain": [0]}), "gain")


TYPES = {
    "Int64": lambda cohort: cohort.astype("Int64"),
    "Float64": lambda cohort: cohort.astype("Float64"),
    "Int16": lambda cohort: cohort.astype("Int16"),
    "float32": lambda cohort: cohort.astype("float32"),
    "pyarrow": lambda cohort: cohort.astype("int64[pyarrow]"),
    "object with NA": lambda cohort: cohort.astype("Int64").astype(object),
    "object": lambda cohort: pd.Series([None if g != g else int(g) for g in cohort], dtype=object),
}


@pytest.mark.parametrize("kind", TYPES)
def test_missing_cohorts_of_any_type_are_firms_that_never_adopt(noisy, kind):
    """A missing year is no third truth value: nobody who never adopts may be lost."""
    panel, cohorts = draw(np.random.default_rng(1))
    found = event_sample(panel, cohorts.assign(cohort=TYPES[kind](cohorts["cohort"])), "y")
    expected = event_sample(panel, cohorts, "y")
    pd.testing.assert_frame_equal(found.frame, expected.frame)
    assert found.treated.dtype == bool
    pd.testing.assert_frame_equal(found.ledger.frame, expected.ledger.frame)


def test_the_form_of_the_panel_does_not_matter():
    """Order, index, names of the index and narrow types change nothing."""
    panel, cohorts = draw(np.random.default_rng(1))
    expected = event_sample(panel, cohorts, "y").frame
    rng = np.random.default_rng(2)
    others = {
        "order": panel.sample(frac=1, random_state=rng),
        "index": panel.set_index(["firm", "year"], drop=False),
        "repeated index": panel.set_axis([0] * len(panel)),
        "types": panel.astype({"firm": "Int32", "year": "int16[pyarrow]", "y": "Float64"}),
    }
    for name, other in others.items():
        pd.testing.assert_frame_equal(event_sample(other, cohorts, "y").frame, expected, obj=name)


@pytest.mark.parametrize("never", [0, -1, 9999, 10000, 200601, 2005.5, np.inf])
def test_what_is_no_year_is_refused_where_cohorts_are_read(never):
    """Codes for never, months and fractions: named, counted, with what to write instead."""
    panel, cohorts = draw(np.random.default_rng(1))
    with pytest.raises(ValueError, match=r"cohorts\.cohort is .* in 22 of 90 rows.* empty"):
        event_sample(panel, cohorts.fillna({"cohort": never}), "y")
    firms = pd.DataFrame({"firm": [1, 2], "year": 2004, "pdo_since": np.nan, "icp_since": np.nan})
    with pytest.raises(ValueError, match=r"firms\.pit_since is .* in 1 of 2 rows.* empty"):
        first_adoption(firms.assign(pit_since=[2003, never]))


def test_dates_are_no_years():
    """A date of adoption is refused by type, with what to do."""
    panel, cohorts = draw(np.random.default_rng(1))
    years = cohorts["cohort"].astype("Int64").astype(str).replace("<NA>", None)
    dated = cohorts.assign(cohort=pd.to_datetime(years, format="%Y"))
    with pytest.raises(TypeError, match=r"cohorts\.cohort holds dates"):
        event_sample(panel, dated, "y")


def test_waves_with_gaps_are_named_as_the_reason():
    """In a panel of every second year nobody is seen the year before, whatever the window."""
    panel, cohorts = draw(np.random.default_rng(1))
    biennial = panel[panel["year"] % 2 == 1]
    sample = event_sample(biennial, cohorts, "y")
    for name in EVENT_ESTIMATORS:
        with pytest.raises(ValueError, match=r"years of the panel have gaps \(2001, 2003, 2005"):
            event_study(sample, 2, 2, [name])
    with pytest.raises(ValueError, match="the years of the panel have gaps"):
        group_time(event_sample(biennial, cohorts.replace({2008: 2007}), "y"))


@pytest.mark.parametrize("name", ["firm", "year", "cohort", "event_time"])
def test_an_outcome_with_a_name_of_ours(name):
    """The answer has these columns itself, so an outcome of the name is refused."""
    panel, cohorts = draw(np.random.default_rng(1))
    with pytest.raises(ValueError, match=f"columns \\['{name}'\\] of panel .* rename"):
        event_sample(panel.assign(cohort=1.0, event_time=1.0), cohorts, name)


def test_keys_and_frames_of_another_kind(noisy):
    """Text beside numbers, another engine, a string for a list: the package's own errors."""
    panel, cohorts = draw(np.random.default_rng(1))
    with pytest.raises(TypeError, match=r"panel\.firm holds .* and cohorts\.firm .* both"):
        event_sample(panel, cohorts.astype({"firm": str}), "y")
    with pytest.raises(TypeError, match="panel is a polars DataFrame; give a pandas"):
        event_sample(pl.from_pandas(panel), cohorts, "y")
    with pytest.raises(ValueError, match="estimators = 'imputation'; give a list"):
        event_study(noisy, estimators="imputation")
    with pytest.raises(ValueError, match="more than once"):
        event_study(noisy, estimators=["imputation", "imputation"])
    with pytest.raises(ValueError, match="gains repeats the key"):
        mean_by_event_time(noisy, pd.concat([panel, panel]), "gain")
    with pytest.raises(ValueError, match="take no covariates"):
        event_study(noisy, covariates=["x"])
    for option in ("controls", "weights", "centring"):
        with pytest.raises(ValueError, match=f"{option} = 'other' is unknown"):
            event_study(noisy, 2, 2, **{option: "other"})


def test_never_treated_controls_by_hand(noisy):
    """Only firms that never adopt are compared with, each cohort by its change since g - 1."""
    wide = noisy.frame.pivot_table(index="firm", columns="year", values="y")
    cohort = cohorts_of(noisy.frame).set_index("firm")["cohort"][wide.index]
    table = group_time(noisy, controls="never").set_index(["cohort", "year"])
    assert (2005, 2004) not in table.index
    for g, year in ((2003, 2004), (2005, 2001), (2008, 2010)):
        change = wide[year] - wide[g - 1]
        own, never = change[cohort == g].dropna(), change[cohort.isna()].dropna()
        assert table.loc[(g, year), "att"] == pytest.approx(own.mean() - never.mean())
        variance = own.var(ddof=0) / len(own) + never.var(ddof=0) / len(never)
        variance *= len(wide) / (len(wide) - 1)
        assert table.loc[(g, year), "std_error"] == pytest.approx(np.sqrt(variance))
        assert table.loc[(g, year), "rows"] == len(own)


def test_covariates_that_controls_do_not_tell_apart():
    """A covariate that is the same for all controls leaves its slope unknown."""
    panel, cohorts = draw(np.random.default_rng(1))
    sample = event_sample(panel.assign(x=1.0), cohorts, "y", ["x"])
    with pytest.raises(ValueError, match="controls do not tell the covariates apart"):
        callaway_santanna(sample, [0], covariates=["x"])
    holes = panel.assign(x=panel["y"].where(panel["year"] > 2001))
    ledger = event_sample(holes, cohorts, "y", ["x"]).ledger.frame
    assert ledger["rule"].tolist()[:2] == ["y is defined", "covariates are known"]
    assert ledger["dropped"].tolist()[:2] == [0, 90]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda d: pd.Series(d.to_numpy(), index=range(9, 9 + len(d))), "with the same index"),
        (lambda d: d.to_numpy(), "with the same index"),
        (lambda d: d.astype("boolean").where(d.index > 1), "neither 0 nor 1 in 2 of 900 rows"),
        (lambda d: d * 2, "neither 0 nor 1 in"),
    ],
)
def test_treatments_that_are_none(change, message):
    """A treatment of other rows, or of other values, is refused; its type does not matter."""
    panel, cohorts = draw(np.random.default_rng(1))
    treated = panel["year"] >= panel["firm"].map(cohorts.set_index("firm")["cohort"])
    expected = twoway_weights(panel, treated)
    again = twoway_weights(panel.set_index("year", drop=False), treated.set_axis(panel["year"]))
    pd.testing.assert_frame_equal(again, expected)
    pd.testing.assert_frame_equal(twoway_weights(panel, treated.astype("Int8")), expected)
    with pytest.raises(ValueError, match=message):
        twoway_weights(panel, change(treated))


def test_gains_follow_the_model():
    """The part through φ is the derivative of ln λ* of equation (8); no technology, no gain."""
    p = Parameters()
    h, advantage = 1e-5, 0.4
    up, down = (
        np.log(float(solve(Parameters(varphi=p.varphi_D * (1 + advantage * np.exp(s)))).quality))
        for s in (h, -h)
    )
    slope = (up - down) / (2 * h)
    calibration = load_calibration()
    panel = pd.DataFrame({"firm": [1, 2], "year": 2005, "lndig": [2.0, 0.0], "lninn": np.log(4)})
    truth = panel[["firm", "year"]].assign(
        quality=np.e, total=[0.1, np.nan], varphi=p.varphi_D * (1 + advantage), flex_response=0.3
    )
    found = adoption_gains(panel, truth, calibration)
    more = calibration.advantage["lntfp"] * calibration.productivity["lndig"]
    more += calibration.advantage["lninn"] * calibration.innovation["lndig"] * 3 / 4
    np.testing.assert_allclose(found["quality_gain"], [2 * (0.1 + slope * more), 0], rtol=1e-8)
    np.testing.assert_allclose(found["flex_gain"], [0.6, 0])
    np.testing.assert_allclose(found["log_quality"], 1)
    with pytest.raises(ValueError, match="truth lacks 1 of 2"):
        adoption_gains(panel, truth[:1], calibration)


def test_the_economy_has_the_effects_that_it_says():
    """On the shipped sample, log true quality must rise as the known gains do."""
    economy = load_sample()
    digital = measure_digitization(economy.firms).assign(
        lninn=np.log1p(economy.firms["patents"].to_numpy())
    )
    panel = economy.truth[["firm", "year"]].merge(digital, on=["firm", "year"])
    known = adoption_gains(panel, economy.truth, load_calibration())
    sample = event_sample(known, first_adoption(economy.firms), "log_quality")
    digital_rows = panel.merge(sample.frame, on=["firm", "year"])
    np.testing.assert_array_equal(digital_rows["dig"] > 1, digital_rows["event_time"] >= 0)
    truth = mean_by_event_time(sample, known, "quality_gain").loc[:8]
    study = event_study(sample)
    for name, path in study.paths.items():
        rows = path.rows.loc[0:]
        gap = np.average(path.estimate.loc[0:] - truth, weights=rows)
        error = study.averages.set_index("estimator").loc[name, "std_error"]
        assert abs(gap) < 3 * error
        assert np.average(truth, weights=rows) > 3 * error


@pytest.mark.parametrize("covariates", [[], ["x"]])
def test_controls_without_a_residual_have_no_error(covariates):
    """With no more controls than coefficients their noise is unknown: estimates have no error."""
    panel, cohorts = draw(np.random.default_rng(1), cohorts=(2003, 2005, np.nan))
    panel["x"] = np.random.default_rng(2).normal(size=len(panel))
    never = cohorts.loc[cohorts["cohort"].isna(), "firm"]
    options = {"controls": "never", "covariates": covariates}
    for more, known in ((0, False), (1, True)):
        dropped = panel["firm"].isin(never.iloc[1 + len(covariates) + more :])
        sample = event_sample(panel[~dropped], cohorts, "y", covariates)
        table = group_time(sample, **options)
        assert table["att"].notna().all()
        assert table["std_error"].notna().eq(known).all()
        study = event_study(sample, 2, 2, ["Callaway–Sant'Anna"], **options)
        assert study.coefficients["estimate"].notna().all()
        for errors in (study.coefficients["std_error"], study.averages["std_error"]):
            assert errors.notna().eq(known).all()


def test_a_lead_without_an_error_leaves_the_average_its_own():
    """Where one firm alone is compared with, in years long before, later errors stay."""
    panel, cohorts = draw(np.random.default_rng(1), cohorts=(2005, np.nan))
    early = (panel["year"] <= 2002) & (panel["firm"] % 2 == 1) & (panel["firm"] > 1)
    sample = event_sample(panel[~early], cohorts, "y")
    study = event_study(sample, 4, 2, ["Callaway–Sant'Anna"])
    unknown = study.coefficients["std_error"].isna()
    assert study.coefficients.loc[unknown, "event_time"].tolist() == [-4, -3]
    later = event_study(sample, 2, 2, ["Callaway–Sant'Anna"])
    pd.testing.assert_frame_equal(study.averages, later.averages)
    with pytest.raises(ValueError, match=r"leads \[-4, -3\] have no error"):
        pretrend_test(study.paths["Callaway–Sant'Anna"])


def test_one_adopter_has_no_error():
    """A single adopter is its own mean, so that its noise is unknown."""
    panel, cohorts = draw(np.random.default_rng(1), cohorts=(np.nan, np.nan, np.nan))
    alone = cohorts.assign(cohort=np.where(cohorts["firm"] == 3, 2005.0, np.nan))
    sample = event_sample(panel, alone, "y")
    assert group_time(sample)["std_error"].isna().all()
    study = event_study(sample, 2, 2, ["Callaway–Sant'Anna"])
    assert study.averages["estimate"].notna().all()
    assert study.averages["std_error"].isna().all()
    two = alone.assign(cohort=alone["cohort"].mask(alone["firm"] == 4, 2006.0))
    for weights, known in (("given", False), ("estimated", True)):
        path = callaway_santanna(event_sample(panel, two, "y"), [0], weights=weights)
        assert bool(np.isfinite(path.covariance).all()) is known


@pytest.mark.parametrize(
    "change",
    [lambda x: x + 1e7, lambda x: x * 1e15, lambda x: x * 1e-12, lambda x: x * 1e-3 + 1e5],
    ids=["far", "large", "small", "far and small"],
)
def test_origin_and_unit_of_a_covariate_do_not_matter(noisy, change):
    """Trends that depend on a covariate do so in every unit of it."""
    x = np.random.default_rng(3).normal(size=len(noisy.frame))
    frame, cohorts = noisy.frame.assign(x=x), cohorts_of(noisy.frame)
    columns = ["firm", "year", "y", "x"]
    paths = [
        callaway_santanna(
            event_sample(rows[columns], cohorts, "y", ["x"]), [0, 1], covariates=["x"]
        )
        for rows in (frame, frame.assign(x=change(x)))
    ]
    np.testing.assert_allclose(paths[1].estimate, paths[0].estimate, rtol=1e-6)
    np.testing.assert_allclose(paths[1].covariance, paths[0].covariance, rtol=1e-6)


def test_covariates_that_are_nearly_one():
    """Covariates are collinear by the threshold of every estimator; one that is flat is named."""
    panel, cohorts = draw(np.random.default_rng(1))
    x = np.random.default_rng(2).normal(size=len(panel))
    both = panel.assign(x=x, z=x + 1e-6 * np.sin(panel["firm"]), one=0.1)
    sample = event_sample(both, cohorts, "y", ["x", "z", "one"])
    with pytest.raises(ValueError, match=r"use fewer \(.*'z' is collinear with \['x'\]"):
        callaway_santanna(sample, [0], covariates=["x", "z"])
    with pytest.raises(ValueError, match=r"apart: \['one'\] do not vary among them"):
        callaway_santanna(sample, [0], covariates=["x", "one"])
    with pytest.raises(ValueError, match=r"names \['y'\] more than once"):
        event_sample(panel, cohorts, "y", ["y"])
    with pytest.raises(ValueError, match="holds the outcome"):
        callaway_santanna(sample, [0], covariates=["y"])


def test_flags_and_signs_of_products_as_outcomes(noisy):
    """A flag is 0 or 1; a colon in the name of an outcome means nothing."""
    cohorts, frame = cohorts_of(noisy.frame), noisy.frame[["firm", "year", "y"]]
    high = frame["y"] > 0
    usual = event_study(event_sample(frame.assign(y=high * 1.0), cohorts, "y"), 2, 2).coefficients
    for flags in (high, high.astype("boolean"), high.astype(object)):
        found = event_study(event_sample(frame.assign(y=flags), cohorts, "y"), 2, 2)
        pd.testing.assert_frame_equal(found.coefficients, usual)
    named = frame.assign(y=high * 1.0).rename(columns={"y": "y:z"})
    found = event_study(event_sample(named, cohorts, "y:z"), 2, 2)
    pd.testing.assert_frame_equal(found.coefficients, usual)
    noted = pd.concat([frame, frame[["y", "y"]].set_axis(["note", "note"], axis=1)], axis=1)
    again = event_sample(noted, cohorts, "y").frame
    pd.testing.assert_frame_equal(again, event_sample(frame, cohorts, "y").frame)


@pytest.mark.parametrize("times", [0, "0", ["0"], [0.5], [True], [np.nan], None])
def test_event_times_that_are_none(noisy, times):
    """Event times are a list of whole numbers."""
    for estimator in (callaway_santanna, impute):
        with pytest.raises(ValueError, match=r"event_times = .*; give a list of whole numbers"):
            estimator(noisy, times)
    with pytest.raises(ValueError, match="at least 2 leads"):
        event_study(noisy, leads="2")


def cohorts_of(frame):
    """Return the cohorts of the firms of a sample."""
    return frame[["firm", "cohort"]].drop_duplicates()


def quiet(run):
    """Return what pyfixest returns, without its own warnings."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return run()
