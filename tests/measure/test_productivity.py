"""Protects Olley and Pakes: simulated truth is recovered, each stage equals a second way to it."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pyfixest as pf
import pytest
from scipy.optimize import minimize_scalar

from tradedig_helpers.economy.production import Technology, draw_accounts
from tradedig_helpers.measure.productivity.olley_pakes import olley_pakes
from tradedig_helpers.measure.productivity.sample import Columns, olley_pakes_sample
from tradedig_helpers.measure.productivity.stages import (
    first_stage,
    second_stage,
    survival_probability,
)

TECH = Technology()
KEY = ["firm", "year"]
MONEY = ["fixed_assets", "investment", "value_added"]
AMOUNTS = Columns().amounts


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


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"year": 2005}, "firms repeats the key"),
        ({"investment": np.inf}, "firms.investment is infinite in"),
        ({"investment": 0.0}, "stage 2 has 0 firm-years with the year before, of 0"),
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
    with pytest.raises(TypeError, match=r"firms\.year has type float64"):
        olley_pakes(few.astype({"year": float}))
    with pytest.raises(ValueError, match=r"firms lacks the columns \['investment'\]"):
        olley_pakes(few.drop(columns="investment"))


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"degree": 5}, r"degree = 5; choose one of \[1, 2, 3, 4\]"),
        ({"bootstrap": 10}, "bootstrap = 10; give 0, or at least 2 and a generator"),
        ({"effects": ("firm",)}, "effects has firm"),
        ({"effects": ("industry",)}, r"firms lacks the columns \['industry'\]"),
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
