"""The loadings of the economy, and how they were found.

``calibration.json`` holds the result, with the command that makes it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from tradedig_helpers.published import published

STORED = Path(__file__).with_name("calibration.json")
FIRM_COVARIATES = ("lnsca", "lnage", "lncap", "lnpwa", "lnfir", "lnpro", "foe", "lninn", "lntfp")
MARKET_COVARIATES = ("lnpgp", "lngdp", "lnsdp")


@dataclass(frozen=True, slots=True)
class Calibration:
    """Loadings that are not in the paper, found so that its regressions come out as published.

    A loading such as ``lndig:small`` multiplies a product of two variables.

    Attributes
    ----------
    psi : of ln ψ, on digital technologies, flex and lncnpd, by group and circumstance
    phi : of ln ϕ, on imports of digital products
    advantage : of ln(φ/φ_D - 1), on the controls of Table 2;
        the one of ``lnsdp`` multiplies true opacity, which ``lnsdp`` measures with error
    dispersion : of the log dispersion of shipments, by group
    opening : of how much of its portfolio a firm has opened
    productivity, innovation : of ω and of the log rate of patents
    exporting : of the index of exporting
    export_shock : how much quality moves with the unseen shock that moves exporting
    selection : how unseen appeal shortens the wait for a technology
    firms, seed : scale and seed at which the loadings were found; the unit of
        standardised quality shrinks a little as the sample grows, so the scale matters
    command : what to run to find them anew
    """

    psi: Mapping[str, float]
    phi: Mapping[str, float]
    advantage: Mapping[str, float]
    dispersion: Mapping[str, float]
    opening: Mapping[str, float]
    productivity: Mapping[str, float]
    innovation: Mapping[str, float]
    exporting: Mapping[str, float]
    export_shock: float
    selection: float
    firms: int
    seed: int
    command: str


Moments = Mapping[str, float]


def load_calibration(path: Path = STORED) -> Calibration:
    """Return the stored loadings, or those of another file."""
    return Calibration(**json.loads(path.read_text(encoding="utf-8")))


def save_calibration(calibration: Calibration, path: Path) -> None:
    """Write ``calibration`` as JSON."""
    text = json.dumps(asdict(calibration), indent=2, default=dict)
    path.write_text(text + "\n", encoding="utf-8")


def targets() -> dict[str, float]:
    """Return the published figures that the economy should give at large scale.

    Table 2 column 6 for lndig and the controls, Table 2 column 1 for the pooled slope,
    Table 5 columns 7 and 8 for flex on lndig and quality on flex. The direct effect
    follows as total minus flex x response; the paper prints 0.0015 for it, on a sample
    for which direct and mediated effects do not add up to the total.
    """
    table = published(2, 6).set_index("term")["estimate"]
    response = _printed(5, 7, "lndig")
    flex = _printed(5, 8, "flex")
    return {
        "pooled": _printed(2, 1, "lndig"),
        "response": response,
        "flex": flex,
        "lndig": table["lndig"] - flex * response,
        **{name: table[name] for name in FIRM_COVARIATES + MARKET_COVARIATES},
    }


def calibrate(
    start: Calibration, moments: Callable[[Calibration], Moments], steps: int
) -> tuple[Calibration, dict[str, float]]:
    """Move each loading toward its target in proportion to the gap, ``steps`` times.

    ``moments`` simulates with common random numbers and returns, for every key of
    :func:`targets`, the coefficient found, and in ``slope:<key>`` how much it moves
    with its own loading. Returns the loadings and the last gaps.
    """
    goal = targets()
    calibration = start
    gaps: dict[str, float] = {}
    for _ in range(steps):
        found = moments(calibration)
        gaps = {name: float(value - found[name]) for name, value in goal.items()}
        calibration = _moved(
            calibration, {name: gap / found[f"slope:{name}"] for name, gap in gaps.items()}
        )
    return calibration, gaps


def _moved(old: Calibration, step: Mapping[str, float]) -> Calibration:
    """Return ``old`` with each loading moved by its step, rounded to six decimals."""
    return replace(
        old,
        psi={name: round(float(value + step[name]), 6) for name, value in old.psi.items()},
        advantage={
            name: round(float(value + step[name]), 6) for name, value in old.advantage.items()
        },
        dispersion=round(float(old.dispersion + step["response"]), 6),
        selection=round(float(old.selection + step["pooled"]), 6),
    )


def _printed(table: int, column: int, term: str) -> float:
    """Return one published estimate."""
    frame = published(table, column)
    return float(frame.loc[frame["term"] == term, "estimate"].iloc[0])
