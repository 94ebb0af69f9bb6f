"""One coefficient under every error that clusters of another size can give."""

from __future__ import annotations

from dataclasses import replace
from typing import get_args

import numpy as np
import pandas as pd

from tradedig_helpers.estimation.bootstrap import WildWeights, wild_cluster_test
from tradedig_helpers.estimation.fit import estimate
from tradedig_helpers.estimation.refits import by_cluster, jackknife, pairs_or_missing
from tradedig_helpers.estimation.specifications import Specification
from tradedig_helpers.frames.options import require_generator, require_whole

FEW_CLUSTERS = (
    "CRV1: times (N-1)/(N-K) x G/(G-1), K without effects nested in the clusters; CRV1 and CR3 "
    "with t(G-1). Wild: restricted, the sample among the draws, no error of its own. Pairs: exact "
    "refits, percentiles, no p-value"
)
BOOTSTRAP_DRAWS = 1_999
"""Draws of a bootstrap that is not asked for more or fewer."""


def by_every_method(
    spec: Specification,
    panel: pd.DataFrame,
    term: str,
    group: str,
    rng: np.random.Generator,
    draws: int = BOOTSTRAP_DRAWS,
) -> pd.DataFrame:
    """Return one coefficient with clusters of ``spec`` and with clusters of ``group``.

    Rows: CRV1 by the clusters of ``spec``; by ``group`` CRV1, CR3, the wild cluster bootstrap
    with both weights, and the pairs bootstrap. Columns ``method``, ``clusters``, ``estimate``,
    ``std_error``, ``p`` and the 95% interval ``low``, ``high``; what a method does not give is
    missing. Rows of the panel without a ``group`` serve the first row of the table alone, whose
    estimate then differs from that of the others. Draws of pairs in which the regressors cannot
    be told apart are left out, and ``method`` says how many there are.

    Parameters
    ----------
    spec : the regression, with its own clusters
    panel : its variables and ``group``
    term : one of its regressors
    group : column of the other clusters
    rng : chooses weights and clusters
    draws : of each bootstrap, at least 100

    Raises
    ------
    TypeError
        If ``rng`` is no generator.
    ValueError
        Naming the specification, if there is no such term or a method cannot be used; or
        ``draws`` if there are too few.
    """
    if term not in spec.regressors:
        raise ValueError(f"{spec.name} has no term {term!r}; it has {list(spec.regressors)}")
    require_generator(rng)
    require_whole(100, draws=draws)
    coarse = replace(spec, cluster=group)
    fine, whole, parts = estimate(spec, panel), estimate(coarse, panel), by_cluster(coarse, panel)
    tables = {
        f"CRV1 by {spec.cluster}": (fine.clusters, fine.coefficients),
        f"CRV1 by {group}": (whole.clusters, whole.coefficients),
        f"CR3 by {group}": (whole.clusters, jackknife(parts).coefficients),
    }
    kept = ["estimate", "std_error", "p", "low", "high"]
    rows = [
        {"method": method, "clusters": clusters} | found.set_index("term").loc[term, kept].to_dict()
        for method, (clusters, found) in tables.items()
    ]
    for weights in get_args(WildWeights):
        wild = wild_cluster_test(parts, term, rng, weights=weights, draws=draws)
        values = (wild.clusters, wild.estimate, np.nan, wild.p, wild.low, wild.high)
        method = f"wild by {group}, {weights}"
        rows.append({"method": method} | dict(zip(["clusters", *kept], values, strict=True)))
    drawn = pairs_or_missing(parts, rng, draws)[term]
    lost = int(drawn.isna().sum())
    of_pairs = f"pairs by {group}" + f" ({lost} of {draws} draws not estimable)" * (lost > 0)
    ends = drawn.quantile([0.025, 0.975])
    values = (whole.clusters, wild.estimate, drawn.std(), np.nan, *ends)
    rows.append({"method": of_pairs} | dict(zip(["clusters", *kept], values, strict=True)))
    return pd.DataFrame(rows)
