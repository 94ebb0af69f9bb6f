"""Checks of the paper's theoretical claims; :mod:`.claims` says which claim each belongs to.

A check proves or refutes its claim and returns what the argument rests on; it raises
``NotProved`` once the model no longer supports the verdict in the ledger.
"""

from __future__ import annotations

from collections.abc import Mapping

import sympy as sp

from tradedig_book.theory import derivation as d
from tradedig_book.theory import free_entry as entry
from tradedig_book.theory.entry_statics import entry_effect
from tradedig_book.theory.paper import verify
from tradedig_book.theory.signs import Direction, NotProved
from tradedig_book.theory.statics import c, derivative, outcomes, prove, sign

Evidence = Mapping[str, sp.Expr]

net_value = d.beta - 1 / d.phi
room = 4 * d.gamma * (1 - d.e) ** 2 / d.psi
lead = 1 / d.varphi_D - 1 / d.varphi


def vanishes(expr: sp.Expr) -> sp.Expr:
    """Return zero if an expression is zero, and raise ``NotProved`` if it is not."""
    if not d.same(expr, sp.Integer(0)):
        raise NotProved(f"claimed zero, found {sp.factor(expr)}")
    return sp.Integer(0)


def claimed_sign(claimed: Direction, outcome: str, *parameters: str) -> Evidence:
    """Return a derivative and its certificate if it has the claimed sign, or raise."""
    found = sign(outcome, *parameters)
    if found.sign != claimed:
        raise NotProved(f"claimed {claimed}, found {found.sign}: {found.latex}")
    return {found.latex: found.certificate}


def taste_for_variety() -> Evidence:
    """Spread a purchase over n varieties: utility rises, by less at a higher e."""
    n, Q = sp.symbols("n Q", positive=True)
    plan = sp.Piecewise((Q / n, (d.omega >= 0) & (d.omega <= n)), (0, True))
    utility = d.utility(plan, sp.Integer(0)).subs(d.quality_of(d.omega), 0).doit()
    gain = sp.factor(sp.diff(utility, n))
    prove(gain, "+")
    prove(sp.diff(gain, d.e), "-")
    return {r"\frac{\partial u}{\partial n}": gain}


def equations() -> Evidence:
    """Compare every printed equation with the derivation; a difference raises."""
    numbers, printed = ("2", "5", "6", "7", "8"), verify()
    return {f"({number})": printed[number].right for number in numbers}


def adaptation_cost() -> Evidence:
    """Differentiate the assumed Γ(e) = 1 − e."""
    return {r"\Gamma'(e)": prove(sp.diff(1 - d.e, d.e), "-")}


def any_adaptation_cost() -> Evidence:
    """Put an arbitrary falling Γ(e) in the place of 1 − e: the signs stay."""
    level, fall, D = sp.symbols("Gamma h D", positive=True)
    cost = sp.Function("Gamma")(d.e)
    profit = d.derive().profit.subs(d.mu, 0) + (1 - d.e - cost) * d.lam**2 / d.psi
    quality = sp.solve(sp.diff(profit, d.lam), d.lam)[0]
    inside = {d.gamma: d.psi * (D + d.L * net_value**2) / (4 * (1 - d.e) * level)}

    def proved(*names: str) -> sp.Expr:
        slope = derivative(quality, *names).subs(sp.diff(cost, d.e), -fall)
        return prove(slope.subs(cost, level).xreplace(inside), "+")

    return {
        r"\frac{\partial\lambda^*}{\partial e}": proved("e"),
        r"\frac{\partial^2\lambda^*}{\partial\psi\,\partial e}": proved("psi", "e"),
    }


def units_of_the_constants() -> Evidence:
    """With c0, δ0 and θ0 for all firms (4) has other units of φ, ϕ and ψ; θ0 of a firm stays."""
    c_0, delta_0, theta_0 = sp.symbols("c_0 delta_0 theta_0", positive=True)
    general = d.x * c_0 / d.varphi + d.x * delta_0 / d.phi * d.lam
    general += theta_0 * (1 - d.e) * d.lam**2 / d.psi
    units = {d.varphi: c_0 * d.varphi, d.phi: delta_0 * d.phi, d.psi: theta_0 * d.psi}
    own = sp.log(outcomes()["K"].subs(d.psi, d.psi / theta_0))
    both = (theta_0 * sp.diff(d.psi * sp.diff(own, d.psi), theta_0)).subs(theta_0, 1)
    gap = r"\mathit{TC}\text{ in new units} - \mathit{TC}"
    cross = r"\frac{\partial^2\ln\lambda^*}{\partial\ln\psi\,\partial\ln\theta_0}"
    return {
        gap: vanishes(general.xreplace(units) - d.cost(d.x, d.lam)),
        cross: prove(both, "-"),
    }


def returns_to_digitization() -> Evidence:
    """Quality may be convex in trade digitization although ψ'' < 0."""
    curved = claimed_sign("±", "quality", "dig_tr", "dig_tr")
    return {**claimed_sign("+", "quality", "psi", "psi"), **curved}


