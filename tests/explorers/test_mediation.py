"""Protects the mediation explorer's formulas: those of the package, and the edges it marks."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy.stats import norm

from tradedig_book.explorers import mediation as m
from tradedig_helpers.estimation.mediation import product_error

REFERENCE = 100.0
PROGRAM = m.mediation_program(REFERENCE)
CRITICAL = float(m.CRITICAL_Z)
ALIKE = {
    **{"error0": 10.0, "error1": 10.0, "direct": 1.0, "error_direct": 1.0},
    **{"firms": REFERENCE, "correlation": 0.0},
}
MARKS = {axis: (f"ME_from_{axis}", f"ME_to_{axis}") for axis in ("beta0", "mu1", "firms")} | {
    "correlation": ("ME_from_correlation",)
}
Point = dict[str, float]


@st.composite
def points(draw: st.DrawFn) -> Point:
    """Draw two paths with their errors, and a direct effect."""
    limits = dict.fromkeys(("beta0", "mu1", "direct"), (0.5, 60.0))
    limits |= dict.fromkeys(("error0", "error1", "error_direct"), (0.5, 10.0))
    limits |= {"firms": (0.5, 200.0), "correlation": (-0.95, 0.95)}
    return {name: draw(st.floats(*range_)) for name, range_ in limits.items()}


def at(point: Point, *steps: str) -> list[float]:
    """Evaluate some steps at one point."""
    found = PROGRAM.evaluate(point)
    return [float(found[step]) for step in steps]


@given(points())
def test_errors_are_the_packages(point: Point) -> None:
    """Sobel, Aroian and joint delta, at errors scaled to the number of firms."""
    s0, s1, sobel, aroian, joint = at(point, "s0", "s1", "sobel", "aroian", "joint")
    assert s0 == pytest.approx(point["error0"] * np.sqrt(REFERENCE / point["firms"]))
    paths = point["beta0"], point["mu1"], s0, s1
    covariance = point["correlation"] * s0 * s1
    expected = [
        product_error(*paths, "Sobel"),
        product_error(*paths, "Aroian"),
        product_error(*paths, "delta", covariance),
    ]
    assert [m.PRODUCT_SCALE * e for e in (sobel, aroian, joint)] == pytest.approx(
        list(map(float, expected))
    )


@given(points())
def test_parts_and_p_value(point: Point) -> None:
    """Direct and mediated make the total; p is that of a two-sided normal test."""
    effect, total, share, z, p = at(point, "ME", "total", "share", "z", "p")
    assert point["beta0"] * point["mu1"] / m.PRODUCT_SCALE == pytest.approx(effect)
    assert (total, share) == pytest.approx((point["direct"] + effect, effect / total))
    assert p == pytest.approx(2 * norm.sf(min(z, 8)), rel=2e-7)


@given(points())
def test_sobel_never_beats_a_path(point: Point) -> None:
    """What the chapter claims: ME by Sobel is nearer to zero than both paths, Aroian's more."""
    z0, z1, sobel, aroian = at(point, "z0", "z1", "z_sobel", "z_aroian")
    assert aroian < sobel < min(z0, z1)


def test_each_path_alone_may_be_significant_and_not_the_product() -> None:
    """The first of the two cases that the explorer is about."""
    point = ALIKE | {"beta0": 22.0, "mu1": 22.0}
    z0, z1, z = at(point, "z0", "z1", "z")
    assert min(z0, z1) > CRITICAL > z


def test_the_product_alone_may_be_significant() -> None:
    """The second: possible if the two estimates err in opposite directions, only then."""
    point = ALIKE | {"beta0": 18.0, "mu1": 18.0}
    z0, z1, z = at(point | {"correlation": -0.8}, "z0", "z1", "z")
    assert max(z0, z1) < CRITICAL < z


@given(points(), st.sampled_from(["beta0", "mu1", "firms", "correlation"]))
def test_at_the_marks_the_product_is_on_the_edge(point: Point, axis: str) -> None:
    """Moving one argument to its mark makes z the critical value, wherever there is a mark."""
    marks = at(point, *[step for step in PROGRAM.steps if step in MARKS[axis]])
    low, high = (-0.95, 0.95) if axis == "correlation" else (0.1, 1e4)
    marks = [mark for mark in marks if low < mark < high]
    assume(marks)
    for mark in marks:
        assert at(point | {axis: mark}, "z")[0] == pytest.approx(CRITICAL, rel=1e-5)


@given(points())
def test_at_a_path_s_mark_the_path_is_on_the_edge(point: Point) -> None:
    """The other mark is that of the path itself."""
    for axis, step in (("beta0", "z0"), ("mu1", "z1")):
        (mark,) = at(point, f"path_{axis}")
        assert at(point | {axis: mark}, step)[0] == pytest.approx(CRITICAL)


def test_without_any_path_there_is_no_test() -> None:
    """Zero over zero is named, not drawn."""
    point = dict.fromkeys(PROGRAM.arguments, 1.0) | {"beta0": 0.0, "mu1": 0.0, "correlation": 0.0}
    assert int(PROGRAM.verdict(point)) == 1
    assert int(PROGRAM.verdict(point | {"mu1": 1.0})) == 0
