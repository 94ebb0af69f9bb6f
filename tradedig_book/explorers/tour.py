"""The tour: the paper in five steps, beside one picture that changes from step to step."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import cache

import numpy as np
import pandas as pd
from scipy.stats import norm

from tradedig_book import audit
from tradedig_book.explorers import front, profit
from tradedig_book.explorers.tour_scenes import (
    Parabola,
    Scene,
    drawn,
    estimates,
    ledger,
    orders,
    summits,
    together,
)
from tradedig_book.explorers.widget import asset_of_explorers
from tradedig_book.present.assets import live_page
from tradedig_book.present.palette import palette_css
from tradedig_book.published.load import PAPER_FIRMS, published
from tradedig_book.theory import ABOUT
from tradedig_book.theory.claims import LEDGER
from tradedig_helpers.measure.digitization import WEIGHTS, level
from tradedig_helpers.measure.flexibility import measure_flexibility

_LEVELS = (1, int(level(dict.fromkeys(WEIGHTS, 1))))
"""A firm without any technology, and one with all."""
_DOORS = (
    ("Sliders", "optimal-quality.html"),
    ("Seminar", "consumers.html"),
    ("Claims", "claims.html"),
    ("Audit", "../notebooks/audit.html"),
    ("Specification curve", "../notebooks/specification-curve.html"),
    ("Scoreboard", "../notebooks/scoreboard.html"),
)
_FURTHEST = 1.25
"""End of the axis of quality, in its units."""
_EVENLY = 0.7548776662
"""Multiples of it, less their whole part, lie evenly however many there are (Roberts 2018)."""
_LOOKS = {
    "holds": ("td-holds", ("hold",)),
    "holds under a condition": ("td-condition", ("under a", "condition")),
    "not a theoretical claim / assumed": ("td-assumed", ("assumed",)),
    "does not hold as worded": ("td-wrong", ("not as", "worded")),
}


@dataclass(frozen=True)
class Firm:
    """The invented firm at one level of digitization.

    Attributes
    ----------
    values : value of each order of a year, its median 1
    flex : sd/mean of the values times the log of their number, as the paper measures it
    psi : flexible productivity at that level, as the first page has it
    profit : profit in quality at that ψ, the other parameters at their defaults
    """

    values: tuple[float, ...]
    flex: float
    psi: float
    profit: Parabola


@cache
def firm(dig: int) -> Firm:
    """Return the invented firm at a digital level, the same firm as on the first page."""
    others = {name: info.default for name, info in ABOUT.items() if name != "psi"}
    at = front.formulas().evaluate(others | {"dig": dig})
    count = np.arange(np.ceil(at["shown"]))
    values = np.exp(at["spread"] * norm.ppf((0.5 + _EVENLY * count) % 1).clip(-1.8, 1.8))
    customs = pd.DataFrame({"firm": 1, "year": 2002, "value": values})
    idle = profit.formulas().evaluate(others | {"psi": at["psi"], "lam": 0.0})
    base, slope, best = (float(idle[name]) for name in ("tried", "slope", "best"))
    nothing = best + (best**2 + 2 * best * base / slope) ** 0.5
    return Firm(
        values=tuple(values.tolist()),
        flex=float(measure_flexibility(customs)["flex"].iloc[0]),
        psi=float(at["psi"]),
        profit=Parabola(base, slope, best, min(nothing, _FURTHEST)),
    )


@dataclass(frozen=True)
class Findings:
    """The numbers of the last two steps, and where each comes from.

    Attributes
    ----------
    rows : published coefficient of lndig and its standard error, by column of Table 2
    gain : what the last of them is worth from the lowest level to the highest, in QSY
    on_flex : the published coefficient of lndig on flex, Table 5, column (7)
    verdicts : statements of the theory's ledger by verdict
    starred, contradicted : printed errors, and those that contradict the printed stars
    products, sums : checks of mediated effects and of totals, each with those that fail
    """

    rows: pd.DataFrame
    gain: float
    on_flex: float
    verdicts: Counter[str]
    starred: int
    contradicted: int
    products: tuple[int, int]
    sums: tuple[int, int]


@cache
def findings() -> Findings:
    """Compute the numbers of the tour from where each is known."""
    paper = published()
    rows = published(2).query("term == 'lndig'").set_index("column")[["estimate", "std_error"]]
    checks = [check(paper) for check in (audit.stars, audit.mediated_effects, audit.totals)]
    counted = [(len(one), int((one["verdict"] == "inconsistent").sum())) for one in checks]
    (starred, contradicted), products, sums = counted
    return Findings(
        rows=rows,
        gain=float(rows["estimate"].iloc[-1] * np.log(_LEVELS[1])),
        on_flex=float(published(5, 7).set_index("term").loc[["lndig"], "estimate"].iloc[0]),
        verdicts=Counter(claim.verdict for claim in LEDGER.values()),
        starred=starred,
        contradicted=contradicted,
        products=products,
        sums=sums,
    )


def scenes() -> list[Scene]:
    """Return the five states of the picture, all with the same marks."""
    before, after = map(firm, _LEVELS)
    found, doors, weights = findings(), front.doors(), tuple(WEIGHTS.values())
    reach = norm.ppf(0.975) * found.rows["std_error"]
    rows = zip(
        (f"({column})" for column in found.rows.index),
        found.rows["estimate"],
        found.rows["estimate"] - reach,
        found.rows["estimate"] + reach,
        strict=True,
    )
    names = [
        words
        for dig, one in zip(_LEVELS, (before, after), strict=True)
        for words in (f"level {dig}", f"ψ = {one.psi:.2f}")
    ]
    groups = [(look, found.verdicts[verdict], words) for verdict, (look, words) in _LOOKS.items()]
    samples = [("td-seen", doors.seen, ()), ("td-unseen", 100 - doors.seen, ())]
    heads = (
        f"{doors.claims} statements of the theory:",
        f"Of 100 samples of {doors.firms:,} firms",
        f"{doors.seen} would notice the effect:",
    )
    return together(
        [
            orders(before.values, _LEVELS[0], weights, start=True),
            orders(after.values, _LEVELS[1], weights, start=False),
            summits(
                (before.profit, after.profit),
                (len(before.values), len(after.values) - len(before.values)),
                (*names, f"λ* × {ratio():.2f}"),
            ),
            estimates(
                tuple(rows),
                found.gain,
                f"{found.gain:.4f}, the gain from level {_LEVELS[0]} to {_LEVELS[1]}",
            ),
            ledger([*groups, *samples], heads),
        ]
    )


def ratio() -> float:
    """Return best quality at the highest level over that at the lowest, equation (8)."""
    low, high = (firm(dig).profit.best for dig in _LEVELS)
    return high / low


class Tour:
    """The tour as HTML that works by itself, from a server or from a file.

    Without scripts, and on paper, each step has its own picture.
    """

    def _repr_html_(self) -> str:
        """Return the steps, and the picture that the script moves between those of the steps."""
        css = palette_css() + asset_of_explorers("tour.css")
        return live_page("td-tour", css, asset_of_explorers("tour.js"), {}, _body())

    def __repr__(self) -> str:
        """Return what it is."""
        return f"The paper in {len(_steps())} steps"


def _body() -> str:
    steps = _steps()
    pictures = [drawn(scene, step.label) for scene, step in zip(scenes(), steps, strict=True)]
    texts = "".join(
        step.html(number, picture)
        for number, (step, picture) in enumerate(zip(steps, pictures, strict=True), start=1)
    )
    links = "".join(
        f'<a href="#step-{number}" aria-label="Step {number}: {step.title}">{number}</a>'
        for number, step in enumerate(steps, start=1)
    )
    return f"""<script>document.getElementById("td-tour").className = "td-live"</script>
