"""Protects matching: nearest neighbours, who may be matched to whom, balance, the estimate."""

import dataclasses

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import norm
from sklearn.neighbors import NearestNeighbors

from tradedig_helpers.estimation.event_study import neighbours
from tradedig_helpers.estimation.event_study.balance import balance_table, moments
from tradedig_helpers.estimation.event_study.matching import PSM_DID, match_adopters, stacked
from tradedig_helpers.estimation.event_study.neighbours import nearest, tied
from tradedig_helpers.estimation.event_study.weighted import paired_effect
from tradedig_helpers.estimation.fit import estimate
from tradedig_helpers.estimation.heckman import probit
from tradedig_helpers.estimation.specifications import Specification

CHOICE = Specification("adopts", ("size", "age"), table="Choice", column=1)
EFFECT, YEARS = 1.0, range(2001, 2009)
numbers = st.lists(st.integers(-50, 50).map(lambda n: n / 7), min_size=1, max_size=30).map(np.array)


def world(seed=1, firms=1200):
    """Return traits, years of adoption and outcomes; large firms adopt more and grow faster."""
    rng = np.random.default_rng(seed)
    size, age, own = rng.normal(size=(3, firms))
    cohort = np.full(firms, np.nan)
    for year in (2004, 2005, 2006):
        adopts = np.isnan(cohort) & (0.8 * size + rng.normal(size=firms) > 1.6)
        cohort[adopts] = year
    firm, year = (part.ravel() for part in np.meshgrid(range(firms), YEARS, indexing="ij"))
    panel = pd.DataFrame({"firm": firm, "year": year, "size": size[firm], "age": age[firm]})
    trend = 0.3 * size[firm] * (year - 2001)
    noise = 0.3 * rng.normal(size=firm.size)
    panel["y"] = EFFECT * (year >= cohort[firm]) + own[firm] + trend + noise
    return panel, pd.DataFrame({"firm": range(firms), "cohort": cohort})


@pytest.fixture(scope="module")
def drawn():
    """Return one world and its matching."""
    panel, cohorts = world()
    return panel, cohorts, match_adopters(panel, cohorts, CHOICE)


@given(adopters=numbers, controls=numbers)
def test_neighbours_equal_scikit_learn(adopters, controls):
    """The distance to the control found must be the smallest there is."""
    ours = nearest(adopters, controls)
    model = NearestNeighbors(n_neighbors=1).fit(controls[:, None])
    theirs = model.kneighbors(adopters[:, None])[0][:, 0]
    np.testing.assert_allclose(np.abs(adopters - controls[ours]), theirs, atol=1e-12)


@given(adopters=numbers, controls=numbers, caliper=st.floats(0.05, 3))
def test_caliper_and_replacement(adopters, controls, caliper):
    """Beyond the caliper nobody is matched; without replacement nobody is matched twice."""
    free, once = nearest(adopters, controls), nearest(adopters, controls, replace=False)
    close = nearest(adopters, controls, caliper=caliper)
    within = np.abs(adopters - controls[free]) <= caliper
    np.testing.assert_array_equal(close, np.where(within, free, -1))
    used = once[once >= 0]
    assert len(set(used)) == len(used) == min(len(adopters), len(controls))
    left = list(range(len(controls)))
    for adopter in np.argsort(-adopters, kind="stable"):  # the slow and obvious way
        if left:
            gaps = np.abs(controls[left] - adopters[adopter])
            assert abs(controls[once[adopter]] - adopters[adopter]) == gaps.min()
            left.remove(once[adopter])
    tight = nearest(adopters, controls, caliper=caliper, replace=False)
    matched = tight >= 0
    assert (np.abs(adopters[matched] - controls[tight[matched]]) <= caliper).all()


def test_nobody_to_match():
    """Without controls there is no match, and no error."""
    for replace in (True, False):
        assert nearest(np.ones(2), np.array([]), replace=replace).tolist() == [-1, -1]


