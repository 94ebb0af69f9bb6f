"""Estimating a specification with pyfixest, and saying what was lost on the way."""

from __future__ import annotations

import warnings
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from tradedig_helpers.evidence.effects import free_effects, labels
from tradedig_helpers.evidence.rows import sample_of
from tradedig_helpers.evidence.specifications import FIRM, Specification

if TYPE_CHECKING:
    from pyfixest.estimation import Feols


def convention(cluster: str) -> str:
    """Return in words how standard errors by ``cluster`` are made."""
    return (
        f"CRV1, clustered by {cluster}, times (N-1)/(N-K) x G/(G-1); K counts the regressors and "
        "the fixed effects that are not nested in the clusters"
    )


SMALL_SAMPLE = convention(FIRM)
R2_KIND = "adjusted: 1 - (1-R²)(N-1)/(N-K), K with every fixed effect that is not redundant"


@dataclass(frozen=True, slots=True)
class Fit:
    """An estimated specification.

    Attributes
    ----------
    spec : what was estimated
    coefficients : ``term``, ``estimate``, ``std_error``, ``t``, ``p``, ``low``, ``high``
        (95% confidence interval), in the order of the specification, the constant last
    n : observations used
    rows : observations of the sample
    missing : rows left out because a variable is missing
    singletons : rows left out because they are alone in a fixed effect, repeatedly
    clusters : number of clusters, G
    adj_r2 : adjusted R², fixed effects counted
    small_sample : the convention behind the standard errors
    """

    spec: Specification
    coefficients: pd.DataFrame
    n: int
    rows: int
    missing: int
    singletons: int
    clusters: int
    adj_r2: float
    small_sample: str = SMALL_SAMPLE
    r2_kind: str = R2_KIND


def estimate(spec: Specification, panel: pd.DataFrame) -> Fit:
    """Estimate ``spec`` by least squares with absorbed effects on ``panel``.

    Rows with a missing variable are left out and counted, singletons likewise (Correia
    2015). Standard errors are clustered; see ``SMALL_SAMPLE`` for the convention,
    which is that of reghdfe.

    Raises
    ------
    ValueError
        Naming the specification, if a column is missing or infinite, if no row is
        complete, if a regressor has no variation left, or if the fit fails.
    """
    sample = sample_of(spec, panel)
    fit = _feols(spec, sample.frame)
    terms = list(spec.regressors) + ([] if spec.effects else ["Intercept"])
    tidy = fit.tidy()
    if dropped := [term for term in terms if term not in tidy.index]:
        raise ValueError(
            f"{spec.name}: {dropped} cannot be told apart from the fixed effects or from the "
            "other regressors; take them out"
        )
    return Fit(
        spec=spec,
        coefficients=_coefficients(tidy.loc[terms]),
        n=int(fit._N),
        rows=sample.rows,
        missing=sample.missing,
        singletons=sample.singletons,
        clusters=int(fit._G[0]),
        adj_r2=_adjusted(float(fit._r2), sample.frame, spec),
        small_sample=convention(spec.cluster),
    )


def tidy(fits: Iterable[Fit]) -> pd.DataFrame:
    """Return the coefficients of all ``fits`` in one frame, led by table, column and N."""
    frames = [
        fit.coefficients.assign(table=fit.spec.table, column=fit.spec.column, n=fit.n)
        for fit in fits
    ]
    joined = pd.concat(frames, ignore_index=True)
    first = ["table", "column", "term"]
    return joined[first + [name for name in joined.columns if name not in first]]


def summary(fits: Iterable[Fit]) -> pd.DataFrame:
    """Return what belongs under a table, one row per fit.

    Columns ``table``, ``column``, ``n``, ``rows``, ``missing``, ``singletons``,
    ``clusters`` and ``adj_r2``.
    """
    counts = ("n", "rows", "missing", "singletons", "clusters", "adj_r2")
    return pd.DataFrame(
        [
            {"table": fit.spec.table, "column": fit.spec.column}
            | {name: getattr(fit, name) for name in counts}
            for fit in fits
        ]
    )


def _feols(spec: Specification, complete: pd.DataFrame) -> Feols:
    """Return pyfixest's fit of rows without singletons (it aborts Python where no row is left)."""
    import pyfixest as pf  # slow to load, and many regressions at once do without it

    try:
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", message=r"\s*.*dropped due to multicollinearity")
            # pyfixest's own use of pandas; nothing that a caller can change.
            warnings.simplefilter("ignore", DeprecationWarning)
            warnings.simplefilter("ignore", FutureWarning)
            fit: Feols = pf.feols(
                spec.formula,
                complete,
                vcov={"CRV1": spec.cluster},
                ssc=pf.ssc(k_fixef="nonnested"),
                fixef_rm="singleton",
                demeaner=pf.LsmrDemeaner(),
                store_data=False,
            )
            return fit
    except Exception as error:
        raise ValueError(f"{spec.name}: {spec.formula} cannot be estimated: {error}") from error


def _adjusted(r2: float, used: pd.DataFrame, spec: Specification) -> float:
    """Return adjusted R², counting regressors and free fixed effects."""
    free = len(used) - len(spec.regressors) - free_effects(labels(used, spec.effects))
    return 1 - (1 - r2) * (len(used) - 1) / free if free > 0 else float("nan")


def _coefficients(table: pd.DataFrame) -> pd.DataFrame:
    """Return pyfixest's table of coefficients under the names of this book."""
    names = {
        "Coefficient": "term",
        "Estimate": "estimate",
        "Std. Error": "std_error",
        "t value": "t",
        "Pr(>|t|)": "p",
        "2.5%": "low",
        "97.5%": "high",
    }
    return (
        table.rename_axis("Coefficient").reset_index().rename(columns=names)[list(names.values())]
    )