def stated_condition() -> Evidence:
    """Inside the region (8) is a maximum; beyond, a minimum below zero."""
    found, (G, H) = d.derive(), sp.symbols("G H", positive=True)
    beyond = {d.gamma: d.gamma * G / room, d.L: (G + H) / net_value**2}
    prove(found.second_order, "-")
    prove(found.second_order.xreplace(beyond), "+")
    return {
        r"\lambda^*\text{ inside}": prove(found.quality, "+"),
        r"\lambda^*\text{ beyond}": prove(found.quality.xreplace(beyond), "-"),
    }


def exit_above_cutoff() -> Evidence:
    """At a cost h above the cutoff a firm that sells loses, whatever F = μDIG² it pays."""
    h, t, F = sp.symbols("h t F", positive=True)
    costs = {d.varphi_D: 1 / c, d.varphi: 1 / (c + h), d.lam: (h + t) / net_value}
    prove(d.derive().quantity.xreplace(costs), "+")
    losses = {
        fixed: prove(d.derive().profit.xreplace(costs | {d.mu: fixed, d.DIG: sp.Integer(1)}), "-")
        for fixed in (sp.Integer(0), F)
    }
    return {
        r"\pi\text{ at }c = c_D + h,\ \mu\,\mathit{DIG}^2 = 0": losses[sp.Integer(0)],
        r"\pi\text{ with }F = \mu\,\mathit{DIG}^2": losses[F],
    }


def printed_cutoff() -> Evidence:
    """With digitization at a cost F = μDIG² the firm at c_D loses F; without, c_D is right."""
    F, profit = sp.Symbol("F", positive=True), outcomes()["profit"]
    at_cutoff = (profit - F).subs(d.varphi, d.varphi_D)
    return {
        r"\pi^*\text{ at }c < c_D,\ F = 0": prove(profit, "+"),
        r"\pi^*\text{ at }c = c_D": prove(at_cutoff, "-"),
        r"(\Delta C)^2\text{ at }\pi^* = 0": prove(F / (profit / lead**2), "+"),
    }


def other_inputs() -> Evidence:
    """Quality rises in both; without a lead, the second does nothing."""
    vanishes(derivative(outcomes()["quality"], "dig_im").subs(d.varphi, d.varphi_D))
    return {**claimed_sign("+", "quality", "dig_tfp"), **claimed_sign("+", "quality", "dig_im")}


def trade_digitization() -> Evidence:
    """Multiply the two links: ∂λ*/∂ψ > 0, derived, and ψ' > 0, assumed."""
    return {**claimed_sign("+", "quality", "psi"), **claimed_sign("+", "quality", "dig_tr")}


def variety_lowers_quality() -> Evidence:
    """Quality rises in e at a given cutoff; with free entry, only below the cost c̄."""
    found, entered = claimed_sign("+", "quality", "e"), entry_effect("e")
    signs = entered.average, entered.below, entered.above
    if entered.distance is None or signs != ("+", "+", "-"):
        raise NotProved(f"under free entry, on average, below and above c̄: {signs}")
    return {**found, r"1 - \bar c/c_D\text{ under free entry}": entered.distance}


def cost_of_variety() -> Evidence:
    """Flexibility lowers 4γ(1−e)²/ψ, by more at a lower e; enough of it undoes any fall in e."""
    f, quality = sp.Symbol("f", positive=True), outcomes()["quality"]
    offset = {d.e: f, d.psi: d.psi * ((1 - f) / (1 - d.e)) ** 2}
    fixed_cost = (1 - d.e) * sp.Symbol("lambda", positive=True) ** 2 / d.psi
    term, cross = r"\frac{4\gamma(1-e)^2}{\psi}", r"\frac{\partial^2}{\partial\psi\,\partial e}"
    undone = r"\lambda^*(f, \psi\tfrac{(1-f)^2}{(1-e)^2}) - \lambda^*(e, \psi)"
    return {
        r"\frac{\partial}{\partial\psi}" + term: prove(sp.diff(room, d.psi), "-"),
        cross + term: prove(sp.diff(room, d.psi, d.e), "+"),
        cross + r"\frac{(1-e)\lambda^2}{\psi}": prove(sp.diff(fixed_cost, d.psi, d.e), "+"),
        undone: vanishes(quality.xreplace(offset) - quality),
    }