def test_scores_are_those_of_a_probit_on_those_at_risk(drawn):
    """A cohort's probit must see, in the year before, all that have not adopted yet."""
    panel, cohorts, found = drawn
    for cohort in (2004, 2006):
        year = panel[panel["year"] == cohort - 1].merge(cohorts, on="firm")
        year = year[~(year["cohort"] < cohort)]
        year = year.assign(adopts=(year["cohort"] == cohort).astype(float))
        index = probit(CHOICE, year).index["index"]
        scores = found.scores[found.scores["cohort"] == cohort]
        np.testing.assert_array_equal(scores["firm"], year["firm"])
        np.testing.assert_allclose(scores["index"], index)
        np.testing.assert_allclose(scores["score"], norm.cdf(index))
        assert found.probits[cohort].coefficients["estimate"][0] == pytest.approx(0.8, abs=0.25)


def test_controls_have_not_adopted(drawn):
    """A control adopts later or never, has the nearest index, and its dates are right."""
    _, cohorts, found = drawn
    pairs, of = found.pairs, cohorts.set_index("firm")["cohort"]
    np.testing.assert_array_equal(pairs["cohort"], of[pairs["firm"]])
    np.testing.assert_array_equal(pairs["control_cohort"], of[pairs["control"]])
    assert not (pairs["control_cohort"] <= pairs["cohort"]).any()
    for cohort, group in pairs.groupby("cohort"):
        scores = found.scores[found.scores["cohort"] == cohort]
        pool = scores.loc[scores["adopts"] == 0, "index"].to_numpy()
        gaps = np.abs(group["index"].to_numpy()[:, None] - pool).min(axis=1)
        np.testing.assert_allclose(np.abs(group["index"] - group["control_index"]), gaps)
        assert gaps.max() <= 0.2 * scores["index"].std()


def test_ledger_counts_every_adopter(drawn):
    """Adopters not seen before, off support or beyond the caliper are counted, none vanishes."""
    panel, cohorts, found = drawn
    ledger = found.ledger.frame
    assert ledger["before"].iloc[0] == cohorts["cohort"].notna().sum()
    assert ledger["after"].iloc[-1] == len(found.pairs)
    np.testing.assert_array_equal(ledger["before"][1:], ledger["after"][:-1])
    adopters = found.scores[found.scores["adopts"] == 1]
    off = 0
    for cohort, group in adopters.groupby("cohort"):
        risk = found.scores[found.scores["cohort"] == cohort]
        pool = risk.loc[risk["adopts"] == 0, "index"]
        off += int(((group["index"] > pool.max()) | (group["index"] < pool.min())).sum())
    assert ledger["dropped"][2] == off > 0
    tight = match_adopters(panel, cohorts, CHOICE, caliper=0.001)
    assert tight.ledger.frame["dropped"][3] > ledger["dropped"][3]
    unseen = panel[~panel["firm"].isin(cohorts.loc[cohorts["cohort"] == 2004, "firm"])]
    lost = match_adopters(unseen, cohorts, CHOICE).ledger.frame["dropped"][0]
    assert lost == (cohorts["cohort"] == 2004).sum()


def test_without_replacement_a_control_serves_once_a_year(drawn):
    """Within a year of adoption no control may repeat."""
    panel, cohorts, found = drawn
    once = match_adopters(panel, cohorts, CHOICE, replace=False)
    assert found.pairs.duplicated(["cohort", "control"]).any()
    assert not once.pairs.duplicated(["cohort", "control"]).any()
    assert len(once.pairs) <= len(found.pairs)


def test_balance_by_hand():
    """Differences in units of the spread before, and ratios of variances."""
    treated = pd.DataFrame({"x": [2.0, 4.0]})
    pool, chosen = pd.DataFrame({"x": [0.0, 2.0]}), pd.DataFrame({"x": [2.0, 3.0]})
    before = moments(treated, pool, np.array([3.0, 1.0]), ["x"])
    assert before.loc["x"].tolist() == [3.0, 1.0, 0.5, 0.75]
    after = moments(treated, chosen, np.ones(2), ["x"])
    row = balance_table(before, after).iloc[0]
    unit = np.sqrt((1 + 0.75) / 2)
    assert row["smd_before"] == pytest.approx(2.5 / unit)
    assert row["smd_after"] == pytest.approx(0.5 / unit)
    assert row["ratio_before"] == pytest.approx(1 / 0.75)
    assert row["ratio_after"] == pytest.approx(1 / 0.25)


