"""Protects the probit that two rooms share: its derivatives, its maximum, weights and blocks."""

from itertools import islice

import numpy as np
import pytest
from scipy.optimize import approx_fprime, minimize
from scipy.stats import norm

from tradedig_helpers.measure import probit
from tradedig_helpers.measure.probit import mills, newton_steps


@pytest.fixture(scope="module")
def drawn():
    """Return regressors, outcomes and weights of a small probit, a constant last."""
    rng = np.random.default_rng(3)
    x = np.column_stack([rng.normal(size=(500, 2)), np.ones(500)])
    outcome = (x @ [1.0, -0.5, 0.3] + rng.normal(size=500) > 0).astype(float)
    return x, outcome, rng.integers(0, 3, 500).astype(float)


def last(steps, count=12):
    """Return the step after which nothing moves any more."""
    return list(islice(steps, count))[-1]


def test_maximum_of_the_weighted_likelihood(drawn):
    """Newton must end where a general optimiser of the likelihood ends."""
    x, outcome, weight = drawn
    sign = 2 * outcome - 1
    best = minimize(lambda g: -weight @ norm.logcdf(sign * (x @ g)), np.zeros(3), tol=1e-10)
    found = last(newton_steps(x, outcome, weight))
    np.testing.assert_allclose(found.slopes, best.x, atol=1e-5)
    assert np.abs(found.move).max() < 1e-12


def test_derivatives_are_those_of_the_likelihood(drawn):
    """Score and information must be numerical derivatives, which errors and steps rest on."""
    x, outcome, weight = drawn
    sign, point = 2 * outcome - 1, np.array([0.4, 0.1, -0.2])

    def score(g):
        return approx_fprime(g, lambda h: weight @ norm.logcdf(sign * (x @ h)), 1e-6)

    step = next(newton_steps(x, outcome, weight, point))
    np.testing.assert_allclose(step.information @ step.move, score(point), rtol=1e-3)
    hessian = np.stack([(score(point + e) - score(point - e)) / 2e-2 for e in 1e-2 * np.eye(3)])
    np.testing.assert_allclose(step.information, -hessian, rtol=1e-2, atol=0.5)
    gained = weight @ (norm.logcdf(sign * (x @ step.slopes)) - norm.logcdf(sign * (x @ point)))
    assert step.gain == pytest.approx(gained, rel=0.2)


def test_weights_are_copies_and_blocks_do_not_matter(drawn, monkeypatch):
    """A row of weight two is two rows, one of weight zero none, wherever blocks end."""
    x, outcome, weight = drawn
    whole = last(newton_steps(x, outcome, weight))
    monkeypatch.setattr(probit, "CACHED_ROWS", 7)
    copies = np.repeat(np.arange(len(x)), weight.astype(int))
    copied = last(newton_steps(np.asfortranarray(x[copies]), outcome[copies]))
    np.testing.assert_allclose(copied.slopes, whole.slopes, rtol=1e-11)
    np.testing.assert_allclose(copied.information, whole.information, rtol=1e-11)


def test_a_regressor_twice_does_no_harm(drawn):
    """Of many maxima, the index at all of them is the same; the steps must find it."""
    x, outcome, _ = drawn
    twice = np.column_stack([x, x[:, 0]])
    found, plain = last(newton_steps(twice, outcome)), last(newton_steps(x, outcome))
    np.testing.assert_allclose(twice @ found.slopes, x @ plain.slopes, atol=1e-9)


def test_mills_ratio_equals_its_definition():
    """φ/Φ and -φ/(1-Φ) where both can be computed, and their limits where Φ underflows."""
    index = np.linspace(-30, 8, 77)
    expected = np.exp(norm.logpdf(index) - norm.logcdf(index))
    np.testing.assert_allclose(mills(index, np.ones(77)), expected, rtol=1e-12)
    np.testing.assert_allclose(mills(-index, np.zeros(77)), -expected, rtol=1e-12)
    far = mills(np.array([-1e6, 60.0]), np.ones(2))
    np.testing.assert_allclose(far, [1e6, 0.0], rtol=1e-11)
