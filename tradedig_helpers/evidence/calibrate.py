"""Finding the loadings of the economy, so that the paper's regressions come out as published.

The published estimates and their errors are the targets. Coefficients respond to loadings
almost linearly, so Gauss-Newton steps on common random numbers find them: what a loading
adds to quality is itself put on the left of each regression, which gives the Jacobian.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pyfixest.core.demean import demean_within
from scipy.stats import norm

from tradedig_helpers.economy.calibration import Calibration
from tradedig_helpers.economy.flexibility import stretch_slope
from tradedig_helpers.economy.quality import deviation, optimal_quality
from tradedig_helpers.economy.schema import conform
from tradedig_helpers.economy.simulate import (
    Block,
    block_tables,
    simulate_block,
    world_tables,
)
from tradedig_helpers.economy.tables import CUSTOMS
from tradedig_helpers.economy.world import make_world
from tradedig_helpers.evidence.effects import labels
from tradedig_helpers.evidence.specifications import (
    DIGITAL_IMPORTS,
    SELECTION_CORRECTED,
    TABLE_2,
    TABLE_3,
    TABLE_5,
    TABLE_6,
    TABLE_7,
    WITHIN,
    Specification,
    choose,
)
from tradedig_helpers.measure.destinations import measure_destinations
from tradedig_helpers.measure.quality import measure_quality, to_flows
from tradedig_helpers.published import published

Floats = NDArray[np.float64]

POOLED_SLOPE = 0.03
"""How much the pooled coefficient moves with ``selection``, by trial: the length of a step."""
RIDGE = 0.05
"""How much a step shies from loadings that the targets hardly tell apart."""

QUALITY_COLUMNS = (
    TABLE_2[-1],
    TABLE_3[0],
    *TABLE_3[5:],
    SELECTION_CORRECTED,
    DIGITAL_IMPORTS,
    *TABLE_5[2:6],
    *(spec for spec in TABLE_5[6:] if spec.outcome == "QSY"),
    *TABLE_6,
    *(spec for spec in TABLE_7 if spec.outcome == "QSY"),
)
FLEX_COLUMNS = tuple(spec for spec in (*TABLE_5, *TABLE_7) if spec.outcome == "flex")
SINGLE = {"lncnpd": ("opening", TABLE_5[12]), "lninn": ("innovation", TABLE_5[1]),
          "lntfp": ("productivity", TABLE_5[0])}  # fmt: skip
"""Outcomes with one loading each, of ``lndig``, and the columns that show it."""
CENTRED_ELSEWHERE = {(5, column, "lndig") for column in (3, 4, 5, 6)}
"""Slopes at a moderator of zero, which depend on where the moderator is centred."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """An economy for calibration: firm-years, and what loadings add to outcomes.

    Attributes
    ----------
    panel : every variable of the regressions, one row per exporting firm-year
    gains : for each loading, such as ``psi.flex``, what one unit adds to its outcome
    """

    panel: pd.DataFrame
    gains: pd.DataFrame


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
    """
    calibration, gaps = start, pd.DataFrame()
    for number in range(steps):
        calibration, gaps = step(draw(calibration), calibration)
        size = float(np.sqrt((gaps["gap"] ** 2).mean()))
        report(f"step {number + 1}: root mean squared gap before it {size:.2f} standard errors")
    return calibration, gaps


def step(drawn: Drawn, old: Calibration) -> tuple[Calibration, pd.DataFrame]:
    """Return the loadings after one step, and the gaps (target - found)/error before it."""
    quality = [name for name in drawn.gains if name.split(".")[0] in ("psi", "phi", "advantage")]
    moves, gaps = solve(drawn, QUALITY_COLUMNS, [*quality, "export_shock"])
    spread = [name for name in drawn.gains if name.startswith("dispersion.")]
    parts = [(moves, gaps), solve(drawn, FLEX_COLUMNS, spread)]
    parts += [solve(drawn, (spec,), [f"{name}.lndig"]) for name, spec in SINGLE.values()]
    moves = {name: move for found, _ in parts for name, move in found.items()}
    pooled = _pooled(drawn.panel)
    moves["selection"] = float(pooled["estimate"] - pooled["found"]) / POOLED_SLOPE
    frames = [*(gap for _, gap in parts), pooled.to_frame().T]
    return moved(old, moves), pd.concat(frames, ignore_index=True)


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