def test_matching_balances_and_repairs_the_estimate(drawn):
    """Large firms adopt more and grow faster: matching must undo both."""
    panel, cohorts, found = drawn
    balance = found.balance.set_index("covariate")
    assert balance.loc["size", "smd_before"] > 0.8
    assert balance["smd_after"].abs().max() < 0.1
    pairs = stacked(found, panel, "y")
    row = estimate(dataclasses.replace(PSM_DID, outcome="y"), pairs).coefficients.iloc[0]
    assert row["estimate"] == pytest.approx(EFFECT, abs=4 * row["std_error"])
    after = (panel["year"] >= panel["firm"].map(cohorts.set_index("firm")["cohort"])).astype(float)
    naive = Specification("y", ("after",), ("firm", "year"), table="Naive", column=1)
    plain = estimate(naive, panel.assign(after=after)).coefficients.iloc[0]
    assert plain["estimate"] > EFFECT + 10 * plain["std_error"]


def test_stacked_pairs(drawn):
    """Both firms of each pair are there; a control leaves before it adopts itself."""
    panel, cohorts, found = drawn
    pairs = stacked(found, panel, "y")
    of = cohorts.set_index("firm")["cohort"]
    control = pairs["unit"] % 2 == 0
    assert not (of[pairs.loc[control, "firm"]].to_numpy() <= pairs.loc[control, "year"]).any()
    np.testing.assert_array_equal(pairs["event_time"], pairs["year"] - pairs["cohort"])
    np.testing.assert_array_equal(pairs["after"] == 1, ~control & (pairs["event_time"] >= 0))
    assert pairs.groupby("pair")["unit"].nunique().eq(2).all()
    assert (pairs[~control].groupby("unit").size() == len(YEARS)).all()
    assert pairs["pair"].nunique() == len(found.pairs)
    both = pd.concat([found.pairs["firm"], found.pairs["control"]])
    assert set(found.firms) == set(both)
    assert found.firms.is_unique


@pytest.mark.parametrize("kind", ["Int64", "Float64", "int64[pyarrow]", "double[pyarrow]"])
def test_firms_that_never_adopt_are_kept(kind):
    """Whatever the type of years: 1,086 at risk, 195 pairs, 172 controls that never adopt."""
    rng = np.random.default_rng(3)
    size = rng.normal(size=600)
    traits = pd.DataFrame({"firm": np.repeat(range(600), 8), "year": [*YEARS] * 600})
    traits["size"] = size[traits["firm"]] + rng.normal(size=len(traits)) * 0.3
    traits["age"] = rng.normal(size=len(traits))
    adopts = rng.uniform(size=600) < 1 / (1 + np.exp(1 - size))
    cohort = np.where(adopts, rng.choice([2004, 2006], 600), np.nan)
    cohorts = pd.DataFrame({"firm": range(600), "cohort": pd.Series(cohort).astype(kind)})
    found = match_adopters(traits, cohorts, CHOICE)
    assert (len(found.scores), len(found.pairs)) == (1086, 195)
    assert found.pairs["control_cohort"].isna().sum() == 172
    assert not found.failures
    stack = stacked(found, traits.assign(y=traits["size"]), "y")
    assert set(stack.loc[stack["unit"] % 2 == 1, "firm"]) == set(found.pairs["firm"])


def discrete():
    """Return traits of four kinds of firms, years of adoption, and outcomes."""
    rng = np.random.default_rng(3)
    own, firm = rng.normal(size=600), np.repeat(range(600), 8)
    adopts = rng.uniform(size=600) < 1 / (1 + np.exp(1 - own))
    cohort = np.where(adopts, rng.choice([2004, 2006], 600), np.nan)
    traits = pd.DataFrame({"firm": firm, "year": [*YEARS] * 600})
    traits["size"], traits["age"] = (own[firm] > 0) * 1.0, firm % 2 * 1.0
    after = (traits["year"] >= cohort[firm]) * 1.0
    traits["y"] = own[firm] + after + rng.normal(size=len(firm)) * 0.2
    return traits, pd.DataFrame({"firm": range(600), "cohort": cohort})


