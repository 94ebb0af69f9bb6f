"""The economy, block of businesses by block, in the order in which causes act."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from tradedig_book.economy.accounts import draw_survey, groups, log_accounts, other_accounts
from tradedig_book.economy.adoption import digital_levels, draw_adoption
from tradedig_book.economy.calibration import Calibration, load_calibration
from tradedig_book.economy.data import Economy
from tradedig_book.economy.exporting import Exporting, draw_clearance, draw_exporting
from tradedig_book.economy.firms import draw_firms
from tradedig_book.economy.flexibility import flexibility, log_pairs, open_share
from tradedig_book.economy.imports import (
    digital_product_table,
    draw_imports,
    import_codes,
    import_flags,
)
from tradedig_book.economy.orders import draw_flows, draw_portfolio, draw_shipments
from tradedig_book.economy.quality import (
    Latent,
    deviation,
    draw_prices,
    latent_quality,
    true_effects,
)
from tradedig_book.economy.workers import in_order
from tradedig_book.economy.world import (
    FIRST_YEAR,
    World,
    coarse_elasticity_table,
    destination_table,
    elasticity_table,
    make_world,
    province_table,
)
from tradedig_helpers.frames.arrays import Floats
from tradedig_helpers.measure.groups import MOSTLY
from tradedig_helpers.schema.declare import Columns, Table, conform, taken
from tradedig_helpers.schema.tables import FIRMS, MODES, SCHEMA, TRUTH_FIRMS

SAMPLE_FIRMS, SAMPLE_SEED = 4_000, 20260101


@dataclass(frozen=True, slots=True)
class Block:
    """A block of businesses before rounding, its frames linked by row number.

    Attributes
    ----------
    register : businesses with their traits
    survey : every firm-year
    panel : the firm-years that export, intermediaries included
    flows, shipments, imports : ``row`` is a row of ``panel``
    truth : one row for each row of ``panel`` that is an industrial firm's
    """

    register: pd.DataFrame
    survey: pd.DataFrame
    panel: pd.DataFrame
    flows: pd.DataFrame
    shipments: pd.DataFrame
    imports: pd.DataFrame
    truth: pd.DataFrame


def simulate(
    firms: int = SAMPLE_FIRMS, seed: int = SAMPLE_SEED, calibration: Calibration | None = None
) -> Economy:
    """Return a synthetic economy with ``firms`` exporters, and everybody else around them.

    Same arguments, same values on any machine. Businesses are drawn in blocks, each from
    its own generator, so a small economy is the beginning of a larger one.

    Raises
    ------
    ValueError
        If ``firms`` or ``seed`` is not a positive whole number.
    """
    parts = list(simulate_parts(firms, seed, calibration))
    joined = {
        name: pd.concat([part[name] for part in parts if name in part], ignore_index=True)
        for name in SCHEMA
    }
    return Economy(**{name: conform(joined[name], table) for name, table in SCHEMA.items()})


def simulate_parts(
    firms: int, seed: int, calibration: Calibration | None = None, workers: int = 1
) -> Iterator[dict[str, pd.DataFrame]]:
    """Yield the economy part by part, each as conforming frames by name of table.

    The first part holds the tables of the world, each later one those of a block.
    ``workers`` processes draw blocks; what they draw does not depend on how many they are.
    """
    if not isinstance(firms, int) or firms < 1:
        raise ValueError(f"firms = {firms!r}; give a whole number of at least 1")
    if not isinstance(seed, int) or seed < 0:
        raise ValueError(f"seed = {seed!r}; give a whole number of at least 0")
    calibration = load_calibration() if calibration is None else calibration
    rng = np.random.default_rng([seed, 0])
    world = make_world(rng)
    yield _conforming(world_tables(rng, world))
    draw = partial(_block_part, seed=seed, world=world, calibration=calibration)
    found = 0
    with closing(in_order(draw, workers)) as parts:
        for part in parts:
            exporters = np.unique(part["truth"]["firm"])
            if found + len(exporters) >= firms:
                last = exporters[firms - found - 1]
                yield {name: frame[frame["firm"] <= last] for name, frame in part.items()}
                return
            yield part
            found += len(exporters)


def _block_part(
    number: int, seed: int, world: World, calibration: Calibration
) -> dict[str, pd.DataFrame]:
    """Return the tables of one block as conforming frames."""
    return _conforming(block_tables(simulate_block(seed, number, world, calibration), world))


def simulate_block(seed: int, number: int, world: World, calibration: Calibration) -> Block:
    """Return the businesses of one block: who, how digital, who exports what, how good."""
    # A stage draws from its own stream, so that what one changes does not stir the others.
    streams = iter(np.random.default_rng([seed, number + 1]).spawn(11))
    register = draw_firms(next(streams), number)
    register |= draw_adoption(next(streams), register, world, calibration.selection)
    portfolio = draw_portfolio(next(streams), register)
    survey = draw_survey(next(streams), register, calibration.productivity)
    survey |= digital_levels(survey)
    survey |= other_accounts(next(streams), survey, calibration.innovation)
    survey |= log_accounts(survey)
    survey["clearance"] = draw_clearance(next(streams), survey, world)
    exporting = draw_exporting(next(streams), survey, calibration.exporting)
    survey["export_index"] = exporting.index
    panel = _exporters(survey, exporting, calibration)
    flows = draw_flows(next(streams), panel, portfolio, world)
    panel |= _spread(panel, flows, calibration)
    shipments = draw_shipments(next(streams), panel, flows)
    imports = draw_imports(next(streams), panel)
    panel |= _measures(panel, flows, shipments, imports, world)
    latent = latent_quality(panel, calibration)
    shock = calibration.export_shock * panel["shock"]
    flows |= draw_prices(next(streams), flows, latent.quality, shock)
    truth = _truth(panel, latent, calibration)
    drawn = (register, survey, panel, flows, shipments, imports, truth)
    return Block(*(pd.DataFrame(columns, copy=False) for columns in drawn))


def _exporters(survey: Columns, exporting: Exporting, calibration: Calibration) -> dict[str, Any]:
    """Return the firm-years that export, with how much of their portfolio is open."""
    panel = taken({**survey, "shock": exporting.shock}, np.flatnonzero(exporting.exports))
    return panel | groups(panel) | open_share(panel, calibration.opening)


def _spread(panel: Columns, flows: Columns, calibration: Calibration) -> dict[str, Floats]:
    """Return what lndig adds to the dispersion of shipments, and whether trade is ordinary.

    The response differs by group: ``lndig:small`` is the loading of small firms over others.
    """
    value, row, rows = np.exp(flows["log_value"]), flows["row"], len(panel["firm"])
    total = np.bincount(row, value, minlength=rows)
    plain = np.bincount(row, value * (flows["mode"] == 0), minlength=rows)
    ordinary = (plain >= MOSTLY * total).astype(float)
    members = {**panel, "ordinary": ordinary}
    response = np.zeros(rows)
    for name, loading in calibration.dispersion.items():
        response += loading * deviation(members, name, left_out="lndig")
    spread = response * panel["lndig"]
    return {"ordinary": ordinary, "spread": spread, "spread_response": response}


def _measures(
    panel: Columns, flows: Columns, shipments: Columns, imports: Columns, world: World
) -> dict[str, Floats]:
    """Return what customs records show of each firm-year, and the internet of its province."""
    rows, province = len(panel["firm"]), panel["province"].codes
    return {
        **flexibility(shipments, flows, panel),
        "lncnpd": log_pairs(flows, panel),
        "INT": world.province_internet[province, panel["year"] - FIRST_YEAR],
        **_destination_mix(flows, shipments, world, rows),
        **import_flags(imports, rows),
    }


def _destination_mix(
    flows: Columns, shipments: Columns, world: World, rows: int
) -> dict[str, Floats]:
    """Return export-weighted logs of GDP per head, GDP, internet use and opacity, by firm-year."""
    place = flows["destination"], flows["year"] - FIRST_YEAR
    logs = {
        "lnpgp": world.log_gdp_per_head[place],
        "lngdp": world.log_gdp[place],
        "IUI": np.log(world.internet)[place],
        "lnsdp": flows["log_opacity"],
    }
    value = np.bincount(shipments["flow"], shipments["value"], minlength=len(flows["row"]))
    row = flows["row"]
    total = np.bincount(row, value, minlength=rows)
    return {name: np.bincount(row, value * x, minlength=rows) / total for name, x in logs.items()}


def _truth(panel: Columns, latent: Latent, calibration: Calibration) -> dict[str, Any]:
    """Return ψ, ϕ, φ, λ* and the effects of lndig, of industrial firms only."""
    names = {name: panel[name] for name in ("firm", "year", "flex")}
    model = {name: getattr(latent, name) for name in ("psi", "phi", "varphi", "quality")}
    truth = names | model | true_effects(panel, latent, calibration)
    return taken(truth, panel["sector"] == "manufacturing")


def world_tables(rng: np.random.Generator, world: World) -> dict[str, pd.DataFrame]:
    """Return the tables that do not depend on firms."""
    return {
        "destinations": destination_table(world),
        "provinces": province_table(world),
        "elasticities": elasticity_table(world),
        "elasticities_hs3": coarse_elasticity_table(rng, world),
        "digital_products": digital_product_table(),
    }


def block_tables(block: Block, world: World) -> dict[str, pd.DataFrame]:
    """Return the tables of a block; intermediaries are in customs and register only."""
    makers = np.flatnonzero(block.survey["sector"] == "manufacturing")
    return {
        "customs": _customs(block, world),
        "firms": _rows(block.survey, makers, FIRMS),
        "register": block.register,
        "imports": _imports(block),
        "truth": block.truth,
        "truth_firms": _rows(block.survey, makers, TRUTH_FIRMS),
    }


def _rows(frame: pd.DataFrame, rows: NDArray[np.int64], table: Table) -> pd.DataFrame:
    """Return rows of a frame, with the columns of a table."""
    return pd.DataFrame({name: frame[name].array[rows] for name in table.names}, copy=False)


def _customs(block: Block, world: World) -> pd.DataFrame:
    """Return one row per shipment; a flow's quantity is split like its value."""
    shipments, flows = block.shipments, block.flows
    flow, value = shipments["flow"].to_numpy(), shipments["value"].to_numpy()
    unit_value = flows["price"].to_numpy()[flow]
    return pd.DataFrame(
        {
            "firm": block.panel["firm"].to_numpy()[shipments["row"]],
            "year": flows["year"].to_numpy()[flow],
            "product": _coded(flows["product"], flow, world.products),
            "destination": _coded(flows["destination"], flow, world.destinations),
            "mode": _coded(flows["mode"], flow, np.array(MODES)),
            "quantity": np.maximum(1.0, np.rint(value / unit_value)),
            "value": value,
        },
        copy=False,
    )


def _imports(block: Block) -> pd.DataFrame:
    """Return one row for each product that an industrial firm imports in a year."""
    makers = (block.panel["sector"] == "manufacturing").to_numpy()
    row, item, value = (block.imports[name].to_numpy() for name in ("row", "item", "value"))
    kept = makers[row]
    return pd.DataFrame(
        {
            "firm": block.panel["firm"].to_numpy()[row[kept]],
            "year": block.panel["year"].to_numpy()[row[kept]],
            "product": pd.Categorical.from_codes(item[kept], pd.Index(import_codes())),
            "value": value[kept],
        },
        copy=False,
    )


def _conforming(frames: dict[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    """Return frames with the columns, order and types of their tables."""
    return {name: conform(frame, SCHEMA[name]) for name, frame in frames.items()}


def _coded(item: pd.Series, flow: NDArray[np.int64], codes: NDArray[np.str_]) -> pd.Categorical:
    """Return ``codes[item[flow]]`` as a category whose levels are all ``codes``, in every block."""
    return pd.Categorical.from_codes(item.astype(np.int16).to_numpy()[flow], pd.Index(codes))
