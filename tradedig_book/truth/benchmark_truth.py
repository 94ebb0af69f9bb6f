"""Estimates beside the truth: what a specification would find if only true gains moved quality."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from math import inf

import numpy as np
import pandas as pd

from tradedig_book.truth.truth import with_truth
from tradedig_helpers.estimation.demeaned import demean_all
from tradedig_helpers.estimation.fit import Fit, fit
from tradedig_helpers.estimation.specifications import Specification, sample_columns
from tradedig_helpers.frames.options import require_between
from tradedig_helpers.frames.plain import plain
from tradedig_helpers.measure.aggregate import Level, level_key
from tradedig_helpers.measure.flows import FIRM_YEAR, MARKET
from tradedig_helpers.schema.checks import checked, require_above, require_columns


@dataclass(frozen=True, slots=True)
class AgainstTruth:
    """An estimated specification, and the truth with its weights.

    Attributes
    ----------
    fit : the estimates
    truth : what the first coefficient would be without error, in the same units
    """

    fit: Fit
    truth: float


def against_truth(
    spec: Specification, panel: pd.DataFrame, truth: pd.DataFrame, response: float
) -> AgainstTruth:
    """Estimate ``spec``, and again with the true gain in ln λ* on the left.

    Effects differ between firms and grow with experience, so an average of them depends on
    the weights, and those are the specification's: its sample, its rows, its effects, and the
    regressor that stands first.

    Parameters
    ----------
    panel : the variables of ``spec``, ``firm``, ``year`` and ``lndig``; several rows for a
        firm and year are welcome
    truth : ``firm``, ``year``, ``direct`` and ``mediated`` (log points of λ* per log point of
        ``dig``, ``direct`` missing without a technology), one row per firm and year
    response : units of the outcome per log point of λ*, such as :func:`quality_response`

    Raises
    ------
    TypeError
        As :func:`~tradedig_book.truth.truth.with_truth`.
    ValueError
        Naming the specification, if a column is missing or a coefficient cannot be
        estimated; if ``response`` is not finite, or ``truth`` lacks a firm-year of the panel.
    """
    require_between(-inf, inf, response=response)
    panel = plain(panel, "panel")
    if absent := [name for name in (*FIRM_YEAR, "lndig", *spec.variables) if name not in panel]:
        raise ValueError(f"{spec.name} needs the columns {absent}, which the panel lacks")
    names = list(dict.fromkeys([*FIRM_YEAR, "lndig", *spec.variables, *_condition(spec, panel)]))
    known = with_truth(panel[names], truth, ["direct", "mediated"])
    effect = (known["direct"] + known["mediated"]).where(known["lndig"] > 0, 0.0)
    known["_gain"] = response * effect * known["lndig"]
    gain = replace(spec, outcome="_gain")
    absorbed = demean_all([spec, gain], known)
    found = fit(gain, absorbed).coefficients["estimate"]
    return AgainstTruth(fit(spec, absorbed), float(found.iloc[0]))


def comparison(found: Mapping[str, AgainstTruth]) -> pd.DataFrame:
    """Return the first coefficient of each beside its truth, one row for each label.

    Columns ``label``, ``n``, ``clusters``, ``estimate``, ``std_error``, the 95% interval
    ``low``, ``high``, ``truth``, and ``z``, the estimate less the truth in standard errors.
    """
    return pd.DataFrame(_rows(found.items()))


def _rows(found: Iterable[tuple[str, AgainstTruth]]) -> Iterable[dict[str, object]]:
    for label, one in found:
        first = one.fit.coefficients.iloc[0]
        yield {
            "label": label,
            "n": one.fit.n,
            "clusters": one.fit.clusters,
            **first[["estimate", "std_error", "low", "high"]],
            "truth": one.truth,
            "z": (first["estimate"] - one.truth) / first["std_error"],
        }


def _condition(spec: Specification, panel: pd.DataFrame) -> list[str]:
    """Return the columns of ``panel`` that choose the sample of ``spec``."""
    return [column for column in sample_columns(spec.sample) if column in panel]


def quality_response(flows: pd.DataFrame, level: Level = "firm") -> float:
    """Return how measured quality answers to a log point of the firm's true quality.

    Where price is quality times cost, as in the synthetic economy, the value of a flow does
    not depend on its quality. Then the residual ln q + s ln p, with the slope s of equation
    (10) or (11), rises by s - 1 per log point of quality, less what the firm's own flows
    move of the market mean, and ln λ-hat by this over σ - 1. Standardisation divides by
    the range of the product, which is taken as given.

    Parameters
    ----------
    flows : ``firm``, ``product``, ``destination``, ``year``, ``value``, ``sigma`` and
        ``log_quality`` of the flows that are graded, the columns of ``level``, and, if the
        residual is that of equation (11), its slope ``sigma_hat``

    Returns
    -------
    float
        Units of measured quality per log point of λ*, weighted by export value within each
        unit and year of ``level``, with the mean over these.

    Raises
    ------
    TypeError, ValueError
        If a column is missing or no number, a value is not positive or σ ≤ 1, or the quality of
        a product does not vary.
    """
    key = level_key(level)
    flows = plain(flows, "flows")
    checked(
        flows,
        "flows",
        present=list(dict.fromkeys([*key, *MARKET, "firm"])),
        numbers=["log_quality", *(name for name in flows if name == "sigma_hat")],
        positive=["value"],
    )
    require_columns(flows, ["sigma"], "flows")
    require_above(flows, ["sigma"], "flows", 1.0)
    slope = flows["sigma_hat"] if "sigma_hat" in flows else flows["sigma"]
    rivals = flows.groupby(MARKET, observed=True)["firm"].transform("size")
    own = flows.groupby([*MARKET, "firm"], observed=True)["firm"].transform("size")
    by_product = flows.groupby("product", observed=True)["log_quality"]
    width = by_product.transform("max") - by_product.transform("min")
    if flat := int((~(width > 0)).sum()):
        raise ValueError(
            f"flows.log_quality is the same in all flows of the product in {flat} of "
            f"{len(flows)} rows; drop them, as measure_quality does"
        )
    response = (slope - 1) / (flows["sigma"] - 1) * (1 - own / rivals) / width
    unit = flows.assign(graded=response * flows["value"]).groupby(key, observed=True)
    totals = unit[["graded", "value"]].sum()
    return float(np.mean(totals["graded"] / totals["value"]))
