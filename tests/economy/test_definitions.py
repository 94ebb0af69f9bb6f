"""Protects one truth: what the economy acts on is what the measures find in its data.

The two share their formulas where the last bit allows; these tests hold the rest together.
"""

from dataclasses import fields
from types import SimpleNamespace

import numpy as np
import pytest

from tradedig_book.economy import load_calibration
from tradedig_book.economy.accounts import INTENSIVE_LNCAP
from tradedig_book.economy.simulate import block_tables, simulate_block, world_tables
from tradedig_book.economy.world import make_world
from tradedig_helpers.measure.controls import OF_ACCOUNTS, measure_controls
from tradedig_helpers.measure.destinations import measure_destinations
from tradedig_helpers.measure.digitization import TECHNOLOGIES, measure_digitization
from tradedig_helpers.measure.flexibility import measure_flexibility
from tradedig_helpers.measure.flows import to_flows
from tradedig_helpers.measure.groups import INTENSIVE_FROM, measure_groups
from tradedig_helpers.measure.imports import DIGITAL_IMPORTS, measure_imports
from tradedig_helpers.measure.pairs import measure_pairs

KEY = ["firm", "year"]
LAST_BITS = {"rtol": 0, "atol": 1e-14}
"""ln(1 + x) in two ways."""


@pytest.fixture(scope="module")
def drawn():
    """Return a block before rounding, and its tables as a researcher has them."""
    rng = np.random.default_rng([7, 0])
    world = make_world(rng)
    tables = world_tables(rng, world)
    block = simulate_block(7, 0, world, load_calibration())
    tables |= block_tables(block, world)
    frames = {field.name: getattr(block, field.name) for field in fields(block)}
    return SimpleNamespace(**frames), SimpleNamespace(**tables)


def side_by_side(economy, measured):
    """Return the rows of both frames for the firm-years in both, in one order."""
    keys = economy[KEY].merge(measured[KEY], on=KEY)
    assert len(keys) > 1_000
    return (keys.merge(frame, on=KEY, how="left") for frame in (economy, measured))


def test_controls(drawn):
    """A firm's controls move its φ; they must be those that its accounts show."""
    block, tables = drawn
    acted, found = side_by_side(block.survey, measure_controls(tables.firms))
    for control in OF_ACCOUNTS:
        np.testing.assert_array_equal(acted[control.name], found[control.name])


def test_digital_levels(drawn):
    """The index that moves ψ must be that of Table 1, from the same first years."""
    block, tables = drawn
    acted, found = side_by_side(block.survey, measure_digitization(tables.firms))
    for name in (*TECHNOLOGIES, "lndig"):
        np.testing.assert_array_equal(acted[name], found[name])
    np.testing.assert_allclose(acted["lndigs"], found["lndigs"], **LAST_BITS)
    np.testing.assert_array_equal(np.rint(np.exp(acted["lndig"])), found["dig"])


def test_flexibility(drawn):
    """Both carry the mediated effect; shipments must show them as they act."""
    block, tables = drawn
    flex = measure_flexibility(tables.customs)
    acted, found = side_by_side(block.panel, flex)
    several = found["transactions"] > 1
    assert several.nunique() == 2
    np.testing.assert_allclose(acted["flex"][several], found["flex"][several], rtol=1e-12)
    assert (acted["flex"][~several] == 0).all()
    assert found["flex"][~several].isna().all()
    acted, found = side_by_side(block.panel, measure_pairs(tables.customs))
    np.testing.assert_allclose(acted["lncnpd"], found["lncnpd"], **LAST_BITS)


def test_digital_imports(drawn):
    """The kinds of digital products that move ϕ must be those in the imports."""
    block, tables = drawn
    makers = block.panel[block.panel["sector"] == "manufacturing"]
    found = measure_imports(tables.imports, tables.digital_products)
    names = list(DIGITAL_IMPORTS)
    flags = makers[KEY].merge(found, on=KEY, how="left")[names].fillna(0)
    np.testing.assert_array_equal(makers[names], flags)
    assert flags["dpi"].nunique() == 2


def test_groups(drawn):
    """Effects differ by group, so the groups must be those that Table 7 compares."""
    block, tables = drawn
    acted, found = side_by_side(block.panel, measure_groups(tables.firms, to_flows(tables.customs)))
    for name in ("small", "startup"):
        np.testing.assert_array_equal(acted[name] == 1, found[name])
        assert found[name].nunique() == 2
    # Trade is ordinary by the worth of orders there, by whole dollars shipped here.
    assert (acted["ordinary"].eq(1) == found["ordinary"]).mean() > 0.999
    # The economy has a bound where the measure has a quantile.
    assert acted["lncap"].quantile(INTENSIVE_FROM) == pytest.approx(INTENSIVE_LNCAP, abs=0.25)
    assert (acted["capital_intensive"].eq(1) == found["capital_intensive"]).mean() > 0.9


def test_destinations(drawn):
    """What served markets are like must be weighted by exports, as the measure does."""
    block, tables = drawn
    flows = to_flows(tables.customs)
    acted, found = side_by_side(block.panel, measure_destinations(flows, tables.destinations))
    for name, digits in {"lnpgp": 1e-4, "lngdp": 1e-3, "IUI": 1e-12}.items():
        np.testing.assert_allclose(acted[name], found[name], rtol=0, atol=digits)
