"""What calibration looks at: the variables of the regressions, and what loadings add to them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy.stats import norm

from tradedig_book.economy.calibration import Calibration
from tradedig_book.economy.flexibility import stretch_slope
from tradedig_book.economy.quality import deviation, optimal_quality
from tradedig_book.economy.simulate import Block, block_tables, simulate_block, world_tables
from tradedig_book.economy.world import make_world
from tradedig_helpers.estimation.demean import demean
from tradedig_helpers.estimation.specifications import WITHIN
from tradedig_helpers.measure.destinations import measure_destinations
from tradedig_helpers.measure.flows import to_flows
from tradedig_helpers.measure.quality import measure_quality
from tradedig_helpers.schema.declare import conform
from tradedig_helpers.schema.tables import CUSTOMS

OF_QUALITY = ("psi", "phi", "advantage", "export_shock")
"""Groups of loadings that move quality; the others move the order book or the accounts."""
FLAGS = dict.fromkeys(("small", "capital_intensive", "startup", "ordinary"), bool)


@dataclass(frozen=True, slots=True)
class Drawn:
    """An economy for calibration: firm-years, and what loadings add to outcomes.

    Attributes
    ----------
    panel : every variable of the regressions, one row per exporting firm-year
    gains : for each loading, such as ``psi.flex``, what one unit adds to its outcome
    """

    panel: pd.DataFrame
    gains: pd.DataFrame


def draw(calibration: Calibration) -> Drawn:
    """Simulate, measure quality and price dispersion, and gather what loadings add."""
    rng = np.random.default_rng([calibration.seed, 0])
    world = make_world(rng)
    tables = world_tables(rng, world)
    panels: list[pd.DataFrame] = []
    gains: list[pd.DataFrame] = []
    customs: list[pd.DataFrame] = []
    firms = 0
    while firms < calibration.firms:
        block = simulate_block(calibration.seed, len(panels), world, calibration)
        firms += block.truth["firm"].nunique()
        panels.append(block.panel)
        gains.append(_gains(block, calibration))
        customs.append(conform(block_tables(block, world)["customs"], CUSTOMS))
    shipped = pd.concat(customs, ignore_index=True)
    panel, gain = (pd.concat(parts, ignore_index=True) for parts in (panels, gains))
    keep = (panel["sector"] == "manufacturing").to_numpy()
    panel, gain = (frame[keep].reset_index(drop=True) for frame in (panel, gain))
    shipped = shipped[shipped["firm"].isin(panel["firm"].unique())]
    quality = measure_quality(shipped, tables["elasticities"]).firm_years
    dispersion = measure_destinations(to_flows(shipped), tables["destinations"])
    panel = panel.drop(columns="lnsdp").merge(
        dispersion[["firm", "year", "lnsdp"]], on=["firm", "year"], how="left"
    )
    panel = panel.merge(
        quality[["firm", "year", "quality"]].rename(columns={"quality": "QSY"}),
        on=["firm", "year"], how="left",
    )  # fmt: skip
    index = panel["export_index"].to_numpy()
    panel["IMR"] = norm.pdf(index) / norm.cdf(index)
    unit = _unit(panel, gain)
    scale = [unit if str(name).split(".")[0] in OF_QUALITY else 1.0 for name in gain]
    used = (panel["QSY"].notna() & panel["lnsdp"].notna() & (panel["flex"] > 0)).to_numpy()
    panel, gain = (frame[used].reset_index(drop=True) for frame in (panel, gain * scale))
    return Drawn(panel.astype(FLAGS), gain.drop(columns="log_quality"))


def _gains(block: Block, calibration: Calibration) -> pd.DataFrame:
    """Return what one more unit of each loading adds: to ln λ*, or to its own outcome."""
    panel, latent = block.panel, optimal_quality(block.panel, calibration)
    slopes = {
        "psi": (calibration.psi, latent.psi_slope),
        "phi": (calibration.phi, latent.phi_slope),
        "advantage": (calibration.advantage, latent.advantage_slope),
    }
    gains: dict[str, Any] = {
        f"{part}.{name}": slope * deviation(panel, name)
        for part, (loadings, slope) in slopes.items()
        for name in loadings
    }
    stretch = stretch_slope(block.shipments, len(panel)) * panel["lndig"]
    gains |= {
        f"dispersion.{name}": stretch
        * (deviation(panel, name.partition(":")[2]) if ":" in name else 1.0)
        for name in calibration.dispersion
    }
    gains["opening.lndig"] = panel["open_response"] / calibration.opening["lndig"] * panel["lndig"]
    gains["innovation.lndig"] = panel["patents"] / (1 + panel["patents"]) * panel["lndig"]
    gains["productivity.lndig"] = panel["lndig"]
    gains["export_shock"] = panel["shock"]
    return pd.DataFrame(gains).assign(log_quality=np.log(latent.quality))


def _unit(panel: pd.DataFrame, gain: pd.DataFrame) -> float:
    """Return QSY per log point of quality, within firms and cells."""
    level = gain["log_quality"]
    used = panel["QSY"].notna().to_numpy()
    residual = within(pd.DataFrame({"QSY": panel["QSY"], "level": level})[used], panel[used])
    quality, truth = residual["QSY"].to_numpy(), residual["level"].to_numpy()
    return float(quality @ truth / (truth @ truth))


def within(columns: pd.DataFrame, panel: pd.DataFrame) -> pd.DataFrame:
    """Return ``columns`` less their firm and cell effects."""
    return pd.DataFrame(
        demean(columns.to_numpy(dtype=float), panel, WITHIN), columns=columns.columns
    )
