"""What the synthetic economy knows: the true effect of digitization, in units of QSY."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from tradedig_helpers.evidence.fit import estimate
from tradedig_helpers.evidence.specifications import CELL, FIRM, Specification


@dataclass(frozen=True, slots=True)
class TrueEffect:
    """The mean true effect of one log point of ``dig``, built into the economy.

    Attributes
    ----------
    slope : QSY per log point of true quality λ*, with firm and cell effects; min-max scaling
        makes it depend on how extreme the sample's most extreme flows are
    direct, mediated, total : effects on QSY; total = direct + mediated
    """

    slope: float
    direct: float
    mediated: float
    total: float


def true_effect(panel: pd.DataFrame, truth: pd.DataFrame) -> TrueEffect:
    """Translate the known effects on ln λ* into units of measured quality.

    Parameters
    ----------
    panel : ``firm``, ``year``, ``QSY`` and the fixed effects
    truth : ``firm``, ``year``, ``quality`` (λ*), ``direct`` and ``mediated`` (log points)

    Raises
    ------
    ValueError
        If a column is missing or the slope cannot be estimated.
    """
    known = truth[["firm", "year", "direct", "mediated"]].assign(
        log_quality=np.log(truth["quality"])
    )
    joined = panel.merge(known, on=["firm", "year"], validate="1:1")
    spec = Specification(0, 0, "QSY", ("log_quality",), (FIRM, CELL))
    slope = float(estimate(spec, joined).coefficients["estimate"].iloc[0])
    direct, mediated = (slope * float(known[name].mean()) for name in ("direct", "mediated"))
    return TrueEffect(slope, direct, mediated, direct + mediated)
