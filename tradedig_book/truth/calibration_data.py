"""What calibration looks at: the variables of the regressions, and what loadings add to them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy.stats import norm

from tradedig_book.economy.calibration import Calibration
from tradedig_book.economy.flexibility import stretch_slope
from tradedig_book.economy.quality import deviation, latent_quality
from tradedig_book.economy.simulate import Block, block_tables, simulate_block, world_tables
from tradedig_book.economy.world import World, make_world
from tradedig_helpers.estimation.demean import demean
from tradedig_helpers.estimation.specifications import WITHIN
from tradedig_helpers.measure.destinations import measure_destinations
from tradedig_helpers.measure.flows import FIRM_YEAR, to_flows
from tradedig_helpers.measure.quality import measure_quality
from tradedig_helpers.schema.declare import conform
from tradedig_helpers.schema.tables import CUSTOMS

OF_QUALITY = ("psi", "phi", "advantage", "export_shock")
"""Groups of loadings that move quality; the others move the order book or the accounts."""
GROUP_COLUMNS = dict.fromkeys(("small", "capital_intensive", "startup", "ordinary"), bool)


@dataclass(frozen=True, slots=True)
class CalibrationDraw:
    """An economy for calibration: firm-years, and what loadings add to outcomes.

    Attributes
    ----------
    panel : every variable of the regressions, one row per exporting firm-year
    gains : for each loading, such as ``psi.flex``, what one unit adds to its outcome
    """

    panel: pd.DataFrame
    gains: pd.DataFrame


def draw(calibration: Calibration) -> CalibrationDraw:
    """Simulate, measure quality and price dispersion, and gather what loadings add."""
    rng = np.random.default_rng([calibration.seed, 0])
    world = make_world(rng)
    tables = world_tables(rng, world)
    panel, gains, shipped = _industrial_firms(calibration, world)
    panel = _measured(panel, shipped, tables)
    unit = _unit(panel, gains)
    scale = [unit if str(name).split(".")[0] in OF_QUALITY else 1.0 for name in gains]
    used = (panel["QSY"].notna() & panel["lnsdp"].notna() & (panel["flex"] > 0)).to_numpy()
    panel, gains = (frame[used].reset_index(drop=True) for frame in (panel, gains * scale))
    return CalibrationDraw(panel.astype(GROUP_COLUMNS), gains.drop(columns="log_quality"))


def _industrial_firms(
    calibration: Calibration, world: World
) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Return the firm-years of industrial firms, what loadings add to them, and shipments."""
    parts: list[tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]] = []
    firms = 0
    while firms < calibration.firms:
        block = simulate_block(calibration.seed, len(parts), world, calibration)
        firms += block.truth["firm"].nunique()
        customs = conform(block_tables(block, world)["customs"], CUSTOMS)
        parts.append((block.panel, _gains(block, calibration), customs))
    panel, gains, shipped = (
        pd.concat(frames, ignore_index=True) for frames in zip(*parts, strict=True)
    )
    keep = (panel["sector"] == "manufacturing").to_numpy()
    panel, gains = (frame[keep].reset_index(drop=True) for frame in (panel, gains))
    return panel, gains, shipped[shipped["firm"].isin(panel["firm"].unique())]


def _measured(
    panel: pd.DataFrame, shipped: pd.DataFrame, tables: Mapping[str, pd.DataFrame]
) -> pd.DataFrame:
    """Return ``panel`` with what is measured as in real data: QSY, lnsdp; and the true IMR."""
    quality = measure_quality(shipped, tables["elasticities"]).firm_years
    dispersion = measure_destinations(to_flows(shipped), tables["destinations"])
    panel = panel.drop(columns="lnsdp").merge(
        dispersion[[*FIRM_YEAR, "lnsdp"]], on=FIRM_YEAR, how="left"
    )
    named = quality[[*FIRM_YEAR, "quality"]].rename(columns={"quality": "QSY"})
    index = panel["export_index"].to_numpy()
    return panel.merge(named, on=FIRM_YEAR, how="left").assign(
        IMR=norm.pdf(index) / norm.cdf(index)
    )


def _gains(block: Block, calibration: Calibration) -> pd.DataFrame:
    """Return what one more unit of each loading adds: to ln λ*, or to its own outcome."""
    panel, latent = block.panel, latent_quality(block.panel, calibration)
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
    residual = demeaned(pd.DataFrame({"QSY": panel["QSY"], "level": level})[used], panel[used])
    quality, truth = residual["QSY"].to_numpy(), residual["level"].to_numpy()
    return float(quality @ truth / (truth @ truth))


def demeaned(columns: pd.DataFrame, panel: pd.DataFrame) -> pd.DataFrame:
    """Return ``columns`` less their firm and cell effects."""
    return pd.DataFrame(
        demean(columns.to_numpy(dtype=float), panel, WITHIN), columns=columns.columns
    )
