"""The first page: the question, one living picture, and three numbers that are doors."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from html import escape

import numpy as np
import sympy as sp

from tradedig_book.explorers import power
from tradedig_book.explorers.scales import Scale
from tradedig_book.explorers.widget import asset_of_explorers, script_of
from tradedig_book.present.addresses import figure_address
from tradedig_book.present.assets import live_page
from tradedig_book.present.palette import palette_css
from tradedig_book.published.load import PAPER_FIRMS, published
from tradedig_book.theory import ABOUT, CONDITIONS, Program, program
from tradedig_book.theory.claims import papers_own
from tradedig_helpers.measure.digitization import WEIGHTS

_SCRIPTS = ("drawing.js", "front.js")
_NAMES = {"pit": "Cross-border platform", "icp": "Home page", "pdo": "Domestic platform"}
_REACH = sp.Rational(3, 10)
"""Elasticity of ψ in the level: strong enough to see, an illustration and no estimate."""
_GAUGE = float(Scale(0.2, 8.0, "log").shares(np.array(1.0)))
"""Where the start stands in the gauge of quality."""
TASTES = (0.1, 0.45)
"""Travel of the slider of tastes: every level has a best quality on it."""


@cache
def formulas() -> Program:
    """Write quality (8) as the level raises ψ, and how many orders of which spread are drawn.

    ``psi = dig**_REACH``; ``shown`` and ``spread`` rise with ψ and belong to the picture alone.
    """
    psi, dig = sp.symbols("psi dig", positive=True)
    arguments = ("dig", *(name for name in ABOUT if name != "psi"))
    drawn = {"shown": 12 * psi**2, "spread": (psi - sp.Rational(3, 5)) / 2}
    return Program(arguments, {"psi": dig**_REACH, **program().steps, **drawn}, CONDITIONS)


@dataclass(frozen=True)
class Doors:
    """The three numbers of the first page.

    Attributes
    ----------
    effect : float
        The published coefficient of lndig in column (6) of Table 2.
    claims, conditional, not_as_worded : int
        The paper's own statements in the ledger, how many of them hold under a condition that
        is not printed, and how many do not hold as worded.
    seen : int
        Of 100 samples of this book's size, those in which a test at 5% sees ``effect``.
    firms : int
        Firms in this book's sample.
    """

    effect: float
    claims: int
    conditional: int
    not_as_worded: int
    seen: int
    firms: int


def doors() -> Doors:
    """Compute the numbers of the first page from where each is known."""
    values = {name: info.default for name, info in power.SLIDERS.items()}
    verdicts = Counter(claim.verdict for claim in papers_own().values())
    return Doors(
        effect=float(published(2, 6).set_index("term").loc[["lndig"], "estimate"].iloc[0]),
        claims=verdicts.total(),
        conditional=verdicts["holds under a condition"],
        not_as_worded=verdicts["does not hold as worded"],
        seen=round(100 * float(power.formulas().evaluate(values)["power"])),
        firms=round(1000 * values["firms"]),
    )


class FrontPage:
    """The first page as HTML that works by itself, from a server or from a file."""

    def _repr_html_(self) -> str:
        """Return the picture, and around it what can be read without a script."""
        state = {"defaults": _start(1.0), "weights": WEIGHTS}
        script = script_of(formulas(), *_SCRIPTS)
        css = palette_css() + asset_of_explorers("front.css")
        return live_page("td-front", css, script, state, _body(doors()))

    def __repr__(self) -> str:
        """Return the question."""
        return "A firm joins an online platform. Does it export better goods?"


def _start(level: float) -> dict[str, float]:
    return {n: info.default for n, info in ABOUT.items() if n != "psi"} | {"dig": level}


def _orders(now: Mapping[str, float]) -> str:
    """Draw the orders as ``front.js`` does: places, days and sizes from one short generator."""
    seed = 7

    def draw() -> float:
        nonlocal seed
        seed = seed * 16807 % 2147483647
        return seed / 2147483647

    dots = []
    for _ in range(int(np.ceil(now["shown"]))):
        day, place = draw(), int(draw() * 5)
        size = np.sqrt(-2 * np.log(draw())) * np.cos(2 * np.pi * draw())
        radius = min(12.0, max(2.0, 4 * np.exp(now["spread"] * size)))
        dots.append(
            f'<circle class="td-order" cx="{14 + day * 272:.1f}" cy="{18 + place * 19}" '
            f'r="{radius:.1f}"/>'
        )
    lines = (f"M4 {18 + 19 * place}H296" for place in range(5))
    return f'<path class="td-grid" d="{"".join(lines)}"/>' + "".join(dots)


def _body(numbers: Doors) -> str:
    switches = "".join(
        f'<label class="td-switch"><input type="checkbox" data-part="{name}"> {_NAMES[name]}'
        f"<span>+{weight}</span></label>"
        for name, weight in WEIGHTS.items()
    )
    low, high = TASTES
    start, most = (
        {name: float(value) for name, value in formulas().evaluate(_start(level)).items()}
        for level in (1.0, 1.0 + sum(WEIGHTS.values()))
    )
    return f"""