def test_tied_controls_share_and_numbers_of_firms_do_not_matter():
    """With weighted ties all firms of the adopter's kind serve, and renumbering is nothing."""
    traits, cohorts = discrete()
    spec = dataclasses.replace(PSM_DID, outcome="y")
    effects, first = [], []
    for number in (lambda firm: firm, lambda firm: 599 - firm):
        rows = traits.assign(firm=number(traits["firm"]))
        dated = cohorts.assign(firm=number(cohorts["firm"]))
        found = match_adopters(rows, dated, CHOICE, ties="weighted")
        effects.append(paired_effect(spec, stacked(found, rows, "y")).coefficients.iloc[0])
        one = match_adopters(rows, dated, CHOICE)
        first.append(paired_effect(spec, stacked(one, rows, "y")).coefficients["estimate"][0])
        assert (found.adopters, one.adopters, len(one.pairs)) == (185, 185, 185)
        np.testing.assert_allclose(found.pairs.groupby(["cohort", "firm"])["weight"].sum(), 1)
        assert one.controls <= 6
        assert one.busiest >= 67
        assert found.controls > 300
        assert found.busiest < 2
        assert found.balance["smd_after"].abs().max() < 1e-9
    assert abs(first[0] - first[1]) > 0.05
    assert effects[0]["estimate"] == pytest.approx(effects[1]["estimate"], rel=1e-9)
    assert effects[0]["std_error"] == pytest.approx(effects[1]["std_error"], rel=1e-9)
    assert effects[0]["estimate"] == pytest.approx(EFFECT, abs=4 * effects[0]["std_error"])


def test_weighted_ties_are_the_mean_of_the_tied_controls():
    """On a balanced panel the weighted regression is one on the means of tied controls."""
    traits, cohorts = discrete()
    found = match_adopters(traits, cohorts.replace({2006: np.nan}), CHOICE, ties="weighted")
    spec = dataclasses.replace(PSM_DID, outcome="y")
    stack = stacked(found, traits, "y")
    weighted = paired_effect(spec, stack)
    assert (weighted.n, weighted.clusters) == (len(stack), stack["firm"].nunique())
    assert stack.groupby(["cohort", "firm", "year"]).size().eq(1).all()
    side = traits[["firm", "year", "y"]]
    beside = found.pairs.merge(side.rename(columns={"firm": "control"}), on="control")
    beside["y"] *= beside["weight"]
    means = beside.groupby(["cohort", "firm", "year"], as_index=False)["y"].sum()
    adopters = means.drop(columns="y").merge(side, on=["firm", "year"])
    adopters["after"] = (adopters["year"] >= adopters["cohort"]) * 1.0
    both = pd.concat([adopters, means.assign(firm=-1 - means["firm"], after=0.0)])
    by_means = estimate(spec, both.assign(unit=both["firm"]))
    expected = by_means.coefficients["estimate"][0]
    assert weighted.coefficients["estimate"][0] == pytest.approx(expected)


def test_pairs_of_equal_weight_are_estimated_as_ever(drawn):
    """Where each adopter has one control, the weighted regression is the plain one."""
    panel, _, found = drawn
    spec, pairs = dataclasses.replace(PSM_DID, outcome="y"), stacked(found, panel, "y")
    plain = estimate(spec, pairs).coefficients
    pd.testing.assert_frame_equal(paired_effect(spec, pairs).coefficients, plain)
    half = paired_effect(spec, pairs.assign(weight=0.5)).coefficients
    pd.testing.assert_frame_equal(half, plain, rtol=1e-7)


