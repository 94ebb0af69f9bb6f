"""What the calibration of the economy compares with the paper."""

from __future__ import annotations

import numpy as np
import pandas as pd

from tradedig_helpers.economy.calibration import Calibration
from tradedig_helpers.economy.data import Economy
from tradedig_helpers.evidence.fit import Fit, estimate
from tradedig_helpers.evidence.specifications import (
    CONTROLS,
    FLEX_ON_DIGITIZATION,
    QUALITY_ON_FLEX,
    TABLE_2,
)
from tradedig_helpers.measure import firm_panel, measure_quality, to_firm_years
from tradedig_helpers.measure.quality import MARKET, Quality

SELECTION_SLOPE = 0.05
OPACITY_SHARE = 1.0


def systematic_quality(quality: Quality, truth: pd.DataFrame) -> pd.DataFrame:
    """Return what the measure would be if taste and noise were absent, by firm and year.

    Measured quality is linear in ln λ once the range of each product is given: the
    deviation from the market mean over the range, export-weighted. Applied to the true
    ln λ* of firms this keeps the unit of the measure and leaves out its noise.
    """
    grouped = quality.flows.groupby("product", observed=True)["log_quality"]
    span = grouped.transform("max") - grouped.transform("min")
    flows = quality.flows.assign(span=span).merge(
        truth, on=["firm", "year"], suffixes=("", "_true")
    )
    level = np.log(flows["quality_true"])
    mean = level.groupby([flows[c] for c in MARKET], observed=True).transform("mean")
    flows = flows.assign(quality=(level - mean) / flows["span"])
    return to_firm_years(flows)[["firm", "year", "quality"]]


def moments(economy: Economy, calibration: Calibration) -> dict[str, float]:
    """Return the coefficients that :func:`economy.calibration.targets` names, and slopes.

    Quality enters as :func:`systematic_quality`, so the coefficients are those of a very
    large sample of flows. ``slope:<name>`` is the move of the coefficient with its
    loading, by the chain rule: unit x ∂ln λ*/∂index.
    """
    quality = measure_quality(economy.customs, economy.elasticities)
    panel = firm_panel(economy, quality).frame.drop(columns="QSY")
    systematic = systematic_quality(quality, economy.truth).rename(columns={"quality": "QSY"})
    panel = panel.merge(systematic, on=["firm", "year"], how="left")
    total = _by_term(estimate(TABLE_2[-1], panel))
    split = _by_term(estimate(QUALITY_ON_FLEX, panel))
    response = _by_term(estimate(FLEX_ON_DIGITIZATION, panel))["lndig"]
    pooled = _by_term(estimate(TABLE_2[0], panel))["lndig"]
    found = {"pooled": pooled, "response": response, "flex": split["flex"], "lndig": split["lndig"]}
    return found | {name: total[name] for name in CONTROLS} | _slopes(panel, economy, calibration)


def _slopes(panel: pd.DataFrame, economy: Economy, calibration: Calibration) -> dict[str, float]:
    """Return how much each coefficient moves with its loading.

    Two are not given by the chain rule and are measured by trial: that of the pooled
    coefficient, and that of ``lnsdp``, which follows true opacity only in part. They
    set the length of a step, not where it ends.
    """
    joined = panel.merge(economy.truth, on=["firm", "year"]).dropna(subset=["QSY"])
    unit = float(np.polyfit(np.log(joined["quality"]), joined["QSY"], 1)[0])
    of_psi = float((economy.truth["flex_effect"] / calibration.psi["flex"]).mean())
    of_advantage = float((1 / economy.truth["varphi"]).mean())
    return {
        "slope:pooled": SELECTION_SLOPE,
        "slope:response": float(economy.truth["flex_response"].mean()) / calibration.dispersion,
        "slope:flex": unit * of_psi,
        "slope:lndig": unit * of_psi,
        **{f"slope:{name}": unit * of_advantage for name in CONTROLS},
        "slope:lnsdp": OPACITY_SHARE * unit * of_advantage,
    }


def _by_term(fit: Fit) -> pd.Series:
    """Return the estimates of ``fit`` indexed by term."""
    return fit.coefficients.set_index("term")["estimate"]
