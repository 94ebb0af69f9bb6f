"""Finding the loadings of the economy, so that the paper's regressions come out as published.

The published estimates and their errors are the targets. Coefficients respond to loadings
almost linearly, so Gauss-Newton steps on common random numbers find them: what a loading
adds to quality is itself put on the left of each regression, which gives the Jacobian.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from tradedig_book.economy.calibration import Calibration
from tradedig_book.published import published
from tradedig_book.truth.calibration_data import OF_QUALITY, CalibrationDraw, demeaned, draw
from tradedig_helpers.estimation.specifications import (
    PAPER,
    SELECTION_CORRECTED,
    TABLE_5,
    TABLE_6,
    TABLE_7,
    WITH_DIGITAL_IMPORTS,
    Specification,
    choose_sample,
    paper_column,
)
from tradedig_helpers.frames.options import require_whole

POOLED_SLOPE = 0.07
"""How much the pooled coefficient moves with ``selection``, by trial: the length of a step."""
RIDGE = 0.05
"""How much a step shies from loadings that the targets hardly tell apart."""
UPSTREAM = ("selection", "productivity.lndig")
"""Loadings that change who exports, and with it every later draw: left alone once a gap is
within two standard errors, so that the steps of the others share their random numbers."""

POOLED = paper_column(2, 1)
QUALITY_COLUMNS = (
    paper_column(2, 6),
    paper_column(3, 1),
    paper_column(3, 6),
    paper_column(3, 7),
    SELECTION_CORRECTED,
    WITH_DIGITAL_IMPORTS,
    *(spec for spec in (*TABLE_5, *TABLE_6, *TABLE_7) if spec.outcome == "QSY"),
)
_FLEX = {spec.sample: spec for spec in PAPER if spec.outcome == "flex"}
CONTRASTS = {
    "small": (_FLEX["small and micro firms"], _FLEX["medium and large firms"]),
    "capital_intensive": (_FLEX["capital-intensive"], _FLEX["labour-intensive"]),
    "startup": (_FLEX["start-up"], _FLEX["established"]),
    "ordinary": (_FLEX["ordinary trade"], _FLEX["other trade"]),
    "late": (_FLEX["2008-2015"], _FLEX["2002-2007"]),
}
"""Columns of flex on lndig: the group, and the firms that it is compared with."""
SINGLE = {
    "flex": ("dispersion", _FLEX["all"]),
    "lncnpd": ("opening", paper_column(5, 13)),
    "lninn": ("innovation", paper_column(5, 2)),
    "lntfp": ("productivity", paper_column(5, 1)),
}
"""Outcomes with one loading each, of ``lndig``, and the columns that show it."""
CENTRED_ELSEWHERE = {(5, column, "lndig") for column in (3, 4, 5, 6)}
"""Slopes at a moderator of zero, which depend on where the moderator is centred."""


def targets(columns: Sequence[Specification]) -> pd.DataFrame:
    """Return the published ``estimate`` and ``std_error`` of each column's terms."""
    frames = [published(spec.table, spec.column) for spec in columns]
    wanted = [
        frame[frame["term"].isin(spec.regressors) & frame["std_error"].notna()]
        for spec, frame in zip(columns, frames, strict=True)
    ]
    joined = pd.concat(wanted, ignore_index=True)
    keys = zip(joined["table"], joined["column"], joined["term"], strict=True)
    return joined[[key not in CENTRED_ELSEWHERE for key in keys]].reset_index(drop=True)


def calibrate(
    start: Calibration, steps: int, report: Callable[[str], None] = print
) -> tuple[Calibration, pd.DataFrame]:
    """Take ``steps`` Gauss-Newton steps; return the loadings and the gaps before the last.

    Gaps are in published standard errors. Economies have the size and seed of ``start``.

    Raises
    ------
    ValueError
        If ``steps`` or the number of firms is no whole number of at least 1.
    """
    require_whole(1, steps=steps, firms=start.firms)
    require_whole(0, seed=start.seed)
    calibration, gaps = start, pd.DataFrame()
    for number in range(steps):
        calibration, gaps = step(draw(calibration), calibration)
        size = float(np.sqrt((gaps["gap"] ** 2).mean()))
        report(f"step {number + 1}: root mean squared gap before it {size:.2f} standard errors")
    return calibration, gaps


