"""What printed figures imply about what is not printed: counts, spreads and sizes."""

from __future__ import annotations

from collections.abc import Sequence
from math import inf

import numpy as np
import pandas as pd

from tradedig_book.audit.declared import BENCHMARK, MEDIATIONS, PrintedMediation
from tradedig_book.audit.intervals import Interval, rounded
from tradedig_book.audit.reading import at, errors, estimates, labelled, with_bounds
from tradedig_helpers.frames.options import require_between, require_whole

HIGHEST_LEVEL = 8
"""The digital level of a firm with all three technologies (Table 1)."""


def mediation_freedom(
    published: pd.DataFrame, freedom: float, mediations: Sequence[PrintedMediation] = MEDIATIONS
) -> pd.DataFrame:
    """Return the degrees of freedom that three printed errors of a mediation imply.

    With homoskedastic errors and one sample, a = se(β0), b = se(μ1) and c = se(β1) satisfy
    ν = (c/(ab))² − (β0/a)² exactly, where ν counts the degrees of freedom of eq (12).
    ``implied_low`` and ``implied_high`` bound ν, and ``factor_low`` and ``factor_high`` the
    factor f_a·f_b/f_c by which other errors must differ to give ``freedom`` instead.
    Inconsistent if the bounds exclude ``freedom`` for a mediation on the whole sample;
    undecidable for a part of it, whose N is not printed.

    Raises
    ------
    ValueError
        If ``freedom`` is not a finite number above 0, or the errors imply none.
    """
    require_between(0, inf, freedom=freedom)
    a, b, c = (
        errors(published, [getattr(m, name) for m in mediations])
        for name in ("beta0", "mu1", "beta1")
    )
    t = estimates(published, [m.beta0 for m in mediations]).size() / a
    ratio = c / (a * b)
    implied = ratio * ratio - t * t
    if not (implied.low > 0).all():
        raise ValueError("some errors imply no degrees of freedom at all; check their signs")
    factor = Interval(*(np.sqrt(freedom / end) for end in implied.ends[::-1]))
    frame = with_bounds(with_bounds(labelled(mediations), "implied", implied), "factor", factor)
    inside = (implied.low <= freedom) & (freedom <= implied.high)
    judged = np.where(inside, "consistent", "inconsistent")
    return frame.assign(verdict=np.where(frame["sample"] == "all", judged, "undecidable"))


def instrument_counts(published: pd.DataFrame, column: int, n: int) -> pd.DataFrame:
    """Return what Anderson's LM = N·r² and Cragg-Donald's F = ν·r²/(1 − r²) imply at ``n``.

    One row: ``r2``, the partial r² of instrument and lndig; ``freedom``, ν; ``absorbed``,
    N − ν, what regressors and effects take up; ``t``, the first stage's t-value. Inconsistent
    if r² or N − ν lies outside what is possible.

    Raises
    ------
    ValueError
        If ``n`` is no whole number of at least 1.
    """
    require_whole(1, n=n)
    lm, f = at(published, [(4, column, f"stat:{name}") for name in ("ACC LM", "CDW F")])["estimate"]
    r2 = lm / n
    freedom = f * (1 - r2) / r2
    possible = 0 < r2 < 1 and 0 < freedom < n
    row = {"column": column, "r2": r2, "freedom": freedom, "absorbed": n - freedom}
    judged = "consistent" if possible else "inconsistent"
    return pd.DataFrame([row | {"t": np.sqrt(f), "verdict": judged}])


def most_cells(published: pd.DataFrame, absorbed: float, firms: int) -> float:
    """Return the most province-industry-year cells that ``absorbed`` coefficients leave room for.

    Firm and cell effects absorb about firms + cells coefficients. Of ``firms`` at the start,
    Table 2 can lose at most one with each observation that it loses, so at least
    firms − (N of column 1 − N of column 6) remain.

    Raises
    ------
    ValueError
        If ``absorbed`` is not finite, or ``firms`` no whole number of at least 1.
    """
    require_between(-inf, inf, absorbed=absorbed)
    require_whole(1, firms=firms)
    first, last = at(published, [(2, 1, "stat:N"), (2, 6, "stat:N")])["estimate"]
    return float(absorbed - (firms - (first - last)))


