"""Explorers of the chapters, one idea each."""

from __future__ import annotations

from collections.abc import Callable

from tradedig_book.explorers.declare import curves, failures, live_equation, sliders
from tradedig_book.explorers.endogeneity import endogeneity_spec
from tradedig_book.explorers.measurement import measurement_spec
from tradedig_book.explorers.mediation import mediation_formulas, mediation_spec
from tradedig_book.explorers.power import power_formulas, power_spec
from tradedig_book.explorers.quality import QUALITY
from tradedig_book.explorers.widget import Explorer, ExplorerSpec
from tradedig_book.theory import (
    ABOUT,
    OUTCOMES,
    Outcome,
    Program,
    equation,
    program,
    second_order,
    upgrading,
)
from tradedig_book.theory.endogeneity import endogeneity_program
from tradedig_book.theory.industry import Choice
from tradedig_book.theory.measurement import measurement_program
from tradedig_book.theory.points import about
from tradedig_book.theory.views import (
    CHANNELS_ABOUT,
    DEMAND_ABOUT,
    INDUSTRY_ABOUT,
    QUALITY_TRIED,
    channels_program,
    choice_view_program,
    demand_program,
    elasticity_program,
    industry_view_program,
    profit_program,
)

INSIDE = "Inside the region: every condition for equation (8) holds."


def demand_spec() -> ExplorerSpec:
    """Variety and demand: what e and β do to one variety's inverse demand (2)."""
    return ExplorerSpec(
        id="demand",
        title="Variety and demand explorer",
        parameters=sliders(DEMAND_ABOUT),
        outcomes=curves(
            {
                "price": Outcome("p", "p", "price", "price that buyers pay", "numeraire"),
                "elasticity": Outcome(
                    r"\varepsilon",
                    "ε",
                    "elasticity",
                    "price elasticity of demand",
                    "per cent of quantity for one per cent of price",
                ),
            },
            ranges={"price": (0.0, 3.0), "elasticity": (0.0, 10.0)},
        ),
        conditions=failures(demand_program()),
        equation=live_equation("<mi>p</mi>", equation("2").right, "price"),
        inside="Buyers take this quantity at a positive price.",
        axes=("x", "e", "beta", "X"),
    )


def profit_spec() -> ExplorerSpec:
    """Profit in quality: the summit, and what becomes of it at the edge of the region."""
    return ExplorerSpec(
        id="profit",
        title="Profit in quality explorer",
        parameters=sliders({"lam": QUALITY_TRIED} | ABOUT),
        outcomes=curves(
            {
                "tried": Outcome(
                    r"\pi", "π", "profit", "profit before digitization cost", "numeraire"
                ),
                "slope": Outcome(
                    r"\pi'", "π′", "gain from more quality", "slope of profit in quality",
                    "numeraire per unit of quality",
                ),
            },
            ranges={"tried": (-0.1, 0.2), "slope": (-0.4, 0.4)},
        ),
        conditions=failures(profit_program()),
        equation=live_equation(
            "<mfrac><mrow><msup><mo>∂</mo><mn>2</mn></msup><mi>π</mi></mrow>"
            "<mrow><mo>∂</mo><msup><mi>λ</mi><mn>2</mn></msup></mrow></mfrac>",
            second_order().right,
            "curvature",
        ),
        inside="Where the curvature is negative, profit has a summit: the best quality, marked.",
        axes=("lam",),
        marks=({"step": "best", "axis": "lam", "name": "best quality"},),
    )  # fmt: skip


def channels_spec() -> ExplorerSpec:
    """Three digital channels: what each does to K and to quality."""
    return ExplorerSpec(
        id="channels",
        title="Three digital channels explorer",
        parameters=sliders(CHANNELS_ABOUT),
        outcomes=curves(
            {"K": Outcome("K", "K", "upgrading", "quality per unit of lead", "quality/numeraire")}
            | {name: OUTCOMES[name] for name in ("quality", "price", "profit")}
        ),
        conditions=failures(channels_program()),
        equation=live_equation("<mi>K</mi>", upgrading().right, "K")
        + live_equation(QUALITY, equation("8").right, "quality"),
        inside=INSIDE,
        axes=("dig_tr", "dig_im", "dig_tfp"),
    )


