"""Protects Olley and Pakes: simulated truth is recovered, each stage equals a second way to it."""

from dataclasses import replace

import numpy as np
import pandas as pd
import polars as pl
import pyfixest as pf
import pytest
from scipy.optimize import minimize_scalar

from tradedig_book.economy.production import Technology, draw_accounts
from tradedig_helpers.estimation.estimability import COLLINEAR
from tradedig_helpers.measure.productivity import stages
from tradedig_helpers.measure.productivity.olley_pakes import olley_pakes
from tradedig_helpers.measure.productivity.sample import AccountColumns, olley_pakes_sample
from tradedig_helpers.measure.productivity.stages import (
    first_stage,
    second_stage,
    survival_probability,
)

TECH = Technology()
KEY = ["firm", "year"]
MONEY = ["fixed_assets", "investment", "value_added"]
AMOUNTS = AccountColumns().amounts


@pytest.fixture(scope="module")
def accounts():
    """Return accounts of 8,000 firms whose technology is known."""
    return draw_accounts(np.random.default_rng(11), 8_000)


@pytest.fixture(scope="module")
def few(accounts):
    """Return accounts of some hundred firms, for tests that need no precision."""
    return accounts[accounts["firm"] <= 600].reset_index(drop=True)


@pytest.fixture(scope="module")
def measured(accounts):
    """Return productivity with the default options."""
    return olley_pakes(accounts)


def raw_polynomial(i, k, degree):
    """Return 1, i, k, i², ... as they are written in textbooks."""
    powers = [(a, b) for a in range(degree + 1) for b in range(degree + 1 - a)]
    return np.column_stack([i**a * k**b for a, b in powers])


def years_of(frame):
    """Return year dummies, the first year left out."""
    return pd.get_dummies(frame["year"]).to_numpy(dtype=float)[:, 1:]


def test_truth_is_recovered(measured):
    """With exit corrected for, both elasticities must be those of the simulated technology."""
    assert measured.labour == pytest.approx(TECH.labour, abs=0.005)
    assert measured.capital == pytest.approx(TECH.capital, abs=0.03)


def test_uncorrected_exit_biases_capital_down(accounts, measured):
    """Large firms survive low productivity, so without the correction b_k must fall."""
    without = olley_pakes(accounts, exit_correction=False)
    assert without.labour == measured.labour
    assert without.capital < TECH.capital - 0.05
    assert without.survival is None


def test_without_chosen_exit_no_correction_is_needed():
    """If firms exit by chance alone, both versions must find the truth."""
    by_chance = replace(TECH, exit_below=-99.0, exit_rate=0.09)
    accounts = draw_accounts(np.random.default_rng(12), 6_000, technology=by_chance)
    for correction in (True, False):
        found = olley_pakes(accounts, exit_correction=correction)
        assert found.capital == pytest.approx(TECH.capital, abs=0.03)


def test_least_squares_is_biased_as_theory_says(accounts):
    """Productive firms hire: least squares must overstate labour and understate capital."""
    logs = np.log(accounts[["employees", "fixed_assets", "value_added"]])
    x = np.column_stack([logs["employees"], logs["fixed_assets"], np.ones(len(logs))])
    labour, capital, _ = np.linalg.lstsq(x, logs["value_added"])[0]
    assert labour > TECH.labour + 0.1
    assert capital < TECH.capital - 0.05


def test_productivity_follows_the_truth(accounts, measured):
    """Ln TFP is ω plus the noise of output, so it must follow ω closely."""
    merged = measured.frame.merge(accounts, on=KEY)
    assert len(merged) == len(accounts)
    assert merged["lntfp"].corr(merged["omega"]) > 0.9
    noise = (merged["lntfp"] - merged["omega"]).std()
    assert noise == pytest.approx(TECH.noise, abs=0.01)


def test_productivity_is_the_residual_by_hand(few):
    """Ln TFP must be y - b_l l - b_k k, in the order of the accounts."""
    found = olley_pakes(few, degree=2)
    logs = np.log(few[AMOUNTS])
    expected = logs["value_added"] - found.labour * logs["employees"]
    expected -= found.capital * logs["fixed_assets"]
    pd.testing.assert_frame_equal(found.frame[KEY], few[KEY])
    np.testing.assert_allclose(found.frame["lntfp"], expected, atol=1e-12)