def instrument_error(published: pd.DataFrame, column: int, r2: float) -> pd.DataFrame:
    """Check se(IV) ≥ se(OLS)/|r|, which homoskedastic errors on one sample obey.

    One row: ``times_`` bounds IV/benchmark, ``error_ratio_`` bounds se(IV)/se(OLS), ``floor``
    is 1/|r|.

    Raises
    ------
    ValueError
        If ``r2`` is not a finite number above 0.
    """
    require_between(0, inf, r2=r2)
    place = [(4, column, "lndig")]
    times = estimates(published, place) / estimates(published, [BENCHMARK])
    ratio = errors(published, place) / errors(published, [BENCHMARK])
    frame = pd.DataFrame({"column": [column], "floor": 1 / np.sqrt(r2)})
    frame = with_bounds(with_bounds(frame, "times", times), "error_ratio", ratio)
    verdict = np.where(ratio.high >= frame["floor"], "consistent", "inconsistent")
    return frame.assign(verdict=verdict)


def pooled_spread(published: pd.DataFrame) -> pd.DataFrame:
    """Return what column 1 of Table 2, with one regressor, implies.

    Rows ``quantity``, ``low``, ``high``: sd(QSY)/sd(lndig) = β/√R²; √R², the effect of one
    standard deviation in standard deviations; and the clustered over the homoskedastic error.
    """
    place = [(2, 1, "lndig")]
    beta, error = estimates(published, place), errors(published, place)
    n = float(at(published, [(2, 1, "stat:N")])["estimate"].iloc[0])
    adjusted = estimates(published, [(2, 1, "stat:adj_r2")])
    r2 = [1 - (1 - end) * (n - 2) / (n - 1) for end in adjusted.ends]
    root = Interval(*(np.sqrt(end) for end in r2))
    plain = Interval(*(np.sqrt((n - 2) * end / (1 - end)) for end in r2))
    quantities = {
        "sd(QSY) / sd(lndig)": beta / root,
        "effect of one sd of lndig, in sd of QSY": root,
        "clustered over homoskedastic error": plain / (beta / error),
    }
    frame = pd.DataFrame({"quantity": list(quantities)})
    bounds = zip(*(q.ends for q in quantities.values()), strict=True)
    low, high = (np.concatenate(ends) for ends in bounds)
    return frame.assign(low=low, high=high)


def effect_sizes(published: pd.DataFrame) -> pd.DataFrame:
    """Return what the benchmark means for a firm that goes from dig = 1 to 8, its lndig up by ln 8.

    Rows ``quantity``, ``low``, ``high``: the gain in QSY, whose range is 0 to 1; the changes
    of employment and of TFP, in per cent, that the same column equates with it; and the least
    the gain can be in standard deviations, since that of a variable on [0, ln 8] is at most
    half its range (Popoviciu 1935) and sd(QSY)/sd(lndig) is known.
    """
    reach = np.log(HIGHEST_LEVEL)
    beta = estimates(published, [BENCHMARK])
    gain = Interval(beta.low * reach, beta.high * reach)
    rows = [("gain in QSY", gain.low[0], gain.high[0])]
    for term, name in (("lnsca", "employees"), ("lntfp", "TFP")):
        change = gain / estimates(published, [(*BENCHMARK[:2], term)])
        rows.append((f"as many % more {name}", *(100 * np.expm1(end[0]) for end in change.ends)))
    spread = pooled_spread(published)["high"].iloc[0] * reach / 2
    rows.append(("gain in sd of QSY, at least", *(end[0] / spread for end in gain.ends)))
    return pd.DataFrame(rows, columns=["quantity", "low", "high"])


def left_out(whole: float, part: float, share: Sequence[float]) -> pd.DataFrame:
    """Return the effect among the rows left out, if ``whole`` is an average over all rows.

    whole = share·part + (1 − share)·rest, so rest = (whole − share·part)/(1 − share). Bounds
    ``rest_low`` and ``rest_high`` allow for the rounding of both.

    Raises
    ------
    ValueError
        If a share is not between 0 and 1.
    """
    kept = np.asarray(share, dtype=float)
    if not ((kept > 0) & (kept < 1)).all():
        raise ValueError(f"share = {list(share)}; give numbers between 0 and 1")
    weighted = rounded(part) * Interval(kept, kept)
    rest = (rounded(whole) - weighted) / Interval(1 - kept, 1 - kept)
    return with_bounds(pd.DataFrame({"share": kept}), "rest", rest)
