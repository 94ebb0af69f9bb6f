"""Figures of the scoreboard: ours against published, and how the distances are spread."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import FixedLocator, FuncFormatter
from scipy.stats import norm

from tradedig_book.present.figures import Figure, axes, figure
from tradedig_book.present.palette import shade
from tradedig_helpers.estimation.fit import NORMAL_95

_LINEAR = 1e-3
"""Below this size both axes are linear, above it logarithmic."""
_TICKS = (-0.01, -0.001, 0, 0.001, 0.01, 0.1)
_REACH = 5.0
"""Distances beyond this are counted in the outermost bar."""


def agreement_figure(board: pd.DataFrame, *, named: int, caption: str, alt: str) -> Figure:
    """Draw our coefficients and mediated effects against the published, with 95% intervals.

    Parameters
    ----------
    board : as :func:`~tradedig_book.truth.scoreboard.scoreboard` returns it
    named : how many of the most distant figures carry their name, one for each term
    caption, alt : str
    """
    rows = board[board["distance"].notna()]
    with axes() as ax:
        drawing = ax.get_figure(root=True)
        assert drawing is not None
        drawing.set_size_inches(5.2, 5.2)
        ends = np.array([-0.02, 0.6])
        ax.plot(ends, ends, color=shade("line"), lw=1.2, zorder=1)
        ax.errorbar(
            rows["published"],
            rows["ours"],
            xerr=NORMAL_95 * rows["published_error"].fillna(0.0),
            yerr=NORMAL_95 * rows["our_error"],
            fmt="none",
            ecolor=shade("ghost"),
            elinewidth=0.6,
            alpha=0.5,
        )
        for aimed, fill, label in ((True, shade("now"), "target"), (False, "none", "other")):
            part = rows[(rows["role"] == "target") == aimed]
            ax.plot(
                part["published"],
                part["ours"],
                "o",
                color=shade("now"),
                mfc=fill,
                ms=5,
                label=label,
            )
        farthest = rows.loc[rows["distance"].abs().sort_values(ascending=False).index]
        _name(ax, farthest.drop_duplicates("term").head(named))
        for scale, axis in ((ax.set_xscale, ax.xaxis), (ax.set_yscale, ax.yaxis)):
            scale("symlog", linthresh=_LINEAR, linscale=0.7)
            axis.set_major_locator(FixedLocator(_TICKS))
            axis.set_minor_locator(FixedLocator([]))
            axis.set_major_formatter(FuncFormatter(lambda v, _: f"{v:g}".replace("-", "−")))
        ax.set(xlim=ends, ylim=ends, xlabel="published estimate", ylabel="ours, on synthetic data")
        ax.grid(visible=True, axis="both")
        ax.legend(frameon=False, loc="lower left", bbox_to_anchor=(0, 1), ncols=2)
        return figure(ax, caption=caption, alt=alt)


def _name(ax: Axes, rows: pd.DataFrame) -> None:
    """Write table, column and term beside points."""
    for row in rows.to_dict("records"):
        ax.annotate(
            f"{row['table']} ({row['column']}) {row['term']}",
            (row["published"], row["ours"]),
            xytext=(6, 4 if row["distance"] > 0 else -10),
            textcoords="offset points",
            color=shade("warn"),
        )


def distances_figure(board: pd.DataFrame, *, caption: str, alt: str) -> Figure:
    """Draw distances of targets and of other figures, with what chance alone would give.

    Parameters
    ----------
    board : as :func:`~tradedig_book.truth.scoreboard.scoreboard` returns it
    caption, alt : str
    """
    rows = board[board["distance"].notna()]
    edges = np.arange(-_REACH, _REACH + 0.25, 0.5)
    middle = (edges[1:] + edges[:-1]) / 2
    with axes() as ax:
        for aimed, role, label in ((True, "now", "targets"), (False, "pin", "others")):
            part = rows.loc[(rows["role"] == "target") == aimed, "distance"].clip(-_REACH, _REACH)
            share = np.histogram(part, edges)[0] / len(part)
            ax.step(middle, share, where="mid", color=shade(role), label=f"{label} ({len(part)})")
        ax.plot(
            middle,
            np.diff(norm.cdf(edges)),
            "--",
            color=shade("ghost"),
            label="by chance",
        )
        ax.set(xlabel="distance (standard errors; the ends hold all beyond)", ylabel="share")
        ax.set_xlim(-_REACH, _REACH)
        ax.legend(frameon=False, loc="lower left", bbox_to_anchor=(0, 1), ncols=2)
        return figure(ax, caption=caption, alt=alt)
