"""Printers: one sympy expression becomes LaTeX, code, or MathML with places for numbers.

Code is printed once for two languages.
Where it uses only ``+ - * /`` and parentheses, Python and JavaScript read it alike and IEEE
arithmetic evaluates it alike, so a slider in a browser and a NumPy array agree to the last bit.
So do ``min`` and ``max``; powers that are not whole numbers, ``log`` and ``exp`` may differ in it.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import reduce
from typing import Any

import sympy as sp
from sympy.printing.latex import LatexPrinter
from sympy.printing.mathml import MathMLPresentationPrinter
from sympy.printing.precedence import PRECEDENCE
from sympy.printing.str import StrPrinter

_CODE_NAMES = {"lambda": "lam"}
NUMPY_FUNCTIONS = {"pow": "power", "log": "log", "exp": "exp", "min": "minimum", "max": "maximum"}
"""Functions that code may call, by their name in code (and in JavaScript's Math) and in NumPy."""
_LATEX_NAMES = {"DIG": r"\mathit{DIG}", "DeltaC": r"\Delta C", "ln_p": r"\ln p", "ln_q": r"\ln q"}


class ArithmeticPrinter(StrPrinter):
    """Print an expression as text that is both Python and JavaScript."""

    def __init__(self) -> None:
        super().__init__({"order": "none"})

    def _print_Symbol(self, expr: sp.Symbol) -> str:
        return _CODE_NAMES.get(expr.name, expr.name)

    def _print_Pow(self, expr: sp.Pow, rational: bool = False) -> str:
        base, power = expr.as_base_exp()
        if not power.is_Integer:
            return f"pow({self._print(base)}, {self._print(power)})"
        product = "*".join([self.parenthesize(base, PRECEDENCE["Pow"])] * abs(int(power)))
        if power > 0:
            return f"({product})"
        return f"1/{product}" if power == -1 else f"1/({product})"

    def _print_Min(self, expr: sp.Min) -> str:
        return self._of_pairs("min", expr)

    def _print_Max(self, expr: sp.Max) -> str:
        return self._of_pairs("max", expr)

    def _of_pairs(self, name: str, expr: sp.Basic) -> str:
        """Nest calls of two arguments: NumPy's third would be where to write the result."""
        first, *rest = (self._print(part) for part in expr.args)
        return reduce(lambda inner, part: f"{name}({inner}, {part})", rest, first)


class PaperPrinter(LatexPrinter):
    """LaTeX that keeps the order of terms, with the paper's brackets and integrals."""

    def __init__(self) -> None:
        super().__init__({"order": "none"})

    def _print_Symbol(self, expr: sp.Symbol, style: str = "plain") -> str:
        return _LATEX_NAMES.get(expr.name) or str(super()._print_Symbol(expr, style=style))

    def _print_Function(self, expr: sp.Function, exp: str | None = None) -> str:
        name = self._deal_with_super_sub(expr.func.__name__)
        power = f"^{{{exp}}}" if exp else ""
        return rf"{name}({self._print(expr.args[0])}){power}"

    def _print_Integral(self, expr: sp.Integral) -> str:
        return rf"\int_{{\Omega}} {self._print(expr.function)} \,d\omega"


class LiveNumbersPrinter(MathMLPresentationPrinter):
    """MathML in which every symbol is a number to be filled in: ``<mn data-value="psi">``."""

    def __init__(self) -> None:
        super().__init__({"order": "none", "mul_symbol": "times"})

    def _print_Symbol(self, sym: sp.Symbol, style: str = "plain") -> Any:
        number = self.dom.createElement("mn")
        number.setAttribute("data-value", _CODE_NAMES.get(sym.name, sym.name))
        number.appendChild(self.dom.createTextNode("0"))
        return number


def latex(expr: sp.Expr) -> str:
    """Print LaTeX in the paper's notation, terms in the order in which they were written."""
    return PaperPrinter().doprint(expr)


def code(expr: sp.Expr) -> str:
    """Print arithmetic that Python and JavaScript both read."""
    return ArithmeticPrinter().doprint(expr)


def mathml_numbers(expr: sp.Expr) -> str:
    """Print MathML whose symbols are places for numbers.

    Brackets and the minus have one size, or a formula would jump with its digits.
    """
    printed = LiveNumbersPrinter().doprint(expr).replace("<mo>-</mo>", "<mo>−</mo>")
    for bracket in "()":
        printed = printed.replace(f"<mo>{bracket}</mo>", f'<mo stretchy="false">{bracket}</mo>')
    return printed


def _calls(text: str) -> list[str]:
    return [name for name in NUMPY_FUNCTIONS if f"{name}(" in text]


def javascript(
    arguments: list[str], steps: Mapping[str, sp.Expr], extra: Mapping[str, str] | None = None
) -> str:
    """Print a JavaScript arrow function that evaluates ``steps`` in order.

    Parameters
    ----------
    arguments : list of str
        Names of the fields of the object that the function takes.
    steps : mapping of name to expression
        Each may use the arguments and the steps before it.
    extra : mapping of name to JavaScript, optional
        Steps that are not arithmetic, such as a verdict.

    Returns
    -------
    str
        ``({L, beta}) => { const B = ...; return {B, ...}; }``
    """
    texts = {name: code(expr) for name, expr in steps.items()} | dict(extra or {})
    lines = [f"  const {name} = {text};" for name, text in texts.items()]
    if called := _calls(" ".join(texts.values())):
        lines.insert(0, f"  const {{{', '.join(called)}}} = Math;")
    return "\n".join(
        [f"({{{', '.join(arguments)}}}) => {{", *lines, f"  return {{{', '.join(texts)}}};", "}"]
    )