@pytest.mark.parametrize("degree", [1, 2, 3, 4])
def test_first_stage_is_least_squares_with_dummies(few, degree):
    """Demeaned moments of scaled monomials must equal least squares on the plain design."""
    sample, _ = olley_pakes_sample(few, degree, ["year"])
    labour, phi = first_stage(sample, np.ones(len(sample.y)))
    logs = np.log(few[AMOUNTS])
    plain = raw_polynomial(
        logs["investment"] - logs["investment"].mean(),
        logs["fixed_assets"] - logs["fixed_assets"].mean(),
        degree,
    )
    design = np.column_stack([logs["employees"], plain, years_of(few)])
    slopes = np.linalg.lstsq(design, logs["value_added"])[0]
    expected = plain @ slopes[1 : 1 + plain.shape[1]]
    assert labour == pytest.approx([slopes[0]], abs=1e-9)
    np.testing.assert_allclose(phi - phi.mean(), expected - expected.mean(), atol=1e-7)


@pytest.mark.filterwarnings("ignore:The inplace keyword")  # pyfixest's own use of pandas
def test_survival_is_the_probit_of_a_library(few):
    """Own Fisher scoring must fit the probabilities that pyfixest's probit fits."""
    sample, _ = olley_pakes_sample(few, 2, ["year"])
    found = survival_probability(sample, np.ones(len(sample.y)))
    known = sample.stays >= 0
    assert np.isnan(found[~known]).all()
    frame = pd.DataFrame(sample.polynomial[known], columns=list("abcde"))
    frame = frame.assign(stays=sample.stays[known], year=few["year"].to_numpy()[known])
    fit = pf.feglm("stays ~ a + b + c + d + e + C(year)", frame, family="probit")
    np.testing.assert_allclose(found[known], fit.predict(type="response"), atol=1e-5)


@pytest.mark.parametrize("correct", [True, False])
def test_second_stage_is_nonlinear_least_squares(few, correct):
    """The search on moments must find the minimum that the plain regressions have."""
    sample, _ = olley_pakes_sample(few, 3, ["year"])
    weight = np.ones(len(sample.y))
    labour, phi = first_stage(sample, weight)
    survival = survival_probability(sample, weight) if correct else None
    now = sample.past >= 0
    past = sample.past[now]
    dummies = years_of(few[now])
    net = sample.y[now] - sample.labour[now] @ labour

    def left(capital):
        """Return the squares left by a regression on the plain polynomial."""
        omega = phi[past] - capital * sample.capital[past]
        second = survival[past] - 0.9 if correct else np.zeros(len(past))
        x = np.column_stack([raw_polynomial(omega - omega.mean(), second, 3), dummies])
        residual = net - capital * sample.capital[now]
        residual = residual - x @ np.linalg.lstsq(x, residual)[0]
        return residual @ residual

    expected = minimize_scalar(left, bounds=(0.05, 0.6), method="bounded", options={"xatol": 1e-8})
    found = second_stage(sample, labour, phi, survival, 3, weight)
    assert found == pytest.approx(expected.x, abs=1e-5)


def plain_capital(sample, labour, phi, survival, degree, fitted):
    """Return b_k by regressions on the plain polynomial; ``fitted``: g is that of φ."""
    now = sample.past >= 0
    past = sample.past[now]
    cells = pd.get_dummies(sample.cell[now]).to_numpy(dtype=float)[:, 1:]
    net = sample.y[now] - sample.labour[now] @ labour

    def left(capital):
        """Return the squares left by y - b_l l - b_k k less g."""
        omega = phi[past] - capital * sample.capital[past]
        x = np.column_stack(
            [raw_polynomial(omega - omega.mean(), survival[past] - 0.9, degree), cells]
        )
        own = capital * sample.capital[now]
        slopes = np.linalg.lstsq(x, (phi[now] if fitted else net) - own)[0]
        # What φ lacks of its cells' levels is no part of the criterion.
        residual = net - own - x @ slopes
        residual -= (
            np.column_stack([np.ones(len(x)), cells])
            @ (np.linalg.lstsq(np.column_stack([np.ones(len(x)), cells]), residual)[0])
        )
        return residual @ residual

    options = {"xatol": 1e-8}
    return minimize_scalar(left, bounds=(0.05, 0.6), method="bounded", options=options).x


