"""Protects the power of the test that a chapter reports."""

import numpy as np
import pytest
from scipy.stats import norm

from tradedig_helpers.estimation.fit import estimate
from tradedig_helpers.estimation.power import errors_by_size, extrapolate, power
from tradedig_helpers.estimation.specifications import paper_column


def test_power_without_an_effect_is_the_level():
    """A true null is rejected at the level of the test."""
    assert power(0.0, 1.0, 50) == pytest.approx(0.05)


def test_power_with_many_clusters_is_the_normal_one():
    """With many clusters the noncentral t is a shifted normal."""
    ratio = np.array([0.5, 1.0, 2.8])
    expected = norm.sf(1.959964 - ratio) + norm.cdf(-1.959964 - ratio)
    np.testing.assert_allclose(power(1.0, 1 / ratio, 1e6), expected, atol=1e-4)


def test_power_is_a_number_however_large_the_effect():
    """Far tails underflow; power must go to one there, for either sign, and never be missing."""
    ratios = np.array([5.0, 13.0, 20.0, 40.0])
    for clusters in (50, 4_000, 151_408):
        np.testing.assert_allclose(power(1.0, 1 / ratios, clusters), 1.0, atol=0.01)
        np.testing.assert_allclose(power(-1.0, 1 / ratios, clusters), 1.0, atol=0.01)


def test_power_agrees_with_simulation():
    """With few clusters the share of rejections of simulated t statistics must agree."""
    rng = np.random.default_rng(1)
    z, chi = rng.normal(2.0, 1.0, 200_000), rng.chisquare(9, 200_000)
    rejected = np.abs(z / np.sqrt(chi / 9)) > 2.262157
    assert power(2.0, 1.0, 10) == pytest.approx(rejected.mean(), abs=0.005)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((1.0, 0.0, 10), "std_error must be positive"),
        ((1.0, 1.0, 1), "clusters must be at least 2"),
        ((1.0, 1.0, 10, 2.0), "level = 2"),
        ((np.nan, 1.0, 10), "effect must be finite; 1 are missing"),
        ((1.0, [1.0, None], 10), "std_error must be finite; 1 are missing"),
        ((1.0, 1.0, np.inf), "clusters must be finite"),
    ],
)
def test_bad_input_is_named(arguments, message):
    """Power without an error or a level has no meaning."""
    with pytest.raises(ValueError, match=message):
        power(*arguments)


def test_standard_errors_are_those_of_prefixes(panel):
    """The row of all firms must be the fit of the whole panel."""
    found = errors_by_size(paper_column(2, 3), panel, "lndig", [150, 300])
    fit = estimate(paper_column(2, 3), panel)
    last = found.iloc[-1]
    error = fit.coefficients.set_index("term").loc["lndig", "std_error"]
    assert (last["n"], last["clusters"]) == (fit.n, fit.clusters)
    assert last["std_error"] == error
    assert found["n"].is_monotonic_increasing


def test_prefix_and_term_are_checked(panel):
    """More firms than there are, or an unknown term, must be refused."""
    with pytest.raises(ValueError, match="the panel has 1 to 300"):
        errors_by_size(paper_column(2, 3), panel, "lndig", [301])
    with pytest.raises(ValueError, match="has no term 'flex'"):
        errors_by_size(paper_column(2, 3), panel, "flex", [300])
    for firms in (300, "300", [150.5], [True]):
        with pytest.raises(TypeError, match="give a list of whole numbers"):
            errors_by_size(paper_column(2, 3), panel, "lndig", firms)


def test_first_firms_of_any_names(panel):
    """Firms that are text, or categories, are counted in the order of their names."""
    right = errors_by_size(paper_column(2, 3), panel, "lndig", [150])
    named = panel.assign(firm=panel["firm"].map("{:06d}".format))
    for frame in (named, named.astype({"firm": "category"}), panel.astype({"firm": "category"})):
        found = errors_by_size(paper_column(2, 3), frame, "lndig", [150])
        np.testing.assert_allclose(found, right, rtol=1e-9)


def test_extrapolation_halves_the_error_at_four_times_the_firms(panel):
    """The rule is 1/√firms from the largest sample measured."""
    measured = errors_by_size(paper_column(2, 3), panel, "lndig", [150, 300])
    far = extrapolate(measured, [300, 1_200])
    largest = measured["std_error"].iloc[-1]
    np.testing.assert_allclose(far["std_error"], [largest, largest / 2])
    with pytest.raises(ValueError, match=r"measured lacks the columns \['clusters'\]"):
        extrapolate(measured.drop(columns="clusters"), [300])
    with pytest.raises(ValueError, match="firms must be positive"):
        extrapolate(measured, [0])
