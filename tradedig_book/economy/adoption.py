"""When firms adopt the three digital technologies of the index; adoption is never undone."""

from __future__ import annotations

import numpy as np
import pandas as pd

from tradedig_book.economy.firms import BLOCK
from tradedig_book.economy.world import FIRST_YEAR, INDUSTRY_COUNT, LAST_YEAR, World
from tradedig_helpers.frames.arrays import Floats
from tradedig_helpers.measure.digitization import SINCE, level, spell
from tradedig_helpers.schema.declare import Columns

LAUNCH = {"pit": 1999, "pdo": 2000, "icp": 1999}
REACH = {"pit": 0.12, "pdo": 0.12, "icp": 0.25}
REACH_YEARS, WAIT_SHAPE = 10.0, 0.4


def draw_adoption(
    rng: np.random.Generator, firms: Columns, world: World, selection: float
) -> dict[str, pd.arrays.IntegerArray]:
    """Return ``pit_since``, ``pdo_since``, ``icp_since``: first year of use, or missing.

    A firm waits from the launch of the technology or its own founding. Waits are
    Weibull with a falling hazard, so that many adopt at once and the others late;
    ``REACH`` is the cumulative hazard of a typical firm after ``REACH_YEARS`` years.
    Larger firms wait less, and so do firms where the internet is ahead and in some
    industries; ``selection`` says how the unseen demand shifter shortens (positive) or lengthens
    (negative) the wait. Productivity has no say of its own: it reverts to its mean, and
    would make firms look less productive after they adopt.
    """
    pull = 0.4 * firms["size"] + selection * firms["demand_shifter"] + _surroundings(firms, world)
    pace = np.exp(pull)
    since = {}
    for technology, launch in LAUNCH.items():
        hazard = rng.exponential(size=BLOCK) / (REACH[technology] * pace)
        wait = np.floor(np.minimum(REACH_YEARS * hazard ** (1 / WAIT_SHAPE), 1_000.0))
        year = (np.maximum(firms["founded"], launch) + wait).astype(np.int16)
        since[SINCE[technology]] = pd.arrays.IntegerArray(year, year > LAST_YEAR)
    return since


def digital_levels(panel: Columns) -> dict[str, Floats]:
    """Return 0/1 ``pit``, ``pdo``, ``icp``, and ``lndig`` and ``lndigs`` of firm-years.

    lndig is the log of :func:`.digitization.level`; lndigs = ln(1 + the longest number of years
    for which a technology has been used).
    """
    years = {technology: _years_of_use(panel, column) for technology, column in SINCE.items()}
    used = {technology: (length > 0).astype(float) for technology, length in years.items()}
    longest = np.maximum.reduce(list(years.values()))
    return {**used, "lndig": np.log(level(used)), "lndigs": np.log1p(longest)}


def _years_of_use(panel: Columns, column: str) -> Floats:
    """Return for how many years each firm-year has used a technology, 0 before its first."""
    since = panel[column].to_numpy(dtype=float, na_value=np.inf)
    return np.asarray(np.maximum(spell(panel["year"], since), 0.0))


def _surroundings(firms: Columns, world: World) -> Floats:
    """Return the pull of a firm's province, by its internet, and of its industry."""
    lead = np.log(world.province_internet[:, 2010 - FIRST_YEAR])
    province, industry = (firms[name].codes for name in ("province", "industry"))
    leaning = np.sin(2.4 * np.arange(INDUSTRY_COUNT))
    return np.asarray(0.8 * (lead - lead.mean())[province] + 0.2 * leaning[industry])
