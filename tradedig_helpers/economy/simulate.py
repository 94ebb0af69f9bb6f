"""The economy, block of firms by block of firms, in the order in which causes act."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from tradedig_helpers.economy.adoption import draw_adoption, log_digital_level
from tradedig_helpers.economy.calibration import Calibration, load_calibration
from tradedig_helpers.economy.covariates import accounts, draw_covariates
from tradedig_helpers.economy.data import Economy
from tradedig_helpers.economy.firms import BLOCK, draw_firms, firm_years
from tradedig_helpers.economy.flexibility import flex_response, flexibility
from tradedig_helpers.economy.orders import MODES, draw_flows, draw_portfolio, draw_shipments
from tradedig_helpers.economy.quality import draw_prices, optimal_quality, true_effects
from tradedig_helpers.economy.schema import conform
from tradedig_helpers.economy.tables import SCHEMA
from tradedig_helpers.economy.world import (
    FIRST_YEAR,
    World,
    destination_table,
    elasticity_table,
    make_world,
)

FIRMS, SEED = 4_000, 20260101


@dataclass(frozen=True, slots=True)
class Block:
    """A thousand firms before rounding: firm-years, flows and shipments, linked by row number."""

    panel: pd.DataFrame
    flows: pd.DataFrame
    shipments: pd.DataFrame
    truth: pd.DataFrame


def simulate(
    firms: int = FIRMS, seed: int = SEED, calibration: Calibration | None = None
) -> Economy:
    """Return a synthetic economy of ``firms`` exporters.

    Same arguments, same values on any machine. Firms are drawn in blocks of 1,000, each
    from its own generator, so a small economy is the beginning of a larger one.

    Raises
    ------
    ValueError
        If ``firms`` or ``seed`` is not a positive whole number.
    """
    if not isinstance(firms, int) or firms < 1:
        raise ValueError(f"firms = {firms!r}; give a whole number of at least 1")
    if not isinstance(seed, int) or seed < 0:
        raise ValueError(f"seed = {seed!r}; give a whole number of at least 0")
    calibration = load_calibration() if calibration is None else calibration
    world = make_world(np.random.default_rng([seed, 0]))
    parts = [
        _frames(simulate_block(seed, b, world, calibration), world, firms)
        for b in range(-(-firms // BLOCK))
    ]
    joined = {
        name: pd.concat([part[name] for part in parts], ignore_index=True) for name in parts[0]
    }
    joined |= {"destinations": destination_table(world), "elasticities": elasticity_table(world)}
    return Economy(**{name: conform(joined[name], table) for name, table in SCHEMA.items()})


def simulate_block(seed: int, block: int, world: World, calibration: Calibration) -> Block:
    """Return the firms of one block: who, when, what, how digital, how good, at what price."""
    rng = np.random.default_rng([seed, block + 1])
    firms = draw_firms(rng, block)
    firms = firms.join(draw_adoption(rng, firms, calibration.selection))
    portfolio = draw_portfolio(rng, firms)
    panel = firm_years(firms)
    covariates = draw_covariates(rng, panel)
    panel = panel.join(covariates).assign(lndig=log_digital_level(panel))
    flows = draw_flows(rng, panel, portfolio, world)
    shipments = draw_shipments(rng, panel, flows, calibration.dispersion)
    panel = panel.assign(flex=flexibility(shipments, len(panel)))
    panel = panel.join(_destination_mix(flows, shipments, world, len(panel)))
    latent = optimal_quality(panel, calibration)
    response = flex_response(shipments, flows, len(panel), calibration.dispersion)
    truth = panel[["firm", "year", "flex"]].assign(
        psi=latent.psi, varphi=latent.varphi, quality=latent.quality
    )
    truth = truth.join(true_effects(latent, calibration, response))
    return Block(panel, draw_prices(rng, flows, latent.quality), shipments, truth)


def _destination_mix(
    flows: pd.DataFrame, shipments: pd.DataFrame, world: World, rows: int
) -> pd.DataFrame:
    """Return export-weighted log GDP per head, log GDP and log opacity per firm-year."""
    place = flows["destination"].to_numpy(), flows["year"].to_numpy() - FIRST_YEAR
    logs = {
        "lnpgp": world.log_gdp_per_head[place],
        "lngdp": world.log_gdp[place],
        "lnsdp": flows["log_opacity"].to_numpy(),
    }
    value = np.bincount(shipments["flow"], shipments["value"], minlength=len(flows))
    row = flows["row"].to_numpy()
    total = np.bincount(row, value, minlength=rows)
    return pd.DataFrame(
        {name: np.bincount(row, value * x, minlength=rows) / total for name, x in logs.items()}
    )


def _frames(block: Block, world: World, firms: int) -> dict[str, pd.DataFrame]:
    """Return the customs, firms and truth tables of a block, up to firm number ``firms``."""
    panel = block.panel.join(accounts(block.panel, block.panel)[_NEW_ACCOUNTS])
    frames = {"customs": _customs(block, world), "firms": panel, "truth": block.truth}
    return {name: frame[frame["firm"] <= firms] for name, frame in frames.items()}


_NEW_ACCOUNTS = [
    "employees", "fixed_assets", "wages_payable", "interest", "total_assets", "profit",
    "sales", "patents", "tfp",
]  # fmt: skip


def _customs(block: Block, world: World) -> pd.DataFrame:
    """Return one row per shipment; a flow's quantity is split like its value."""
    shipments, flows = block.shipments, block.flows
    flow = shipments["flow"].to_numpy()
    unit_value = flows["price"].to_numpy()[flow]
    value = shipments["value"].to_numpy()
    return pd.DataFrame(
        {
            "firm": block.panel["firm"].to_numpy()[shipments["row"]],
            "year": flows["year"].to_numpy()[flow],
            "product": _coded(flows["product"].to_numpy()[flow], world.products),
            "destination": _coded(flows["destination"].to_numpy()[flow], world.destinations),
            "mode": _coded(flows["mode"].to_numpy()[flow], MODES),
            "quantity": np.maximum(1.0, np.rint(value / unit_value)),
            "value": value,
        }
    )


def _coded(index: NDArray[np.int64], codes: NDArray[np.str_]) -> pd.Categorical:
    """Return ``codes[index]`` as a category whose levels are all ``codes``, in every block."""
    return pd.Categorical.from_codes(index, pd.Index(codes))
