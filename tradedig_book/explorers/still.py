"""What an explorer shows where no script runs: all its views at one setting, as one drawing.

It is drawn from the explorer's own declaration, on the same axes and in the same colours as the
browser's: without scripts, on paper, and in notebooks whose viewer has no widgets.
"""

from __future__ import annotations

import html
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from textwrap import wrap
from typing import Any

import numpy as np

from tradedig_book.explorers.scales import Scale
from tradedig_book.present.palette import INK, shade, themed
from tradedig_book.theory import Program
from tradedig_helpers.frames.arrays import Floats

_WIDTH, _HEIGHT = 300, 224  # of one view, in pixels; words in it have twelve
_LEFT, _RIGHT, _TOP, _BOTTOM = 40, 288, 46, 186  # of its axes
_GAP = 16
_WORDS = 46  # letters on a line of a view
_LETTER = 6.6
_BAND = 12  # height of the hatch at the foot of a view
_STEPS = 2000  # samples along the axis, several to a pixel
_TOLERANCE = 0.2  # pixels by which a drawn line may miss a sample
_ROW = 18  # from one bar to the next


@dataclass(frozen=True)
class Still:
    """One setting of an explorer, evaluated along its axis, to be drawn.

    Attributes
    ----------
    spec : mapping
        The declaration, as the browser gets it.
    program : Program
    point : mapping of str to float
        The setting.
    axis : str
        The parameter on the horizontal axis.
    """

    spec: Mapping[str, Any]
    program: Program
    point: Mapping[str, float]
    axis: str

    def to_html(self) -> str:
        """Return the views with a caption in words."""
        return (
            f'<figure class="td-explorer td-still" id="{self.spec["id"]}">{self.views()}'
            f"<figcaption>{html.escape(self.caption)}</figcaption></figure>"
        )

    def views(self) -> str:
        """Return the views alone, each an SVG in the page's colours with words for its picture."""
        drawn = (
            _element(
                "svg",
                view,
                viewBox=f"0 0 {_WIDTH} {_HEIGHT}",
                width=_WIDTH,
                role="img",
                aria_label=self._alt(outcome),
                font_size=12,
            )
            for outcome, view in self._drawn()
        )
        return themed("".join(drawn))

    def to_svg(self) -> str:
        """Return all views in one SVG file, two in a row, with colours that need no page."""
        views = list(self._drawn())
        placed = "".join(
            f'<g transform="translate({i % 2 * (_WIDTH + _GAP)},{i // 2 * (_HEIGHT + _GAP)})">'
            f"{view}</g>"
            for i, (_, view) in enumerate(views)
        )
        rows = (len(views) + 1) // 2
        width, height = 2 * _WIDTH + _GAP, rows * (_HEIGHT + _GAP)
        alt = " ".join([self.caption, *(self._alt(outcome) for outcome, _ in views)])
        return _element(
            "svg",
            f"<title>{html.escape(alt)}</title>{placed}",
            xmlns="http://www.w3.org/2000/svg",
            viewBox=f"0 0 {width} {height}",
            width=width,
            font_size=12,
            font_family="sans-serif",
            fill=INK,
        )

    @property
    def caption(self) -> str:
        """What is drawn, at which values, and that it is formulas and no data."""
        shown = [p for p in self.spec["parameters"] if p["name"] in self.spec["open"]]
        values = ", ".join(
            f"{p['brief']} {p['glyph']} = {_number(self.point[p['name']])} {p['scale']}".rstrip()
            for p in shown
        )
        failed = [self.spec["conditions"][v - 1]["short"] for v in sorted({*self._verdict} - {0})]
        bounded = any(not (o.get("free") or "bars" in o) for o in self.spec["outcomes"])
        hatched = f" Hatched: {', '.join(failed)}." if failed and bounded else ""
        return (
            f"{self.spec['title']}, a still picture at {values}.{hatched} "
            "Drawn from formulas alone; no data. Where scripts run, sliders move it."
        )

    @cached_property
    def _parameter(self) -> Mapping[str, Any]:
        return next(p for p in self.spec["parameters"] if p["name"] == self.axis)

    @cached_property
    def _across(self) -> Scale:
        return Scale(
            self._parameter["low"], self._parameter["high"], self._parameter.get("axis", "linear")
        )

    @cached_property
    def _along(self) -> dict[str, Any]:
        return {**self.point, self.axis: self._across.values(np.linspace(0, 1, _STEPS + 1))}

    @cached_property
    def _curves(self) -> dict[str, Floats]:
        return self.program.evaluate(self._along)

    @cached_property
    def _verdict(self) -> list[int]:
        found = self.program.verdict(self._along)
        return [int(one) for one in np.broadcast_to(found, _STEPS + 1)]

    @cached_property
    def _now(self) -> dict[str, float]:
        return {name: float(value) for name, value in self.program.evaluate(self.point).items()}

    @cached_property
    def _solved(self) -> bool:
        return int(self.program.verdict(self.point)) == 0

    def _exists(self, outcome: Mapping[str, Any]) -> bool:
        return bool(outcome["free"] or self._solved) and np.isfinite(self._now[outcome["name"]])

    def _drawn(self) -> Iterator[tuple[Mapping[str, Any], str]]:
        for outcome in self.spec["outcomes"]:
            yield outcome, self._bars(outcome) if "bars" in outcome else self._panel(outcome)

    def _alt(self, outcome: Mapping[str, Any]) -> str:
        meaning = outcome["meaning"] or outcome["brief"]
        if "bars" in outcome:
            values = (f"{b['glyph']} {as_shown(self._now[b['step']])}" for b in outcome["bars"])
            return f"{meaning} ({outcome['unit']}): {', '.join(values)}"
        about = self._parameter
        value = as_shown(self._now[outcome["name"]]) if self._exists(outcome) else "does not exist"
        return (
            f"{meaning} ({outcome['unit']}) against {about['glyph']}, {about['brief']}, "
            f"from {about['low']:g} to {about['high']:g}; "
            f"at {about['glyph']} = {self.point[self.axis]:g} {outcome['glyph']} is {value}"
        )

    def _panel(self, outcome: Mapping[str, Any]) -> str:
        hue = shade(outcome["hue"])
        low, high = outcome["range"]
        scale = Scale(low, high, outcome["scale"])
        shares = scale.shares(self._curves[outcome["name"]])
        value = as_shown(self._now[outcome["name"]]) if self._exists(outcome) else "–"
        return "".join(
            [
                _heading(outcome, hue, value),
                *_level_ticks(scale),
                *self._level_names(),
                # What is drawn in a viewport of its own is cut at its edges.
                _element(
                    "svg",
                    self._shades(outcome) + self._curve(outcome, shares, hue),
                    x=_LEFT,
                    y=_TOP,
                    width=_RIGHT - _LEFT,
                    height=_BOTTOM - _TOP,
                ),
                *self._marks(),
                self._spot(outcome, scale, hue),
            ]
        )

    def _level_names(self) -> Iterator[str]:
        for tick in self._across.ticks_within(_RIGHT - _LEFT):
            yield _text(_LEFT + self._x(tick), _BOTTOM + 14, _number(tick), "ghost", "middle")
        about = self._parameter
        name = _symbol(about["glyph"], shade(about["hue"]))
        words = html.escape(f" {about['brief']}, {about['unit']}")
        yield _text(_RIGHT, _BOTTOM + 31, name + words, "ghost", "end")

    def _x(self, value: float) -> float:
        return float(self._across.shares(np.asarray(value))) * (_RIGHT - _LEFT)

    def _runs(self) -> Iterator[tuple[int, int, int]]:
        """Yield first and last sample of each stretch with one verdict, and the verdict."""
        changes = np.flatnonzero(np.diff(self._verdict)) + 1
        edges = [0, *changes.tolist(), _STEPS + 1]
        for first, after in pairwise(edges):
            yield first, after - 1, self._verdict[first]

    def _shades(self, outcome: Mapping[str, Any]) -> str:
        room, drawn = (_RIGHT - _LEFT) / _STEPS, ""
        for first, last, verdict in self._runs():
            if verdict == 0 or outcome["free"]:
                continue
            left, width = first * room, (last + 1 - first) * room
            lines = "".join(f"M{6 * i} {_BAND}l{_BAND}-{_BAND}" for i in range(-2, int(width / 6)))
            hatch = _line(lines, shade("warn"), opacity=0.6)
            foot = _element(
                "svg", hatch, x=_short(left), y=_BOTTOM - _TOP - _BAND, width=_short(width),
                height=_BAND,
            )  # fmt: skip
            drawn += (
                f'<rect x="{_short(left)}" width="{_short(width)}" height="{_BOTTOM - _TOP}" '
                f'fill="{shade("warn")}" fill-opacity="0.05"/>{foot}'
            )
        return drawn

    def _curve(self, outcome: Mapping[str, Any], shares: Floats, hue: str) -> str:
        height = _BOTTOM - _TOP
        x = np.linspace(0, _RIGHT - _LEFT, _STEPS + 1)
        # Far outside it does not matter how far, and a viewport cuts it.
        y = height * (1 - np.clip(shares, -1, 2))
        solved = np.asarray(self._verdict) == 0
        there = np.isfinite(shares) & (solved | bool(outcome["free"]))
        pieces = np.split(np.arange(_STEPS + 1), np.flatnonzero(np.diff(there.astype(int))) + 1)
        path = "".join(_path(x[i], y[i]) for i in pieces if there[i[0]] and len(i) > 1)
        return _line(path, hue, width=2.5)

    def _spot(self, outcome: Mapping[str, Any], scale: Scale, hue: str) -> str:
        x = _LEFT + self._x(self.point[self.axis])
        if not self._exists(outcome):
            return _line(f"M{_short(x)} {_TOP}V{_BOTTOM}", hue, dashes="3 3")
        share = float(scale.shares(np.asarray(self._now[outcome["name"]])))
        y = _BOTTOM - min(max(share, 0), 1) * (_BOTTOM - _TOP)
        drops = _line(f"M{_short(x)} {_BOTTOM}V{_short(y)}H{_LEFT}", hue, dashes="3 3")
        return f'{drops}<circle cx="{_short(x)}" cy="{_short(y)}" r="5.5" fill="{hue}"/>'

    def _marks(self) -> Iterator[str]:
        """Name the places on the axis that the formulas themselves determine."""
        about = self._parameter
        on_axis = [m for m in self.spec["marks"] if m["axis"] == self.axis]
        places = sorted((self._now[m["step"]], m["name"]) for m in on_axis)
        inside = [place for place in places if about["low"] <= place[0] <= about["high"]]
        for i, (value, name) in enumerate(inside):
            x = _LEFT + self._x(value)
            left = x - _LEFT > _LETTER * len(name) + 8 and (
                i == 0 or x + _LETTER * len(name) > _WIDTH
            )
            yield _line(f"M{_short(x)} {_TOP}V{_BOTTOM}", INK, dashes="5 3")
            y = _TOP + 10 + 13 * i
            yield _text(x + (-4 if left else 4), y, html.escape(name), None, "end" if left else "")

    def _bars(self, outcome: Mapping[str, Any]) -> str:
        hue = shade(outcome.get("hue", "now"))
        middle, half = (_LEFT + _RIGHT - 30) / 2, (_RIGHT - 30 - _LEFT) / 2
        drawn = [_heading(outcome, hue, "")]
        for i, bar in enumerate(outcome["bars"]):
            y = _TOP + 12 + _ROW * i
            value = self._now[bar["step"]] if self._solved else float("nan")
            share = min(max(value / outcome["reach"], -1), 1) if np.isfinite(value) else 0
            left = middle + min(0, share) * half
            drawn += [
                _text(0, y + 4, _symbol(bar["glyph"], hue)),
                f'<rect x="{_short(left)}" y="{y - 5}" width="{_short(abs(share) * half)}" '
                f'height="10" fill="{hue}"/>',
                _text(_WIDTH, y + 4, as_shown(value), None, "end"),
            ]
        end = _TOP + _ROW * len(outcome["bars"])
        return "".join([*drawn, _line(f"M{middle} {_TOP}V{end}", shade("line"))])


