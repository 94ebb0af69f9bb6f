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
    draw_estimates,
    draw_ledger,
    draw_orders,
    draw_summits,
    drawn,
    together,
)
from tradedig_book.explorers.tour_steps import TOUR
from tradedig_book.explorers.widget import asset_of_explorers
from tradedig_book.present.assets import live_page
from tradedig_book.present.palette import palette_css
from tradedig_book.published.load import PAPER_FIRMS, published
from tradedig_book.theory import ABOUT
from tradedig_book.theory.claims import papers_own
from tradedig_helpers.measure.digitization import WEIGHTS, level
from tradedig_helpers.measure.flexibility import measure_flexibility

LOWEST, HIGHEST = 1, int(level(dict.fromkeys(WEIGHTS, 1)))
"""The digital level of a firm without any technology, and of one with all."""
_FURTHEST = 1.25
"""End of the axis of quality, in its units."""
_EVENLY = 0.7548776662
"""Multiples of it, less their whole part, lie evenly however many there are (Roberts 2018)."""
_GROUPS = {
    "holds": ("td-holds", "hold"),
    "holds under a condition": ("td-condition", "under a", "condition"),
    "not a theoretical claim / assumed": ("td-assumed", "assumed"),
    "does not hold as worded": ("td-wrong", "not as", "worded"),
}
"""Class and words of each verdict of the ledger, as the picture has them."""


@dataclass(frozen=True)
class Firm:
    """The invented firm at one level of digitization.

    Attributes
    ----------
    orders : value of each order of a year, its median 1
    flex : sd/mean of the values times the log of their number, as the paper measures it
    psi : flexible productivity at that level, as the first page has it
    profit : profit in quality at that ψ, the other parameters at their defaults
    """

    orders: tuple[float, ...]
    flex: float
    psi: float
    profit: Parabola


@cache
def firm(dig: int) -> Firm:
    """Return the invented firm at a digital level, with the first page's ψ and orders."""
    others = {name: info.default for name, info in ABOUT.items() if name != "psi"}
    at = front.formulas().evaluate(others | {"dig": dig})
    places = np.arange(int(np.ceil(at["shown"])))
    values = np.exp(at["spread"] * norm.ppf((0.5 + _EVENLY * places) % 1).clip(-1.8, 1.8))
    customs = pd.DataFrame({"firm": 1, "year": 2002, "value": values})
    idle = profit.formulas().evaluate(others | {"psi": at["psi"], "lam": 0.0})
    base, slope, best = (float(idle[name]) for name in ("tried", "slope", "best"))
    nothing = best + (best**2 + 2 * best * base / slope) ** 0.5
    return Firm(
        orders=tuple(values.tolist()),
        flex=float(measure_flexibility(customs)["flex"].iloc[0]),
        psi=float(at["psi"]),
        profit=Parabola(base, slope, best, min(nothing, _FURTHEST)),
    )


def ratio() -> float:
    """Return best quality (8) of the invented firm at the highest level over the lowest."""
    return firm(HIGHEST).profit.best / firm(LOWEST).profit.best


@cache
def table_2() -> pd.DataFrame:
    """Return the published coefficients of lndig in Table 2: estimate, error, interval of 95%."""
    rows = published(2).query("term == 'lndig'").set_index("column")
    reach = norm.ppf(0.975) * rows["std_error"]
    frame = rows[["estimate", "std_error"]]
    return frame.assign(low=frame["estimate"] - reach, high=frame["estimate"] + reach)


def gain() -> float:
    """Return what column (6) of Table 2 gives a firm that goes to the highest level, in QSY."""
    return float(table_2()["estimate"].iloc[-1] * np.log(HIGHEST / LOWEST))