@pytest.mark.parametrize("criterion", ["least squares", "prodest"])
@pytest.mark.parametrize(("degree", "markov_degree"), [(2, 3), (3, 2), (3, 3)])
def test_criteria_and_degrees_are_those_of_plain_regressions(few, criterion, degree, markov_degree):
    """Each criterion must find the b_k of its definition, at the degrees asked for."""
    found = olley_pakes(few, degree=degree, markov_degree=markov_degree, criterion=criterion)
    sample, _ = olley_pakes_sample(few, degree, ["year"])
    weight = np.ones(len(sample.y))
    labour, phi = first_stage(sample, weight)
    survival = survival_probability(sample, weight)
    fitted = criterion == "prodest"
    expected = plain_capital(sample, labour, phi, survival, markov_degree, fitted)
    assert found.labour == labour[0]
    assert found.capital == pytest.approx(expected, abs=1e-5)


def test_both_criteria_have_one_limit(accounts, few, measured):
    """They must part in a small sample and meet the truth together in a large one."""
    large = olley_pakes(accounts, criterion="prodest")
    assert large.capital == pytest.approx(TECH.capital, abs=0.03)
    assert large.capital == pytest.approx(measured.capital, abs=0.002)
    small = [olley_pakes(few, criterion=one).capital for one in ("least squares", "prodest")]
    assert abs(small[0] - small[1]) > 1e-5


@pytest.fixture(scope="module")
def skilled(accounts):
    """Return accounts with two kinds of labour, of elasticities 0.2 and 0.4."""
    rng = np.random.default_rng(13)
    people, noise = np.log(accounts["employees"]), rng.normal(0, 0.3, (2, len(accounts)))
    kinds = {"skilled": people - 1.5 + noise[0], "unskilled": people - 0.3 + noise[1]}
    y = np.log(accounts["value_added"]) - TECH.labour * people
    y += 0.2 * kinds["skilled"] + 0.4 * kinds["unskilled"]
    levels = {name: np.exp(log) for name, log in {**kinds, "value_added": y}.items()}
    return accounts.drop(columns="employees").assign(**levels)


def test_two_kinds_of_labour_are_told_apart(skilled):
    """Skilled and unskilled labour must each have the elasticity of the simulated truth."""
    kinds = ["skilled", "unskilled"]
    found = olley_pakes(skilled, labour=kinds)
    assert found.coefficients["input"].tolist() == [*kinds, "fixed_assets"]
    elasticities = found.coefficients["elasticity"]
    np.testing.assert_allclose(elasticities[:2], [0.2, 0.4], atol=0.01)
    assert found.capital == elasticities[2] == pytest.approx(TECH.capital, abs=0.03)
    logs = np.log(skilled[[*kinds, "fixed_assets", "value_added"]])
    by_hand = logs["value_added"] - logs[[*kinds, "fixed_assets"]] @ elasticities.to_numpy()
    np.testing.assert_allclose(found.frame["lntfp"], by_hand, atol=1e-12)
    with pytest.raises(ValueError, match=r"labour has 2 kinds, \['skilled', 'unskilled'\]; see"):
        _ = found.labour


def test_first_stage_with_two_kinds_is_least_squares(skilled):
    """Both labour elasticities must be those of one regression with year dummies."""
    part = skilled[skilled["firm"] <= 600].reset_index(drop=True)
    kinds = ["skilled", "unskilled"]
    found = olley_pakes(part, labour=kinds, degree=2)
    logs = np.log(part[[*kinds, "investment", "fixed_assets", "value_added"]])
    plain = raw_polynomial(logs["investment"] - 6, logs["fixed_assets"] - 8, 2)
    design = np.column_stack([logs[kinds], plain, years_of(part)])
    slopes = np.linalg.lstsq(design, logs["value_added"])[0]
    np.testing.assert_allclose(found.coefficients["elasticity"][:2], slopes[:2], atol=1e-9)


