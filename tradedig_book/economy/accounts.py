"""The industrial survey: production, accounts, and the logs that enter the regressions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from tradedig_book.economy.firms import BLOCK, draw_paths
from tradedig_book.economy.production import Technology, accounts_of, draw_production
from tradedig_book.economy.world import FIRST_YEAR, LAST_YEAR, YEARS
from tradedig_helpers.frames.arrays import Floats
from tradedig_helpers.measure.controls import OF_ACCOUNTS, YUAN, foreign_owned
from tradedig_helpers.measure.digitization import SINCE, level
from tradedig_helpers.measure.groups import is_small, is_startup
from tradedig_helpers.schema.declare import Columns, taken

TECHNOLOGY = Technology(exit_rate=0.03)
SALES_PER_VALUE_ADDED = 3.5
INTENSIVE_LNCAP = 4.1
"""The lncap above which firms count as capital-intensive in the economy.

The measure takes the top third of exporters, whom a block does not know while it is drawn; this
bound is near where that third begins.
"""


def draw_survey(
    rng: np.random.Generator, firms: Columns, gain: Mapping[str, float]
) -> dict[str, Any]:
    """Return one row per firm and year in which it lives, with traits and production.

    ``gain`` is what ``lndig`` adds to productivity; ``firms`` holds years of adoption.
    Columns of production: ``omega``, and the whole numbers ``employees``,
    ``fixed_assets``, ``investment`` and ``value_added`` (1,000 yuan).
    """
    digital = _digital_paths(firms)
    size = firms["size"]
    drawn = draw_production(
        rng,
        firms["ability"],
        size,
        8.2 + 0.7 * size + 1.3 * firms["capital"],
        firms["entry"] - FIRST_YEAR,
        np.full(BLOCK, LAST_YEAR - FIRST_YEAR),
        len(YEARS),
        technology=TECHNOLOGY,
        log_productivity_shift=gain["lndig"] * digital,
    )
    lived = accounts_of(drawn, FIRST_YEAR)
    produced = {name: lived[name].to_numpy() for name in lived.columns.drop("firm")}
    return taken(firms, lived["firm"].to_numpy() - 1) | produced


def other_accounts(
    rng: np.random.Generator, panel: Columns, innovation: Mapping[str, float]
) -> dict[str, Floats]:
    """Return the rest of the accounts: wages, interest, profit, patents, ...

    Each is a fixed trait, a trend and a persistent shock. Patents answer to ``lndig`` by
    ``innovation``.
    """
    local = (panel["firm"] - 1) % BLOCK
    t = panel["year"] - FIRST_YEAR
    wage, liquidity, margin, idea, sale, stake = (draw_paths(rng)[local, t] for _ in range(6))
    employees = panel["employees"]
    log_wage = 1.2 + 0.4 * panel["wage"] + 0.08 * t + 0.35 * wage
    sales = np.rint(SALES_PER_VALUE_ADDED * panel["value_added"] * np.exp(0.2 * sale))
    total_assets = np.rint(YUAN * (panel["fixed_assets"] + 80.0 * employees))
    burden = 0.012 * np.exp(0.6 * panel["capital"] + 0.5 * liquidity)
    profit = np.clip(0.05 + 0.02 * panel["ability"] + 0.05 * margin, -0.3, 0.5)
    rate = -2.4 + 0.8 * panel["ability"] + 0.5 * panel["size"] + 0.1 * t + 0.8 * idea
    rate = rate + innovation["lndig"] * panel["lndig"]
    foreign = np.where(panel["type"] == "foreign", 0.45, 0.06) + 0.12 * stake
    return {
        "sales": np.maximum(1.0, sales),
        "wages_payable": np.rint(employees * np.exp(log_wage)),
        "total_assets": total_assets,
        "interest": np.rint(total_assets * burden),
        "profit": np.rint(YUAN * sales * profit),
        "patents": rng.poisson(np.minimum(np.exp(rate), 500.0)),
        "foreign_share": np.clip(foreign, 0.0, 1.0).round(3),
    }


def log_accounts(panel: Columns) -> dict[str, Floats]:
    """Return the nine firm controls of Table 2 from the accounts, TFP by the true technology."""
    logs = {
        one.name: np.log(one.argument(panel)) for one in OF_ACCOUNTS if one.argument is not None
    }
    return {
        **logs,
        "foe": foreign_owned(panel["foreign_share"]).astype(float),
        "lntfp": np.log(panel["value_added"])
        - TECHNOLOGY.labour * logs["lnsca"]
        - TECHNOLOGY.capital * np.log(panel["fixed_assets"]),
    }


def groups(panel: Columns) -> dict[str, Floats]:
    """Return 0/1 groups that differ in flexibility: small, capital-intensive, young, late."""
    flags = {
        "small": is_small(panel["employees"], panel["sales"]),
        "capital_intensive": panel["lncap"] > INTENSIVE_LNCAP,
        "startup": is_startup(panel["year"], panel["founded"]),
        "late": panel["year"] >= 2008,
    }
    return {name: flag.astype(float) for name, flag in flags.items()}


def _digital_paths(firms: Columns) -> Floats:
    """Return lndig of each firm in each year, shape (BLOCK, years)."""
    since = {
        name: firms[column].to_numpy(dtype=float, na_value=np.inf)[:, None]
        for name, column in SINCE.items()
    }
    return np.asarray(np.log(level({name: first <= YEARS for name, first in since.items()})))
