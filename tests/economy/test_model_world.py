"""Protects the model's own economy: it obeys the model, and is the same whoever draws it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import tradedig_helpers as td
from tradedig_book.__main__ import main
from tradedig_book.economy.model_tables import MODEL_SCHEMA, model_hash, write_model_world
from tradedig_book.economy.model_world import (
    MODEL_YEARS,
    MOST_DIGITAL,
    PSI_1,
    USUAL_MARKET,
    ModelWorld,
    simulate_model_world,
)
from tradedig_book.theory import Parameters, derive, numeric, profit_at
from tradedig_book.theory.parameter_fields import values
from tradedig_helpers.schema.declare import validate

EXACT = 1e-12
MARKET = ["product", "destination", "year"]
REST = {name: getattr(Parameters(), name) for name in ("L", "beta", "gamma", "phi")}


@pytest.fixture(scope="module")
def world() -> ModelWorld:
    """Draw an economy of three blocks, the last one cut."""
    return simulate_model_world(firms=1200, seed=3)


@pytest.fixture(scope="module")
def flows(world: ModelWorld) -> pd.DataFrame:
    """Join each flow with its market."""
    return world.truth.merge(world.markets.drop(columns="cutoff"), on=MARKET, validate="m:1")


def at(expression: object, flows: pd.DataFrame, **more: object) -> np.ndarray:
    """Evaluate what the derivation gives at each flow."""
    point = REST | {"alpha": USUAL_MARKET.alpha, "e": flows["e"].to_numpy(), "mu": 0.0, "DIG": 0.0}
    point |= {"psi": flows["psi"].to_numpy(), "lam": flows["quality"].to_numpy()}
    point |= {"varphi": 1 / flows["cost"].to_numpy(), "varphi_D": 1 / flows["cutoff"].to_numpy()}
    point |= {"x": flows["quantity"].to_numpy(), "X": flows["total"].to_numpy()} | more
    used = {"lam" if s.name == "lambda" else s.name for s in expression.free_symbols}
    return numeric(expression)(**{name: point[name] for name in used})


@pytest.mark.parametrize(
    ("field", "column"),
    [
        ("inverse_demand", "price"),
        ("price", "price"),
        ("quantity", "quantity"),
        ("quality", "quality"),
    ],
)
def test_flows_obey_the_equations(flows: pd.DataFrame, field: str, column: str) -> None:
    """Equations (2), (5), (6) and (8), as derived and not as simulated."""
    gap = at(getattr(derive(), field), flows) - flows[column]
    assert len(flows) > 5000
    assert gap.abs().max() < EXACT


def test_customs_hold_the_true_prices(world: ModelWorld) -> None:
    """A researcher's unit value is the price."""
    gap = world.customs["value"] / world.customs["quantity"] - world.truth["price"]
    assert gap.abs().max() < EXACT


def test_profit_is_zero_at_the_cutoff_and_nowhere_else(flows: pd.DataFrame) -> None:
    """Before the cost of digitization, which a firm without a lead does not choose."""
    there = {"lam": np.zeros(len(flows)), "varphi": 1 / flows["cutoff"].to_numpy()}
    assert np.abs(at(derive().profit, flows, **there)).max() < EXACT
    assert (at(derive().profit, flows) > 0).all()
    assert (flows["cost"] < flows["cutoff"]).all()


def test_a_firm_sells_wherever_it_has_a_lead(world: ModelWorld) -> None:
    """The rows of customs are exactly these."""
    pairs = world.choices.merge(world.markets, on=["product", "year"])
    sells = pairs[pairs["cutoff"] - pairs["cost"] > 1e-9]
    assert len(sells) == len(world.customs)


