"""Signs of derivatives: known by hand, confirmed by finite differences, wrong ones refused."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import sympy as sp

from tradedig_book.theory import ABOUT, Parameters, derivation, evaluate, solve, verdict
from tradedig_book.theory import statics as s
from tradedig_book.theory.paper import second_order_margin

d = derivation
FIELDS = {"c": "varphi", "c_D": "varphi_D", "dig_tfp": "varphi", "dig_im": "phi", "dig_tr": "psi"}
COSTS = ("c", "c_D")


def random_points() -> Parameters:
    """Draw points over the sliders' ranges and keep those clearly inside the region."""
    draws = np.random.default_rng(1)
    drawn = {name: draws.uniform(about.low, about.high, 4000) for name, about in ABOUT.items()}
    steps = evaluate(Parameters(**drawn))
    room = steps["D"] + drawn["L"] * steps["B"] ** 2
    inside = (steps["B"] > 0.05) & (steps["DeltaC"] > 0.05) & (steps["D"] > 0.1 * room)
    return Parameters(**{name: array[inside] for name, array in drawn.items()})


def values(point: Parameters) -> dict[str, np.ndarray]:
    """Evaluate every outcome with the numerical solver."""
    solved = solve(point)
    found = {name: getattr(solved, name) for name in s.outcomes() if name != "markup"}
    unit_cost = 1 / point.varphi + solved.quality / point.phi
    return found | {"markup": solved.price - unit_cost}


def slopes(point: Parameters, parameter: str, step: float = 1e-6) -> dict[str, np.ndarray]:
    """Differentiate numerically in the log of the field; costs are the inverse of theirs."""
    field = FIELDS.get(parameter, parameter)
    here = getattr(point, field)
    up, down = (replace(point, **{field: here * (1 + move)}) for move in (step, -step))
    high, low = values(up), values(down)
    turn = -1 if parameter in COSTS else 1
    return {name: turn * (high[name] - low[name]) / (2 * step) for name in high}


@pytest.mark.parametrize("parameter", s.PARAMETERS)
def test_finite_differences_have_the_proved_sign(parameter: str) -> None:
    """The numerical solver, which knows nothing of certificates, moves the proved way."""
    points = random_points()
    assert np.size(points.psi) > 100
    for outcome, slope in slopes(points, parameter).items():
        match s.sign(outcome, parameter).sign:
            case "+":
                assert (slope > 0).all()
            case "-":
                assert (slope < 0).all()
            case "0":
                assert np.abs(slope).max() < 1e-6
            case "±":
                assert (slope > 0).any()
                assert (slope < 0).any()


@pytest.mark.parametrize(
    ("outcome", "parameters", "by_hand"),
    [
        ("K", ("psi",), "L*B*(D + L*B**2)/(D**2*psi)"),
        ("quality", ("c",), "-L*B/D"),
        ("markup", ("c_D",), "(D + L*B**2)/(2*D)"),
        ("price", ("c",), "(D - L*B*(B + 2/phi))/(2*D)"),
        ("quality", ("psi", "DeltaC"), "L*B*(D + L*B**2)/(D**2*psi)"),
        ("quality", ("psi", "psi"), "2*L**2*B**3*DeltaC*(D + L*B**2)/(D**3*psi**2)"),
    ],
)
def test_certificates_by_hand(outcome: str, parameters: tuple[str, ...], by_hand: str) -> None:
    """With lambda = L*B*DeltaC/D and D falling in psi at the rate (D + L*B^2)/psi."""
    names = {str(x): x for x in (s.B, s.D, d.L, d.phi, d.psi)} | {"DeltaC": s.DeltaC}
    assert d.same(s.sign(outcome, *parameters).certificate, sp.sympify(by_hand, names))


def test_without_a_taste_for_quality_it_is_melitz_and_ottaviano() -> None:
    """At B = 0 half of a cost difference passes into the price, half into the mark-up."""
    for outcome, share in (("price", 1), ("markup", -1)):
        passed = s.sign(outcome, "c").certificate.subs(s.B, 0)
        assert d.same(passed, sp.Rational(share, 2))


