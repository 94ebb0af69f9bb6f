"""The specification curve: the effect of digitization under every combination of choices.

Simonsohn, Simmons and Nelson (2020) ask of an estimate where it stands among all that other
reasonable choices would have given. Here the choices are crossed, and none is left out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import product

import numpy as np
import pandas as pd
from scipy.stats import t as student

from tradedig_helpers.estimation.demeaned import Demeaned, demean_all, share_rows
from tradedig_helpers.estimation.effects import nonnested_dof
from tradedig_helpers.estimation.estimability import small_sample_factor
from tradedig_helpers.estimation.specifications import (
    CONTROLS,
    FIRM,
    FIRM_CONTROLS,
    MEDIATORS,
    WITHIN,
    Specification,
)
from tradedig_helpers.frames.arrays import Codes
from tradedig_helpers.frames.plain import plain
from tradedig_helpers.schema.checks import checked, require_columns

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
CURVE_COLUMNS = [*CHOICES, "estimate", "std_error", "p", "n", "clusters", "scale"]


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

    Examples
    --------
    >>> import numpy as np
    >>> import pandas as pd
    >>> rng = np.random.default_rng(1)
    >>> panel = pd.DataFrame({"firm": np.arange(700) // 14, "year": 2002 + np.arange(700) % 14})
    >>> panel = panel.assign(industry=panel["firm"] % 3, province=panel["firm"] % 4)
    >>> names = [*TABLE_2[5].numbers, "QBW", "QKL", "QLP", "QOP", "lndigs"]
    >>> panel[names] = rng.normal(size=(700, len(names)))
    >>> curve = specification_curve(panel.assign(dig=rng.integers(1, 9, size=700)))
    >>> len(curve), round(float((curve["p"] < 0.05).mean()), 2)
    (1620, 0.02)
    >>> curve.loc[0, ["quality", "index", "controls", "effects"]].to_dict()
    {'quality': 'QSY', 'index': 'lndig', 'controls': 'none', 'effects': 'year'}
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
        demeaned = demean_all([specs[k] for k in group], panel, ["industry", "province"])
        clusterings = {
            option: _clustering(demeaned, str(column))
            for option, column in CHOICES["cluster"].items()
        }
        for k in group:
            own = demeaned.of(specs[k])
            found[k] = [choices[k] | row for row in _rows(own, clusterings)]
            report(len(found) * len(clusterings))
    rows = [row for k in range(len(specs)) for row in found[k]]
    return pd.DataFrame(rows)[CURVE_COLUMNS]


Clustering = tuple[str, Codes, int, int]


def _clustering(demeaned: Demeaned, column: str) -> Clustering:
    """Return its column, the cluster of each row, their number, and the levels that K counts."""
    clusters = demeaned.rows[column]
    codes, names = pd.factorize(clusters)
    return column, codes, len(names), nonnested_dof(demeaned.sample.groups, clusters)


def _rows(demeaned: Demeaned, clusterings: dict[str, Clustering]) -> Iterator[dict[str, object]]:
    """Yield the first coefficient of a specification with errors by each clustering."""
    demeaned.require_estimable()
    spec, n = demeaned.spec, demeaned.n
    slopes, residual = demeaned.solve(spec.outcome, spec.regressors)
    places = demeaned.at(spec.regressors)
    weights = np.zeros(len(demeaned.terms))
    first = np.eye(len(places))[0]
    weights[places] = np.linalg.solve(demeaned.gram[np.ix_(places, places)], first)
    by_row = (weights @ demeaned.within) * residual
    spread = np.sqrt(demeaned.spread[demeaned.at([spec.regressors[0], spec.outcome])])
    for option, (column, codes, clusters, nonnested) in clusterings.items():
        clustered, counted = replace(spec, cluster=column), len(places) + nonnested
        ssc = small_sample_factor(clustered, n, clusters, counted, len(places) + demeaned.least_dof)
        added = np.bincount(codes, weights=by_row)
        error = float(np.sqrt(ssc * added @ added))
        yield {
            "cluster": option,
            "estimate": float(slopes[0]),
            "std_error": error,
            "p": float(2 * student.sf(abs(slopes[0]) / error, clusters - 1)),
            "n": n,
            "clusters": clusters,
            "scale": float(spread[0] / spread[1]),
        }
