"""Checks of options: each says what was given and what may be."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from math import inf, isfinite
from numbers import Integral, Real
from typing import Any, get_args

import numpy as np
import pandas as pd


def require_option(value: str, options: Any, name: str) -> None:
    """Raise unless ``value`` is one of the strings of the ``Literal`` type ``options``."""
    allowed = get_args(options)
    if isinstance(value, pd.DataFrame | pd.Series):  # whose == is no answer
        raise TypeError(f"{name} is a {type(value).__name__}; choose one of {list(allowed)}")
    if value not in allowed:
        raise ValueError(f"{name} = {value!r} is unknown; choose one of {list(allowed)}")


def require_kind(value: Any, kind: type | tuple[type, ...], call: str) -> None:
    """Raise unless ``value`` is of a kind that ``call``, the way to write the call, takes there.

    Raises
    ------
    TypeError
        Naming what was given, and the call.
    """
    if not isinstance(value, kind):
        raise TypeError(f"got {type(value).__name__} where it has no place; write {call}")


def require_names(value: Any, name: str, *, empty: bool = False) -> tuple[str, ...]:
    """Return a list of column names as a tuple.

    Raises
    ------
    ValueError
        If it is a single string or no list, holds anything but strings, names a column twice,
        or is ``empty`` where it may not be.
    """
    if isinstance(value, str) or not isinstance(value, Iterable):
        raise ValueError(
            f"{name} = {value!r}; give a list of at least one column name, such as [{value!r}]"
        )
    names = tuple(value)
    if odd := [one for one in names if not isinstance(one, str)]:
        raise ValueError(f"{name} holds {odd}; column names are text")
    if twice := [one for one, times in Counter(names).items() if times > 1]:
        raise ValueError(f"{name} names {twice} more than once; name each once")
    if not (names or empty):
        raise ValueError(f"{name} = {value!r}; give a list of at least one column name")
    return names


def require_not_negative(**limits: float) -> None:
    """Raise unless every option, given by its name, is zero or more."""
    for name, value in limits.items():
        if not (_is_number(value) and 0 <= value < float("inf")):
            given = f"{value:g}" if _is_number(value) else repr(value)
            raise ValueError(f"{name} = {given}; give 0 or more, and finite")


def require_between(low: float, high: float, **options: float) -> None:
    """Raise unless every option, given by its name, is a finite number between, ends excluded."""
    wanted = f"between {low:g} and {high:g}" if high < inf else f"above {low:g}"
    for name, value in options.items():
        if not (_is_number(value) and isfinite(value) and low < value < high):
            given = f"{value:g}" if _is_number(value) else repr(value)
            raise ValueError(
                f"{name} = {given}; give a {'finite ' * (high == inf)}number "
                f"{wanted * (low > -inf)}".rstrip()
            )


def require_whole(least: int, **options: int) -> None:
    """Raise unless every option, given by its name, is a whole number of at least ``least``."""
    for name, value in options.items():
        whole = isinstance(value, Integral) and not isinstance(value, bool)
        if not (whole and value >= least):
            raise ValueError(f"{name} = {value!r}; give a whole number of at least {least}")


def require_generator(rng: Any) -> None:
    """Raise ``TypeError`` unless ``rng`` is a generator of random numbers of NumPy."""
    if not isinstance(rng, np.random.Generator):
        raise TypeError(f"rng = {rng!r}; give a generator, such as numpy.random.default_rng(1)")


def _is_number(value: Any) -> bool:
    return isinstance(value, Real) and not isinstance(value, bool)