def draw(calibration: Calibration) -> Drawn:
    """Simulate, measure quality and price dispersion, and gather what loadings add."""
    rng = np.random.default_rng([calibration.seed, 0])
    world = make_world(rng)
    tables = world_tables(rng, world)
    panels, gains, customs = [], [], []
    firms = 0
    while firms < calibration.firms:
        block = simulate_block(calibration.seed, len(panels), world, calibration)
        firms += block.truth["firm"].nunique()
        panels.append(block.panel)
        gains.append(_gains(block, calibration))
        customs.append(conform(block_tables(block, world)["customs"], CUSTOMS))
    shipped = pd.concat(customs, ignore_index=True)
    panel, gain = (pd.concat(parts, ignore_index=True) for parts in (panels, gains))
    keep = (panel["sector"] == "manufacturing").to_numpy()
    panel, gain = (frame[keep].reset_index(drop=True) for frame in (panel, gain))
    shipped = shipped[shipped["firm"].isin(panel["firm"].unique())]
    quality = measure_quality(shipped, tables["elasticities"]).firm_years
    dispersion = measure_destinations(to_flows(shipped), tables["destinations"])
    panel = panel.drop(columns="lnsdp").merge(
        dispersion[["firm", "year", "lnsdp"]], on=["firm", "year"], how="left"
    )
    panel = panel.merge(
        quality[["firm", "year", "quality"]].rename(columns={"quality": "QSY"}),
        on=["firm", "year"], how="left",
    )  # fmt: skip
    index = panel["export_index"].to_numpy()
    panel["IMR"] = norm.pdf(index) / norm.cdf(index)
    unit = _unit(panel, gain)
    parts = [name.split(".")[0] for name in gain]
    scale = [unit if part in ("psi", "phi", "advantage", "export_shock") else 1 for part in parts]
    used = (panel["QSY"].notna() & panel["lnsdp"].notna() & (panel["flex"] > 0)).to_numpy()
    return Drawn(panel[used].reset_index(drop=True), (gain * scale)[used].reset_index(drop=True))


def _gains(block: Block, calibration: Calibration) -> pd.DataFrame:
    """Return what one more unit of each loading adds: to ln λ*, or to its own outcome."""
    panel, latent = block.panel, optimal_quality(block.panel, calibration)
    slopes = {
        "psi": (calibration.psi, latent.psi_slope),
        "phi": (calibration.phi, latent.phi_slope),
        "advantage": (calibration.advantage, latent.advantage_slope),
    }
    gains = {
        f"{part}.{name}": slope * deviation(panel, name)
        for part, (loadings, slope) in slopes.items()
        for name in loadings
    }
    stretch = stretch_slope(block.shipments, len(panel)) * panel["lndig"]
    gains |= {
        f"dispersion.{name}": stretch
        * (deviation(panel, name.partition(":")[2]) if ":" in name else 1.0)
        for name in calibration.dispersion
    }
    gains["opening.lndig"] = panel["open_response"] / calibration.opening["lndig"] * panel["lndig"]
    gains["innovation.lndig"] = panel["patents"] / (1 + panel["patents"]) * panel["lndig"]
    gains["productivity.lndig"] = panel["lndig"]
    gains["export_shock"] = panel["shock"]
    return pd.DataFrame(gains).assign(log_quality=np.log(latent.quality))


def _unit(panel: pd.DataFrame, gain: pd.DataFrame) -> float:
    """Return QSY per log point of quality, within firms and cells."""
    level = gain["log_quality"]
    used = panel["QSY"].notna().to_numpy()
    within = _within(
        pd.DataFrame({"QSY": panel["QSY"], "level": level})[used], panel[used]
    )
    return float(within["QSY"] @ within["level"] / (within["level"] @ within["level"]))


def _within(columns: pd.DataFrame, panel: pd.DataFrame) -> pd.DataFrame:
    """Return ``columns`` less their firm and cell effects."""
    groups = labels(panel, WITHIN).to_numpy(dtype=np.uint32)
    demeaned, converged, _ = demean_within(columns.to_numpy(dtype=float), groups)
    if not converged:
        raise RuntimeError("the fixed effects of the calibration did not converge")
    return pd.DataFrame(demeaned, columns=columns.columns)


def solve(
    drawn: Drawn, columns: Sequence[Specification], names: Sequence[str]
) -> tuple[dict[str, float], pd.DataFrame]:
    """Return the move of each loading that closes the gaps of ``columns``, and the gaps."""
    rows, jacobian = [], []
    for sample in dict.fromkeys(spec.sample for spec in columns):
        chosen = choose(drawn.panel.astype(_FLAGS), sample)
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
    within = _within(pd.DataFrame(variables).join(gains), panel)
    found, slopes = [], []
    for spec in specs:
        right = within[list(spec.regressors)].to_numpy()
        left = within[[spec.outcome, *gains.columns]].to_numpy()
        solved = np.linalg.lstsq(right, left, rcond=None)[0]
        key = {"table": spec.table, "column": spec.column, "term": spec.regressors}
        found.append(pd.DataFrame(key | {"found": solved[:, 0]}))
        slopes.append(pd.DataFrame(key | dict(zip(gains.columns, solved[:, 1:].T, strict=True))))
    return pd.concat(found), pd.concat(slopes)


def _pooled(panel: pd.DataFrame) -> pd.Series:
    """Return the target, the finding and the gap of Table 2, column 1."""
    goal = targets(TABLE_2[:1]).iloc[0]
    slope = float(np.polyfit(panel["lndig"], panel["QSY"], 1)[0])
    gap = (goal["estimate"] - slope) / goal["std_error"]
    return pd.concat([goal, pd.Series({"found": slope, "gap": gap})])


_FLAGS = dict.fromkeys(("small", "capital_intensive", "startup", "ordinary"), bool)
