"""Every explorer of the chapters by its id, imported when it is asked for.

The module of an explorer holds all that is its own: ``formulas``, the program that NumPy and the
browser both evaluate, and ``spec``, its sliders, views and words.
"""

from __future__ import annotations

from importlib import import_module

from tradedig_book.explorers.widget import Explorer

EXPLORERS = {
    "demand": "tradedig_book.explorers.demand",
    "profit": "tradedig_book.explorers.profit",
    "channels": "tradedig_book.explorers.channels",
    "elasticities": "tradedig_book.explorers.elasticities",
    "industry": "tradedig_book.explorers.industry",
    "choice": "tradedig_book.explorers.choice",
    "measurement": "tradedig_book.explorers.measurement",
    "power": "tradedig_book.explorers.power",
    "mediation": "tradedig_book.explorers.mediation",
    "selection-bias": "tradedig_book.explorers.selection_bias",
    "what-is-measured": "tradedig_book.explorers.what_is_measured",
}
"""Module of every explorer beside that of optimal quality, by id."""


def explorer(name: str, **values: float) -> Explorer:
    """Return the explorer ``name``, with some parameters away from their defaults.

    Raises
    ------
    ValueError
        If there is no such explorer.
    """
    if name not in EXPLORERS:
        raise ValueError(f"there is no explorer {name!r}; choose one of {', '.join(EXPLORERS)}")
    module = import_module(EXPLORERS[name])
    return Explorer(module.spec(), module.formulas(), **values)
