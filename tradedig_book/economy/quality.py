"""From what a firm is and does to ψ, ϕ and φ, λ* by equation (8), and prices."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from tradedig_book.economy.calibration import Calibration
from tradedig_book.economy.world import bounded
from tradedig_book.theory import Parameters, solve
from tradedig_helpers.frames.arrays import Floats
from tradedig_helpers.measure.digitization import TECHNOLOGIES
from tradedig_helpers.schema.declare import Columns

DEFAULTS = Parameters()
PSI_BOUND, PHI_BOUND = 0.5, 0.15
DEMAND_SPREAD = 0.75
YEAR_SHOCK, FLOW_NOISE = 0.3, 0.35
DIGITAL_TERMS = ("lndigs", *TECHNOLOGIES)
"""What adds to the index of ψ beside ``lndig`` and moves with it."""
TYPICAL: Mapping[str, float] = {
    "lndig": 0.8, "lndigs": 1.2, "pit": 0.2, "pdo": 0.2, "icp": 0.35, "flex": 5.0, "lncnpd": 2.4,
    "lnsca": 5.3, "lnage": 2.1, "lncap": 3.6, "lnpwa": 2.0, "lnfir": 0.018, "lnpro": 0.05,
    "foe": 0.4, "lninn": 0.4, "lntfp": 3.8, "lnpgp": 9.8, "lngdp": 5.9, "lnsdp": -0.7,
    "dpi": 0.4, "ict": 0.2, "mac": 0.1, "oct": 0.2, "con": 0.1, "imd": 0.2, "cap": 0.2,
    "IUI": 4.0, "INT": 0.45,
    "small": 0.65, "capital_intensive": 0.3, "startup": 0.1, "ordinary": 0.8, "late": 0.65,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Latent:
    """What the model makes of each firm-year, each of shape (N,).

    Attributes
    ----------
    psi, phi, varphi, quality : ψ, ϕ, φ and λ*
    psi_slope, phi_slope, advantage_slope : ∂ln λ* by the index of each
    """

    psi: Floats
    phi: Floats
    varphi: Floats
    quality: Floats
    psi_slope: Floats
    phi_slope: Floats
    advantage_slope: Floats


def latent_quality(panel: Columns | pd.DataFrame, calibration: Calibration) -> Latent:
    """Return λ* of each firm-year by equation (8) from what the firm is and does.

    ``ln ψ = B tanh(x/B)`` with x linear in digital technologies, flex and lncnpd and B =
    ``PSI_BOUND``: close to x where firms are, and never so large that the second-order
    condition fails; ϕ likewise, from imports of digital products.
    ``ln(φ/φ_D - 1)`` is linear in the controls and the unseen demand shifter, so every φ
    exceeds φ_D.
    """
    psi, psi_slope = _bounded_exp(index(panel, calibration.psi), PSI_BOUND)
    phi, phi_slope = _bounded_exp(index(panel, calibration.phi), PHI_BOUND)
    usual = np.log(float(DEFAULTS.varphi) / float(DEFAULTS.varphi_D) - 1)
    demand_shifter = DEMAND_SPREAD * np.asarray(panel["demand_shifter"])
    advantage = np.exp(usual + index(panel, calibration.advantage) + demand_shifter)
    varphi = DEFAULTS.varphi_D * (1 + advantage)
    p = Parameters(psi=psi, phi=DEFAULTS.phi * phi, varphi=varphi)
    quality = np.asarray(solve(p).quality)
    taste = p.beta - 1 / p.phi
    share = p.L * p.psi * taste**2 / (4 * p.gamma * (1 - p.e) ** 2)
    return Latent(
        psi=psi,
        phi=np.asarray(p.phi),
        varphi=varphi,
        quality=quality,
        psi_slope=psi_slope / (1 - share),
        phi_slope=phi_slope * (1 + share) / (1 - share) / (taste * p.phi),
        advantage_slope=1 / (1 + advantage),
    )


def draw_prices(
    rng: np.random.Generator, flows: Columns, quality: Floats, shock: Floats
) -> dict[str, Floats]:
    """Return perceived quality, price and quantity of each flow, none of them rounded.

    ``ln λ_flow = ln λ* + taste + year shock + noise``; ``shock`` is the part of the year
    shock that also moved the choice to export. Price = quality x cost, so the pass-through
    is one; quantity is CES demand, q = λ^(σ-1) p^(-σ) A, whose value p q does not depend
    on quality. A is the same for all sellers in a market.
    """
    row = flows["row"]
    year_shock = YEAR_SHOCK * bounded(rng, len(quality)) + shock
    noise = FLOW_NOISE * bounded(rng, len(row))
    log_quality = (np.log(quality) + year_shock)[row] + flows["taste"] + noise
    log_price = log_quality + flows["log_cost"]
    return {
        "log_quality": log_quality,
        "price": np.exp(log_price),
        "quantity": np.exp(flows["log_value"] - log_price),
    }


def true_effects(panel: Columns, latent: Latent, calibration: Calibration) -> dict[str, Floats]:
    """Return the effects of lndig on ln λ* of each firm-year, exact at the margin.

    ``direct`` is what the firm's technologies add to the index of ψ, per log point of
    ``dig``; it, and what is summed from it, is missing where a firm uses none. ``panel``
    holds the responses of the order book.
    """
    psi = calibration.psi
    slope = sum(
        load * deviation(panel, name, left_out="lndig")
        for name, load in psi.items()
        if "lndig" in name.split(":")
    )
    lndig = panel["lndig"]
    added = sum(psi[name] * panel[name] for name in DIGITAL_TERMS)
    none = np.full(len(lndig), np.nan)
    direct = slope + np.divide(added, lndig, out=none, where=lndig > 0)
    flex = sum(
        load * deviation(panel, name, left_out="flex")
        for name, load in psi.items()
        if "flex" in name.split(":")
    )
    flex_effect, pairs_effect = latent.psi_slope * flex, latent.psi_slope * psi["lncnpd"]
    flex_response, pairs_response = panel["flex_response"], panel["open_response"]
    mediated = flex_effect * flex_response + pairs_effect * pairs_response
    return {
        "direct": latent.psi_slope * direct,
        "flex_effect": flex_effect,
        "flex_response": flex_response,
        "pairs_effect": pairs_effect,
        "pairs_response": pairs_response,
        "mediated": mediated,
        "total": latent.psi_slope * direct + mediated,
    }


def index(panel: Columns | pd.DataFrame, loadings: Mapping[str, float]) -> Floats:
    """Return the sum of loading x (variable - its typical value), shape (N,).

    A name such as ``lndig:late`` is a product of two such deviations.
    """
    total = np.zeros(len(panel["firm"]))
    for name, loading in loadings.items():
        total += loading * deviation(panel, name)
    return total


def deviation(panel: Columns | pd.DataFrame, name: str, left_out: str = "") -> Floats:
    """Return the product of the deviations in ``name``, but for the variable ``left_out``."""
    product = np.ones(len(panel["firm"]))
    for part in name.split(":"):
        if part != left_out:
            product *= np.asarray(panel[part], dtype=float) - TYPICAL[part]
    return product


def _bounded_exp(x: Floats, bound: float) -> tuple[Floats, Floats]:
    """Return exp(B tanh(x/B)), which stays within exp(±B), and the slope of its log."""
    return np.exp(bound * np.tanh(x / bound)), 1 - np.tanh(x / bound) ** 2
