"""The specification curve: the effect of digitization under every combination of choices.

Simonsohn, Simmons and Nelson (2020) ask of an estimate where it stands among all that other
reasonable choices would have given. Here the choices are crossed, and none is left out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import product

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.stats import t as student

from tradedig_helpers.estimation.absorb import require_freedom, unnested_levels
from tradedig_helpers.estimation.batch import (
    Absorbed,
    absorb_together,
    require_explained,
    share_rows,
    solve,
)
from tradedig_helpers.estimation.effects import labels
from tradedig_helpers.estimation.specifications import (
    CONTROLS,
    FIRM,
    FIRM_CONTROLS,
    MEDIATORS,
    WITHIN,
    Specification,
)
from tradedig_helpers.frames.checks import checked, require_columns
from tradedig_helpers.frames.plain import plain

Floats = NDArray[np.float64]

CHOICES: dict[str, dict[str, object]] = {
    "quality": {name: name for name in ("QSY", "QBW", "QKL", "QLP", "QOP")},
    "index": {"lndig": "lndig", "lndigs": "lndigs", "any technology": "digital"},
    "controls": {
        "none": (),
        "of the firm": FIRM_CONTROLS,
        "and productivity, innovation": (*FIRM_CONTROLS, *MEDIATORS),
        "all of Table 2": CONTROLS,
    },
    "effects": {
        "year": ("year",),
        "firm, year": (FIRM, "year"),
        "firm, province–industry–year": WITHIN,
    },
    "period": {"2002–2015": "all", "2002–2007": "2002-2007", "2008–2015": "2008-2015"},
    "cluster": {"firm": FIRM, "industry": "industry", "province": "province"},
}
"""What can be chosen, and what each choice means in a specification."""

ESTIMATED = tuple(name for name in CHOICES if name != "cluster")
COLUMNS = [*CHOICES, "estimate", "std_error", "p", "n", "clusters", "scale"]


def declare(choice: dict[str, str], number: int) -> Specification:
    """Return the specification of a choice of everything but the clusters."""
    meaning = {name: CHOICES[name][option] for name, option in choice.items()}
    return Specification(
        meaning["quality"],  # type: ignore[arg-type]
        (meaning["index"], *meaning["controls"]),  # type: ignore[misc, arg-type]
        meaning["effects"],  # type: ignore[arg-type]
        sample=meaning["period"],  # type: ignore[arg-type]
        table="specification curve",
        column=number,
    )


def specification_curve(
    panel: pd.DataFrame, report: Callable[[int], None] = lambda done: None
) -> pd.DataFrame:
    """Estimate the effect of digitization under every combination of ``CHOICES``.

    Parameters
    ----------
    panel : as :func:`.firm_panel` returns it, with all five qualities
    report : called with the number of combinations done

    Returns
    -------
    DataFrame
        One row per combination: a column for each choice, ``estimate``, ``std_error``, ``p``,
        ``n``, ``clusters``, and ``scale``, which turns the estimate into standard deviations
        of quality per standard deviation of the index, both over the rows used.

    Raises
    ------
    TypeError
        If the panel is no pandas DataFrame, or ``dig`` holds no numbers.
    ValueError
        If the panel lacks ``dig`` or a column of clusters; naming the specification, if one
        cannot be estimated.
    """
    panel = plain(panel, "panel")
    checked(panel, "panel", present=[FIRM], optional_numbers=["dig"])
    require_columns(panel, map(str, CHOICES["cluster"].values()), "panel")
    choices = [
        dict(zip(ESTIMATED, options, strict=True))
        for options in product(*(CHOICES[name] for name in ESTIMATED))
    ]
    specs = [declare(choice, number) for number, choice in enumerate(choices, start=1)]
    panel["digital"] = (panel["dig"] > 1).astype(float).where(panel["dig"].notna())
    found: dict[int, list[dict[str, object]]] = {}
    for group in share_rows(specs, panel):
        absorbed = absorb_together([specs[k] for k in group], panel, ["industry", "province"])
        clusterings = {
            option: _clustering(specs[group[0]], absorbed, str(column))
            for option, column in CHOICES["cluster"].items()
        }
        for k in group:
            found[k] = [choices[k] | row for row in _rows(specs[k], absorbed, clusterings)]
            report(len(found) * len(clusterings))
    rows = [row for k in range(len(specs)) for row in found[k]]
    return pd.DataFrame(rows)[COLUMNS]


Clustering = tuple[NDArray[np.intp], int, int]


def _clustering(spec: Specification, absorbed: Absorbed, column: str) -> Clustering:
    """Return the cluster of each row, their number, and the levels that K counts."""
    rows = absorbed.sample.frame
    codes, names = pd.factorize(rows[column])
    if len(names) < 2:
        raise ValueError(f"{spec.name}: 1 cluster of {column!r}; at least 2 needed")
    return codes, len(names), unnested_levels(labels(rows, spec.effects), rows[column])


def _rows(
    spec: Specification, absorbed: Absorbed, clusterings: dict[str, Clustering]
) -> Iterator[dict[str, object]]:
    """Yield the first coefficient of ``spec`` with errors by each clustering."""
    require_explained(spec, absorbed)
    beta, residual = solve(spec, absorbed, spec.outcome, spec.regressors)
    places = absorbed.at(spec.regressors)
    first = np.eye(len(places))[0]
    weights = np.zeros(len(absorbed.terms))
    weights[places] = np.linalg.solve(absorbed.gram[np.ix_(places, places)], first)
    influence = (weights @ absorbed.within) * residual
    n = len(residual)
    require_freedom(spec, n, len(places) + absorbed.least)
    spread = np.sqrt(absorbed.spread[absorbed.at([spec.regressors[0], spec.outcome])])
    for option, (codes, clusters, unnested) in clusterings.items():
        free = require_freedom(spec, n, len(places) + unnested)
        factor = (n - 1) / free * clusters / (clusters - 1)
        moved = np.bincount(codes, weights=influence)
        error = float(np.sqrt(factor * moved @ moved))
        yield {
            "cluster": option,
            "estimate": float(beta[0]),
            "std_error": error,
            "p": float(2 * student.sf(abs(beta[0]) / error, clusters - 1)),
            "n": n,
            "clusters": clusters,
            "scale": float(spread[0] / spread[1]),
        }