def as_shown(value: float) -> str:
    """Write a number as an explorer does, with about three digits.

    Examples
    --------
    >>> as_shown(-0.12345), as_shown(12.345), as_shown(float("inf"))
    ('−0.123', '12.3', '–')
    """
    if not np.isfinite(value):
        return "–"
    size = abs(value)
    digits = 0 if size >= 100 else 1 if size >= 10 else 2 if size >= 1 else 3
    return _minus(f"{value:.{digits}f}")


def _minus(number: str) -> str:
    return number.replace("-", "−")


def _number(value: float) -> str:
    return _minus(f"{value:g}")


def _short(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")


def _element(tag: str, inside: str, **attributes: object) -> str:
    """Write an element; ``_`` in the name of an attribute stands for ``-``."""
    listed = "".join(
        f' {name.replace("_", "-")}="{html.escape(str(value))}"'
        for name, value in attributes.items()
    )
    return f"<{tag}{listed}>{inside}</{tag}>"


def _symbol(glyph: str, hue: str) -> str:
    base, _, below = glyph.partition("_")
    lowered = f'<tspan dy="3" font-size="9">{below}</tspan><tspan dy="-3">\u200b</tspan>'
    sub = lowered if below else ""
    return f'<tspan fill="{hue}" font-weight="700">{base}{sub}</tspan>'


def _text(x: float, y: float, inside: str, role: str | None = None, anchor: str = "") -> str:
    more = f' fill="{shade(role) if role else INK}"'
    more += f' text-anchor="{anchor}"' if anchor else ""
    return f'<text x="{_short(x)}" y="{_short(y)}"{more}>{inside}</text>'


def _line(path: str, hue: str, width: float = 1, dashes: str = "", opacity: float = 1) -> str:
    more = f' stroke-dasharray="{dashes}"' if dashes else ""
    more += f' stroke-opacity="{opacity}"' if opacity < 1 else ""
    return f'<path d="{path}" fill="none" stroke="{hue}" stroke-width="{width:g}"{more}/>'


def _heading(outcome: Mapping[str, Any], hue: str, value: str) -> str:
    """Name the view and its value, and below it the unit, on as many lines as it takes."""
    name = _symbol(outcome["glyph"], hue) + html.escape(f" {outcome['brief']} ")
    result = f'<tspan fill="{hue}" font-weight="700">{value}</tspan>' if value else ""
    lines = enumerate(wrap(outcome["unit"], _WORDS))
    unit = "".join(_text(0, 30 + 13 * i, html.escape(line), "ghost") for i, line in lines)
    return _text(0, 14, name + result) + unit


def _level_ticks(scale: Scale) -> Iterator[str]:
    for tick in scale.ticks():
        y = _BOTTOM - float(scale.shares(np.asarray(tick))) * (_BOTTOM - _TOP)
        yield _line(f"M{_LEFT} {_short(y)}H{_RIGHT}", shade("ghost" if tick == 0 else "line"))
        yield _text(_LEFT - 5, y + 4, _number(tick), "ghost", "end")


def _path(x: Floats, y: Floats) -> str:
    """Draw a line through as few of its points as keep within a fifth of a pixel of all."""
    kept = _kept(x, y, 0, len(x) - 1)
    return "M" + "L".join(f"{_short(x[i])} {_short(y[i])}" for i in [0, *kept, len(x) - 1])


def _kept(x: Floats, y: Floats, first: int, last: int) -> list[int]:
    """Return the points between two others that a line may not leave out (Douglas-Peucker)."""
    if last - first < 2:
        return []
    inner = slice(first + 1, last)
    dx, dy = x[last] - x[first], y[last] - y[first]
    away = np.abs(dy * (x[inner] - x[first]) - dx * (y[inner] - y[first])) / np.hypot(dx, dy)
    far = int(away.argmax())
    if away[far] <= _TOLERANCE:
        return []
    middle = first + 1 + far
    return [*_kept(x, y, first, middle), middle, *_kept(x, y, middle, last)]
