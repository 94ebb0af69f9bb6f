"""What adopting does in the synthetic economy: effects that event studies should find."""

from __future__ import annotations

import numpy as np
import pandas as pd

from tradedig_book.economy import Calibration
from tradedig_book.theory import Parameters
from tradedig_helpers.estimation.event_study.cohorts import EventSample
from tradedig_helpers.frames.plain import plain
from tradedig_helpers.measure.flows import FIRM_YEAR
from tradedig_helpers.schema.checks import checked, require_key, require_same_kind


def adoption_gains(
    panel: pd.DataFrame, truth: pd.DataFrame, calibration: Calibration
) -> pd.DataFrame:
    r"""Return what its digital level adds to ln λ* and to flex in each firm-year.

    The gain in ln λ* is ``total`` x lndig of the truth, through ψ, and what digitization
    adds to productivity and patents, through φ:

        (φ_D/φ) [b_tfp g_tfp + b_inn g_inn n/(1 + n)] lndig,

    with b the loadings of ln(φ/φ_D - 1) on lntfp and lninn, g those of productivity and of
    the log rate of patents on lndig, n patents. The gain in flex is its response x lndig.
    Both are exact at the margin.

    Parameters
    ----------
    panel : ``firm``, ``year``, ``lndig``, ``lninn``
    truth : ``firm``, ``year``, ``quality``, ``total`` (missing where no technology is used),
        ``varphi``, ``flex_response``

    Returns
    -------
    ``firm``, ``year``, ``log_quality`` = ln λ*, ``quality_gain`` (log points), ``flex_gain``

    Raises
    ------
    TypeError, ValueError
        On bad columns or keys, or if a firm-year of ``panel`` has no line in ``truth``.
    """
    rows, known = plain(panel, "panel"), plain(truth, "truth")
    measures, needed = ["lndig", "lninn"], ["quality", "total", "varphi", "flex_response"]
    for frame, name, columns in ((rows, "panel", measures), (known, "truth", needed)):
        checked(frame, name, present=["firm"], numbers=["year"], optional_numbers=columns)
        require_key(frame, FIRM_YEAR, name)
    require_same_kind(rows, known, ["firm"], "panel", "truth")
    joined = rows[[*FIRM_YEAR, *measures]].merge(
        known[[*FIRM_YEAR, *needed]], on=FIRM_YEAR, how="left"
    )
    if missing := int(joined["quality"].isna().sum()):
        raise ValueError(f"truth lacks {missing} of {len(joined)} firm-years; add them")
    patents_move = -np.expm1(-joined["lninn"])  # n/(1 + n)
    more = calibration.advantage["lntfp"] * calibration.productivity["lndig"]
    more += calibration.advantage["lninn"] * calibration.innovation["lndig"] * patents_move
    slope = joined["total"].fillna(0.0) + more * Parameters().varphi_D / joined["varphi"]
    return joined[FIRM_YEAR].assign(
        log_quality=np.log(joined["quality"]),
        quality_gain=slope * joined["lndig"],
        flex_gain=joined["flex_response"] * joined["lndig"],
    )


def mean_gain(sample: EventSample, gains: pd.DataFrame, column: str, lags: int = 8) -> float:
    """Return the mean of a known gain over adopters' firm-years, 0 to ``lags`` after adoption.

    Parameters
    ----------
    sample : what the event study uses
    gains : ``firm``, ``year`` and ``column``; firm-years without a line are left out
    """
    rows = sample.frame[sample.frame["event_time"].between(0, lags)]
    return float(rows[FIRM_YEAR].merge(gains, on=FIRM_YEAR)[column].mean())
