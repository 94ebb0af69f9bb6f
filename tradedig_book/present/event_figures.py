"""Figures of matching and event studies: paths, balance, overlap, weights, power.

``words`` are the caption and the text alternative, and labels of axes where a figure has none.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from tradedig_book.present.charts import (
    ZERO,
    Estimates,
    Group,
    Line,
    Mark,
    finish,
    forest,
    histogram,
    lines,
)
from tradedig_book.present.figures import Figure, axes
from tradedig_book.present.palette import shade
from tradedig_helpers.estimation.event_study.study import EventStudy

_MARKERS = {
    "two-way fixed effects": ("s", "ghost"),
    "Sun–Abraham": ("o", "now"),
    "Callaway–Sant'Anna": ("^", "now"),
    "imputation": ("D", "now"),
}
"""Marker and colour of each estimator: grey for the one that the others are held against."""
_STEP = 0.19
_NEGLIGIBLE = Mark(0.1, role="ghost", style=":")


def event_figure(
    coefficients: pd.DataFrame, truth: pd.Series, *, unit: str, **words: Any
) -> Figure:
    """Draw effects by years since adoption, every estimator beside the known truth.

    Parameters
    ----------
    coefficients : DataFrame
        ``estimator``, ``event_time``, ``estimate``, ``low``, ``high``.
    truth : Series
        Known effects, indexed by event time; empty if none is known.
    unit : str
        What the vertical axis measures.
    """
    groups = list(coefficients.groupby("estimator", sort=False))
    years = coefficients["event_time"]
    marks = [ZERO._replace(axis="y"), Mark(-0.5, role="line", style=":")]
    with axes(height=4.4) as ax:
        if len(truth):
            ax.plot(truth.index, truth, color=shade("truth"), label="truth", zorder=5)
        for place, (name, rows) in enumerate(groups):
            marker, role = _MARKERS[str(name)]
            x = rows["event_time"] + _STEP * (place - (len(groups) - 1) / 2)
            ax.vlines(x, rows["low"], rows["high"], shade(role), lw=1.1)
            ax.plot(x, rows["estimate"], marker, ms=4, color=shade(role), label=name)
        ax.set_xticks(range(int(years.min()), int(years.max() + 1)))
        ax.set(xlabel="years since adoption (the year before, −1, is the base)", ylabel=unit)
        return finish(ax, marks=marks, **words)


def matched_figure(outcome: str, study: EventStudy, truth: pd.Series, unit: str) -> Figure:
    """Draw the event study of an outcome on matched firms, beside the known effects.

    Parameters
    ----------
    outcome : its name, for the words
    study : of matched firms
    truth : known effects by event time, drawn until 8 years after adoption
    unit : what the vertical axis measures
    """
    seen = truth.loc[:8]
    return event_figure(
        study.coefficients,
        seen,
        unit=unit,
        caption=f"{outcome} around the first technology, matched firms, with 95% intervals, "
        "and the truth. Synthetic data.",
        alt=f"Estimates of {outcome} with intervals beside the truth, which lies between "
        f"{seen.min():.3f} and {seen.max():.3f} after adoption.",
    )


def love_figure(balance: pd.DataFrame, **words: Any) -> Figure:
    """Draw absolute standardised differences before and after matching, largest on top.

    ``balance`` has ``covariate``, ``smd_before``, ``smd_after``.
    """
    rows = balance.assign(size=balance["smd_before"].abs()).sort_values("size", ascending=False)
    before, after = rows["smd_before"].abs(), rows["smd_after"].abs()
    return forest(
        rows["covariate"],
        Estimates("line", None, after, before, width=1.2),
        Estimates("ghost", before, name="all at risk", marker="s"),
        Estimates("now", after, name="matched"),
        marks=[_NEGLIGIBLE],
        xlabel="absolute standardised mean difference",
        ylabel="trait, a year before",
        xlim=(-0.01, None),
        **words,
    )


def overlap_figure(scores: pd.DataFrame, **words: Any) -> Figure:
    """Draw how the probit's ``index`` is spread among those who ``adopts`` (0 or 1) and others."""
    values, adopts = scores["index"], scores["adopts"] == 1
    groups = (Group(values[~adopts], "do not adopt", "ghost"), Group(values[adopts], "adopt"))
    labels = {"xlabel": "index of the propensity to adopt", "ylabel": "density"}
    return histogram(*groups, bins=30, density=True, **(words | labels))


def weights_figure(weights: pd.DataFrame, **words: Any) -> Figure:
    """Draw the range and mean of ``weight`` at each ``event_time``, what is negative apart."""
    found = weights.groupby("event_time")["weight"].agg(["min", "max", "mean"])
    low, high = found["min"].clip(upper=0), found["max"].clip(lower=0)
    with axes() as ax:
        ax.vlines(found.index, 0, high, shade("now"), lw=5, label="positive")
        ax.vlines(found.index, low, 0, shade("warn"), lw=5, label="negative")
        ax.plot(found.index, found["mean"], "o", color=shade("pin"), ms=4, label="mean")
        ax.set(xlabel="years since adoption", ylabel="weights of treated firm–years")
        return finish(ax, marks=[Mark(0.0, role="ghost", axis="y")], ncols=3, **words)


def trend_power_figure(curve: pd.DataFrame, *, marks: Mapping[str, float], **words: Any) -> Figure:
    """Draw ``power`` of a test of leads against the ``slope`` of a difference in trends."""
    named = [
        Mark(slope, label, "pin", ":", along=0.12 - 0.1 * place)
        for place, (label, slope) in enumerate(marks.items())
    ]
    line = Line(curve["slope"], curve["power"], role="now")
    labels = {"ylabel": "power at the 5% level", "ylim": (0, 1.02)}
    return lines({"": line}, marks=named, **(words | labels))
