"""A program of formulas: one sequence of steps that NumPy and a browser both evaluate."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Literal, NamedTuple

import numpy as np
import sympy as sp
from numpy.typing import ArrayLike, NDArray

from tradedig_book.theory.derivation import same
from tradedig_book.theory.paper import NotDerived
from tradedig_book.theory.parameter_fields import about
from tradedig_book.theory.parameter_fields import values as values_of
from tradedig_book.theory.printing import NUMPY_FUNCTIONS, ArithmeticPrinter, code, javascript
from tradedig_helpers.frames.arrays import Floats


class OutsideRegion(ValueError):
    """A condition of the model fails at some of the parameters."""


class Condition(NamedTuple):
    """One condition of a program: a step, its sign, and words for it.

    ``words`` say what it means when it holds, ``otherwise`` when it fails, and ``short``
    names the failure inside a figure.
    """

    step: str
    sign: Literal[">", ">="]
    latex: str
    words: str
    otherwise: str
    short: str


@dataclass(frozen=True)
class Program:
    """Formulas in order, and the conditions under which they mean something.

    Attributes
    ----------
    arguments : tuple of str
        Names of the inputs.
    steps : mapping of name to sympy expression
        Each may use the arguments and the steps before it.
    conditions : tuple of Condition
        In the order in which they are asked.
    """

    arguments: tuple[str, ...]
    steps: Mapping[str, sp.Expr]
    conditions: tuple[Condition, ...] = ()

    @cached_property
    def _evaluator(self) -> Callable[..., list[Floats]]:
        symbols = {name: sp.Symbol(name) for name in self.steps}
        evaluator: Callable[..., list[Floats]] = sp.lambdify(
            list(self.arguments),
            list(symbols.values()),
            modules=[{name: getattr(np, function) for name, function in NUMPY_FUNCTIONS.items()}],
            printer=ArithmeticPrinter,
            cse=lambda outputs: ([(symbols[n], expr) for n, expr in self.steps.items()], outputs),
        )
        return evaluator

    def evaluate(self, values: Mapping[str, ArrayLike]) -> dict[str, Floats]:
        """Evaluate every step at every point, whether the conditions hold or not.

        Returns
        -------
        dict
            Step name to array of the inputs' broadcast shape; a division by zero gives an
            infinity, as in a browser.
        """
        inputs = [np.asarray(values[name], dtype=float) for name in self.arguments]
        with np.errstate(all="ignore"):
            results = self._evaluator(*inputs)
        shape = np.broadcast_shapes(*(value.shape for value in inputs))
        return {
            name: np.broadcast_to(result, shape)
            for name, result in zip(self.steps, results, strict=True)
        }

    def verdict(self, values: Mapping[str, ArrayLike]) -> NDArray[np.int_]:
        """Return 0 where all conditions hold, else the number (from 1) of the first that fails."""
        results = self.evaluate(values)
        failed = np.zeros(next(iter(results.values())).shape, dtype=int)
        for number, condition in reversed(list(enumerate(self.conditions, start=1))):
            margin = results[condition.step]
            holds = margin >= 0 if condition.sign == ">=" else margin > 0
            failed = np.where(holds, failed, number)
        return failed

    def expand(self, name: str) -> sp.Expr:
        """Write one step in the arguments alone."""
        expr = self.steps[name]
        for earlier in reversed(list(self.steps)):
            expr = expr.subs(sp.Symbol(earlier), self.steps[earlier])
        return expr

    def hold_to(self, derived: Mapping[str, sp.Expr]) -> None:
        """Compare steps, each written in the arguments alone, with what the derivation gives.

        Symbols count by their names, whatever is assumed of them.

        Raises
        ------
        NotDerived
            Naming the first step that differs.
        """
        for name, expected in derived.items():
            if not same(_by_name(self.expand(name)), _by_name(expected)):
                raise NotDerived(f"step {name!r} does not follow from the derivation")

    def derivatives(self, argument: str) -> dict[str, sp.Expr]:
        """Differentiate every step with respect to one argument, by the chain rule.

        Returns
        -------
        dict
            ``d_STEP_ARGUMENT`` to expression, in an order in which they can follow the steps;
            steps that do not depend on the argument are left out.
        """
        found: dict[str, sp.Expr] = {}
        for name, expr in self.steps.items():
            inner = {symbol: f"d_{symbol.name}_{argument}" for symbol in expr.free_symbols}
            change = sum(
                expr.diff(symbol) * (1 if symbol.name == argument else sp.Symbol(derivative))
                for symbol, derivative in sorted(inner.items(), key=str)
                if symbol.name == argument or derivative in found
            )
            if change != 0:
                found[f"d_{name}_{argument}"] = change
        return found

    def with_elasticities(self, outcomes: Sequence[str], arguments: Sequence[str]) -> Program:
        """Append the elasticity of each outcome with respect to each argument.

        Returns
        -------
        Program
            With steps ``e_OUTCOME_ARGUMENT``, zero where there is no dependence.
        """
        steps = dict(self.steps)
        for argument in arguments:
            slopes = self.derivatives(argument)
            steps |= slopes
            for outcome in outcomes:
                slope = f"d_{outcome}_{argument}"
                ratio = sp.Symbol(argument) / sp.Symbol(outcome)
                steps[f"e_{outcome}_{argument}"] = (
                    sp.Symbol(slope) * ratio if slope in slopes else sp.Integer(0)
                )
        return replace(self, steps=steps)

    def javascript(self) -> str:
        """Print a JavaScript function from inputs to steps and ``verdict``."""
        tests = [f"!({c.step} {c.sign} 0) ? {i}" for i, c in enumerate(self.conditions, start=1)]
        verdict = {"verdict": " : ".join([*tests, "0"])}
        return javascript(list(self.arguments), self.steps, extra=verdict)

    def text(self) -> str:
        """Print the steps as NumPy evaluates them, one on a line."""
        return "\n".join(f"{name} = {code(expr)}" for name, expr in self.steps.items())


def _by_name(expr: sp.Expr) -> sp.Expr:
    return expr.subs({symbol: sp.Symbol(symbol.name) for symbol in expr.free_symbols})


def evaluate_inside(program: Program, point: Any) -> dict[str, Floats]:
    """Evaluate a program at points that must all meet its conditions.

    Raises
    ------
    OutsideRegion
        Naming the condition that fails, at how many points, and the first of them.
    """
    inputs = values_of(point)
    failed = program.verdict(inputs)
    if not failed.any():
        return program.evaluate(inputs)
    where = np.flatnonzero(failed)[0]
    described = ", ".join(
        f"{about(point)[name].glyph} = {np.broadcast_to(value, failed.shape).flat[where]:g}"
        for name, value in inputs.items()
    )
    many = f"{np.count_nonzero(failed)} of {failed.size} points, first here"
    count = f" at {many}" if failed.ndim else ""
    condition = program.conditions[failed.flat[where] - 1]
    raise OutsideRegion(f"{condition.otherwise}{count}. Parameters: {described}")