@given(adopters=numbers, controls=numbers, caliper=st.floats(0.05, 3))
def test_all_nearest_controls_are_found(adopters, controls, caliper):
    """Those tied are all whose distance is the smallest, if it is within the caliper."""
    who, place = tied(adopters, controls, caliper=caliper, same=1e-9)
    gaps = np.abs(adopters[:, None] - controls)
    smallest = gaps.min(axis=1, keepdims=True)
    expected = (gaps <= smallest + 1e-9) & (smallest <= caliper + 1e-9)
    assert set(zip(who, place, strict=True)) == set(zip(*np.nonzero(expected), strict=True))
    assert len(who) == expected.sum()


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_neighbours_of_what_is_no_number(bad):
    """A missing or infinite index has no neighbour, so it is refused on either side."""
    good, odd = np.array([1.0, 2.0]), np.array([1.0, bad, 3.0])
    with pytest.raises(ValueError, match="adopters holds 1 of 3 values that are missing or inf"):
        nearest(odd, good)
    with pytest.raises(ValueError, match="controls holds 1 of 3 values that are missing or inf"):
        nearest(good, odd, replace=False)
    with pytest.raises(ValueError, match="caliper = nan"):
        nearest(good, good, caliper=np.nan)
    assert nearest(np.array([3], dtype=np.uint8), np.array([5, 2], dtype=np.uint8)).tolist() == [1]


def test_a_panel_without_a_matched_firm(drawn):
    """Pairs that would lose a side are refused, and so are names that the stack uses."""
    panel, _, found = drawn
    with pytest.raises(ValueError, match=r"panel lacks 1 of .* matched firms"):
        stacked(found, panel[panel["firm"] != found.pairs["control"][0]], "y")
    with pytest.raises(ValueError, match=r"columns \['after'\] of panel"):
        stacked(found, panel.assign(after=0.0), "after")
    with pytest.raises(TypeError, match="make both numbers or both text"):
        stacked(found, panel.astype({"firm": str}), "y")


def test_separation_stops_a_year_and_not_the_others(drawn):
    """Where a trait gives adoption away, the year is named and the others are matched."""
    panel, cohorts, _ = drawn
    adopts_2005 = cohorts.set_index("firm")["cohort"].eq(2005)
    told = panel["firm"].map(adopts_2005) & (panel["year"] == 2004)
    found = match_adopters(panel.assign(age=panel["age"].where(~told, 99.0)), cohorts, CHOICE)
    assert set(found.probits) == {2004, 2006}
    assert "in 2005, column 1: the probit has no maximum" in found.failures[2005]
    assert found.ledger.frame["dropped"][1] == adopts_2005.sum()


@pytest.mark.parametrize(
    ("change", "options", "message"),
    [
        (lambda p, c: (p, c), {"caliper": 0.0}, "caliper = 0.0; give a positive number"),
        (lambda p, c: (p.drop(columns="size"), c), {}, "traits lacks the columns"),
        (lambda p, c: (pd.concat([p, p]), c), {}, "traits repeats the key"),
        (lambda p, c: (p, pd.concat([c, c])), {}, "cohorts repeats the key"),
        (lambda p, c: (p, c.assign(cohort=np.nan)), {}, "no firm is seen in the year before"),
        (lambda p, c: (p, c), {"caliper": 1e-12}, "none of .* adopters is matched"),
        (lambda p, c: (p, c[c["cohort"].notna()]), {}, "lacks the firm of .* rows of traits; add"),
        (lambda p, c: (p, c.fillna({"cohort": 0})), {}, r"cohorts\.cohort is no year"),
        (
            lambda p, c: (p.assign(age=p["age"].where(p.index > 1, np.inf)), c),
            {},
            r"traits\.age is infinite in 2 of",
        ),
        (lambda p, c: (p, c), {"ties": "all"}, "ties = 'all' is unknown"),
        (lambda p, c: (p, c), {"ties": "weighted", "replace": False}, "needs controls that may"),
    ],
)
def test_bad_input(drawn, change, options, message):
    """Each mistake is named."""
    panel, cohorts, _ = drawn
    before = panel.copy()
    with pytest.raises(ValueError, match=message):
        match_adopters(*change(panel, cohorts), CHOICE, **options)
    pd.testing.assert_frame_equal(panel, before)


