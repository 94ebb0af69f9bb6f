"""The industrial survey: production, accounts, and the logs that enter the regressions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tradedig_book.economy.adoption import WEIGHTS
from tradedig_book.economy.firms import BLOCK, draw_paths
from tradedig_book.economy.production import Technology, accounts_of, draw_production
from tradedig_book.economy.world import FIRST_YEAR, LAST_YEAR, YEARS
from tradedig_helpers.schema.declare import Columns, taken

Floats = NDArray[np.float64]

TECHNOLOGY = Technology(exit_rate=0.03)
YUAN = 1_000.0
FOREIGN_THRESHOLD = 0.25
SALES_PER_VALUE_ADDED = 3.5
SMALL_EMPLOYEES, SMALL_SALES = 300, 20_000
CAPITAL_INTENSIVE, STARTUP_AGE = 4.1, 2


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
    employees = np.log(panel["employees"])
    return {
        "lnsca": employees,
        "lnage": np.log(panel["year"] - panel["founded"] + 1.0),
        "lncap": np.log1p(panel["fixed_assets"] / panel["employees"]),
        "lnpwa": np.log1p(panel["wages_payable"] / panel["employees"]),
        "lnfir": np.log1p(panel["interest"] / panel["total_assets"]),
        "lnpro": np.log1p(panel["profit"] / (YUAN * panel["sales"])),
        "foe": (panel["foreign_share"] >= FOREIGN_THRESHOLD).astype(float),
        "lninn": np.log1p(panel["patents"]),
        "lntfp": np.log(panel["value_added"])
        - TECHNOLOGY.labour * employees
        - TECHNOLOGY.capital * np.log(panel["fixed_assets"]),
    }


def groups(panel: Columns) -> dict[str, Floats]:
    """Return 0/1 groups that differ in flexibility: small, capital-intensive, young, late."""
    flags = {
        "small": (panel["employees"] < SMALL_EMPLOYEES) | (panel["sales"] < SMALL_SALES),
        "capital_intensive": panel["lncap"] > CAPITAL_INTENSIVE,
        "startup": panel["year"] - panel["founded"] + 1 <= STARTUP_AGE,
        "late": panel["year"] >= 2008,
    }
    return {name: flag.astype(float) for name, flag in flags.items()}


def _digital_paths(firms: Columns) -> Floats:
    """Return lndig of each firm in each year, shape (BLOCK, years)."""
    level = np.ones((BLOCK, len(YEARS)))
    for name, weight in WEIGHTS.items():
        since = firms[f"{name}_since"].to_numpy(dtype=float, na_value=np.inf)
        level += weight * (since[:, None] <= YEARS)
    return np.log(level)