@pytest.mark.parametrize("odd", [False, True])
def test_names_and_logs_are_the_users_own(few, odd):
    """Other names, also those used inside, and logs instead of levels change nothing."""
    holes = few.astype({"investment": float})
    holes.loc[:9, "investment"] = np.nan
    holes.loc[10:14, "investment"] = 0.0
    names = {
        "employees": "cell",
        "fixed_assets": "first",
        "value_added": "y",
        "investment": "stays",
    }
    own = holes.rename(columns=names)
    if odd:
        logs = {name: np.log(own[name].where(own[name] > 0)) for name in names.values()}
        own = own.assign(**logs)
    found = olley_pakes(
        own, output="y", labour=["cell"], capital="first", investment="stays", logs=odd, degree=2
    )
    expected = olley_pakes(holes, degree=2)
    assert found.capital == pytest.approx(expected.capital, abs=1e-9)
    pd.testing.assert_frame_equal(found.frame, expected.frame)
    left = [one.ledger.frame["dropped"].tolist() for one in (found, expected)]
    assert left[0] == left[1]


@pytest.mark.parametrize("money", [1_000.0, 1e-3])
def test_units_of_money_do_not_matter(few, measured, money):
    """Accounts in yuan instead of 1,000 yuan must move every ln TFP by one constant."""
    first = olley_pakes(few)
    scaled = few.assign(**{name: few[name] * money for name in MONEY})
    second = olley_pakes(scaled)
    assert second.capital == pytest.approx(first.capital, abs=1e-6)
    shift = second.frame["lntfp"] - first.frame["lntfp"]
    np.testing.assert_allclose(shift, (1 - first.capital) * np.log(money), atol=1e-4)


def test_order_and_names_do_not_matter(few):
    """Shuffled rows, text instead of numbers for firms and an odd index change nothing."""
    first = olley_pakes(few, degree=2)
    other = few.assign(firm=[f"F{firm:04d}" for firm in few["firm"]])
    other = other.sample(frac=1, random_state=1).set_axis(np.zeros(len(few), dtype=int))
    second = olley_pakes(other, degree=2)
    assert second.capital == pytest.approx(first.capital, abs=1e-6)
    assert second.frame["firm"].tolist() == other["firm"].tolist()


def test_cells_have_their_own_level(few):
    """A constant added to the output of an industry-year must not move the elasticities."""
    industries = few.assign(industry=few["firm"] % 3)
    level = 0.5 * industries["industry"] * (industries["year"] % 4)
    moved = industries.assign(value_added=industries["value_added"] * np.exp(level))
    effects = ("industry", "year")
    first, second = (olley_pakes(one, effects=effects) for one in (industries, moved))
    assert second.labour == pytest.approx(first.labour, abs=1e-9)
    assert second.capital == pytest.approx(first.capital, abs=1e-5)


def test_weights_are_copies_of_firms(few):
    """To draw a firm twice in the bootstrap must be to have it twice in the data."""
    sample, _ = olley_pakes_sample(few, 2, ["year"])
    weight = np.where(sample.firm < 100, 2.0, np.where(sample.firm < 200, 0.0, 1.0))
    copies = few[few["firm"] <= 100].assign(firm=lambda frame: frame["firm"] + 10_000)
    doubled = pd.concat([few[~few["firm"].between(101, 200)], copies])
    again, _ = olley_pakes_sample(doubled, 2, ["year"])
    estimates = []
    for one, w in ((sample, weight), (again, np.ones(len(again.y)))):
        labour, phi = first_stage(one, w)
        survival = survival_probability(one, w)
        estimates.append([*labour, second_stage(one, labour, phi, survival, 2, w)])
    np.testing.assert_allclose(*estimates, atol=1e-5)


def test_bootstrap_is_as_wide_as_repeated_samples():
    """The standard error must be near the spread of estimates over fresh economies."""
    fresh = [draw_accounts(np.random.default_rng(seed), 500) for seed in range(50)]
    options = {"degree": 2, "exit_correction": False}
    draws = [olley_pakes(accounts, **options) for accounts in fresh]
    spread = np.std([[one.labour, one.capital] for one in draws], axis=0)
    found = olley_pakes(fresh[0], bootstrap=50, rng=np.random.default_rng(1), **options)
    np.testing.assert_allclose([found.labour_error, found.capital_error], spread, rtol=0.4)
    assert np.isnan(draws[0].capital_error)