def step(drawn: CalibrationDraw, old: Calibration) -> tuple[Calibration, pd.DataFrame]:
    """Return the loadings after one step, and the gaps (target - found)/error before it."""
    names = [str(name) for name in drawn.gains]
    quality = [name for name in names if name.split(".")[0] in OF_QUALITY]
    parts = [close_gaps(drawn, QUALITY_COLUMNS, quality)]
    parts += [close_gaps(drawn, (spec,), [f"{name}.lndig"]) for name, spec in SINGLE.values()]
    moves = {name: move for found, _ in parts for name, move in found.items()}
    moves |= {
        f"dispersion.{name}": size - old.dispersion[name] for name, size in contrasts(drawn).items()
    }
    pooled = _pooled(drawn.panel)
    moves["selection"] = float(pooled["estimate"] - pooled["found"]) / POOLED_SLOPE
    all_gaps = pd.concat([*(gap for _, gap in parts), pd.DataFrame([pooled])], ignore_index=True)
    upstream = [POOLED, SINGLE["lntfp"][1]]
    for name, spec in zip(UPSTREAM, upstream, strict=True):
        there = (all_gaps["table"] == spec.table) & (all_gaps["column"] == spec.column)
        if all_gaps.loc[there & (all_gaps["term"] == "lndig"), "gap"].abs().max() <= 2:
            moves[name] = 0.0
    return moved(old, moves), all_gaps


def contrasts(drawn: CalibrationDraw) -> dict[str, float]:
    """Return the loadings of dispersion by group: the published difference of the responses.

    They are turned into units of dispersion by its mean slope. Regressions on groups are too
    noisy to be matched one by one.
    """
    slope = drawn.gains["dispersion.lndig"].sum() / drawn.panel["lndig"].sum()
    differences = {
        f"lndig:{name}": targets(pair[:1])["estimate"].iloc[0]
        - targets(pair[1:])["estimate"].iloc[0]
        for name, pair in CONTRASTS.items()
    }
    return {name: round(float(size / slope), 6) for name, size in differences.items()}


def moved(old: Calibration, moves: Mapping[str, float]) -> Calibration:
    """Return ``old`` with each loading moved, rounded to six decimals; names as in ``gains``."""
    changed: dict[str, object] = {}
    for name, move in moves.items():
        field, _, key = name.partition(".")
        value = changed.get(field, getattr(old, field))
        if key:
            assert isinstance(value, Mapping)
            changed[field] = {**value, key: round(float(value[key] + move), 6)}
        else:
            assert isinstance(value, float)
            changed[field] = round(value + move, 6)
    return replace(old, **changed)  # type: ignore[arg-type]


def close_gaps(
    drawn: CalibrationDraw, columns: Sequence[Specification], names: Sequence[str]
) -> tuple[dict[str, float], pd.DataFrame]:
    """Return the move of each loading that closes the gaps of ``columns``, and the gaps."""
    rows, jacobian = [], []
    for sample in dict.fromkeys(spec.sample for spec in columns):
        chosen = choose_sample(drawn.panel, sample)
        specs = [spec for spec in columns if spec.sample == sample]
        found, slopes = _coefficients(chosen, drawn.gains.loc[chosen.index, list(names)], specs)
        rows.append(found)
        jacobian.append(slopes)
    gaps = targets(columns).merge(pd.concat(rows), on=["table", "column", "term"], how="left")
    key = ["table", "column", "term"]
    matrix = gaps[key].merge(pd.concat(jacobian), on=key, how="left").drop(columns=key)
    error = gaps["std_error"].to_numpy()
    weighted = matrix.to_numpy(dtype=float) / error[:, None]
    gaps["gap"] = (gaps["estimate"] - gaps["found"]) / error
    weight = np.linalg.norm(weighted, axis=0)
    shy = np.diag(RIDGE * np.sqrt(weight * weight.max()))
    left = np.vstack([weighted, shy])
    right = np.r_[gaps["gap"], np.zeros(len(names))]
    moves = np.linalg.lstsq(left, right, rcond=None)[0]
    return dict(zip(names, moves.tolist(), strict=True)), gaps


def _coefficients(
    panel: pd.DataFrame, gains: pd.DataFrame, specs: Sequence[Specification]
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return each term's coefficient, and the coefficient of each gain put in the outcome's place.

    Frisch-Waugh-Lovell: all columns lose their fixed effects once, then small algebra.
    """
    names = dict.fromkeys(name for spec in specs for name in (spec.outcome, *spec.regressors))
    variables = {name: panel[name.split(":")].prod(axis=1) for name in names}
    residual = demeaned(pd.DataFrame(variables).join(gains), panel)
    found, slopes = [], []
    for spec in specs:
        right = residual[list(spec.regressors)].to_numpy()
        left = residual[[spec.outcome, *gains.columns]].to_numpy()
        solved = np.linalg.lstsq(right, left, rcond=None)[0]
        key = {"table": spec.table, "column": spec.column, "term": spec.regressors}
        found.append(pd.DataFrame(key | {"found": solved[:, 0]}))
        slopes.append(pd.DataFrame(key | dict(zip(gains.columns, solved[:, 1:].T, strict=True))))
    return pd.concat(found), pd.concat(slopes)


def _pooled(panel: pd.DataFrame) -> dict[str, Any]:
    """Return the target, the finding and the gap of Table 2, column 1."""
    goal = {str(name): value for name, value in targets([POOLED]).iloc[0].items()}
    found = float(np.polyfit(panel["lndig"], panel["QSY"], 1)[0])
    return goal | {"found": found, "gap": (goal["estimate"] - found) / goal["std_error"]}
