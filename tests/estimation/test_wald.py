"""Protects Wald tests of linear restrictions with clustered errors, and their power."""

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from hypothesis import given
from hypothesis import strategies as st
from linearmodels.panel import PanelOLS
from scipy.stats import chi2, norm

from tradedig_helpers.estimation.demeaned import demean_all
from tradedig_helpers.estimation.fit import estimate
from tradedig_helpers.estimation.influence import influence
from tradedig_helpers.estimation.specifications import Specification, paper_column
from tradedig_helpers.estimation.wald import WaldTest, proportional, wald, wald_from, zero

SPEC = Specification("y", ("a", "b", "c"), table="Wald", column=1)


@pytest.fixture(scope="module")
def drawn():
    """Return clustered data in which b and c have equal coefficients."""
    rng = np.random.default_rng(4)
    firm = np.repeat(np.arange(40), 6)
    a, b, c, noise = rng.normal(size=(4, len(firm)))
    a, own = a + 0.5 * b, rng.normal(size=40)[firm]
    y = a + 0.3 * (b + c) + own + noise
    return pd.DataFrame({"firm": firm, "y": y, "a": a, "b": b, "c": c})


def found_in(spec, frame):
    """Return the influences of a specification."""
    return influence(demean_all([spec], frame), spec.outcome, spec.regressors)


def test_one_restriction_is_the_t_test(panel):
    """That one coefficient is zero must give t² and the p-value of every table."""
    for spec in (paper_column(2, 6), paper_column(6, 1)):
        table = estimate(spec, panel).coefficients.set_index("term")
        found = found_in(spec, panel)
        for term in spec.regressors[:2]:
            test = wald(found, zero([term]))
            assert test.statistic == pytest.approx(table.loc[term, "t"] ** 2, rel=1e-5)
            assert test.p == pytest.approx(table.loc[term, "p"], rel=1e-5)


def test_joint_tests_equal_statsmodels(drawn):
    """F and p of statsmodels, whose clustered covariance has the same factor, must be ours."""
    found = found_in(SPEC, drawn)
    fit = sm.OLS(drawn["y"], sm.add_constant(drawn[["a", "b", "c"]])).fit(
        cov_type="cluster", cov_kwds={"groups": drawn["firm"]}, use_t=True
    )
    cases = {
        "b = 0, c = 0": zero(["b", "c"]),
        "b = c": proportional(pd.Series(1.0, ["b", "c"])),
        "b = 0.3*a, c = 0.2*a": proportional(pd.Series({"a": 1.0, "b": 0.3, "c": 0.2})),
    }
    for written, restrictions in cases.items():
        ours, theirs = wald(found, restrictions), fit.wald_test(written, use_f=True, scalar=True)
        assert ours.statistic / ours.restrictions == pytest.approx(theirs.statistic, rel=1e-9)
        assert ours.p == pytest.approx(theirs.pvalue, rel=1e-9)


def test_absorbed_effects_equal_linearmodels(panel):
    """With two effects the statistic must be that of PanelOLS, up to its small-sample factor."""
    spec, terms = paper_column(2, 2), ["lndig", "lnsca", "foe"]
    within = demean_all([spec], panel)
    used = within.rows.set_index(["firm", "year"])
    theirs = PanelOLS(
        used[spec.outcome], used[list(spec.regressors)], entity_effects=True, time_effects=True
    ).fit(cov_type="clustered", cluster_entity=True, debiased=False, group_debias=False)
    their_test = theirs.wald_test(formula=[f"{term} = 0" for term in terms])
    found = influence(within, spec.outcome, spec.regressors)
    error = np.sqrt((found.by_cluster["lndig"] ** 2).sum())
    factor = (error / theirs.std_errors["lndig"]) ** 2
    assert wald(found, zero(terms)).statistic * factor == pytest.approx(their_test.stat, rel=1e-6)


def test_by_hand():
    """Two independent estimates of 2 and 3 errors: W = 4 + 9, and 1/2 for their difference."""
    estimates, covariance = pd.Series({"a": 2.0, "b": 3.0}), pd.DataFrame(np.eye(2), ["a", "b"])
    covariance.columns = ["a", "b"]
    both = wald_from(estimates, covariance, 1_000_000, zero(["a", "b"]))
    assert (both.statistic, both.restrictions) == (pytest.approx(13), 2)
    assert both.p == pytest.approx(chi2.sf(13, 2), rel=1e-3)
    equal = wald_from(estimates, covariance, 50, proportional(pd.Series(1.0, ["a", "b"])))
    assert equal.statistic == pytest.approx(0.5)
    ratio = wald_from(estimates, covariance, 50, proportional(pd.Series({"a": 2.0, "b": 3.0})))
    assert ratio.statistic == pytest.approx(0)


@given(st.lists(st.floats(0.1, 5), min_size=3, max_size=3), st.permutations(["a", "b", "c"]))
def test_no_base_matters(drawn_sizes, order):
    """Which proportion the others are held to must not change the statistic."""
    sizes = pd.Series(drawn_sizes, ["a", "b", "c"])
    estimates = pd.Series({"a": 1.0, "b": 0.4, "c": -0.3})
    covariance = pd.DataFrame(
        [[1.0, 0.2, 0.1], [0.2, 0.5, 0.0], [0.1, 0.0, 0.8]], sizes.index, sizes.index
    )
    one, other = (
        wald_from(estimates, covariance, 30, proportional(by)) for by in (sizes, sizes[order])
    )
    assert one.statistic == pytest.approx(other.statistic, rel=1e-6)


def test_power_is_that_of_a_normal_test():
    """One restriction in a large sample: the closed form, and the level where nothing is true."""
    upper = norm.isf(0.025)
    expected = norm.sf(upper - 2.8) + norm.cdf(-upper - 2.8)
    assert WaldTest(2.8**2, 1, 10_000_000).power() == pytest.approx(expected, rel=1e-4)
    assert WaldTest(0.0, 3, 50).power(0.1) == pytest.approx(0.1)


def test_what_cannot_be_tested_is_named(drawn):
    """A term that is no coefficient, a redundant row, and proportions of nothing."""
    found = found_in(SPEC, drawn)
    with pytest.raises(ValueError, match=r"\['d'\] are no coefficients; choose from \['a'"):
        wald(found, zero(["d"]))
    twice = pd.concat([zero(["a"]), 2 * zero(["a"])])
    with pytest.raises(ValueError, match="2 restrictions of rank 1"):
        wald(found, twice)
    with pytest.raises(ValueError, match="the first of them not zero"):
        proportional(pd.Series({"a": 0.0, "b": 1.0}))