def test_same_seed_same_result_and_input_untouched(few):
    """Chance must come from the generator alone, and the accounts stay as they were."""
    before = few.copy()
    first, second = (
        olley_pakes(few, degree=2, bootstrap=3, rng=np.random.default_rng(5)) for _ in range(2)
    )
    assert (first.capital, first.capital_error) == (second.capital, second.capital_error)
    pd.testing.assert_frame_equal(first.frame, second.frame)
    pd.testing.assert_frame_equal(few, before)


def test_who_exits_and_who_has_a_past():
    """Gaps are not exits; a year without a next year in the data tells nothing."""
    spells = {1: [2002, 2003, 2005], 2: [2002], 3: [2003, 2004], 4: [2007], 5: [2004, 2007]}
    rows = [(firm, year) for firm, years in spells.items() for year in years]
    pairs = {firm: [2002, 2003] for firm in range(6, 12)}
    rows += [(firm, year) for firm, years in pairs.items() for year in years]
    frame = pd.DataFrame(rows, columns=KEY).assign(employees=2, fixed_assets=3, value_added=4)
    frame["investment"] = np.arange(1, len(frame) + 1)
    sample, ledger = olley_pakes_sample(frame, 1, [])
    assert sample.stays.tolist()[:9] == [1, 1, -1, 0, 1, 0, -1, 1, -1]
    assert sample.past.tolist()[:9] == [-1, 0, -1, -1, -1, 4, -1, -1, -1]
    counted = ledger.frame.set_index("rule")[["before", "dropped", "after"]]
    assert counted.loc["probit: the data hold the next year"].tolist() == [21, 3, 18]
    assert counted.loc["stage 2: it is not the firm's first year"].tolist() == [21, 11, 10]
    assert counted.iloc[-1].tolist() == [10, 2, 8]


def test_what_reveals_nothing_is_counted_and_still_measured(few):
    """Rows without investment leave the estimation, not the result; exits stay exits."""
    holes = few.astype({"investment": float, "value_added": float})
    holes.loc[:9, "investment"] = np.nan
    holes.loc[10:14, "investment"] = 0.0
    holes.loc[20:22, "value_added"] = -1.0
    found = olley_pakes(holes, degree=2)
    counted = found.ledger.frame.set_index("rule")["dropped"]
    assert counted["investment is positive"] == 15
    assert counted["value_added is positive"] == 3
    assert len(found.frame) == len(few) - 3
    assert np.isfinite(found.frame["lntfp"]).all()
    whole = olley_pakes(few, degree=2)
    assert found.capital == pytest.approx(whole.capital, abs=0.02)
    assert found.survival.exits <= whole.survival.exits


@pytest.fixture(scope="module")
def exact(few):
    """Return accounts that every type of number holds exactly, and what is measured of them."""
    rounded = few.astype(dict.fromkeys(MONEY, "float32")).astype(dict.fromkeys(MONEY, int))
    return rounded, olley_pakes(rounded, degree=2)


@pytest.mark.parametrize(
    "kind", ["int32", "uint32", "float32", "Int64", "Float64", "int64[pyarrow]", object]
)
def test_types_and_index_do_not_matter(exact, kind):
    """Numbers of any type, and firm and year in the index as well, must give the same."""
    rounded, expected = exact
    other = rounded.astype(dict.fromkeys(AMOUNTS, kind)).set_index(KEY, drop=False)
    found = olley_pakes(other, degree=2)
    pd.testing.assert_frame_equal(found.coefficients, expected.coefficients)
    pd.testing.assert_frame_equal(found.frame, expected.frame)


