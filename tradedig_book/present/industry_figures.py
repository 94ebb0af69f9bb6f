"""Figures of the equilibrium and digitization chapters, evaluated from the model."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, NamedTuple

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from numpy.typing import ArrayLike

from tradedig_book.present.figures import Figure, axes, figure
from tradedig_book.present.palette import shade
from tradedig_book.theory.equilibrium import equilibrium, schedule_at
from tradedig_book.theory.industry import Industry

ROLES = ("ghost", "now", "pin", "truth")
SHOWN = 600  # points of a scatter: enough to see a cloud, few enough to load


class Line(NamedTuple):
    """One curve: horizontal and vertical values, and where its label and dots go.

    ``label_at`` is the horizontal value at which the label stands, ``above`` its distance in
    points, ``dots`` the horizontal values to mark, and ``side`` the label's side that is held.
    """

    x: ArrayLike
    y: ArrayLike
    label_at: float
    above: float = 6.0
    dots: tuple[float, ...] = ()
    side: Literal["left", "center", "right"] = "center"


def _draw(ax: Axes, role: str, label: str, line: Line, style: str = "-") -> None:
    x, y = np.asarray(line.x), np.asarray(line.y)
    ax.plot(x, y, style, color=shade(role))
    ax.plot(line.dots, np.interp(line.dots, x, y), "o", color=shade(role))
    ax.annotate(
        label,
        (line.label_at, float(np.interp(line.label_at, x, y))),
        xytext=(0, line.above),
        textcoords="offset points",
        color=shade(role),
        ha=line.side,
        va="bottom" if line.above >= 0 else "top",
    )


def lines_figure(
    lines: Mapping[str, Line], *, xlabel: str, ylabel: str, caption: str, alt: str
) -> Figure:
    """Draw up to four labelled curves; the first is what the others are held against.

    Parameters
    ----------
    lines : mapping of label to Line
    xlabel, ylabel : str
        With units.
    caption, alt : str
    """
    if not 1 <= len(lines) <= len(ROLES):
        raise ValueError(f"{len(lines)} lines; give 1 to {len(ROLES)}")
    with axes() as ax:
        for role, (label, line) in zip(ROLES, lines.items(), strict=False):
            _draw(ax, role, label, line)
        ax.set(xlabel=xlabel, ylabel=ylabel)
        ax.margins(x=0, y=0.12)
        ax.locator_params(axis="x", nbins=6)
        return figure(ax, caption=caption, alt=alt)


def quality_schedules(before: Industry, after: Industry, *, caption: str, alt: str) -> Figure:
    """Draw quality against cost before and after everyone changes, and for one firm alone.

    Costs at which sellers lose quality, or stop selling, are shaded.
    """
    old, new = equilibrium(before), equilibrium(after)
    last, now_last = float(old.c_D), float(new.c_D)
    cost = np.linspace(0, last, 161)
    same_quality = (new.K * now_last - old.K * last) / (new.K - old.K)
    cost_now = np.linspace(0, now_last, 161)
    everyone = schedule_at("quality", after, cost_now, now_last)
    alone = schedule_at("quality", after, cost, last)
    untouched = schedule_at("quality", before, cost, last)
    curves = (
        ("before", "ghost", "-", Line(cost, untouched, 0.45 * last, -7, side="right")),
        ("one firm alone", "pin", "--", Line(cost, alone, 0.3 * last, 3, side="left")),
        ("everyone", "now", "-", Line(cost_now, everyone, 0.3 * last, -5, side="right")),
    )
    with axes() as ax:
        ax.axvspan(float(same_quality), last, color=shade("warn"), alpha=0.12, lw=0)
        ax.axvline(now_last, color=shade("line"), lw=1)
        for label, role, style, line in curves:
            _draw(ax, role, label, line, style)
        ax.text(last, float(np.nanmax(everyone)), "lose or leave", ha="right", color=shade("warn"))
        ax.set(
            xlabel="marginal cost, c (numeraire per unit of good)",
            ylabel="quality, λ* (units of quality)",
            xlim=(0, last),
        )
        ax.set_ylim(bottom=0)
        return figure(ax, caption=caption, alt=alt)


def selection_figure(
    sample: pd.DataFrame, slope: float, effect: float, *, caption: str, alt: str
) -> Figure:
    """Draw firms, the regression line through them, and a line with the causal slope.

    Parameters
    ----------
    sample : DataFrame
        ``ln_dig`` and ``ln_quality``; the first rows are drawn, all count in the lines.
    slope, effect : float
        Of ``ln_quality`` on ``ln_dig``, as regressed and as caused.
    """
    x, y = sample["ln_dig"], sample["ln_quality"]
    ends = np.quantile(x, [0.02, 0.98])
    with axes() as ax:
        ax.scatter(x[:SHOWN], y[:SHOWN], s=7, color=shade("ghost"), alpha=0.45, lw=0)
        for role, label, rise, share, above in (
            ("now", "regression", slope, 0.88, 16),
            ("truth", "causal effect", effect, 0.8, -12),
        ):
            values = y.mean() + rise * (ends - x.mean())
            place = ends[0] + share * (ends[1] - ends[0])
            _draw(ax, role, label, Line(ends, values, float(place), above))
        ax.set(
            xlabel="log of 1 + digitization, ln(1 + dig)",
            ylabel="log quality, as measured",
            ylim=(float(y.quantile(0.01)), float(y.max()) + 0.4),
        )
        return figure(ax, caption=caption, alt=alt)