@cache
def tour_numbers() -> dict[str, str]:
    """Return every number of the tour as it is written, each from where it is known."""
    before, after, doors, printed = firm(LOWEST), firm(HIGHEST), front.doors(), table_2()
    on_flex = published(5, 7).set_index("term").loc[["lndig"], "estimate"].iloc[0]
    numbers = {
        "paper_firms": f"{PAPER_FIRMS:,}",
        "low": LOWEST,
        "high": HIGHEST,
        "orders": len(before.orders),
        "more_orders": len(after.orders),
        "flex": f"{before.flex:.1f}",
        "more_flex": f"{after.flex:.1f}",
        "psi": f"{before.psi:.2f}",
        "more_psi": f"{after.psi:.2f}",
        "ratio": f"{ratio():.2f}",
        "on_flex": on_flex,
        "effect": f"{doors.effect:.4f}",
        "std_error": f"{printed['std_error'].iloc[-1]:.4f}",
        "least": f"{printed['estimate'].min():.4f}",
        "most": f"{printed['estimate'].max():.4f}",
        "gain": f"{gain():.4f}",
        "percent": f"{100 * gain():.1f}",
        "claims": doors.claims,
        "firms": f"{doors.firms:,}",
        "seen": doors.seen,
    }
    return {name: str(value) for name, value in (numbers | WEIGHTS | _verdicts()).items()}


def _verdicts() -> dict[str, int]:
    """Count what the ledger and the audit say."""
    paper = published()
    claims = Counter[str](claim.verdict for claim in papers_own().values())
    counts = {look.removeprefix("td-"): claims[one] for one, (look, *_) in _GROUPS.items()}
    for name, wrong, check in (
        ("starred", "contradicted", audit.stars),
        ("products", "wrong_products", audit.mediated_effects),
        ("sums", "wrong_sums", audit.totals),
    ):
        verdicts = check(paper)["verdict"]
        counts |= {name: len(verdicts), wrong: int((verdicts == "inconsistent").sum())}
    return counts


def scenes() -> list[Scene]:
    """Return the five states of the picture, all with the same shapes."""
    before, after, known = firm(LOWEST), firm(HIGHEST), tour_numbers()
    counts = len(before.orders), len(after.orders) - len(before.orders)
    names = ("level {low}", "ψ = {psi}", "level {high}", "ψ = {more_psi}", "λ* × {ratio}")
    printed = table_2()
    rows = zip(
        [f"({column})" for column in printed.index],
        *(printed[name].tolist() for name in ("estimate", "low", "high")),
        strict=True,
    )
    worth = "{gain}, the gain from level {low} to {high}".format_map(known)
    seen = int(known["seen"])
    groups = [(look, int(known[look[3:]]), words) for look, *words in _GROUPS.values()]
    groups += [("td-seen", seen, []), ("td-unseen", 100 - seen, [])]
    heads = (
        "{claims} statements of the theory:",
        "Of 100 samples of {firms} firms",
        "{seen} would notice the effect:",
    )
    return together(
        [
            draw_orders(before.orders, LOWEST, WEIGHTS, start=True),
            draw_orders(after.orders, HIGHEST, WEIGHTS, start=False),
            draw_summits(
                (before.profit, after.profit), counts, [one.format_map(known) for one in names]
            ),
            draw_estimates(list(rows), gain(), worth),
            draw_ledger(groups, [one.format_map(known) for one in heads]),
        ]
    )


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
        return f"The paper in {len(TOUR)} steps"


def _body() -> str:
    known = tour_numbers()
    pictures = [
        drawn(scene, step.label.format_map(known))
        for scene, step in zip(scenes(), TOUR, strict=True)
    ]
    placed = list(zip(range(1, len(TOUR) + 1), TOUR, pictures, strict=True))
    texts = "".join(step.html(place, picture, known) for place, step, picture in placed)
    links = "".join(step.link(place) for place, step, _ in placed)
    return f"""<script>document.getElementById("td-tour").className = "td-live"</script>
<div class="td-tour td-stays"><div class="td-stage"><div class="td-picture">{pictures[0]}</div>
<nav class="td-progress" aria-label="Steps of the tour">{links}</nav></div>
<div class="td-steps">{texts}</div></div>"""