@pytest.mark.parametrize("kind", ["Float64", "double[pyarrow]"])
def test_every_kind_of_missing_is_one(few, kind):
    """NA must leave the estimation, and the result, as NaN does."""
    holes = few.astype(dict.fromkeys(AMOUNTS, float))
    for place, name in enumerate(AMOUNTS):
        holes.loc[7 * place : 7 * place + 5, name] = np.nan
    expected = olley_pakes(holes, degree=2)
    found = olley_pakes(holes.astype(dict.fromkeys(AMOUNTS, kind)), degree=2)
    pd.testing.assert_frame_equal(found.frame, expected.frame)
    pd.testing.assert_frame_equal(found.ledger.frame, expected.ledger.frame)
    assert found.capital == expected.capital


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"year": 2005}, "firms repeats the key"),
        ({"investment": np.inf}, "firms.investment is infinite in"),
        ({"investment": 0.0}, "stage 2 has 0 firm-years with the year before, of 0"),
        ({"value_added": 0.0}, r"coarser effects \(.*'value_added is positive' holds for 0 of"),
        ({"year": lambda frame: 100 * frame["year"] + 1}, r"firms\.year is no year in .*200601"),
        ({"year": lambda frame: frame["year"] - 2003}, r"firms\.year is no year in"),
    ],
)
def test_bad_accounts_are_named(few, change, message):
    """What cannot be measured must be refused, naming the column and the rows."""
    with pytest.raises(ValueError, match=message):
        olley_pakes(few.assign(**change))


def test_wrong_types_are_named(few):
    """Text for money, or fractions of a year, must be refused."""
    with pytest.raises(TypeError, match=r"firms\.investment has type"):
        olley_pakes(few.assign(investment="much"))
    with pytest.raises(TypeError, match=r"firms\.firm holds text in 1 of"):
        olley_pakes(few.assign(firm=few["firm"].astype(object).where(few.index > 0, "F1")))
    with pytest.raises(ValueError, match=r"firms\.year is no year in \d+ of"):
        olley_pakes(few.assign(year=few["year"] + 0.5))
    as_floats = olley_pakes(few.astype({"year": float})).frame
    pd.testing.assert_frame_equal(as_floats, olley_pakes(few).frame)
    with pytest.raises(ValueError, match=r"firms lacks the columns \['investment'\]"):
        olley_pakes(few.drop(columns="investment"))


@pytest.mark.parametrize("criterion", ["least squares", "prodest"])
@pytest.mark.parametrize("exit_correction", [True, False])
def test_rounding_does_not_move_capital(few, criterion, exit_correction, monkeypatch):
    """Another machine's rounding, or another order of firms, must not show in what is stored."""
    options = {"criterion": criterion, "exit_correction": exit_correction}
    search, moved = stages._least_squares_capital, []

    def spy(moments, powers, outcomes):
        rng, exact = np.random.default_rng(1), search(moments, powers, outcomes)
        for _ in range(5):
            noise = np.triu(rng.normal(size=moments.shape))
            noise += np.triu(noise, 1).T
            moved.append(search(moments * (1 + 1e-14 * noise), powers, outcomes) - exact)
        return exact

    monkeypatch.setattr(stages, "_least_squares_capital", spy)
    found = olley_pakes(few, **options).frame
    assert len(moved) == 5
    assert 0 < np.abs(moved).max() < 1e-10
    monkeypatch.undo()
    text = few.assign(firm=few["firm"].astype(str))
    other = olley_pakes(text, **options).frame
    np.testing.assert_allclose(other["lntfp"], found["lntfp"], rtol=0, atol=1e-10)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"degree": 5}, r"degree = 5; choose one of \[1, 2, 3, 4\]"),
        ({"bootstrap": 10}, "bootstrap = 10; give 0, or at least 2 and a generator"),
        ({"bootstrap": 10, "rng": 1}, "bootstrap = 10; give 0, or at least 2 and a generator"),
        ({"degree": 2.0}, r"degree = 2\.0; choose one of"),
        ({"degree": np.float32(2)}, r"degree = .*2\.0.*; choose one of"),
        ({"degree": True}, "degree = True; choose one of"),
        ({"bootstrap": 10.0}, r"bootstrap = 10\.0; give a whole number"),
        ({"bootstrap": 1}, "bootstrap = 1; give 0, or at least 2 and a generator"),
        ({"effects": ("firm",)}, "effects has firm"),
        ({"effects": ("industry",)}, r"firms lacks the columns \['industry'\]"),
        ({"effects": "year"}, "effects = 'year'; give a list"),
        ({"effects": ("year", "year")}, r"effects names \['year'\] more than once"),
        ({"labour": "employees"}, "labour = 'employees'; give a list"),
        ({"labour": []}, r"labour = \[\]; give a list of at least one"),
        ({"labour": ["employees", "fixed_assets"]}, r"names \['fixed_assets'\] more than once"),
        ({"output": "sales"}, r"firms lacks the columns \['sales'\]"),
        ({"markov_degree": 0}, r"markov_degree = 0; choose one of \[1, 2, 3, 4\]"),
        ({"criterion": "GMM"}, "criterion = 'GMM' is unknown; choose one of"),
    ],
)
def test_bad_options_are_named(few, options, message):
    """An option without a meaning must be refused, with those that have one."""
    with pytest.raises(ValueError, match=message):
        olley_pakes(few, **options)


