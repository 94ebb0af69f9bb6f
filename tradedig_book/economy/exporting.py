"""Which firms export when: a choice that unseen demand moves together with quality."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tradedig_book.economy.firms import BLOCK, draw_paths
from tradedig_book.economy.world import FIRST_YEAR, YEARS, World
from tradedig_helpers.frames.arrays import Floats
from tradedig_helpers.schema.declare import Columns

TASTE_SHARE = 0.85
"""Share of the unseen taste for exporting that is fixed; its whole variance is one."""
LEVEL = -0.62
EXPORT_INDEX: Mapping[str, float] = {"lntfp": 0.10, "lnsca": 0.30, "foe": 0.45, "clearance": -0.12}
TYPICAL_BUSINESS: Mapping[str, float] = {
    "lndig": 0.5, "lntfp": 3.65, "lnsca": 5.0, "foe": 0.3, "clearance": 6.0,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Exporting:
    """Per firm-year, each of shape (N,): the index, its transitory shock, and the choice."""

    index: Floats
    shock: Floats
    exports: NDArray[np.bool_]


def draw_clearance(rng: np.random.Generator, panel: Columns, world: World) -> Floats:
    """Return the days that goods wait at each firm's customs office, shape (N,).

    Offices differ, speed up with the years at a pace of their own province, and have good
    and bad years. The wait enters the choice to export and nothing else: it is the
    exclusion variable of a selection model.
    """
    office = 1.5 * rng.normal(size=BLOCK)[_local(panel)]
    province = panel["province"].codes
    years = panel["year"] - FIRST_YEAR
    season = draw_paths(rng)[_local(panel), years]
    days = 8.0 + office - world.clearance_pace[province] * years + season
    return np.asarray(np.maximum(0.5, days).round(1))


def draw_exporting(
    rng: np.random.Generator, panel: Columns, loadings: Mapping[str, float]
) -> Exporting:
    """Return who exports: those whose index plus fixed and transitory taste is positive.

    The unseen part has variance one, so a probit of the choice on what enters the index
    estimates ``loadings`` and ``EXPORT_INDEX`` themselves. Intermediaries always trade.
    """
    index = np.full(len(panel["firm"]), LEVEL)
    for name, loading in {**loadings, **EXPORT_INDEX}.items():
        index += loading * (panel[name] - TYPICAL_BUSINESS[name])
    transitory = np.sqrt(1 - TASTE_SHARE) * rng.normal(size=(BLOCK, len(YEARS)))
    shock = transitory[_local(panel), panel["year"] - FIRST_YEAR]
    taste = np.sqrt(TASTE_SHARE) * panel["export_taste"] + shock
    trader = panel["sector"] != "manufacturing"
    return Exporting(index, shock, trader | (index + taste > 0))


def _local(panel: Columns) -> NDArray[np.int64]:
    """Return each firm-year's firm as a position in its block."""
    return np.asarray((panel["firm"] - 1) % BLOCK)