@pytest.fixture(scope="module")
def weighted_stack():
    """Return pairs whose controls count in part, with a regressor of their own."""
    traits, cohorts = discrete()
    stack = stacked(match_adopters(traits, cohorts, CHOICE, ties="weighted"), traits, "y")
    return stack.assign(x=np.random.default_rng(3).normal(size=len(stack)))


def of_weighted(stack, *regressors, outcome="y", **options):
    """Return estimates and errors, a row for each term."""
    spec = dataclasses.replace(PSM_DID, outcome=outcome, regressors=regressors, **options)
    return paired_effect(spec, stack).coefficients.set_index("term")[["estimate", "std_error"]]


def test_weighted_pairs_without_effects_by_hand(weighted_stack):
    """The constant is there, and the sandwich of weighted least squares is that of textbooks."""
    found = of_weighted(weighted_stack, "after", "x", effects=())
    w, y = weighted_stack["weight"].to_numpy(), weighted_stack["y"].to_numpy()
    design = np.column_stack([weighted_stack[["after", "x"]], np.ones(len(w))])
    bread = np.linalg.inv(design.T @ (w[:, None] * design))
    beta = bread @ design.T @ (w * y)
    scores = pd.DataFrame(design * (w * (y - design @ beta))[:, None])
    sums = scores.groupby(weighted_stack["firm"].to_numpy()).sum().to_numpy()
    rows, groups = len(w), len(sums)
    factor = (rows - 1) / (rows - 3) * groups / (groups - 1)
    assert found.index.tolist() == ["after", "x", "Intercept"]
    np.testing.assert_allclose(found["estimate"], beta, rtol=1e-9)
    errors = np.sqrt(factor * np.diag(bread @ sums.T @ sums @ bread))
    np.testing.assert_allclose(found["std_error"], errors, rtol=1e-9)


@pytest.mark.parametrize("size", [1e-12, 1e-9, 1e9, 1e12])
def test_weighted_pairs_in_any_unit_and_by_any_name(weighted_stack, size):
    """Units, spaces and names of functions change nothing but the unit of the answer."""
    usual = of_weighted(weighted_stack, "after", "x")
    names = {"x": "a trait (log)", "y": "log"}
    other = weighted_stack.assign(x=weighted_stack["x"] * size, y=weighted_stack["y"] / size)
    found = of_weighted(other.rename(columns=names), "after", names["x"], outcome="log")
    units = np.array([[size], [size**2]])
    np.testing.assert_allclose(found * units, usual, rtol=1e-7)


@pytest.mark.parametrize("size", [1e-300, 1e-9, 7.0, 1e300])
def test_only_relative_weights_matter(weighted_stack, size):
    """Weights of any size give the estimate and the error of weights about one."""
    scaled = weighted_stack.assign(weight=weighted_stack["weight"] * size)
    usual = of_weighted(weighted_stack, "after")
    np.testing.assert_allclose(of_weighted(scaled, "after"), usual, rtol=1e-9)


@pytest.mark.parametrize(
    ("change", "regressors", "message"),
    [
        (lambda s: s.assign(y=3.0), ["after"], "the outcome 'y' does not vary in"),
        (lambda s: s.assign(y=s["unit"] / 7 + s["year"]), ["after"], "'y' is spanned by the eff"),
        (lambda s: s.assign(x=0.0), ["after", "x"], "'x' does not vary in"),
        (lambda s: s.assign(x=s["unit"] / 7), ["after", "x"], "'x' is spanned by the effects"),
        (lambda s: s.assign(x=s["after"] / 3), ["after", "x"], r"collinear with \['after'\]"),
        (lambda s: s.assign(firm=1), ["after"], "1 cluster of 'firm'; at least 2 needed"),
        (lambda s: s, [], "has no regressors; give at least one"),
        (
            lambda s: s.assign(
                weight=s["weight"].where(s["x"] < 2, 1e-14), x=s["unit"] / 7 + (s["x"] > 2)
            ),
            ["after", "x"],
            "'x' is spanned by the effects",
        ),
        (lambda s: s.assign(weight=s["weight"].where(s["x"] < 2, 0)), ["x"], "must exceed 0"),
    ],
)
def test_weighted_pairs_that_cannot_be_estimated(weighted_stack, change, regressors, message):
    """What ``estimate`` refuses is refused with weights too, and so is a weight of nothing."""
    with pytest.raises(ValueError, match=message):
        of_weighted(change(weighted_stack), *regressors)


