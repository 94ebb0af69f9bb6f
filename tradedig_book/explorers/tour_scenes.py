"""The picture of the tour in its five states: the same shapes, each time in another place."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from html import escape
from typing import Literal

from tradedig_book.theory.claims import papers_own

WIDTH, HEIGHT = 480, 420
"""The picture's own units; letters are sized in the style sheet, so that a phone can read them."""
LEFT, RIGHT = 20.0, 460.0
DOTS = len(papers_own()) + 100
"""Dots of the picture: orders first, in the end statements and a hundred samples."""
_TAGS = ("path", "rect", "circle", "text")
"""What is drawn, from the back to the front."""
_CITIES = ("Chicago", "Hamburg", "Lagos", "Lima", "Osaka")
_HOME = (1, 3)
"""Lanes that have orders from the start."""
_NEW_LANES = (0, 2, 4, 1, 0, 2, 4, 3, 0, 2)
_GOLDEN = 0.618034
"""Days one golden section apart lie evenly however many there are."""
_PARTS = {
    "every": ("every", "firm"),
    "pit": ("cross-border", "platform"),
    "icp": ("home", "page"),
    "pdo": ("domestic", "platform"),
}
"""What gives points of the digital level, in two lines."""


@dataclass(frozen=True)
class Shape:
    """One element: its tag, its class, where it is, and its text."""

    tag: Literal["path", "rect", "circle", "text"]
    look: str
    place: Mapping[str, float | str] = field(default_factory=dict)
    text: str = ""

    def svg(self) -> str:
        """Return the element."""
        place = "".join(f' {name}="{_written(value)}"' for name, value in self.place.items())
        return f'<{self.tag} class="{self.look}"{place}>{escape(self.text)}</{self.tag}>'


Scene = dict[str, Shape]
"""The shapes of one state, by a name that a shape keeps through all states."""
Dot = tuple[float, float, float, str]
"""Where a dot is, its radius and its class."""


def together(scenes: Sequence[Scene]) -> list[Scene]:
    """Give every scene the shapes of all, in one order.

    A shape that a scene lacks waits unseen where it was last, or will be first.
    """
    every = {name: shape.tag for scene in scenes for name, shape in scene.items()}
    names = sorted(every, key=lambda name: _TAGS.index(every[name]))
    return [{name: _found(name, number, scenes) for name in names} for number in range(len(scenes))]


def drawn(scene: Scene, label: str) -> str:
    """Return a scene as SVG that says in words what it shows."""
    shapes = "".join(shape.svg() for shape in scene.values())
    box = f'viewBox="0 0 {WIDTH} {HEIGHT}"'
    return f'<svg {box} role="img" aria-label="{escape(label)}">{shapes}</svg>'


def draw_orders(
    values: Sequence[float], level: int, weights: Mapping[str, int], *, start: bool
) -> Scene:
    """Draw a year's orders by destination and day, under the level of digitization.

    Parameters
    ----------
    values : value of each order, 1 the middle one; a dot's area
    level, weights : digital level, and what each technology adds to it
    start : whether the firm has its first destinations only
    """
    lanes = [(200, 200, 200, 290, 290)[i] if start else 150 + 48 * i for i in range(5)]
    scene = _ladder(level, weights)
    for lane, (city, y) in enumerate(zip(_CITIES, lanes, strict=True)):
        scene[f"rule-{lane}"] = _line("td-faint", (118, y), (RIGHT, y))
        if not start or lane in _HOME:
            scene[f"city-{lane}"] = _word("td-quiet", LEFT, y + 5, city)
    scene["rule-5"] = _line("td-axis", (118, 372), (RIGHT, 372))
    for name, x, anchor, text in (
        ("january", 118, "start", "January"),
        ("firm", 285, "middle", "invented"),
        ("december", RIGHT, "end", "December"),
    ):
        scene[name] = _word("td-quiet", x, 398, text, anchor)
    places = _days(len(values))
    shown = [
        (132 + 314 * day, lanes[lane], 6.5 * value**0.5, "td-order")
        for (lane, day), value in zip(places, values, strict=True)
    ]
    return scene | _dots(shown)


@dataclass(frozen=True)
class Parabola:
    """Profit in quality: at quality 0, its slope there, the best quality, and where to end."""

    base: float
    slope: float
    best: float
    end: float

    def at(self, quality: float) -> float:
        """Return profit at a quality."""
        return self.base + self.slope * quality * (1 - quality / (2 * self.best))


