"""The index of three technologies opened up: its combinations, its weights, its true effects."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from tradedig_book.economy.calibration import Calibration
from tradedig_book.economy.quality import TYPICAL
from tradedig_book.theory import Parameters, solve
from tradedig_helpers.estimation.demean import residualize
from tradedig_helpers.estimation.demeaned import Demeaned
from tradedig_helpers.frames.plain import plain
from tradedig_helpers.measure.digitization import TECHNOLOGIES, WEIGHTS, digitization_index
from tradedig_helpers.measure.flows import FIRM_YEAR
from tradedig_helpers.schema.checks import require_columns, require_key, require_same_kind

LEVELS = range(2, 2 + sum(WEIGHTS.values()))
COMBINATIONS = tuple(f"dig{level}" for level in LEVELS)
"""A 0/1 column for each combination of technologies, named by its level; none is the base."""


def with_combinations(panel: pd.DataFrame) -> pd.DataFrame:
    """Return ``panel`` with the columns ``COMBINATIONS``.

    Raises
    ------
    ValueError
        If a technology is missing, or anything but 0 or 1.
    """
    known = plain(panel, "panel")
    require_columns(known, TECHNOLOGIES, "panel")
    dig = digitization_index(*(known[name] for name in TECHNOLOGIES)).to_numpy()
    columns = {
        name: (dig == level).astype(float) for name, level in zip(COMBINATIONS, LEVELS, strict=True)
    }
    return panel.assign(**columns)


def log_levels(weights: Mapping[str, float]) -> pd.Series:
    """Return ln(1 + Σ weight x technology) of each of ``COMBINATIONS``.

    Raises
    ------
    ValueError
        If a technology has no weight, a weight is negative, or all are zero.
    """
    sizes = list(weights.values())
    if set(weights) != set(TECHNOLOGIES) or not (min(sizes) >= 0 and 0 < max(sizes) < np.inf):
        raise ValueError(
            f"weights = {dict(weights)}; give each of {list(TECHNOLOGIES)} a weight, none of "
            "them negative and at least one positive"
        )
    levels = []
    for level in LEVELS:
        rest, total = level - 1, 1.0
        for name in sorted(WEIGHTS, key=lambda name: -WEIGHTS[name]):
            used, rest = divmod(rest, WEIGHTS[name])
            total += weights[name] * used
        levels.append(np.log(total))
    return pd.Series(levels, index=list(COMBINATIONS))


def weight_profile(
    within: Demeaned, controls: Sequence[str], grid: Sequence[Mapping[str, float]]
) -> pd.DataFrame:
    """Return how well indices with other weights fit.

    Parameters
    ----------
    within : outcome, ``COMBINATIONS`` and controls less their effects
    controls : regressors beside the index
    grid : weights of pit, icp and pdo

    Returns
    -------
    DataFrame
        The weights, ``estimate`` (the coefficient of the index), and ``explained``: the
        share of the sum of squares that all seven combinations explain which the one index
        explains. A regressor that is noise explains 1/7 of what seven of noise do, on
        average.
    """
    variables = within.variables
    others = variables[list(controls)].to_numpy()
    y, steps = (
        residualize(variables[names].to_numpy(), others)
        for names in ([within.spec.outcome], list(COMBINATIONS))
    )
    outcome = y[:, 0]
    whole = outcome @ steps @ np.linalg.lstsq(steps, outcome, rcond=None)[0]
    rows = []
    for weights in grid:
        index = steps @ log_levels(weights).to_numpy()
        slope = float(index @ outcome / (index @ index))
        explained = float(slope * (index @ outcome) / whole)
        rows.append({**weights, "estimate": slope, "explained": explained})
    return pd.DataFrame(rows)


def known_gains(
    panel: pd.DataFrame, truth: pd.DataFrame, calibration: Calibration, response: float
) -> pd.DataFrame:
    """Return ``panel`` with what technologies and digital imports truly add to the outcome.

    ``technologies`` is the effect of the level, ``total`` x ``lndig``, as in
    :func:`~tradedig_book.truth.truth.true_effect`. ``imports`` is what ln λ* would lose
    with the ϕ of a firm without digital imports, equation (8), and with the part of
    ``dpi`` in ψ that does not depend on ``lndig``.

    Parameters
    ----------
    panel : ``firm``, ``year``, ``lndig``, ``dpi``
    truth : ``firm``, ``year``, ``psi``, ``phi``, ``varphi``, ``total``, ``pairs_effect``
    calibration : the loadings of the economy
    response : units of the outcome per log point of λ*

    Raises
    ------
    ValueError
        If a column is missing, a key repeated, or no row is without digital imports.
    """
    columns = ["psi", "phi", "varphi", "total", "pairs_effect"]
    ours, theirs = plain(panel, "panel"), plain(truth, "truth")
    require_columns(ours, [*FIRM_YEAR, "lndig", "dpi"], "panel")
    require_columns(theirs, [*FIRM_YEAR, *columns], "truth")
    for frame, name in ((ours, "panel"), (theirs, "truth")):
        require_key(frame, FIRM_YEAR, name)
    require_same_kind(ours, theirs, FIRM_YEAR, "panel", "truth")
    known = ours[[*FIRM_YEAR, "lndig", "dpi"]].merge(
        theirs[[*FIRM_YEAR, *columns]], on=FIRM_YEAR, how="left"
    )
    without = known.loc[known["dpi"] == 0, "phi"]
    if without.empty:
        raise ValueError("every firm-year imports digital products; nothing to compare with")
    lost = _log_quality(known, known["phi"]) - _log_quality(known, without.iloc[0])
    psi_slope = known["pairs_effect"] / calibration.psi["lncnpd"]
    in_psi = -psi_slope * calibration.psi["lndig:dpi"] * TYPICAL["lndig"] * known["dpi"]
    technologies = (known["total"].where(known["lndig"] > 0, 0.0) * known["lndig"]).to_numpy()
    imports = lost + in_psi.to_numpy()
    return panel.assign(technologies=response * technologies, imports=response * imports)


def _log_quality(known: pd.DataFrame, phi: pd.Series | float) -> NDArray[np.float64]:
    """Return ln λ* by equation (8) with another ϕ."""
    psi, varphi = (known[name].to_numpy() for name in ("psi", "varphi"))
    return np.log(
        np.asarray(solve(Parameters(psi=psi, phi=np.asarray(phi), varphi=varphi)).quality)
    )