<div class="td-tour"><div class="td-stage"><div class="td-picture">{pictures[0]}</div>
<nav class="td-progress" aria-label="Steps of the tour">{links}</nav></div>
<div class="td-steps">{texts}</div></div>"""


@dataclass(frozen=True)
class Step:
    """One step in words: what kind of statement it is, its title, number, text and links."""

    kind: str
    title: str
    number: tuple[str, str]
    text: tuple[str, ...]
    links: tuple[tuple[str, str], ...]
    label: str

    def html(self, number: int, picture: str) -> str:
        """Return the step with its own picture."""
        text = "".join(f"<p>{paragraph}</p>" for paragraph in self.text)
        links = "".join(f'<a href="{to}">{words}</a>' for words, to in self.links)
        big, about = self.number
        return (
            f'<section class="td-step" id="step-{number}" aria-labelledby="step-{number}-title">'
            f'<p class="td-kind"><b>{number}</b> {self.kind}</p>'
            f'<h2 id="step-{number}-title">{self.title}</h2>'
            f'<p class="td-number"><b>{big}</b><span>{about}</span></p>'
            f'<div class="td-picture td-still">{picture}</div>{text}'
            f'<p class="td-links">{links}</p></section>'
        )


def _steps() -> tuple[Step, ...]:
    before, after = map(firm, _LEVELS)
    return (
        _question(before),
        _assumed(before, after),
        _derived(before, after),
        _estimated(),
        _examined(),
    )


def _question(before: Firm) -> Step:
    pit, icp, pdo = (WEIGHTS[name] for name in ("pit", "icp", "pdo"))
    many = len(before.values)
    low, high = _LEVELS
    return Step(
        kind="The question",
        title="A firm goes online. Does it export better goods?",
        number=(f"{PAPER_FIRMS:,}", "exporters in the paper, 2002–2015 (its section 3)"),
        text=(
            f"This firm is invented. In a year it ships {many} orders, much alike, to two cities. "
            "Then it opens a home page and joins two online platforms, one for buyers abroad, "
            "one for buyers at home.",
            "Yu Hao and Yin Feng ask whether such a firm comes to export better goods. "
            "They follow Chinese exporters, and give each in each year a level of trade "
            f'<b class="td-dig">digitization</b> from {low} to {high}: {pit} points for a '
            f"cross-border platform, {icp} for a home page, {pdo} for a domestic platform, "
            "and one that every firm has (Table 1).",
        ),
        links=(("How the level is measured", "../notebooks/digitization.html"),),
        label=f"Orders of an invented firm in a year: {many} dots of much the same size, to two "
        f"cities. Above them its level of digitization, {low} of {high}.",
    )


def _assumed(before: Firm, after: Firm) -> Step:
    return Step(
        kind="Assumed",
        title="It learns to answer varied orders",
        number=(
            f"{before.flex:.1f} → {after.flex:.1f}",
            "flex of the two order books drawn here (invented)",
        ),
        text=(
            "Now the firm sees what its buyers want. As we draw it, orders grow in number and no "
            'two are alike. The ability to answer them is <b class="td-psi">flexible '
            "productivity ψ</b>, and that digitization raises it, ψ′ &gt; 0, is an assumption of "
            "the paper’s model (section 2).",
            "In customs records <i>flex</i> measures it: the standard deviation of shipments over "
            "their mean, times the log of their number (section 4). There the paper finds the "
            f"link as well: one log point of the level goes with {findings().on_flex} more flex "
            "(published, Table 5, column 7).",
        ),
        links=(("How flexibility is measured", "../notebooks/flexibility.html"),),
        label=f"The same firm at level {_LEVELS[1]} of {_LEVELS[1]}: {len(after.values)} dots of "
        "very different sizes, to five cities.",
    )


def _derived(before: Firm, after: Firm) -> Step:
    return Step(
        kind="Derived",
        title="So quality becomes cheaper, and rises",
        number=(
            f"× {ratio():.2f}",
            f"best quality, level {_LEVELS[1]} over level {_LEVELS[0]} (our illustration)",
        ),
        text=(
            "Buyers pay more for better goods, and making them costs a fixed sum that grows with "
            "the square of quality. Between the two, profit is a parabola in quality, "
            'equation (7), and its top is the <b class="td-quality">best quality λ*</b> of '
            "equation (8).",
            "ψ divides that fixed sum, so the top moves up and to the right. The paper derives this "
            "arrow; it is proved here for one firm at a given cutoff cost, wherever a best quality "
            f"exists. How far it moves is our illustration: ψ goes from {before.psi:.2f} to "
            f"{after.psi:.2f}, all else is at this book’s defaults.",
        ),
        links=(
            ("Move the sliders yourself", "optimal-quality.html"),
            ("The proofs", "comparative-statics.html"),
        ),
        label=f"Two parabolas of profit in quality. With ψ = {after.psi:.2f} the top is higher, "
        f"and {ratio():.2f} times as far to the right as with ψ = {before.psi:.2f}.",
    )


def _estimated() -> Step:
    found = findings()
    last = found.rows.iloc[-1]
    low, high = (f"{end:.4f}" for end in np.sort(found.rows["estimate"])[[0, -1]])
    return Step(
        kind="Estimated",
        title="The paper finds it in the data",
        number=(
            f"+{last['estimate']:.4f}",
            "of quality for one log point of the level, standard error "
            f"{last['std_error']:.4f} (published, Table 2, column 6)",
        ),
        text=(
            "No customs record says how good a thing is. The paper infers it: who sells more at "
            "the same price, in the same market, is taken to be better (equation 10), on a scale "
            "from 0 to 1. Then it regresses quality on the level (equation 9); from column to "
            "column more is held fixed, from the second on whatever is constant in a firm.",
            f"What is it worth? From level {_LEVELS[0]} to {_LEVELS[1]}, lndig rises by "
            f"ln {_LEVELS[1]} and quality by {found.gain:.4f}: "
            f"{100 * found.gain:.1f} per cent of its whole range.",
        ),
        links=(
            ("How quality is measured", "../notebooks/quality.html"),
            ("The benchmark", "../notebooks/benchmark.html"),
        ),
        label=f"Six published estimates with 95% intervals, from {low} to {high}, all right of "
        f"zero. Beneath, the gain from level {_LEVELS[0]} to {_LEVELS[1]} is a sliver of the "
        "range of quality.",
    )


def _examined() -> Step:
    found, doors = findings(), front.doors()
    holds, condition, assumed, wrong = (found.verdicts[verdict] for verdict in _LOOKS)
    return Step(
        kind="Examined",
        title="What this book finds",
        number=(
            f"{wrong} of {doors.claims}",
            "statements of the theory do not hold as worded, by computer algebra",
        ),
        text=(
            f"Of the others {holds} hold, {condition} hold under a condition that the paper does "
            f"not state, and {assumed} are assumptions. In the printed tables "
            f"{found.contradicted} of {found.starred} estimates contradict their stars and "
            f"{found.products[1]} of {found.products[0]} mediated effects their factors; "
            f"{found.sums[1]} of {found.sums[0]} sums miss their total, a question about samples.",
            "The data are not public. So all that this book estimates comes from synthetic firms, "
            "made by the paper’s own model: it checks code and says nothing about the world. "
            f"And a sample of {doors.firms:,} firms would seldom notice an effect of "
            f"{doors.effect:.4f}.",
        ),
        links=_DOORS,
        label=f"{doors.claims} statements of the theory as dots: {holds} hold, {condition} under "
        f"a condition, {wrong} not as worded, {assumed} are assumed. Beneath, 100 dots for "
        f"samples of {doors.firms:,} firms, of which {doors.seen} notice the effect.",
    )