def test_the_positive_symbols_are_the_region() -> None:
    """D is the slack of the second-order condition, B and DeltaC those of the other two."""
    assert d.same(second_order_margin().xreplace(s.REGION), s.D * d.psi)
    assert d.same((d.beta - 1 / d.phi).xreplace(s.REGION), s.B)
    assert d.same((1 / d.varphi_D - 1 / d.varphi).xreplace(s.REGION), s.DeltaC)


@pytest.mark.parametrize("wrong", ["-", "0", "±"])
def test_a_planted_wrong_sign_is_found(wrong: s.Direction) -> None:
    """The proof of a plus is not a proof of anything else."""
    with pytest.raises(s.NotProved, match=rf"claimed {wrong}, found \+"):
        s.prove(s.derivative(s.outcomes()["quality"], "psi"), wrong)


def test_a_planted_wrong_margin_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """A condition for an ambiguous sign has to be exact, not only sufficient."""
    key = ("price", ("c",))
    monkeypatch.setitem(s.MARGINS, key, s.MARGINS[key] - d.gamma)
    with pytest.raises(s.NotProved):
        s.sign.__wrapped__("price", "c")


def test_only_the_price_is_ambiguous_and_only_in_efficiency() -> None:
    """The table's one surprise."""
    unclear = {key for key, found in s.statics().items() if found.sign == "±"}
    assert unclear == {("price", "c"), ("price", "varphi"), ("price", "dig_tfp")}


@pytest.mark.parametrize("parameter", ["c", "varphi", "dig_tfp"])
def test_ambiguous_price_shows_both_signs(parameter: str) -> None:
    """Both examples lie inside the region, and the numerical solver confirms them."""
    found = s.sign("price", parameter)
    for example, expected in zip(found.examples, (1, -1), strict=True):
        point = Parameters(**{name: float(example[getattr(d, name)]) for name in ABOUT})
        assert verdict(point) == 0
        assert sp.sign(found.margin.subs(example)) == expected
        assert np.sign(slopes(point, parameter)["price"]) == expected


def test_returns_to_digitization_show_both_signs() -> None:
    """The curvature itself, not its certificate, is evaluated at the two points."""
    found = s.sign("quality", "dig_tr", "dig_tr")
    curvature = s.derivative(s.outcomes()["quality"], "dig_tr", "dig_tr")
    assert [sp.sign(curvature.subs(point)) for point in found.examples] == [1, -1]


def test_second_derivative_of_a_digital_input_follows_the_chain_rule() -> None:
    """f(psi(x)) has second derivative f'' psi'^2 + f' psi''."""
    by_hand = 2 * s.slope_psi**2 - 2 * d.psi * s.bend_psi
    assert d.same(s.derivative(d.psi**2, "dig_tr", "dig_tr"), by_hand)


def test_mixed_signs() -> None:
    """Flexibility is worth less with satiation, more with everything else that is signed."""
    signs = {found.parameters: found.sign for found in s.mixed() if found.outcome == "quality"}
    assert signs.pop(("psi", "gamma")) == "-"
    assert signs.pop(("dig_tr", "dig_tr")) == "±"
    assert set(signs.values()) == {"+"}


def test_what_cannot_be_proved_is_refused() -> None:
    """Symbols that may be negative, unknown names, and constant signs without a certificate."""
    with pytest.raises(s.NotProved, match="lambda may be negative"):
        s.certify(d.derive().profit.subs(d.mu, 0), s.REGION)
    with pytest.raises(KeyError, match="choose one of quality, K"):
        s.sign("welfare", "psi")
    with pytest.raises(KeyError, match="choose one of e, beta"):
        s.sign("quality", "sigma")
    square = (s.B - s.D) ** 2 + s.B * s.D / 2
    assert s.certify(square, s.REGION)[0] == "±"
    with pytest.raises(s.NotProved, match="no pair of points"):
        s.both_signs(square)
