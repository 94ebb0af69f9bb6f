"""Checks of printed figures against each other; each returns a row a figure and a verdict."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from scipy.stats import norm

from tradedig_book.audit.declared import MEDIATIONS, PrintedMediation
from tradedig_book.audit.intervals import Interval
from tradedig_book.audit.reading import (
    at,
    errors,
    estimates,
    figures,
    labelled,
    t_values,
    tested,
    with_bounds,
)
from tradedig_helpers.frames.arrays import Floats

CRITICAL = np.asarray(norm.isf([0.05, 0.025, 0.005]))
"""Two-sided critical values at 10%, 5% and 1%, one star more for each."""


def stars_of(t: Floats) -> np.ndarray:
    """Return the number of stars of each t-value, 0 to 3 (10%, 5%, 1%)."""
    return np.searchsorted(CRITICAL, np.abs(t), side="right")


def error_signs(published: pd.DataFrame) -> pd.DataFrame:
    """Check that every standard error is positive."""
    frame = at(published, tested(published))[["table", "column", "term", "std_error"]]
    positive = frame["std_error"] > 0
    return frame.assign(verdict=np.where(positive, "consistent", "inconsistent"))


def stars(published: pd.DataFrame) -> pd.DataFrame:
    """Check every star against |estimate/error|.

    Consistent if every t-value within the rounding has the printed stars, inconsistent if
    none has, undecidable if the rounding reaches across a critical value.
    """
    places = tested(published)
    frame = at(published, places)
    return _starred(frame, t_values(published, places).size(), "t")


def mediated_effects(
    published: pd.DataFrame, mediations: Sequence[PrintedMediation] = MEDIATIONS
) -> pd.DataFrame:
    """Check each ME against β0·μ1 (eqs 12 and 13).

    Consistent if some β0, μ1 and ME that round to those printed satisfy ME = β0·μ1.
    """
    product = _product(published, mediations)
    printed = estimates(published, [m.effect for m in mediations])
    frame = labelled(mediations).assign(
        ME=at(published, [m.effect for m in mediations])["estimate"].to_numpy()
    )
    return _equal(with_bounds(frame, "product", product), product, printed)


def sobel(
    published: pd.DataFrame, mediations: Sequence[PrintedMediation] = MEDIATIONS
) -> pd.DataFrame:
    """Check the stars of each ME against Sobel's z = t0·t1/√(t0² + t1²) (Sobel 1982)."""
    t0, t1 = (
        t_values(published, places).size()
        for places in ([m.beta0 for m in mediations], [m.mu1 for m in mediations])
    )
    z = Interval(*(a * b / np.hypot(a, b) for a, b in zip(t0.ends, t1.ends, strict=True)))
    frame = labelled(mediations).assign(
        stars=at(published, [m.effect for m in mediations])["stars"].to_numpy()
    )
    return _starred(frame, z, "z")


def totals(
    published: pd.DataFrame, mediations: Sequence[PrintedMediation] = MEDIATIONS
) -> pd.DataFrame:
    """Check direct + mediated = total, an identity of least squares on one sample.

    Only for mediations whose total effect is printed. ``gap`` is total less the sum.
    """
    pairs = [m for m in mediations if m.total is not None]
    places = [m.total for m in pairs if m.total is not None]
    added = estimates(published, [m.beta1 for m in pairs]) + _product(published, pairs)
    printed = estimates(published, places)
    frame = labelled(pairs).assign(total=at(published, places)["estimate"].to_numpy())
    frame = with_bounds(with_bounds(frame, "sum", added), "gap", printed - added)
    return _equal(frame, added, printed)


def sample_sizes(published: pd.DataFrame) -> pd.DataFrame:
    """Check that N never grows from one column of Table 2 to the next.

    Each column asks for everything that the one before it asks for, and more. ``lost`` is
    the fall in N, ``share`` the same in units of the N before.
    """
    published = figures(published)
    rows = published[(published["table"] == 2) & (published["term"] == "stat:N")]
    frame = rows[["column", "estimate"]].astype(int).rename(columns={"estimate": "N"})
    before = frame["N"].shift()
    frame = frame.assign(lost=before - frame["N"], share=1 - frame["N"] / before).iloc[1:]
    frame["verdict"] = np.where(frame["lost"] >= 0, "consistent", "inconsistent")
    return frame.astype({"lost": int}).reset_index(drop=True)


def tally(checks: dict[str, pd.DataFrame]) -> pd.DataFrame:
    """Count the verdicts of each check: columns ``check``, ``figures`` and one a verdict."""
    verdicts = ("consistent", "undecidable", "inconsistent")
    rows = []
    for name, frame in checks.items():
        counts = frame["verdict"].value_counts()
        rows.append(
            {"check": name, "figures": len(frame)} | {v: counts.get(v, 0) for v in verdicts}
        )
    return pd.DataFrame(rows).astype(dict.fromkeys(verdicts, int))


def printed_product_error(
    published: pd.DataFrame, mediations: Sequence[PrintedMediation]
) -> Interval:
    """Bound Sobel's standard error of β0·μ1, √(μ1²·se(β0)² + β0²·se(μ1)²)."""
    beta, mu = ([getattr(m, name) for m in mediations] for name in ("beta0", "mu1"))
    first = estimates(published, mu).size() * errors(published, beta)
    second = estimates(published, beta).size() * errors(published, mu)
    return Interval(np.hypot(first.low, second.low), np.hypot(first.high, second.high))


def _product(published: pd.DataFrame, mediations: Sequence[PrintedMediation]) -> Interval:
    beta0 = estimates(published, [m.beta0 for m in mediations])
    return beta0 * estimates(published, [m.mu1 for m in mediations])


def _equal(frame: pd.DataFrame, one: Interval, other: Interval) -> pd.DataFrame:
    return frame.assign(verdict=np.where(one.meets(other), "consistent", "inconsistent"))


def _starred(frame: pd.DataFrame, statistic: Interval, name: str) -> pd.DataFrame:
    """Judge ``frame``'s stars by a non-negative statistic."""
    fewest, most = (stars_of(end) for end in statistic.ends)
    printed = frame["stars"].str.len().to_numpy()
    possible = (fewest <= printed) & (printed <= most)
    judged = np.where(fewest == most, "consistent", "undecidable")
    frame = with_bounds(frame, name, statistic)
    return frame.assign(verdict=np.where(possible, judged, "inconsistent"))