def test_labour_without_variation_of_its_own_is_refused(few):
    """If hiring follows from investment and capital alone, b_l is not identified (ACF 2015)."""
    follows = few.assign(employees=few["investment"] * few["fixed_assets"])
    with pytest.raises(ValueError, match="do not vary independently of one another"):
        olley_pakes(follows)


@pytest.mark.parametrize("name", ["employees", "fixed_assets", "investment"])
@pytest.mark.parametrize(
    "values",
    [
        lambda frame: np.full(len(frame), 10.0),
        lambda frame: np.ones(len(frame)),
        lambda frame: 10.0 * (1 + 1e-14 * (frame.index % 7)),
        lambda frame: frame["year"] - 1990.0,
        lambda frame: (frame["year"] - 1990.0) * (1 + 1e-13 * (frame.index % 7)),
    ],
    ids=["constant", "one", "rounding", "by year", "by year but for rounding"],
)
def test_an_input_without_variation_within_cells_is_refused(few, name, values):
    """What the cells span has no elasticity; its rounding error must not pass for variation."""
    flat = few.assign(**{name: values(few)})
    with pytest.raises(ValueError, match=rf"of the effects: firms\.{name} does not vary there"):
        olley_pakes(flat, degree=2)


def test_the_share_that_cells_may_span_is_that_of_every_estimator():
    """One threshold of collinearity holds in both rooms of the package."""
    assert stages.SPANNED == COLLINEAR


def test_labour_that_varies_little_within_cells_is_estimated(few):
    """The threshold must not refuse what can be estimated: a ten-thousandth of the spread."""
    year = few["year"] - 1990.0
    little = few.assign(employees=year * (few["employees"] / 100) ** 1e-4)
    found = olley_pakes(little, degree=2)
    plain = olley_pakes(few, degree=2)
    assert found.labour == pytest.approx(plain.labour * 1e4, rel=1e-6)


def test_two_kinds_that_are_one_are_refused(few):
    """Labour counted twice, in persons and in dozens, has no two elasticities."""
    twice = few.assign(dozens=few["employees"] / 12)
    with pytest.raises(ValueError, match="do not vary independently of one another"):
        olley_pakes(twice, labour=["employees", "dozens"])


def test_another_engine_is_refused(few):
    """A Polars frame must be refused in one sentence, not by a library's error."""
    with pytest.raises(TypeError, match="firms is a polars DataFrame; give a pandas DataFrame"):
        olley_pakes(pl.from_pandas(few))


def test_resamples_without_an_estimate_are_counted(few):
    """Where one firm exits, many resamples hold none; the ledger must count what they cost."""
    last = few.groupby("firm")["year"].transform("max") == few["year"].max()
    leaver = few["firm"] == few.loc[~last, "firm"].iloc[0]
    found = olley_pakes(few[last | leaver], degree=1, bootstrap=20, rng=np.random.default_rng(1))
    rule, unit, before, after = found.ledger.steps[-1]
    assert (rule, unit, before) == ("it can be estimated", "resamples", 20)
    assert 2 <= after < 20
    assert found.capital_error > 0


def test_no_exit_is_refused(few):
    """Exit cannot be corrected for where nobody exits."""
    counts = few.groupby("firm")["year"].transform("max")
    with pytest.raises(ValueError, match="no firm exits before the last year"):
        olley_pakes(few[counts == few["year"].max()])


def test_an_estimate_at_the_bound_is_refused(few):
    """Capital that says nothing about output must not pass for an estimate."""
    output = few["value_added"] / few["fixed_assets"].astype(float)
    with pytest.raises(ValueError, match=r"driven to 0\.000, a bound of 0 to 1"):
        olley_pakes(few.assign(value_added=output))
