"""Figures as inline SVG: they follow the page's theme, stay sharp, and carry alt text."""

from __future__ import annotations

import html
import io
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from math import ceil
from textwrap import fill
from typing import Any

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure as MatplotlibFigure
from matplotlib.text import Text
from matplotlib.transforms import ScaledTranslation

from tradedig_book.present.palette import INK, shade, themed
from tradedig_book.present.table_formats import short

_PIXELS_PER_POINT = 1.5  # on a wide page; a phone shows points as pixels
_POINTS = 12.0  # of all letters, so that they have twelve pixels on a phone
_LINE = 1.2 * _POINTS  # from one line of words to the next
_GAP = 6.0  # between words above the axes
_LETTER = 8.0  # width of a letter in a wide font, points: readers' fonts differ
_EDGE = 3.0  # around the drawing, points
_STYLE: dict[Any, Any] = {
    "axes.axisbelow": True,
    "axes.edgecolor": shade("line"),
    "axes.grid": True,
    "axes.grid.axis": "y",
    "axes.labelcolor": INK,
    "axes.spines.right": False,
    "axes.spines.top": False,
    "axes.titlelocation": "left",
    "axes.titlepad": _GAP,
    "axes.titlesize": "medium",
    "font.size": _POINTS,
    "grid.color": shade("line"),
    "grid.linewidth": 0.7,
    "legend.borderaxespad": 0,
    "legend.borderpad": 0,
    "legend.fontsize": "medium",
    "lines.linewidth": 2,
    "savefig.transparent": True,
    "svg.fonttype": "none",
    "svg.hashsalt": "tradedig",
    "text.color": INK,
    "xtick.color": INK,
    "ytick.color": INK,
}


@dataclass(frozen=True, repr=False)
class Figure:
    """A drawing with its caption and its text alternative.

    Attributes
    ----------
    svg : str
        The drawing; its colours are CSS variables of the palette.
    caption : str
        What it shows, with units and the origin of the data.
    alt : str
        What a reader who cannot see it needs to know.
    """

    svg: str
    caption: str
    alt: str

    def __repr__(self) -> str:
        """Return the caption and the size, for where there is no HTML."""
        drawn = re.search(r'viewBox="0 0 ([\d.]+) ([\d.]+)"', self.svg)
        size = f", {float(drawn[1]):.0f} x {float(drawn[2]):.0f} points" if drawn else ""
        return f"Figure: {short(self.caption)}{size}"

    def _repr_html_(self) -> str:
        return (
            f'<figure class="td-figure"><div role="img" aria-label="{html.escape(self.alt)}">'
            f"{self.svg}</div><figcaption>{self.caption}</figcaption></figure>"
        )


@contextmanager
def axes(width: float = 5.2, height: float = 3.5) -> Iterator[Axes]:
    """Yield axes in the book's style, sized in inches; nothing leaks into Matplotlib's state."""
    with mpl.rc_context(_STYLE):
        drawing = MatplotlibFigure(figsize=(width, height), layout="constrained")
        yield drawing.subplots()


def figure(drawn: Axes, *, caption: str, alt: str) -> Figure:
    """Turn drawn axes into a figure for the page.

    Parameters
    ----------
    drawn : Axes
        Axes from :func:`axes`, with labels that name units.
    caption, alt : str
        Both are required; ``alt`` is plain text.

    Raises
    ------
    ValueError
        If caption or alt is blank, or an axis has no label.
    """
    if not (caption.strip() and alt.strip()):
        raise ValueError("a figure needs a caption and alt text")
    if not (drawn.get_xlabel() and drawn.get_ylabel()):
        raise ValueError("label both axes, with units")
    buffer = io.StringIO()
    with mpl.rc_context(_STYLE):
        drawing = drawn.get_figure(root=True)
        assert isinstance(drawing, MatplotlibFigure)
        _place_words(drawn, drawing)
        drawing.savefig(buffer, format="svg", metadata={"Date": None, "Creator": None})
    return Figure(svg=_themed(buffer.getvalue()), caption=caption, alt=alt)


def _place_words(ax: Axes, drawing: MatplotlibFigure) -> None:
    """Lay out the drawing with all words level: the vertical axis is named above it.

    Names and legend start at the drawing's left edge, where long labels of rows begin; a name
    wider than the drawing takes several lines.
    """
    letters = int(72 * drawing.get_figwidth() / _LETTER)
    ax.set_xlabel(fill(ax.get_xlabel(), letters), loc="right", multialignment="left")
    name, legend = fill(ax.get_ylabel(), letters), ax.get_legend()
    ax.set_ylabel("")
    above = 0.0
    if legend is not None:
        above = legend.get_window_extent().height * 72 / drawing.dpi + _GAP
        legend.set_in_layout(False)  # its width would take the axes' room
    title = ax.set_title("\n" * ceil(above / _LINE) + name, loc="left")
    drawing.draw_without_rendering()
    drawing.set_layout_engine("none")
    title.set_text(name)

    edge = _EDGE * drawing.dpi / 72
    left = float(ax.transAxes.inverted().transform((edge, 0))[0])
    title.set_x(left)
    _keep_inside(ax, ax.xaxis.label, edge)
    if legend is not None:
        inches = (title.get_window_extent().y1 - ax.get_window_extent().y1) / drawing.dpi
        up = ScaledTranslation(0, inches + _GAP / 72, drawing.dpi_scale_trans)
        legend.set_bbox_to_anchor((left, 1), ax.transAxes + up)


def _keep_inside(ax: Axes, label: Text, edge: float) -> None:
    """Move a name that ends where its axis ends to the right if it begins too far left."""
    begins = label.get_window_extent().x0
    if begins < edge:
        ends = ax.transAxes.transform((1, 0))[0] + edge - begins
        label.set_x(float(ax.transAxes.inverted().transform((ends, 0))[0]))


def _themed(svg: str) -> str:
    """Keep the drawing only, sized by the page, coloured by its variables."""
    svg = svg[svg.index("<svg") :]
    svg = re.sub(r"<metadata>.*?</metadata>", "", svg, flags=re.DOTALL)
    svg = re.sub(r'(<svg[^>]*?) width="([\d.]+)pt"', _sized, svg, count=1)
    svg = re.sub(r'(<svg[^>]*?) height="[\d.]+pt"', r"\1", svg, count=1)
    svg = re.sub(r"'DejaVu Sans'[^;\"]*", "inherit", svg)
    return themed(svg)


def _sized(match: re.Match[str]) -> str:
    width = round(float(match[2]) * _PIXELS_PER_POINT)
    return f'{match[1]} style="width:100%;max-width:{width}px;height:auto"'
