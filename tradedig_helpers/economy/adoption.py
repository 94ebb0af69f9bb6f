"""When firms adopt the three digital technologies of the index; adoption is never undone."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from tradedig_helpers.economy.world import LAST_YEAR

LAUNCH = {"pit": 1999, "pdo": 2000, "icp": 1999}
REACH = {"pit": 0.12, "pdo": 0.12, "icp": 0.25}
REACH_YEARS, WAIT_SHAPE = 10.0, 0.4
WEIGHTS = {"pit": 4, "pdo": 1, "icp": 2}


def draw_adoption(rng: np.random.Generator, firms: pd.DataFrame, selection: float) -> pd.DataFrame:
    """Return ``pit_since``, ``pdo_since``, ``icp_since``: first year of use, or missing.

    A firm waits from the launch of the technology or its own founding. Waits are
    Weibull with a falling hazard, so that many adopt at once and the others late;
    ``REACH`` is the cumulative hazard of a typical firm after ``REACH_YEARS`` years.
    Abler and larger firms wait less; ``selection`` says how unseen appeal shortens
    (positive) or lengthens (negative) the wait.
    """
    pull = 0.3 * firms["ability"] + 0.3 * firms["size"] + selection * firms["appeal"]
    since = {}
    for technology, launch in LAUNCH.items():
        hazard = rng.exponential(size=len(firms)) / (REACH[technology] * np.exp(pull))
        wait = np.floor(np.minimum(REACH_YEARS * hazard ** (1 / WAIT_SHAPE), 1_000.0))
        year = firms["founded"].clip(lower=launch) + wait
        since[f"{technology}_since"] = year.where(year <= LAST_YEAR).astype("Int16")
    return pd.DataFrame(since)


def log_digital_level(panel: pd.DataFrame) -> NDArray[np.float64]:
    """Return lndig, the log of 1 + 4 pit + 2 icp + 1 pdo (Table 1), for firm-years."""
    level = np.ones(len(panel))
    for technology, weight in WEIGHTS.items():
        used = (panel[f"{technology}_since"] <= panel["year"]).fillna(False)
        level += weight * used.to_numpy(dtype=bool)
    return np.log(level)
