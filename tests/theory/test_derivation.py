"""The derivation against answers found by hand, and against mistakes planted in the print."""

from __future__ import annotations

from dataclasses import replace

import pytest
import sympy as sp

from tradedig_book.theory import derivation as d
from tradedig_book.theory import paper, solution
from tradedig_book.theory.printing import code, javascript, latex, mathml_numbers


def test_inverse_demand_by_hand() -> None:
    """Pointwise first-order condition: alpha + beta*lambda - gamma[(1-e)q + eQ] = p."""
    by_hand = d.alpha + d.beta * d.lam - d.gamma / d.L * ((1 - d.e) * d.x + d.e * d.X)
    assert d.same(d.inverse_demand(), by_hand)


def test_best_price_is_the_midpoint_of_choke_price_and_marginal_cost() -> None:
    """Linear demand: p* = (choke price + marginal cost)/2, whatever the slope."""
    choke = 1 / d.varphi_D + d.beta * d.lam
    marginal = 1 / d.varphi + d.lam / d.phi
    assert d.same(d.derive().price, (choke + marginal) / 2)


def test_choosing_quantity_and_quality_together_gives_the_same_optimum() -> None:
    """Profit in (x, lambda) jointly: same stationary point, same second-order condition."""
    demand = d.inverse_demand().subs(d.X, d.market_of_cutoff())
    profit = d.x * demand - d.cost(d.x, d.lam)
    gradient = [sp.diff(profit, d.x), sp.diff(profit, d.lam)]
    joint = sp.solve(gradient, [d.x, d.lam], dict=True)[0]
    assert d.same(joint[d.lam], d.derive().quality)
    determinant = sp.hessian(profit, [d.x, d.lam]).det()
    assert d.same(determinant * d.L * d.psi, paper.second_order_margin())


def test_every_printed_equation_is_derived() -> None:
    """All that a page can show has passed the comparison."""
    assert set(paper.verify()) == {"1", "2", "4", "5", "6", "7", "8"}


@pytest.mark.parametrize("number", ["1", "2", "4", "5", "6", "7", "8"])
def test_a_misprint_is_found(number: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """One sign or factor wrong in any equation stops the book."""
    printed = paper._printed()
    wrong = paper.Equation(number, printed[number].left, printed[number].right * 2)
    monkeypatch.setattr(paper, "_printed", lambda: printed | {number: wrong})
    with pytest.raises(paper.NotDerived, match=rf"\({number}\)"):
        paper.verify.__wrapped__()


@pytest.mark.parametrize("step", list(solution.program().steps))
def test_a_wrong_step_is_found(step: str) -> None:
    """A slip in any step of the numerical program shows in what it must add up to."""
    program = solution.program()
    wrong = replace(program, steps={**program.steps, step: program.steps[step] * 2})
    with pytest.raises(paper.NotDerived):
        solution.hold_to_derivation(wrong)


def test_unknown_equation_lists_the_known() -> None:
    """A typing error in a chapter gets an answer."""
    with pytest.raises(KeyError, match="choose one of 1, 2, 4"):
        paper.equation("9")


def test_code_is_arithmetic_that_two_languages_share() -> None:
    """No power operator: JavaScript and NumPy would round it differently."""
    x, y = sp.symbols("x y")
    assert code(x**2 / (1 - y) ** 3) == "(x*x)/((1 - y)*(1 - y)*(1 - y))"
    assert code(1 / x) == "1/x"
    assert code(sp.sqrt(x)) == "pow(x, 1/2)"
    assert "const {pow} = Math;" in javascript(["x"], {"y": sp.sqrt(x)})


def test_printers_keep_the_papers_layout() -> None:
    """The page shows the equation as the paper prints it, and MathML has a place per symbol."""
    assert latex(paper.upgrading().right).startswith(
        r"\frac{L \left(\beta - \frac{1}{\phi}\right)}"
    )
    assert mathml_numbers(paper.upgrading().right).count('data-value="phi"') == 2
    x = sp.Symbol("x")
    assert javascript(["x"], {"y": x + 1}) == "({x}) => {\n  const y = 1 + x;\n  return {y};\n}"
