"""Any derived expression as a NumPy function of its symbols."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import numpy as np
import sympy as sp
from numpy.typing import ArrayLike, NDArray

from tradedig_book.theory.derivation import DIG, derive, lam, mu
from tradedig_book.theory.industry import Industry
from tradedig_book.theory.parameter_fields import ParameterError, values
from tradedig_book.theory.parameters import Parameters
from tradedig_book.theory.printing import ArithmeticPrinter, code


@cache
def numeric(expr: sp.Expr) -> Callable[..., NDArray[np.float64]]:
    """Turn a rational expression into a function of keyword arguments.

    Parameters
    ----------
    expr : sympy expression
        Its symbols become keywords under their names in code (λ is ``lam``).

    Returns
    -------
    callable
        Takes floats or arrays that broadcast; raises ``ParameterError`` where the keywords
        are not the expression's symbols.

    Examples
    --------
    >>> x = sp.Symbol("x")
    >>> float(numeric(x**2)(x=3.0))
    9.0
    """
    symbols = sorted(expr.free_symbols, key=str)
    names = [code(symbol) for symbol in symbols]
    function = sp.lambdify(symbols, expr, modules=[], printer=ArithmeticPrinter)

    def evaluate(**values: ArrayLike) -> NDArray[np.float64]:
        if set(values) != set(names):
            raise ParameterError(f"give exactly {', '.join(names)}; got {', '.join(values)}")
        return np.asarray(function(*(np.asarray(values[name], dtype=float) for name in names)))

    return evaluate


@cache
def _profit() -> Callable[..., NDArray[np.float64]]:
    return numeric(derive().profit.subs({mu: 0, DIG: 0}))


def profit_at(parameters: Parameters, quality: ArrayLike) -> NDArray[np.float64]:
    """Evaluate profit (7) at any quality, best or not, before the cost of digitization.

    Parameters
    ----------
    parameters : Parameters
    quality : array_like
        λ, broadcast against the parameters.

    Returns
    -------
    ndarray
        Profit in units of the numeraire.
    """
    return _profit()(**values(parameters), **{code(lam): quality})


def evaluate_at(expr: sp.Expr, parameters: Parameters | Industry) -> NDArray[np.float64]:
    """Evaluate a derived expression of the parameters alone, of a firm or of an industry.

    Examples
    --------
    >>> float(evaluate_at(derive().quality, Parameters()).round(4))
    0.2456
    """
    names = {code(symbol) for symbol in expr.free_symbols}
    return numeric(expr)(**{name: v for name, v in values(parameters).items() if name in names})
