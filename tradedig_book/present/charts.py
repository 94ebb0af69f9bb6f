"""The kinds of figures: estimates with intervals, named lines, and distributions.

Each takes ``words``: the ``caption``, the text alternative ``alt``, and Matplotlib's settings of
axes, of which ``xlabel`` and ``ylabel`` are required, with units.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import AutoLocator, LogFormatterSciNotation
from numpy.typing import ArrayLike

from tradedig_book.present.figures import Figure, axes, figure
from tradedig_book.present.palette import shade

_ROLES = ("ghost", "now", "pin", "truth")
DASHES = ("-", "--", ":", "-.")


class Mark(NamedTuple):
    """A line across a figure at ``value`` of an axis, and its name.

    ``along`` is where the name stands, as a share of the line's length; at the end of a
    horizontal line it stands outside.
    """

    value: float
    label: str = ""
    role: str = "truth"
    style: str = "-"
    axis: Literal["x", "y"] = "x"
    along: float = 1.0


ZERO = Mark(0.0, role="line")


@dataclass(frozen=True, slots=True)
class Estimates:
    """Estimates of one kind, one for each row of a :func:`forest`.

    Attributes
    ----------
    role : colour of the palette
    value : where markers stand, shape (rows,) or (samples, rows); nowhere if None
    low, high : ends of intervals, shape (rows,)
    name : in the legend, if any
    marker, look : of Matplotlib; its properties such as ``ms``, the size
    width : of the intervals, points
    """

    role: str
    value: ArrayLike | None
    low: ArrayLike | None = None
    high: ArrayLike | None = None
    name: str = ""
    marker: str = "o"
    look: Mapping[str, Any] = field(default_factory=dict)
    width: float = 2.0


class Line(NamedTuple):
    """One curve, and where its name stands.

    ``label_at`` is the horizontal value at which it stands, held at ``side`` and ``above`` the
    curve by so many points; or the curve's ``end``, or the ``legend``. ``dots`` are horizontal
    values to mark, ``band`` the lower and upper ends of a band.
    """

    x: ArrayLike
    y: ArrayLike
    label_at: float | Literal["end", "legend"] = "end"
    above: float = 6.0
    dots: tuple[float, ...] = ()
    side: Literal["left", "center", "right"] = "center"
    role: str = ""
    style: str = "-"
    band: tuple[ArrayLike, ArrayLike] | None = None


class Group(NamedTuple):
    """Values whose distribution is drawn, and its name in the legend."""

    drawn: pd.Series
    name: str = ""
    role: str = "now"


def forest(
    labels: Sequence[str] | pd.Series,
    *estimates: Estimates,
    marks: Sequence[Mark] = (),
    **words: Any,
) -> Figure:
    """Draw estimates with intervals, one row for each label, the first on top.

    Parameters
    ----------
    labels : sequence of str
    estimates : Estimates
        Those with intervals stand beside each other within a row.
    marks : sequence of Mark
    words : caption, alt and settings of the axes
    """
    places = np.arange(len(labels))[::-1]
    beside = [place for place, one in enumerate(estimates) if one.low is not None]
    with axes(height=max(3.5, 1.6 + 0.28 * len(labels))) as ax:
        for place, one in enumerate(estimates):
            among = beside.index(place) - (len(beside) - 1) / 2 if place in beside else 0.0
            _draw_estimates(ax, one, places + 0.32 * among)
        ax.set_yticks(places, labels)
        ax.set_ylim(-0.6, len(labels) + (0.1 if any(mark.label for mark in marks) else -0.4))
        ax.grid(visible=False)
        return finish(ax, marks=marks, **words)


def _draw_estimates(ax: Axes, one: Estimates, places: ArrayLike) -> None:
    colour = shade(one.role)
    if one.low is not None and one.high is not None:
        ax.hlines(places, one.low, one.high, colour, lw=one.width)
    if one.value is not None:
        values = np.atleast_2d(np.asarray(one.value)).T
        drawn = ax.plot(values, np.asarray(places), one.marker, color=colour, **one.look)
        if one.name:
            drawn[0].set_label(one.name)


def lines(named: Mapping[str, Line], *, marks: Sequence[Mark] = (), **words: Any) -> Figure:
    """Draw curves, each with its name; the first is what the others are held against.

    Parameters
    ----------
    named : mapping of label to Line
        At most four without a role of their own, which get one each in order.
    marks : sequence of Mark
    words : caption, alt and settings of the axes

    Raises
    ------
    ValueError
        If there is no line, or there are more than the palette tells apart.
    """
    free = [label for label, line in named.items() if not line.role]
    if not named or len(free) > len(_ROLES):
        raise ValueError(f"{len(free)} lines; give 1 to {len(_ROLES)}")
    roles = dict(zip(free, _ROLES, strict=False))
    with axes() as ax:
        for label, line in named.items():
            draw_line(ax, label, line, line.role or roles[label])
        room = {"xmargin": 0, "ymargin": 0.12}
        return finish(ax, marks=marks, **(room | words))


def frame_lines(
    frame: pd.DataFrame,
    *,
    roles: Mapping[str, str],
    dots: Sequence[str] = (),
    **words: Any,
) -> Figure:
    """Draw columns of a frame against its index; the vertical axis includes zero.

    Parameters
    ----------
    frame : DataFrame
        Missing values are left out of their own column only.
    roles : mapping of column to role
        The columns to draw, each with its colour in the palette; those that share a
        colour differ by their dashes.
    dots : sequence of str
        The columns to draw as dots, the others being lines.
    words : caption, alt and settings of the axes
    """
    drawn: dict[str, Line] = {}
    for name, role in roles.items():
        before = sum(line.role == role for line in drawn.values())
        column = frame[name].dropna()
        style = "o" if name in dots else DASHES[before % len(DASHES)]
        drawn[name] = Line(column.index, column, "legend", role=role, style=style)
    room = {"xmargin": 0.05, "ymargin": 0.05}
    return lines(drawn, marks=[ZERO._replace(axis="y")], **(room | words))


def histogram(*groups: Group, bins: int, density: bool = False, **words: Any) -> Figure:
    """Draw how often values occur: one group as bars, several as outlines over common bins.

    Parameters
    ----------
    groups : Group
    bins : int
        Number of bins over the range of all values.
    density : bool
        Whether each group has the area one, whatever its size.
    words : caption, alt and settings of the axes
    """
    every = pd.concat([one.drawn for one in groups]).dropna()
    edges = np.histogram_bin_edges(every, bins).tolist()
    look: dict[str, Any] = {"alpha": 0.85} if len(groups) == 1 else {"histtype": "step", "lw": 2}
    with axes() as ax:
        for drawn, name, role in groups:
            colour = shade(role)
            ax.hist(drawn, edges, density=density, color=colour, label=name or None, **look)
        return finish(ax, **words)


def draw_line(ax: Axes, label: str, line: Line, role: str) -> None:
    """Draw one curve in the colour of ``role``, with its band, dots and name."""
    x, y = np.asarray(line.x), np.asarray(line.y)
    colour = shade(role)
    named = label if line.label_at == "legend" else None
    if line.band is not None:
        ax.fill_between(x, *line.band, color=colour, alpha=0.17, lw=0)
    ax.plot(x, y, line.style, color=colour, ms=4.5, label=named)
    if line.dots:
        ax.plot(line.dots, np.interp(line.dots, x, y), "o", color=colour)
    if line.label_at == "end":
        name_point(ax, label, (x[-1], y[-1]), role, offset=(5, 0), va="center")
    elif line.label_at != "legend":
        place = (line.label_at, float(np.interp(line.label_at, x, y)))
        side = "bottom" if line.above >= 0 else "top"
        name_point(ax, label, place, role, offset=(0, line.above), ha=line.side, va=side)


def name_point(
    ax: Axes, name: str, at: tuple[Any, Any], role: str, *, offset: tuple[float, float], **look: Any
) -> None:
    """Write a name beside a point, ``offset`` in points from it."""
    ax.annotate(name, at, xytext=offset, textcoords="offset points", color=shade(role), **look)


def _draw_mark(ax: Axes, mark: Mark) -> None:
    """Draw a line across the figure, behind what is drawn, and its name."""
    upright = mark.axis == "x"
    across = ax.axvline if upright else ax.axhline
    across(mark.value, color=shade(mark.role), lw=1.3, ls=mark.style, zorder=1.5)
    if not mark.label:
        return
    if upright:
        ends = ax.transAxes.inverted().transform(ax.transData.transform([(mark.value, 1.0)]))
        at, units, left = (mark.value, mark.along), ("data", "axes fraction"), ends[0, 0] < 0.7
        offset, side = (4 if left else -4, 0), "top" if mark.along == 1 else "baseline"
    else:
        at, units, left = (mark.along, mark.value), ("axes fraction", "data"), True
        offset, side = ((3, 0), "center") if mark.along == 1 else ((4, 4), "baseline")
    look = {"xycoords": units, "ha": "left" if left else "right", "va": side}
    name_point(ax, mark.label, at, mark.role, offset=offset, **look)


def finish(
    ax: Axes, *, marks: Sequence[Mark] = (), caption: str, alt: str, ncols: int = 2, **axis: Any
) -> Figure:
    """Set the axes, draw marks and a legend of ``ncols`` columns, and return the figure."""
    ax.set(**axis)
    _tidy(ax)
    for mark in marks:
        _draw_mark(ax, mark)
    if ax.get_legend_handles_labels()[1]:
        ax.legend(
            frameon=False,
            loc="lower left",
            bbox_to_anchor=(0, 1),
            ncols=ncols,
            labelcolor="linecolor",
        )
    return figure(ax, caption=caption, alt=alt)


def _tidy(ax: Axes) -> None:
    """Write whole numbers on the horizontal axis where all are whole, and none as a power."""
    for axis in (ax.xaxis, ax.yaxis):
        if isinstance(axis.get_major_formatter(), LogFormatterSciNotation):
            axis.set_major_formatter("{x:,.0f}")
            axis.set_minor_formatter("")
    if isinstance(ax.xaxis.get_major_locator(), AutoLocator):
        drawn = [np.asarray(line.get_xdata(orig=False), float) for line in ax.lines]
        whole = bool(drawn) and all((np.mod(x, 1) == 0).all() for x in drawn)
        ax.locator_params(axis="x", integer=whole, nbins="auto" if whole else 6)
