"""What the synthetic economy knows: the true effect of digitization, in units of QSY."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from tradedig_helpers.evidence.fit import estimate
from tradedig_helpers.evidence.specifications import CONTROLS, WITHIN, Specification


@dataclass(frozen=True, slots=True)
class TrueEffect:
    """The true effect of one log point of ``dig``, built into the economy.

    Effects differ between firms and grow with experience, so there are two averages. A
    regression with firm effects weights firms by how much their own level moves; most of
    those that have long been digital do not move.

    Attributes
    ----------
    slope : QSY per log point of true quality λ*, with firm and cell effects; min-max scaling
        makes it depend on how extreme the sample's most extreme flows are
    direct, mediated, total : effects on QSY with the weights of Table 2, column 6: the
        coefficient of ``lndig`` where the true gain is on the left; total = direct + mediated
    among_users : mean of the total effect over all firm-years with a technology
    """

    slope: float
    direct: float
    mediated: float
    total: float
    among_users: float


def true_effect(panel: pd.DataFrame, truth: pd.DataFrame) -> TrueEffect:
    """Translate the known effects on ln λ* into units of measured quality.

    Parameters
    ----------
    panel : ``firm``, ``year``, ``QSY``, ``lndig``, the controls and the fixed effects
    truth : ``firm``, ``year``, ``quality`` (λ*), ``direct`` and ``mediated`` (log points per
        log point of ``dig``, missing without a technology)

    Raises
    ------
    ValueError
        If a column is missing or a coefficient cannot be estimated.
    """
    known = truth[["firm", "year", "direct", "mediated"]].assign(
        log_quality=np.log(truth["quality"])
    )
    joined = panel.merge(known, on=["firm", "year"], validate="1:1")
    slope = _coefficient("QSY", ("log_quality",), joined)
    users = joined["direct"].notna()
    gains = joined[["direct", "mediated"]].where(users, 0.0).mul(slope * joined["lndig"], axis=0)
    regressors = ("lndig", *CONTROLS)
    direct, mediated = (
        _coefficient("gain", regressors, joined.assign(gain=gains[name])) for name in gains
    )
    among_users = slope * float((joined["direct"] + joined["mediated"])[users].mean())
    return TrueEffect(slope, direct, mediated, direct + mediated, among_users)


def _coefficient(outcome: str, regressors: tuple[str, ...], panel: pd.DataFrame) -> float:
    """Return the first coefficient, with firm and cell effects."""
    spec = Specification(0, 0, outcome, regressors, WITHIN)
    return float(estimate(spec, panel).coefficients["estimate"].iloc[0])
