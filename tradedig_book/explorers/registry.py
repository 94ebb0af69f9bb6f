"""Every explorer beside that of optimal quality, by its id."""

from __future__ import annotations

from collections.abc import Callable

from tradedig_book.explorers.channels import channels_program, channels_spec
from tradedig_book.explorers.choice import choice_spec, choice_view_program
from tradedig_book.explorers.demand import demand_program, demand_spec
from tradedig_book.explorers.elasticities import elasticity_program, elasticity_spec
from tradedig_book.explorers.endogeneity import endogeneity_program, endogeneity_spec
from tradedig_book.explorers.industry import industry_spec, industry_view_program
from tradedig_book.explorers.measurement import measurement_program, measurement_spec
from tradedig_book.explorers.mediation import mediation_formulas, mediation_spec
from tradedig_book.explorers.power import power_formulas, power_spec
from tradedig_book.explorers.profit import profit_program, profit_spec
from tradedig_book.explorers.widget import Explorer, ExplorerSpec
from tradedig_book.theory import (
    Program,
)

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