@dataclass(frozen=True)
class _Plane:
    """Profit against quality, as far as the picture has room for both."""

    furthest: float
    highest: float

    def point(self, quality: float, profit: float) -> tuple[float, float]:
        """Return the place of a quality and its profit."""
        return 60 + 400 * quality / self.furthest, 350 - 262 * profit / self.highest

    def curve(self, look: str, one: Parabola) -> Shape:
        """Draw profit from quality 0 to the curve's end."""
        control = self.point(one.end / 2, one.base + one.slope * one.end / 2)
        ends = self.point(0, one.base), self.point(one.end, one.at(one.end))
        return _path(look, ends[0], control, ends[1])

    def beads(self, one: Parabola, count: int, looks: tuple[str, str], size: float) -> list[Dot]:
        """Place so many dots on the curve, the last and largest on its top."""
        step = one.end / count
        small = [(*self.point(step * i, one.at(step * i)), 3.5, looks[0]) for i in range(1, count)]
        return [*small, (*self.point(one.best, one.at(one.best)), size, looks[1])]


def draw_summits(curves: Sequence[Parabola], counts: Sequence[int], words: Sequence[str]) -> Scene:
    """Draw profit in quality before and after, with a bead for each order, and what moved.

    Parameters
    ----------
    curves, counts : each curve, and its orders
    words : level and ψ before, the same after, and the ratio of the best qualities
    """
    before, after = curves
    plane = _Plane(after.end, after.at(after.best))
    shown = plane.beads(before, counts[0], ("td-old", "td-old"), 8)
    shown += plane.beads(after, counts[1], ("td-order", "td-best"), 10)
    (x0, y0, *_), (x1, y1, *_) = shown[counts[0] - 1], shown[-1]
    scene = {
        "rule-0": plane.curve("td-before", before),
        "rule-1": plane.curve("td-after", after),
        "rule-2": _line("td-drop", (x0, y0), (x0, 350)),
        "rule-3": _line("td-drop", (x1, y1), (x1, 350)),
        "rule-4": _line("td-shift", (x0, 366), (x1, 366)),
        "rule-6": _line("td-axis", (60, 40), (60, 350)),
        "profit": _word("td-quiet", LEFT, 24, "profit π, before the cost of digitization"),
        "quality": _word("td-strong td-quality", RIGHT, 398, "quality λ", "end"),
        "before-0": _word("td-quiet", x0 + 10, 306, words[0]),
        "before-1": _word("td-quiet", x0 + 10, 328, words[1]),
        "after": _word("td-strong td-psi", x1, y1 - 22, ", ".join(words[2:4]), "middle"),
        "ratio": _word("td-strong td-quality", (x0 + x1) / 2, 398, words[4], "middle"),
    }
    scene |= {f"cell-{i}": _cell("td-range", 60 + 50 * i, 348.5, 50, 3) for i in range(8)}
    return scene | _dots(shown)


def draw_estimates(
    rows: Sequence[tuple[str, float, float, float]], gain: float, words: str
) -> Scene:
    """Draw estimates with their intervals, and the last one's worth on the range of quality.

    Parameters
    ----------
    rows : name, estimate, and ends of its interval
    gain : what the bar beneath is to show of the range, a share
    words : the same in words
    """
    most = 0.0045

    def at(value: float) -> float:
        return 70 + (RIGHT - 70) * value / most

    scene = {
        "head": _word("td-quiet", LEFT, 24, "published: Table 2, columns (1) to (6)"),
        "rule-6": _line("td-axis", (at(0), 40), (at(0), 232)),
        "coefficient": _word("td-quiet", at(0), 276, "coefficient of lndig, 95% interval"),
        "range": _word("td-quiet", LEFT, 328, "the whole range of quality, 0 to 1"),
        "sliver": _cell("td-sliver", LEFT, 334, (RIGHT - LEFT) * gain, 36),
        "gain": _word("td-strong td-quality", LEFT, 396, words),
    }
    for tick in (0, 0.001, 0.002, 0.003, 0.004):
        text = f"{tick:g}"
        scene[f"tick-{text}"] = _word("td-quiet", at(tick), 252, text, "middle")
    for row, (name, _, low, high) in enumerate(rows):
        y = 54 + 32 * row
        last = row == len(rows) - 1
        scene[f"rule-{row}"] = _line("td-interval", (at(low), y), (at(high), y))
        scene[f"row-{row}"] = _word("td-strong" if last else "td-quiet", LEFT, y + 5, name)
    width = (RIGHT - LEFT) / 8
    scene |= {f"cell-{i}": _cell("td-range", LEFT + width * i, 340, width, 24) for i in range(8)}
    shown = []
    for i in range(DOTS):
        row = i % len(rows)
        size = 9.0 if row == len(rows) - 1 else 6.0
        shown.append((at(rows[row][1]), 54 + 32 * row, size, "td-best"))
    return scene | _dots(shown)