def test_pairs_that_would_fill_the_memory(monkeypatch):
    """Tied pairs are counted over all years before they are made."""
    traits, cohorts = discrete()
    pairs = len(match_adopters(traits, cohorts, CHOICE, ties="weighted").pairs)
    monkeypatch.setattr(neighbours, "MOST_PAIRS", pairs)
    assert len(match_adopters(traits, cohorts, CHOICE, ties="weighted").pairs) == pairs
    monkeypatch.setattr(neighbours, "MOST_PAIRS", pairs - 1)
    with pytest.raises(ValueError, match=f"at least {pairs} pairs .* add a trait"):
        match_adopters(traits, cohorts, CHOICE, ties="weighted")


def test_what_a_propensity_also_needs(drawn):
    """Further variables and the column of a sample reach the probit; flags are 0 and 1."""
    panel, cohorts, found = drawn
    rows = panel.assign(known=panel["age"], small=panel["firm"] % 2 == 0)
    also = dataclasses.replace(CHOICE, also=("known",))
    pd.testing.assert_frame_equal(match_adopters(rows, cohorts, also).pairs, found.pairs)
    some = rows.assign(known=rows["known"].where(rows["firm"] % 2 == 0))
    half = match_adopters(some, cohorts, also).pairs
    small = dataclasses.replace(CHOICE, sample="small and micro firms")
    pd.testing.assert_frame_equal(match_adopters(rows, cohorts, small).pairs, half)
    assert len(half) < len(found.pairs)
    flagged = dataclasses.replace(CHOICE, regressors=("size", "small"))
    numbers = match_adopters(rows.assign(small=rows["small"] * 1.0), cohorts, flagged)
    for flags in (rows["small"], rows["small"].astype("boolean"), rows["small"].astype(object)):
        again = match_adopters(rows.assign(small=flags), cohorts, flagged)
        pd.testing.assert_frame_equal(again.pairs, numbers.pairs)
    with pytest.raises(ValueError, match=r"traits lacks the columns \['small'\]"):
        match_adopters(panel, cohorts, small)
    with pytest.raises(ValueError, match="errors cannot be clustered by year"):
        match_adopters(panel, cohorts, dataclasses.replace(CHOICE, cluster="year"))
    with pytest.raises(ValueError, match="caliper = 'x'; give a positive number"):
        match_adopters(panel, cohorts, CHOICE, caliper="x")


def test_columns_of_one_name_that_nobody_needs(drawn):
    """They are no reason to refuse traits or a panel; those that are needed are."""
    panel, cohorts, found = drawn
    noted = pd.concat([panel, panel[["year", "year"]].set_axis(["note", "note"], axis=1)], axis=1)
    again = match_adopters(noted, cohorts, CHOICE)
    pd.testing.assert_frame_equal(again.pairs, found.pairs)
    pairs = stacked(found, panel, "y")
    pd.testing.assert_frame_equal(stacked(found, noted, "y"), pairs)
    with pytest.raises(ValueError, match="more than one column named"):
        match_adopters(pd.concat([panel, panel[["age"]]], axis=1), cohorts, CHOICE)


def test_a_weighted_constant_without_effects(weighted_stack):
    """The rounding of a mean must not pass for variation."""
    with pytest.raises(ValueError, match="the outcome 'y' does not vary in"):
        of_weighted(weighted_stack.assign(y=3.1), "after", effects=())
    with pytest.raises(ValueError, match="'x' does not vary in"):
        of_weighted(weighted_stack.assign(x=0.1), "after", "x", effects=())
