"""What a specification curve says: in one unit, option by option, and which choices matter."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

import numpy as np
import pandas as pd
from scipy.stats import t as student

from tradedig_helpers.estimation.fit import CONFIDENCE
from tradedig_helpers.estimation.specification_curve import CHOICES, CURVE_COLUMNS, ESTIMATED
from tradedig_helpers.frames.options import require_names
from tradedig_helpers.frames.plain import plain


def standardised_curve(curve: pd.DataFrame) -> pd.DataFrame:
    """Return the curve with every estimate in standard deviations.

    Parameters
    ----------
    curve : as :func:`.specification_curve` returns it

    Returns
    -------
    DataFrame
        The same rows, with ``effect`` (standard deviations of quality per standard deviation
        of the index), the ends ``low`` and ``high`` of its 95% interval by t(clusters - 1),
        and ``rank`` from 1, the smallest effect; equal effects by the width of the interval.

    Raises
    ------
    TypeError
        If the curve is no pandas DataFrame.
    ValueError
        If a column is missing or a number is not finite.
    """
    curve = plain(curve, "the curve")
    if missing := set(CURVE_COLUMNS) - set(curve.columns):
        raise ValueError(f"the curve lacks {sorted(missing)}; make it with specification_curve")
    numbers = curve[_numbers(curve, ["estimate", "std_error", "clusters", "scale"])].to_numpy(float)
    if bad := int((~np.isfinite(numbers)).any(axis=1).sum()):
        raise ValueError(f"{bad} of {len(curve)} rows of the curve have no finite estimate")
    reach = student.ppf((1 + CONFIDENCE) / 2, curve["clusters"] - 1) * curve["std_error"]
    found = curve.assign(
        effect=curve["estimate"] * curve["scale"],
        low=(curve["estimate"] - reach) * curve["scale"],
        high=(curve["estimate"] + reach) * curve["scale"],
    )
    order = np.lexsort((found["high"].to_numpy(), found["effect"].to_numpy()))
    rank = np.empty(len(found), dtype=np.int64)
    rank[order] = np.arange(1, len(found) + 1)
    return found.assign(rank=rank)


def by_option(curve: pd.DataFrame) -> pd.DataFrame:
    """Summarise the effects under each option of each choice.

    Parameters
    ----------
    curve : as :func:`standardised_curve` returns it

    Returns
    -------
    DataFrame
        ``choice``, ``option``, ``count``; ``median`` effect and its ``spread`` (standard
        deviation); ``positive`` and ``significant`` (positive with an interval that leaves
        zero out), shares.

    Raises
    ------
    TypeError, ValueError
        If the curve is no pandas DataFrame, or lacks a column.
    """
    curve = _with_effects(curve, tuple(CHOICES), ("effect", "low"))
    rows = []
    for choice, options in CHOICES.items():
        for option in options:
            part = curve[curve[choice] == option]
            rows.append(
                {
                    "choice": choice,
                    "option": option,
                    "count": len(part),
                    "median": float(part["effect"].median()),
                    "spread": float(part["effect"].std(ddof=0)),
                    "positive": float((part["effect"] > 0).mean()),
                    "significant": float((part["low"] > 0).mean()),
                }
            )
    return pd.DataFrame(rows)


def shares(curve: pd.DataFrame, choices: Sequence[str] = ESTIMATED) -> pd.DataFrame:
    r"""Return how much of the variance of the effects each choice accounts for.

    Every combination is there once, so the analysis of variance has one answer. With
    :math:`V` the variance over combinations, ``alone`` is
    :math:`V(\mathrm{E}[effect \mid choice])/V` and ``in all`` is
    :math:`1 - V(\mathrm{E}[effect \mid all\ others])/V`, which adds every interaction of the
    choice (Sobol' 2001). ``alone`` sums to at most one, ``in all`` to at least one.

    Parameters
    ----------
    curve : as :func:`standardised_curve` returns it
    choices : what was chosen; clusters do not move an estimate and are left out by default

    Raises
    ------
    TypeError, ValueError
        If the curve is no pandas DataFrame or lacks a column, combinations are missing or the
        effects do not vary.
    """
    choices = require_names(choices, "choices")
    cells = _balanced(_with_effects(curve, choices), choices)
    whole = cells.var(ddof=0)
    if not whole > 0:
        raise ValueError("all effects are the same; there is no variance to share")
    rows = []
    for choice in choices:
        others = [name for name in choices if name != choice]
        rows.append(
            {
                "choice": choice,
                "alone": _between(cells, [choice]) / whole,
                "in all": 1 - (_between(cells, others) / whole if others else 0.0),
            }
        )
    return pd.DataFrame(rows).sort_values("in all", ascending=False, ignore_index=True)


def pairs(curve: pd.DataFrame, choices: Sequence[str] = ESTIMATED) -> pd.DataFrame:
    """Return the share of variance that belongs to each pair of choices beyond its members.

    Columns ``first``, ``second`` and ``share``, the largest first.

    Raises
    ------
    TypeError, ValueError
        As :func:`shares`; if there are fewer than two choices.
    """
    choices = require_names(choices, "choices")
    if len(choices) < 2:
        raise ValueError(f"choices = {list(choices)}; a pair needs two")
    cells = _balanced(_with_effects(curve, choices), choices)
    whole = cells.var(ddof=0)
    if not whole > 0:
        raise ValueError("all effects are the same; there is no variance to share")
    alone = {name: _between(cells, [name]) for name in choices}
    rows = [
        {
            "first": one,
            "second": two,
            "share": (_between(cells, [one, two]) - alone[one] - alone[two]) / whole,
        }
        for one, two in combinations(choices, 2)
    ]
    return pd.DataFrame(rows).sort_values("share", ascending=False, ignore_index=True)


def _with_effects(
    curve: pd.DataFrame, choices: Sequence[str], numbers: Sequence[str] = ("effect",)
) -> pd.DataFrame:
    """Return the curve if it has the choices and the numbers that are summarised."""
    curve = plain(curve, "the curve")
    if missing := [name for name in (*choices, *numbers) if name not in curve]:
        raise ValueError(f"the curve lacks {missing}; make it with standardised_curve")
    if lost := int(curve[_numbers(curve, numbers)].isna().any(axis=1).sum()):
        raise ValueError(f"{lost} of {len(curve)} rows of the curve have no effect; drop them")
    return curve


def _numbers(curve: pd.DataFrame, columns: Sequence[str]) -> list[str]:
    """Return ``columns`` if all hold numbers."""
    for name in columns:
        if not pd.api.types.is_numeric_dtype(curve[name]):
            raise TypeError(f"{name} of the curve holds {curve[name].dtype}; convert it to numbers")
    return list(columns)


def _balanced(curve: pd.DataFrame, choices: Sequence[str]) -> pd.Series:
    """Return the mean effect of each combination of ``choices``, all of which must be there."""
    counts = curve.groupby(list(choices))["effect"].agg(["mean", "size"])
    wanted = int(np.prod([curve[name].nunique() for name in choices]))
    if len(counts) != wanted or (counts["size"] != counts["size"].iloc[0]).any():
        raise ValueError(
            f"{len(counts)} of {wanted} combinations of {list(choices)} are there, or not equally "
            "often; the variance has parts only where all are"
        )
    return counts["mean"]


def _between(cells: pd.Series, choices: Sequence[str]) -> float:
    """Return the variance of the means of the groups that ``choices`` make."""
    return float(cells.groupby(level=list(choices)).mean().var(ddof=0))