def draw_ledger(verdicts: Sequence[tuple[str, int, Sequence[str]]], heads: Sequence[str]) -> Scene:
    """Draw each statement of the theory as a dot by its verdict, and samples as a hundred.

    Parameters
    ----------
    verdicts : class, count and words of each group; the last two are samples, those that see
        the effect and those that do not
    heads : words over the statements, and two lines of words over the samples
    """
    scene = {
        f"head-{i}": _word("td-quiet", LEFT, y, text)
        for i, (y, text) in enumerate(zip((24, 232, 254), heads, strict=True))
    }
    shown: list[Dot] = []
    groups, x, gap = verdicts[:-2], LEFT, 24
    all_of_them = sum(count for _, count, _ in groups)
    pitch = min(20.0, (RIGHT - LEFT - gap * (len(groups) - 1)) / all_of_them)
    for look, count, words in groups:
        end = look == groups[-1][0]
        x = RIGHT - pitch * count if end else x
        shown += [(x + pitch * (i + 0.5), 58, 0.425 * pitch, look) for i in range(count)]
        for line, text in enumerate((str(count), *words)):
            strong = "td-quiet" if line else "td-strong"
            place = (RIGHT, 94 + 21 * line, text, "end") if end else (x, 94 + 21 * line, text)
            scene[f"{look}-{line}"] = _word(strong, *place)
        x += pitch * count + gap
    looks = [look for look, count, _ in verdicts[-2:] for _ in range(count)]
    shown += [(31 + 22 * (i % 20), 284 + 24 * (i // 20), 7.5, one) for i, one in enumerate(looks)]
    scene |= {f"cell-{i}": _cell("td-rule", LEFT + 55 * i, 192, 55, 1) for i in range(8)}
    return scene | _dots(shown)


def _found(name: str, number: int, scenes: Sequence[Scene]) -> Shape:
    """Return a shape of a scene, or unseen that of the nearest, an earlier one if there is any."""
    if name in scenes[number]:
        return scenes[number][name]
    near = sorted(range(len(scenes)), key=lambda one: (one > number, abs(one - number)))
    shape = next(scenes[one][name] for one in near if name in scenes[one])
    return replace(shape, place=dict(shape.place) | {"opacity": 0})


def _ladder(level: int, weights: Mapping[str, int]) -> Scene:
    """Draw the level as cells, those of each technology together, and what they are called."""
    top = 1 + sum(weights.values())
    scene = {
        f"cell-{i}": _cell("td-on" if i < level else "td-off", LEFT + 55 * i + 2, 34, 51, 22)
        for i in range(top)
    }
    scene["level"] = _word("td-strong td-dig", LEFT, 24, f"level {level} of {top}")
    x = LEFT
    for part, weight in {"every": 1, **weights}.items():
        points = "1" if part == "every" else f"+{weight}"
        for line, text in enumerate((points, *_PARTS[part])):
            look = "td-quiet" if line else "td-strong td-dig"
            place = (x + 55 * weight / 2, 77 + 20 * line, text, "middle")
            scene[f"{part}-{line}"] = _word(look, *place)
        x += 55 * weight
    return scene


def _days(count: int) -> list[tuple[int, float]]:
    """Return lane and day, from 0 to 1, of each order; the first twelve are at home."""
    lanes = [_HOME[i % 2] if i < 12 else _NEW_LANES[(i - 12) % 10] for i in range(count)]
    return [
        (lane, (0.21 * lane + _GOLDEN * lanes[:i].count(lane)) % 1) for i, lane in enumerate(lanes)
    ]


def _dots(shown: Sequence[Dot]) -> Scene:
    """Place the dots that are shown; each other one waits in one of them, without a size."""
    scene = {}
    for i in range(DOTS):
        x, y, size, look = shown[i % len(shown)]
        r = size if i < len(shown) else 0
        scene[f"dot-{i}"] = Shape("circle", look, {"cx": x, "cy": y, "r": r})
    return scene


def _path(look: str, *points: tuple[float, float]) -> Shape:
    """Draw a parabola through the first and the last of three points; the other directs it."""
    first, control, last = (f"{x:.1f},{y:.1f}" for x, y in points)
    return Shape("path", look, {"d": f"M{first}Q{control} {last}", "opacity": 1})


def _line(look: str, first: tuple[float, float], last: tuple[float, float]) -> Shape:
    middle = ((first[0] + last[0]) / 2, (first[1] + last[1]) / 2)
    return _path(look, first, middle, last)


def _cell(look: str, x: float, y: float, width: float, height: float) -> Shape:
    place: dict[str, float | str] = {"x": x, "y": y, "width": width, "height": height}
    return Shape("rect", look, place | {"opacity": 1})


def _word(look: str, x: float, y: float, text: str, anchor: str = "start") -> Shape:
    place: dict[str, float | str] = {"x": x, "y": y, "text-anchor": anchor, "opacity": 1}
    return Shape("text", look, place, text)


def _written(value: float | str) -> str:
    return value if isinstance(value, str) else f"{value:.1f}".removesuffix(".0")
