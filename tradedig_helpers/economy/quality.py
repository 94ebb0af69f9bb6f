"""From digital level and flexible productivity to ψ and φ, λ* by equation (8), and prices."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from tradedig_helpers.economy.calibration import Calibration
from tradedig_helpers.economy.world import bounded
from tradedig_helpers.model import Parameters, solve

Floats = NDArray[np.float64]

DEFAULTS = Parameters()
PSI_BOUND = 0.8
APPEAL_SPREAD = 0.75
YEAR_SHOCK, FLOW_NOISE = 0.33, 0.45
TYPICAL: Mapping[str, float] = {
    "lndig": 0.3, "flex": 3.5, "lnsca": 5.0, "lnage": 2.0, "lncap": 3.8, "lnpwa": 2.0,
    "lnfir": 0.015, "lnpro": 0.05, "foe": 0.3, "lninn": 0.3, "lntfp": 1.05,
    "lnpgp": 9.3, "lngdp": 6.0, "lnsdp": -1.5,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Latent:
    """Per firm-year, each of shape (N,): ψ, its slope d ln ψ/d index, φ, and λ*."""

    psi: Floats
    psi_slope: Floats
    varphi: Floats
    quality: Floats


def optimal_quality(panel: pd.DataFrame, calibration: Calibration) -> Latent:
    """Return λ* of each firm-year by equation (8) from what the firm is and does.

    ``ln ψ = B tanh(x/B)`` with x linear in lndig and flex and B = ``PSI_BOUND``:
    close to x where firms are, and never so large that the second-order condition fails.
    ``ln(φ/φ_D - 1)`` is linear in the controls and unseen appeal, so every φ exceeds φ_D.
    """
    index = _index(panel, calibration.psi)
    psi = np.exp(PSI_BOUND * np.tanh(index / PSI_BOUND))
    usual = np.log(float(DEFAULTS.varphi) / float(DEFAULTS.varphi_D) - 1)
    appeal = APPEAL_SPREAD * panel["appeal"].to_numpy()
    advantage = np.exp(usual + _index(panel, calibration.advantage) + appeal)
    varphi = DEFAULTS.varphi_D * (1 + advantage)
    solution = solve(Parameters(psi=psi, varphi=varphi))
    return Latent(psi, 1 - np.tanh(index / PSI_BOUND) ** 2, varphi, np.asarray(solution.quality))


def draw_prices(rng: np.random.Generator, flows: pd.DataFrame, quality: Floats) -> pd.DataFrame:
    """Return ``flows`` with perceived quality, price and quantity, none of them rounded.

    ``ln λ_flow = ln λ* + taste + year shock + noise``; price = quality x cost, so the
    pass-through is one; quantity is CES demand, q = λ^(σ-1) p^(-σ) A, whose value p q
    does not depend on quality. A is the same for all sellers in a market.
    """
    row = flows["row"].to_numpy()
    year_shock = YEAR_SHOCK * bounded(rng, len(quality))
    noise = FLOW_NOISE * bounded(rng, len(flows))
    log_quality = np.log(quality)[row] + flows["taste"] + year_shock[row] + noise
    log_price = log_quality + flows["log_cost"]
    return flows.assign(
        log_quality=log_quality,
        price=np.exp(log_price),
        quantity=np.exp(flows["log_value"] - log_price),
    )


def true_effects(latent: Latent, calibration: Calibration, response: Floats) -> pd.DataFrame:
    """Return the effects of lndig on ln λ* of each firm-year, exact at the margin.

    With s = Lψ(β-1/ϕ)²/(4γ(1-e)²), equation (8) gives ∂ln λ*/∂ln ψ = 1/(1-s).
    ``response`` is ∂flex/∂lndig, shape (N,).
    """
    p = DEFAULTS
    share = p.L * latent.psi * (p.beta - 1 / p.phi) ** 2 / (4 * p.gamma * (1 - p.e) ** 2)
    elasticity = latent.psi_slope / (1 - share)
    direct = elasticity * calibration.psi["lndig"]
    flex_effect = elasticity * calibration.psi["flex"]
    return pd.DataFrame(
        {
            "direct": direct,
            "flex_effect": flex_effect,
            "flex_response": response,
            "mediated": flex_effect * response,
            "total": direct + flex_effect * response,
        }
    )


def _index(panel: pd.DataFrame, loadings: Mapping[str, float]) -> Floats:
    """Return the sum of loading x (covariate - its typical value), shape (N,)."""
    index = np.zeros(len(panel))
    for name, loading in loadings.items():
        index += loading * (panel[name].to_numpy(dtype=float) - TYPICAL[name])
    return index