def elasticity_spec() -> ExplorerSpec:
    """Show comparative statics at a glance: every elasticity at the current point."""
    return ExplorerSpec(
        id="elasticities",
        title="Elasticities at the current point",
        parameters=sliders(ABOUT),
        outcomes=tuple(
            {"name": name, "reach": 6.0, "bars": _bars(name)}
            | outcome._asdict()
            | {"unit": "per cent, for one per cent more of each parameter"}
            for name, outcome in OUTCOMES.items()
        ),
        conditions=failures(program()),
        equation="",
        inside=INSIDE,
        axes=("psi",),
    )


def industry_spec() -> ExplorerSpec:
    """Free entry: who sells at which quality, before and after."""
    return ExplorerSpec(
        id="industry",
        title="Industry explorer",
        parameters=sliders(INDUSTRY_ABOUT),
        outcomes=curves(
            {
                "own_quality": OUTCOMES["quality"],
                "own_price": OUTCOMES["price"],
                "own_profit": OUTCOMES["profit"],
                "density": Outcome(
                    "g", "g", "density of costs", "density of entrants' costs", "per unit of cost"
                ),
            },
            ranges={
                "own_quality": (0.0, 2.0),
                "own_price": (0.0, 3.0),
                "own_profit": (0.0, 1.5),
                "density": (0.0, 3.0),
            },
        ),
        conditions=failures(industry_view_program()),
        equation="",
        inside="This firm sells; the cutoff is where free entry just pays.",
        axes=("c",),
        marks=(
            {"step": "c_D", "axis": "c", "name": "cutoff"},
            {"step": "turning", "axis": "c", "name": "losers begin"},
        ),
    )


def choice_spec() -> ExplorerSpec:
    """Show the choice to digitise, and the sorting that it brings."""
    return ExplorerSpec(
        id="choice",
        title="Choice to digitise explorer",
        parameters=sliders(about(Choice)),
        outcomes=curves(
            {
                "dig": Outcome("dig^*", "dig*", "digitization", "best digitization", "level"),
                "psi": Outcome(
                    r"\psi", "ψ", "flexible productivity", "flexible productivity", "index, 1/θ"
                ),
                "quality": OUTCOMES["quality"],
                "value": Outcome(
                    "V", "V", "value", "profit less the cost of digitization", "numeraire"
                ),
            },
        ),
        conditions=failures(choice_view_program()),
        equation="",
        inside="The firm sells, and has one best level of digitization.",
        axes=("c", "mu", "psi_1", "e"),
        marks=({"step": "threshold", "axis": "c", "name": "yes/no threshold"},),
    )


def _bars(outcome: str) -> list[dict[str, str]]:
    return [{"step": f"e_{outcome}_{name}", "glyph": about.glyph} for name, about in ABOUT.items()]


EXPLORERS: dict[str, tuple[Callable[[], ExplorerSpec], Callable[[], Program]]] = {
    "demand": (demand_spec, demand_program),
    "profit": (profit_spec, profit_program),
    "channels": (channels_spec, channels_program),
    "elasticities": (elasticity_spec, elasticity_program),
    "industry": (industry_spec, industry_view_program),
    "choice": (choice_spec, choice_view_program),
    "measurement": (measurement_spec, measurement_program),
    "power": (power_spec, power_formulas),
    "mediation": (mediation_spec, mediation_formulas),
    "selection-bias": (endogeneity_spec, endogeneity_program),
}
"""Declaration and formulas of every explorer beside that of optimal quality, by id."""


def explorer(name: str, **values: float) -> Explorer:
    """Return the explorer ``name``, with some parameters away from their defaults.

    Raises
    ------
    ValueError
        If there is no such explorer.
    """
    if name not in EXPLORERS:
        raise ValueError(f"there is no explorer {name!r}; choose one of {', '.join(EXPLORERS)}")
    spec, formulas = EXPLORERS[name]
    return Explorer(spec(), formulas(), **values)