def flexibility_at_the_margin() -> Evidence:
    """Sign what e does to one firm's gain from ψ: at a given cutoff, in logs, with free entry."""
    quality, K = outcomes()["quality"], outcomes()["K"]
    z, t = sp.symbols("z t", positive=True)
    elasticity = sp.cancel(d.psi * sp.diff(quality, d.psi) / quality)
    gain, cutoff = sp.diff(K, d.psi), sp.log(entry.cutoff())
    moved = sp.diff(gain, d.e) * (z - c) + gain * z * sp.diff(cutoff, d.e)
    turning = z * (1 - 1 / (2 * (entry.k + 2)))
    mean = sp.diff(gain, d.e) + gain * sp.diff(cutoff, d.e)
    together = gain + K * sp.diff(cutoff, d.psi)
    all_move = sp.diff(together, d.e) + together * sp.diff(cutoff, d.e)
    one, per_cost = r"\frac{\partial\lambda^*}{\partial\psi}", r"\frac{k+1}{c_D}"
    in_logs = r"\frac{\partial^2\ln\lambda^*}{\partial\ln\psi\,\partial e}"
    return {
        **claimed_sign("+", "quality", "psi", "e"),
        in_logs: prove(sp.diff(elasticity, d.e), "+"),
        rf"\frac{{d}}{{de}}{one}\text{{ at }}\tilde c - t": prove(moved.subs(c, turning - t), "+"),
        rf"\frac{{d}}{{de}}{one}\text{{ at }}\tilde c + t": prove(moved.subs(c, turning + t), "-"),
        rf"{per_cost}\frac{{d}}{{de}}\mathrm{{E}}\Bigl[{one}\Bigr]": prove(mean, "+"),
        rf"{per_cost}\frac{{d^2\mathrm{{E}}[\lambda^*]}}{{d\psi\,de}}": prove(all_move, "+"),
    }


def all_firms_at_once() -> Evidence:
    """Move everyone's ψ: the cutoff z falls, and firms close to it lose quality."""
    K, k = outcomes()["K"], entry.k
    z, t = sp.symbols("z t", positive=True)
    fall = sp.diff(sp.log(entry.cutoff()), d.psi)
    total = sp.diff(K, d.psi) * (z - c) + K * z * fall
    mean = sp.diff(K, d.psi) * z / (k + 1) + K * z * fall / (k + 1)
    turning = z * (1 - d.L * net_value**2 / room / (k + 2))
    prove(turning, "+")
    prove(z - turning, "+")
    below, above = total.subs(c, turning - t), total.subs(c, turning + t)
    losing = 1 - (1 - sp.Symbol("s") / (k + 2)) ** k
    return {
        r"\text{share of sellers that lose}": losing,
        r"\frac{d\ln z}{d\psi}": prove(fall, "-"),
        r"\frac{d\lambda^*}{d\psi}\text{ at }\bar c - t": prove(below, "+"),
        r"\frac{d\lambda^*}{d\psi}\text{ at }\bar c + t": prove(above, "-"),
        r"\frac{d}{d\psi}\mathrm{E}[\lambda^*]": prove(mean, "+"),
    }


def other_channels() -> Evidence:
    """Show that dig_tr reaches ψ alone; nothing else has a symbol in (8)."""
    known = {d.e, d.beta, d.gamma, d.L, d.psi, d.phi, d.varphi, d.varphi_D}
    if extra := outcomes()["quality"].free_symbols - known:
        raise NotProved(f"(8) contains {extra}: say in the ledger what they do")
    moved = vanishes(derivative(d.varphi, "dig_tr"))
    return {r"\frac{\partial\varphi}{\partial\mathit{dig\_tr}}": moved}


def complements() -> Evidence:
    """Find what ψ is a complement of: φ and ϕ in units of quality, ϕ alone in logs."""
    quality = outcomes()["quality"]
    elasticity = d.psi * sp.diff(quality, d.psi) / quality
    in_logs = r"\frac{\partial^2\ln\lambda^*}{\partial\ln\psi\,\partial "
    return {
        **claimed_sign("+", "quality", "psi", "varphi"),
        **claimed_sign("+", "quality", "psi", "phi"),
        in_logs + r"\varphi}": vanishes(sp.diff(elasticity, d.varphi)),
        in_logs + r"\phi}": prove(sp.diff(elasticity, d.phi), "+"),
    }


def firms_that_differ() -> Evidence:
    """With one ψ' for all the lead does not touch the log effect, and raises that in units."""
    quality = outcomes()["quality"]
    elasticity = d.psi * sp.diff(quality, d.psi) / quality
    in_logs = r"\frac{\partial^2\ln\lambda^*}{\partial\ln\psi\,\partial\Delta C}"
    return {
        in_logs: vanishes(derivative(elasticity, "DeltaC")),
        **claimed_sign("+", "quality", "psi", "DeltaC"),
    }


def own_elasticity() -> Evidence:
    """Sign how the elasticity p/(bx), b = γ(1−e)/L, moves with cost; p + bx − βλ does not."""
    slope = d.gamma * (1 - d.e) / d.L
    elasticity = outcomes()["price"] / (slope * outcomes()["quantity"])
    seen = d.derive().price + slope * d.derive().quantity - d.beta * d.lam
    return {
        r"\frac{\partial}{\partial c}\frac{p^*}{bx^*}": prove(derivative(elasticity, "c"), "+"),
        r"p^* + bx^* - \beta\lambda - c_D": vanishes(seen - 1 / d.varphi_D),
    }


def through_flexibility() -> Evidence:
    """Take the effect through ψ from the total effect: nothing is left."""
    quality = outcomes()["quality"]
    through = derivative(quality, "psi") * derivative(d.psi, "dig_tr")
    direct = derivative(quality, "dig_tr") - through
    return {
        r"\text{through }\psi": prove(through, "+"),
        r"\text{direct}": vanishes(direct),
    }
