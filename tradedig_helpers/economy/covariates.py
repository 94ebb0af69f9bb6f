"""Firm-year covariates in logs, and the accounts from which a reader recovers them."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from tradedig_helpers.economy.firms import BLOCK
from tradedig_helpers.economy.world import FIRST_YEAR, YEARS

Floats = NDArray[np.float64]

YUAN = 1_000.0
FOREIGN_THRESHOLD = 0.25


def draw_covariates(rng: np.random.Generator, panel: pd.DataFrame) -> pd.DataFrame:
    """Return the nine firm covariates of Table 2, one row per firm-year of ``panel``.

    Each is a fixed trait, a trend and a persistent shock. Age and the foreign dummy
    follow from founding year and firm type.
    """
    trend = (panel["year"] - FIRST_YEAR).to_numpy(dtype=float)
    size, capital, wage, liquidity, margin, tfp, idea = (_shock(rng, panel) for _ in range(7))
    share = _foreign_share(rng, panel)
    patent_rate = np.exp(
        -2.6 + 0.8 * panel["ability"] + 0.5 * panel["size"] + 0.1 * trend + 0.8 * idea
    )
    return pd.DataFrame(
        {
            "lnsca": np.maximum(np.log(8), 4.9 + panel["size"] + 0.02 * trend + 0.25 * size),
            "lnage": np.log(panel["year"] - panel["founded"] + 1.0),
            "lncap": np.log1p(np.exp(3.6 + 0.9 * panel["capital"] + 0.03 * trend + 0.35 * capital)),
            "lnpwa": np.log1p(np.exp(1.2 + 0.4 * panel["wage"] + 0.08 * trend + 0.35 * wage)),
            "lnfir": np.log1p(0.012 * np.exp(0.6 * panel["capital"] + 0.5 * liquidity)),
            "lnpro": np.log1p(np.clip(0.05 + 0.02 * panel["ability"] + 0.05 * margin, -0.3, 0.5)),
            "foe": (share >= FOREIGN_THRESHOLD).astype(float),
            "lninn": np.log1p(rng.poisson(np.minimum(patent_rate, 500.0))),
            "lntfp": 1.0 + 0.35 * panel["ability"] + 0.01 * trend + 0.08 * tfp,
            "foreign_share": share,
        }
    )


def accounts(panel: pd.DataFrame, covariates: pd.DataFrame) -> pd.DataFrame:
    """Return the raw accounts whose ratios and logs give back ``covariates``."""
    employees = np.rint(np.exp(covariates["lnsca"]))
    fixed_assets = np.rint(employees * np.expm1(covariates["lncap"]))
    total_assets = np.rint(YUAN * (fixed_assets + 80.0 * employees))
    sales = np.rint(YUAN * employees * np.exp(4.6 + covariates["lntfp"]))
    return pd.DataFrame(
        {
            "employees": employees,
            "fixed_assets": fixed_assets,
            "wages_payable": np.rint(employees * np.expm1(covariates["lnpwa"])),
            "interest": np.rint(total_assets * np.expm1(covariates["lnfir"])),
            "total_assets": total_assets,
            "profit": np.rint(sales * np.expm1(covariates["lnpro"])),
            "sales": sales,
            "foreign_share": covariates["foreign_share"],
            "patents": np.rint(np.expm1(covariates["lninn"])),
            "tfp": np.exp(covariates["lntfp"]).round(4),
        }
    )


def _shock(rng: np.random.Generator, panel: pd.DataFrame, memory: float = 0.5) -> Floats:
    """Return an autoregressive shock of unit variance for each firm-year, shape (N,)."""
    path = rng.normal(size=(BLOCK, len(YEARS)))
    for t in range(1, len(YEARS)):
        path[:, t] = memory * path[:, t - 1] + np.sqrt(1 - memory**2) * path[:, t]
    return path[(panel["firm"] - 1) % BLOCK, panel["year"] - FIRST_YEAR]


def _foreign_share(rng: np.random.Generator, panel: pd.DataFrame) -> Floats:
    """Return the foreign share of capital: high in foreign firms, drifting across 25%."""
    foreign = (panel["type"] == "foreign").to_numpy()
    level = np.where(foreign, 0.45, 0.06) + 0.12 * _shock(rng, panel)
    return np.clip(level, 0.0, 1.0).round(3)
