"""Figures of mediation and moderation: paths, and an effect along its moderator."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from tradedig_book.present.figures import Figure, axes, figure
from tradedig_book.present.palette import shade


def marginal_figure(
    effects: pd.DataFrame,
    values: pd.Series,
    *,
    marks: Mapping[str, float],
    xlabel: str,
    ylabel: str,
    caption: str,
    alt: str,
) -> Figure:
    """Draw an effect along its moderator with its band, above where the sample lies.

    Parameters
    ----------
    effects : DataFrame
        ``moderator``, ``estimate``, ``low``, ``high``.
    values : Series
        The moderator in the sample, drawn as a histogram at the foot.
    marks : mapping of label to value
        Values of the moderator to point out, such as its mean.
    xlabel, ylabel, caption, alt : str
    """
    with axes() as ax:
        foot = ax.twinx()
        ax.set_zorder(foot.get_zorder() + 1)
        ax.patch.set_visible(False)
        counts, _, _ = foot.hist(values, bins=40, color=shade("line"))
        foot.set_ylim(0, 4 * float(np.max(counts)))
        foot.axis("off")
        ax.axhline(0, color=shade("ghost"), lw=1)
        ax.fill_between(
            effects["moderator"], effects["low"], effects["high"], color=shade("now"), alpha=0.2
        )
        ax.plot(effects["moderator"], effects["estimate"], color=shade("now"))
        top = ax.get_ylim()[1]
        for label, value in marks.items():
            ax.axvline(value, color=shade("pin"), lw=1.2, ls=":")
            ax.annotate(
                label,
                (value, top),
                xytext=(4, 0),
                textcoords="offset points",
                color=shade("pin"),
                va="top",
            )
        ax.set(xlabel=xlabel, ylabel=ylabel)
        return figure(ax, caption=caption, alt=alt)
