"""The words of the tour; what stands in braces is a number, computed where it is known."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from html import escape


@dataclass(frozen=True)
class TourStep:
    """One step of the tour.

    Attributes
    ----------
    kind, title : what kind of statement it is, and its heading
    number, about : the number to remember, and what it counts
    text : paragraphs, HTML
    links : words and address of each way on
    label : what its picture shows, for those who do not see it
    """

    kind: str
    title: str
    number: str
    about: str
    text: tuple[str, ...]
    links: tuple[tuple[str, str], ...]
    label: str

    def html(self, place: int, picture: str, numbers: Mapping[str, str]) -> str:
        """Return the step, at its place, with a picture of its own and its numbers filled in."""
        text = "".join(f"<p>{paragraph}</p>" for paragraph in self.text)
        words = (
            f'<section class="td-step" id="step-{place}" aria-labelledby="step-{place}-title">'
            f'<p class="td-kind"><b>{place}</b> {self.kind}</p>'
            f'<h2 id="step-{place}-title">{self.title}</h2>'
            f'<p class="td-number"><b>{self.number}</b><span>{self.about}</span></p>'
        )
        links = "".join(f'<a href="{address}">{name}</a>' for name, address in self.links)
        return (
            f"{words.format_map(numbers)}"
            f'<div class="td-picture td-still">{picture}</div>{text.format_map(numbers)}'
            f'<p class="td-links">{links}</p></section>'
        )

    def link(self, place: int) -> str:
        """Return a link to the step, as a number."""
        name = escape(f"Step {place}: {self.title}")
        return f'<a href="#step-{place}" aria-label="{name}">{place}</a>'


TOUR = (
    TourStep(
        kind="The question",
        title="A firm goes online. Does it export better goods?",
        number="{paper_firms}",
        about="exporters in the paper, 2002–2015 (its section 3)",
        text=(
            "This firm is invented. In a year it ships {orders} orders, much alike, to two cities. "
            "Then it opens a home page and joins two online platforms, one for buyers abroad, one "
            "for buyers at home.",
            "Yu Hao and Yin Feng ask whether such a firm comes to export better goods. They follow "
            "Chinese exporters, and give each in each year a level of trade "
            '<b class="td-dig">digitization</b> from {low} to {high}: {pit} points for a '
            "cross-border platform, {icp} for a home page, {pdo} for a domestic platform, and one "
            "that every firm has (Table 1).",
        ),
        links=(("How the level is measured", "../notebooks/digitization.html"),),
        label="Orders of an invented firm in a year: {orders} dots of much the same size, to two "
        "cities. Above them its level of digitization, {low} of {high}.",
    ),
    TourStep(
        kind="Assumed",
        title="It learns to answer varied orders",
        number="{flex} → {more_flex}",
        about="flex of the two order books drawn here (invented)",
        text=(
            "Now the firm sees what its buyers want. As we draw it, orders grow in number and no "
            'two are alike. The ability to answer them is <b class="td-psi">flexible productivity '
            "ψ</b>, and that digitization raises it, ψ′ &gt; 0, is an assumption of the paper’s "
            "model (section 2).",
            "In customs records <i>flex</i> measures it: the standard deviation of shipments over "
            "their mean, times the log of their number (section 4). There the paper finds the link "
            "as well: one log point of the level goes with {on_flex} more flex (published, Table "
            "5, column 7).",
        ),
        links=(("How flexibility is measured", "../notebooks/flexibility.html"),),
        label="The same firm at level {high} of {high}: {more_orders} dots of very different "
        "sizes, to five cities.",
    ),
    TourStep(
        kind="Derived",
        title="So quality becomes cheaper, and rises",
        number="× {ratio}",
        about="best quality, level {high} over level {low} (our illustration)",
        text=(
            "Buyers pay more for better goods, and making them costs a fixed sum that grows with "
            "the square of quality. Between the two, profit is a parabola in quality, equation "
            '(7), and its top is the <b class="td-quality">best quality λ*</b> of equation (8).',
            "ψ divides that fixed sum, so the top moves up and to the right. The paper derives "
            "this arrow; it is proved here for one firm at a given cutoff cost, wherever a best "
            "quality exists. How far it moves is our illustration: ψ goes from {psi} to "
            "{more_psi}, all else is at this book’s defaults.",
        ),
        links=(
            ("Move the sliders yourself", "optimal-quality.html"),
            ("The proofs", "comparative-statics.html"),
        ),
        label="Two parabolas of profit in quality. With ψ = {more_psi} the top is higher, and "
        "{ratio} times as far to the right as with ψ = {psi}.",
    ),
    TourStep(
        kind="Estimated",
        title="The paper finds it in the data",
        number="+{effect}",
        about="of quality for one log point of the level, standard error {std_error} (published, "
        "Table 2, column 6)",
        text=(
            "No customs record says how good a thing is. The paper infers it: who sells more at "
            "the same price, in the same market, is taken to be better (equation 10), on a scale "
            "from 0 to 1. Then it regresses quality on the level (equation 9); from column to "
            "column more is held fixed, from the second on whatever is constant in a firm.",
            "What is it worth? From level {low} to {high}, lndig rises by ln {high} and quality by "
            "{gain}: {percent} per cent of its whole range.",
        ),
        links=(
            ("How quality is measured", "../notebooks/quality.html"),
            ("The benchmark", "../notebooks/benchmark.html"),
        ),
        label="Six published estimates with 95% intervals, from {least} to {most}, all right of "
        "zero. Beneath, the gain from level {low} to {high} is a sliver of the range of quality.",
    ),
    TourStep(
        kind="Examined",
        title="What this book finds",
        number="{condition} of {claims}",
        about="statements of the paper’s theory hold under a condition that it does not print, by "
        "computer algebra",
        text=(
            "Of the others {holds} hold as they stand, {assumed} are assumptions, and what does "
            "not hold as worded numbers {wrong}. In the printed tables {contradicted} of "
            "{starred} estimates contradict their stars and {wrong_products} of {products} "
            "mediated effects their factors; {wrong_sums} of {sums} sums miss their total, a "
            "question about samples.",
            "The data are not public. So all that this book estimates comes from synthetic firms, "
            "whose quality follows equation (8): it checks code and says nothing about the world. "
            "And a sample of {firms} firms would seldom notice an effect of {effect}.",
        ),
        links=(
            ("Sliders", "optimal-quality.html"),
            ("Seminar", "consumers.html"),
            ("Claims", "claims.html"),
            ("Audit", "../notebooks/audit.html"),
            ("Specification curve", "../notebooks/specification-curve.html"),
            ("Scoreboard", "../notebooks/scoreboard.html"),
        ),
        label="{claims} statements of the paper’s theory as dots: {holds} hold, {condition} under "
        "a condition, {assumed} are assumed, not as worded {wrong}. Beneath, 100 dots for "
        "samples of {firms} firms, of which {seen} notice the effect.",
    ),
)
"""The five steps, in order."""
