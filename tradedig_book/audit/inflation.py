"""How much clustering changes standard errors, measured on a panel at hand."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from typing import Literal

import pandas as pd
import pyfixest as pf

from tradedig_helpers.estimation.effects import drop_singletons
from tradedig_helpers.estimation.specifications import Specification
from tradedig_helpers.frames.plain import plain
from tradedig_helpers.schema.checks import require_columns


def cluster_factors(
    first: Specification, second: Specification, panel: pd.DataFrame
) -> pd.DataFrame:
    """Return clustered over homoskedastic errors of a mediation, and f_a·f_b/f_c.

    Parameters
    ----------
    first : eq (12), the mediator on lndig
    second : eq (13), quality on lndig and the mediator
    panel : the rows; both are fitted where every variable of either is known

    Returns
    -------
    DataFrame
        One row: ``mediator``, ``n``, ``f_a`` (β0), ``f_b`` (μ1), ``f_c`` (β1), ``factor``.

    Raises
    ------
    TypeError
        If the panel is no pandas DataFrame.
    ValueError
        If ``first`` does not explain a regressor of ``second``, or the panel lacks a variable.
    """
    panel = plain(panel, "panel")
    mediator = first.outcome
    if mediator not in second.regressors:
        raise ValueError(
            f"{second.name} has no regressor {mediator!r}, the outcome of {first.name}"
        )
    names = list(dict.fromkeys((*first.variables, *second.variables)))
    require_columns(panel, names, "panel")
    rows = drop_singletons(panel[names].dropna().reset_index(drop=True), second.effects)
    f_a = _ratio(first, rows, ["lndig"])["lndig"]
    f_c, f_b = _ratio(second, rows, ["lndig", mediator])
    factors = {"f_a": f_a, "f_b": f_b, "f_c": f_c, "factor": f_a * f_b / f_c}
    return pd.DataFrame([{"mediator": mediator, "n": len(rows)} | factors])


def _ratio(spec: Specification, rows: pd.DataFrame, terms: Sequence[str]) -> pd.Series:
    """Return clustered over homoskedastic standard errors of ``terms``."""
    clustered = _errors(spec, rows, {"CRV1": spec.cluster}, "nonnested")
    return (clustered / _errors(spec, rows, "iid", "full"))[list(terms)]


def _errors(
    spec: Specification,
    rows: pd.DataFrame,
    vcov: Literal["iid"] | dict[str, str],
    effects: Literal["full", "nonnested"],
) -> pd.Series:
    """Return standard errors by ``vcov``, counting all fixed effects or those not nested."""
    with warnings.catch_warnings():
        # pyfixest's own use of pandas; nothing that a caller can change.
        warnings.simplefilter("ignore", DeprecationWarning)
        warnings.simplefilter("ignore", FutureWarning)
        fit = pf.feols(
            spec.formula,
            rows,
            vcov=vcov,
            ssc=pf.ssc(k_fixef=effects),
            demeaner=pf.LsmrDemeaner(),
        )
        errors: pd.Series = fit.se()
        return errors
