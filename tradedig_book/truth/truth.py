"""What the synthetic economy knows: the true effect of digitization, in units of QSY."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from tradedig_helpers.estimation.fit import estimate
from tradedig_helpers.estimation.specifications import CONTROLS, WITHIN, Specification
from tradedig_helpers.frames.plain import plain
from tradedig_helpers.measure.flows import FIRM_YEAR
from tradedig_helpers.schema.checks import (
    checked,
    require_above,
    require_columns,
    require_key,
    require_present,
    require_same_kind,
)


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
    TypeError, ValueError
        As :func:`with_truth`; if the panel repeats a firm and year, a true quality is not
        positive, or a coefficient cannot be estimated.
    """
    joined = with_true_quality(panel, truth)
    slope = _coefficient("QSY", ("log_quality",), joined)
    users = joined["direct"].notna()
    gains = joined[["direct", "mediated"]].where(users, 0.0).mul(slope * joined["lndig"], axis=0)
    direct, mediated = (_averaged(gains[name], joined) for name in gains)
    among_users = slope * float((joined["direct"] + joined["mediated"])[users].mean())
    return TrueEffect(slope, direct, mediated, direct + mediated, among_users)


def regression_average(effect: pd.Series, panel: pd.DataFrame) -> float:
    """Return the mean of a known effect of ``lndig`` as Table 2, column 6, would weigh it.

    Parameters
    ----------
    effect : per log point of ``dig``, one for each row of ``panel``; rows without one are left out
    panel : ``lndig``, the controls and the fixed effects

    Raises
    ------
    TypeError, ValueError
        As :func:`~tradedig_helpers.estimation.fit.estimate`.
    """
    return _averaged(effect * panel["lndig"], panel)


def right_order(measured: pd.DataFrame, truth: pd.DataFrame) -> float:
    """Return the share of pairs of rows that a measure orders as true quality does.

    It is (1 + Kendall's tau)/2; one half is chance.

    Parameters
    ----------
    measured : ``firm``, ``year`` and the measure ``quality``, at any level
    truth : ``firm``, ``year`` and ``quality`` (λ*), one row a firm-year; rows of ``measured``
        without one are left out
    """
    both = measured.merge(truth[[*FIRM_YEAR, "quality"]], on=FIRM_YEAR, suffixes=("", "_true"))
    return float(1 + both["quality"].corr(both["quality_true"], method="kendall")) / 2


def with_true_quality(panel: pd.DataFrame, truth: pd.DataFrame) -> pd.DataFrame:
    """Return ``panel``, one row a firm-year, with ``log_quality``, ``direct`` and ``mediated``.

    Raises
    ------
    TypeError, ValueError
        As :func:`with_truth`; if the panel lacks ``lndig`` or repeats a firm and year, or a true
        quality is not positive.
    """
    panel, truth = plain(panel, "panel"), plain(truth, "truth")
    require_columns(panel, [*FIRM_YEAR, "lndig"], "panel")
    require_key(panel, FIRM_YEAR, "panel")
    require_columns(truth, ["quality"], "truth")
    require_above(truth, ["quality"], "truth")
    joined = with_truth(panel, truth, ["quality", "direct", "mediated"])
    return joined.assign(log_quality=np.log(joined["quality"]))


def with_truth(panel: pd.DataFrame, truth: pd.DataFrame, known: Sequence[str]) -> pd.DataFrame:
    """Return ``panel`` with the columns ``known`` of ``truth``, which has every row's firm-year.

    Raises
    ------
    TypeError
        If one is no pandas DataFrame, a column of ``known`` holds no numbers, or firms or years
        are numbers in one and text in the other.
    ValueError
        If a column is missing, ``panel`` has one of ``known`` already, ``truth`` repeats a firm
        and year, or it lacks a firm-year of ``panel``.
    """
    panel, truth = plain(panel, "panel"), plain(truth, "truth")
    checked(truth, "truth", present=FIRM_YEAR, optional_numbers=known)
    require_present(panel, FIRM_YEAR, "panel")
    require_key(truth, FIRM_YEAR, "truth")
    require_same_kind(panel, truth, FIRM_YEAR, "panel", "truth")
    if twice := [name for name in known if name in panel]:
        raise ValueError(f"the panel has the columns {twice} of the truth already; rename them")
    joined = panel.merge(truth[[*FIRM_YEAR, *known]], on=FIRM_YEAR, how="left", indicator="_there")
    if lost := int((joined["_there"] == "left_only").sum()):
        raise ValueError(
            f"truth lacks the firm and year of {lost} of {len(panel)} rows of the panel; "
            "give the truth of the economy that the panel is from, or drop these rows"
        )
    return joined.drop(columns="_there")


def _averaged(gain: pd.Series, panel: pd.DataFrame) -> float:
    """Return the coefficient of ``lndig`` where its known gain is on the left."""
    return _coefficient("gain", ("lndig", *CONTROLS), panel.assign(gain=gain))


def _coefficient(outcome: str, regressors: tuple[str, ...], panel: pd.DataFrame) -> float:
    """Return the first coefficient, with firm and cell effects."""
    spec = Specification(outcome, regressors, WITHIN)
    return float(estimate(spec, panel).coefficients["estimate"].iloc[0])