<p class="td-ribbon">All data in this book are synthetic. What agrees with the paper checks code;
it says nothing about the world.</p>
<p class="td-big">A firm joins an online platform. Does it export better goods?</p>
<div class="td-stage">
<div class="td-box"><p class="td-dig">Goes digital</p>{switches}
<p>level <b class="td-dig" data-part="level">1</b> of 8</p></div>
<div class="td-arrow"><b aria-hidden="true">→</b><span>assumed</span></div>
<div class="td-box"><p class="td-psi">Answers varied orders</p>
<svg data-part="book" viewBox="0 0 300 112" role="img" aria-label="Orders of one firm in a year, by
destination: the more flexible the firm, the more orders and the more they differ in size."
>{_orders(start)}</svg>
<p>flexible productivity ψ = <b class="td-psi" data-part="psi">1.00</b></p></div>
<div class="td-arrow"><b aria-hidden="true">→</b><span>derived</span></div>
<div class="td-box td-gauge"><p class="td-quality">Better goods</p>
<div class="td-bar-up">
<i data-part="fill" style="transform:scaleY({_GAUGE:.3f})"></i>
<u data-part="start" style="bottom:{100 * _GAUGE:.1f}%"></u></div>
<p><b class="td-quality" data-part="ratio">× 1.00</b> <span>of the start</span></p></div>
<label class="td-taste"><span>buyers want <b class="td-variety">variety</b></span>
<input type="range" data-part="e" min="{low}" max="{high}" step="0.01" value="{ABOUT["e"].default}"
aria-label="substitutability e: how readily buyers take one variety for another">
<span>buyers take substitutes</span></label>
<p class="td-say" role="status" data-part="say">Where scripts run, switches and slider move
the picture: all three technologies, level {1 + sum(WEIGHTS.values())}, make the best quality
{most["quality"] / start["quality"]:.2f} times as high as none does.</p>
</div>
<nav class="td-doors" aria-label="Three numbers">
<a href="../notebooks/{escape(figure_address(2, 6, "lndig"))}"><b>+{numbers.effect:.4f}</b>
<span>of an index from 0 to 1, for one log point of digitization: estimated in the paper from
{PAPER_FIRMS:,} exporters. What is it worth?</span></a>
<a href="claims.html"><b>{numbers.conditional} of {numbers.claims}</b>
<span>statements of the paper's theory need a condition that is not in print, by computer algebra;
{numbers.not_as_worded} does not hold as worded. Which?</span></a>
<a href="../notebooks/benchmark.html#explore"><b>{numbers.seen} in 100</b>
<span>samples of {numbers.firms:,} firms would notice that effect. How many firms does it take?
</span></a>
</nav>
<p class="td-ways"><a href="tour.html">The tour, ten minutes</a>
<a href="consumers.html">The seminar, from the start</a>
<a href="../notebooks/your-data.html">Your own data</a></p>
"""
