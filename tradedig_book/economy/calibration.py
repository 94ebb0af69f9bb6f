"""The loadings of the economy; ``calibration.json`` holds them, with the command that finds them.

How they are found is in :mod:`tradedig_book.truth.calibrate`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

STORED = Path(__file__).with_name("calibration.json")


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
    selection : how the unseen demand shifter shortens the wait for a technology
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


def load_calibration(path: Path = STORED) -> Calibration:
    """Return the stored loadings, or those of another file."""
    return Calibration(**json.loads(path.read_text(encoding="utf-8")))


def save_calibration(calibration: Calibration, path: Path) -> None:
    """Write ``calibration`` as JSON."""
    text = json.dumps(asdict(calibration), indent=2, default=dict)
    path.write_text(text + "\n", encoding="utf-8")
