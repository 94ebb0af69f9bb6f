"""Figures of the equilibrium and digitization chapters, evaluated from the model.

``words`` are the caption and the text alternative.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from tradedig_book.present.charts import Line, draw_line, finish
from tradedig_book.present.figures import Figure, axes
from tradedig_book.present.palette import shade
from tradedig_book.theory.equilibrium import equilibrium, schedule_at
from tradedig_book.theory.industry import Industry

_SHOWN = 600  # points of a scatter: enough to see a cloud, few enough to load


def quality_schedules(before: Industry, after: Industry, **words: Any) -> Figure:
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
    curves = {
        "before": Line(cost, untouched, 0.45 * last, -7, side="right", role="ghost"),
        "one firm alone": Line(cost, alone, 0.3 * last, 3, side="left", role="pin", style="--"),
        "everyone": Line(cost_now, everyone, 0.3 * last, -5, side="right", role="quality"),
    }
    with axes() as ax:
        ax.axvspan(float(same_quality), last, color=shade("warn"), alpha=0.12, lw=0)
        ax.axvline(now_last, color=shade("line"), lw=1)
        for label, line in curves.items():
            draw_line(ax, label, line, line.role)
        ax.text(last, float(np.nanmax(everyone)), "lose or leave", ha="right", color=shade("warn"))
        ax.set_ylim(bottom=0)
        return finish(
            ax,
            xlabel="marginal cost, c (numeraire per unit of good)",
            ylabel="quality, λ* (units of quality)",
            xlim=(0, last),
            **words,
        )


def selection_figure(sample: pd.DataFrame, slope: float, effect: float, **words: Any) -> Figure:
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
        ax.scatter(x[:_SHOWN], y[:_SHOWN], s=7, color=shade("ghost"), alpha=0.45, lw=0)
        for role, label, rise, share, above in (
            ("now", "regression", slope, 0.88, 16),
            ("truth", "causal effect", effect, 0.8, -12),
        ):
            values = y.mean() + rise * (ends - x.mean())
            place = ends[0] + share * (ends[1] - ends[0])
            draw_line(ax, label, Line(ends, values, float(place), above), role)
        return finish(
            ax,
            xlabel="log of 1 + digitization, ln(1 + dig)",
            ylabel="log quality, as measured",
            ylim=(float(y.quantile(0.01)), float(y.max()) + 0.4),
            **words,
        )