def test_adoption_is_the_best_level(world: ModelWorld) -> None:
    """Brute force: profit (7) at the best quality of every level, over all destinations."""
    pairs = world.choices.merge(world.markets, on=["product", "year"])
    pairs = pairs[pairs["cost"] < pairs["cutoff"] - 1e-9]
    worth = {}
    for level in range(MOST_DIGITAL + 1):
        point = Parameters(
            e=pairs["e"].to_numpy(),
            psi=1 + PSI_1 * level / (1 + level),
            varphi=1 / pairs["cost"].to_numpy(),
            varphi_D=1 / pairs["cutoff"].to_numpy(),
        )
        best = numeric(derive().quality)(**{k: v for k, v in values(point).items() if k != "alpha"})
        sums = (
            pd.Series(profit_at(point, best))
            .groupby(pairs["firm"].to_numpy() * 10_000 + pairs["year"].to_numpy())
            .sum()
        )
        worth[level] = sums
    table = pd.DataFrame(worth)
    chosen = world.choices.set_index(world.choices["firm"] * 10_000 + world.choices["year"])
    cost = chosen["mu"].reindex(table.index).to_numpy()[:, None] * np.arange(MOST_DIGITAL + 1) ** 2
    best = (table - cost).idxmax(axis=1)
    assert best.equals(chosen["dig"].reindex(table.index).astype(best.dtype))
    assert set(best) == set(range(MOST_DIGITAL + 1))
    silent = chosen.index.difference(table.index)
    assert (chosen.loc[silent, "dig"] == 0).all()


def test_technologies_add_up_to_the_choice(world: ModelWorld) -> None:
    """The package's own measure finds dig, and a spell begins where a technology is taken up."""
    measured = td.measure_digitization(world.firms)
    assert (measured["dig"] - 1).tolist() == world.choices["dig"].tolist()
    since = world.firms["pit_since"].dropna()
    assert since.isin(MODEL_YEARS).all()
    assert (since <= world.firms.loc[since.index, "year"]).all()


def test_firm_measures_run_on_it(world: ModelWorld) -> None:
    """Quality by (10) loses nothing: σ is known everywhere, and no market has one flow."""
    measured = td.measure_quality(world.customs, world.elasticities)
    assert len(measured.flows) == len(world.customs)
    assert measured.firm_years["quality"].between(0, 1).all()


def test_same_seed_same_tables(world: ModelWorld, tmp_path: Path) -> None:
    """Byte by byte, files included; another seed gives another economy."""
    again = simulate_model_world(firms=1200, seed=3)
    for name, frame in world.frames().items():
        pd.testing.assert_frame_equal(frame, again.frames()[name], check_exact=True)
    folders = [tmp_path / name for name in "ab"]
    hashes = [write_model_world(folder, 40, 3).content.hexdigest() for folder in folders]
    assert hashes[0] == hashes[1] != model_hash(simulate_model_world(40, 4)).hexdigest()
    for name in MODEL_SCHEMA:
        first, second = ((folder / f"{name}.parquet").read_bytes() for folder in folders)
        assert first == second


@pytest.mark.parametrize("firms", [1, 499, 501])
def test_a_small_economy_is_the_beginning_of_a_larger_one(world: ModelWorld, firms: int) -> None:
    """Of any size: markets do not depend on the sample."""
    small = simulate_model_world(firms, seed=3)
    for name in ("customs", "firms", "choices", "truth"):
        whole = world.frames()[name]
        expected = whole[whole["firm"] <= firms].reset_index(drop=True)
        pd.testing.assert_frame_equal(small.frames()[name], expected, check_exact=True)
    pd.testing.assert_frame_equal(small.markets, world.markets, check_exact=True)


def test_tables_are_as_declared(world: ModelWorld) -> None:
    """Names, types, missing values, keys and bounds."""
    for name, frame in world.frames().items():
        validate(frame, MODEL_SCHEMA[name])


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"firms": 0}, "firms = 0; give a whole number of at least 1"),
        ({"firms": 2.5}, "firms = 2.5; give a whole number"),
        ({"seed": -1}, "seed = -1; give a whole number of at least 0"),
    ],
)
def test_sizes_that_make_no_sense_are_named(given: dict[str, object], message: str) -> None:
    """With the value and what it should be."""
    with pytest.raises(ValueError, match=message):
        simulate_model_world(**given)


def test_the_command_writes_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """With a dictionary; what only the calibrated economy has is refused."""
    command = ["simulate", "--world", "model", "--firms", "30", "--out", str(tmp_path)]
    assert main(command) == 0
    assert "content hash" in capsys.readouterr().out
    written = pd.read_parquet(tmp_path / "customs.parquet")
    assert len(written) == len(simulate_model_world(30).customs)
    assert "**synthetic**" in (tmp_path / "README.md").read_text("utf-8")
    assert main([*command, "--records"]) == 2
    assert "neither records nor workers" in capsys.readouterr().err
