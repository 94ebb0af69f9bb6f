"""Protects how firms produce and die: what Olley and Pakes assume must hold here exactly."""

from dataclasses import fields, replace

import numpy as np
import pandas as pd
import pytest

from tradedig_book.economy.production import (
    Production,
    Technology,
    accounts_of,
    draw_accounts,
    draw_production,
)

YEARS = 14
TECH = Technology()


def traits(seed, firms=3_000):
    """Return plausible traits of firms: ability, size, log capital, first and last year."""
    rng = np.random.default_rng(seed)
    ability, trait, intensity = rng.normal(size=(3, firms))
    size = 0.4 * ability + 0.9 * trait
    entry = np.where(rng.random(firms) < 0.3, 0, rng.integers(1, YEARS, firms))
    log_capital = 8.2 + 0.7 * size + 1.3 * intensity
    return ability, size, log_capital, entry, np.full(firms, YEARS - 1)


def draw(seed=1, firms=3_000, **options):
    """Return production of plausible firms."""
    rng = np.random.default_rng(seed)
    return draw_production(rng, *traits(seed, firms), YEARS, **options)


@pytest.fixture(scope="module")
def drawn():
    """Return one draw for tests that only look."""
    return draw()


def test_moments_are_those_of_industrial_firms(drawn):
    """Size, capital per worker and exit must lie where the paper's firms do."""
    alive = drawn.alive
    people = drawn.log_labour[alive]
    intensity = drawn.log_capital[alive] - people
    assert people.mean() == pytest.approx(4.9, abs=0.1)
    assert people.std() == pytest.approx(1.1, abs=0.1)
    assert intensity.mean() == pytest.approx(3.6, abs=0.1)
    assert intensity.std() == pytest.approx(1.0, abs=0.1)
    at_risk = alive[:, :-1]
    assert 0.08 < (at_risk & ~alive[:, 1:]).sum() / at_risk.sum() < 0.10


def test_a_visible_part_of_exit_is_chosen(drawn):
    """A quarter to a third of exits must come from the threshold, else there is no selection."""
    chosen = draw(technology=replace(TECH, exit_rate=0.0))
    at_risk, at_risk_chosen = drawn.alive[:, :-1], chosen.alive[:, :-1]
    hazard = (at_risk & ~drawn.alive[:, 1:]).sum() / at_risk.sum()
    by_choice = (at_risk_chosen & ~chosen.alive[:, 1:]).sum() / at_risk_chosen.sum()
    assert 1 / 4 < by_choice / hazard < 0.4


def test_exit_is_final_and_within_the_spell(drawn):
    """A firm lives without gaps from its entry, never before and never beyond its last year."""
    _, _, _, entry, _ = traits(1)
    years = np.arange(YEARS)
    assert drawn.alive[np.arange(len(entry)), entry].all()
    assert not (drawn.alive & (years < entry[:, None])).any()
    lived = drawn.alive.sum(axis=1)
    np.testing.assert_array_equal(
        drawn.alive, (years >= entry[:, None]) & (years < (entry + lived)[:, None])
    )
    ability, size, log_capital, entry, _ = traits(2)
    short = draw_production(
        np.random.default_rng(2), ability, size, log_capital, entry, entry, YEARS
    )
    np.testing.assert_array_equal(short.alive.sum(axis=1), 1)


def test_survivors_are_above_the_threshold(drawn):
    """Nobody produces below the productivity at which firms of their capital close."""
    a = drawn.omega - TECH.trend * np.arange(YEARS)
    threshold = TECH.exit_below - TECH.exit_by_k * (drawn.log_capital - TECH.typical)
    margin = (a - threshold)[drawn.alive]
    assert margin.min() >= 0
    assert margin.min() < 0.01


def test_value_added_is_the_production_function(drawn):
    """Without noise, value added must be the technology's exactly."""
    quiet = draw(technology=replace(TECH, noise=0.0))
    expected = TECH.constant + TECH.labour * quiet.log_labour + TECH.capital * quiet.log_capital
    np.testing.assert_allclose(quiet.log_value_added, expected + quiet.omega, atol=1e-12)
    noise = (drawn.log_value_added - quiet.log_value_added)[drawn.alive]
    assert noise.std() == pytest.approx(TECH.noise, rel=0.03)


def test_investment_reveals_productivity(drawn):
    """Given capital, investment must be strictly increasing in ω: a = (i - rule of k) / slope."""
    a = drawn.omega - TECH.trend * np.arange(YEARS)
    gap = drawn.log_capital - TECH.typical
    inverted = (drawn.log_investment - TECH.invest - TECH.invest_by_k * gap) / TECH.invest_by_a
    rounding = 0.51 * np.exp(-drawn.log_investment) / TECH.invest_by_a
    assert (np.abs(inverted - a) <= rounding)[drawn.alive].all()


def test_capital_accumulates(drawn):
    """Next year's capital is what wear leaves, and investment, in whole thousands of yuan."""
    both = drawn.alive[:, :-1] & drawn.alive[:, 1:]
    capital, investment = np.exp(drawn.log_capital), np.exp(drawn.log_investment)
    expected = (1 - TECH.wear) * capital[:, :-1] + investment[:, :-1]
    np.testing.assert_allclose(capital[:, 1:][both], expected[both], atol=0.500001)
    for path in (drawn.log_capital, drawn.log_investment, drawn.log_labour):
        whole = np.exp(path[drawn.alive])
        np.testing.assert_allclose(whole, np.rint(whole), rtol=1e-12)


def test_productivity_is_markov_without_exit():
    """Two lags must say no more than one, and innovations must have the stated size."""
    immortal = replace(TECH, exit_rate=0.0, exit_below=-99.0, trend=0.0)
    ability, size, log_capital, _, last = traits(3, 20_000)
    entry = np.zeros(20_000, dtype=int)
    rng = np.random.default_rng(3)
    omega = draw_production(
        rng, ability, size, log_capital, entry, last, YEARS, technology=immortal
    ).omega
    lags = np.column_stack([omega[:, 8], omega[:, 7], ability])
    slopes, residual, *_ = np.linalg.lstsq(lags, omega[:, 9], rcond=None)
    np.testing.assert_allclose(slopes, [TECH.memory, 0, 0], atol=0.02)
    innovation = TECH.spread * np.sqrt(1 - TECH.memory**2)
    assert np.sqrt(residual.item() / 20_000) == pytest.approx(innovation, rel=0.02)
    np.testing.assert_allclose(omega[:, 0], TECH.spread * ability)


def test_a_shift_is_known_and_acted_on(drawn):
    """A shift must raise ω by itself, and investment with it; other draws stay as they were."""
    shifted = draw(log_productivity_shift=np.full((3_000, YEARS), 0.05))
    both = drawn.alive & shifted.alive
    first = both & (np.arange(YEARS) == traits(1)[3][:, None])
    np.testing.assert_allclose((shifted.omega - drawn.omega)[both], 0.05, atol=1e-12)
    assert (shifted.log_investment >= drawn.log_investment)[first].all()
    assert shifted.alive.sum() > drawn.alive.sum()


def test_same_seed_same_paths(drawn):
    """The generator passed in is the only source of chance, and no argument is changed."""
    given = traits(1)
    kept = [trait.copy() for trait in given]
    again = draw_production(np.random.default_rng(1), *given, YEARS)
    for field in fields(Production):
        np.testing.assert_array_equal(getattr(drawn, field.name), getattr(again, field.name))
    for before, after in zip(kept, given, strict=True):
        np.testing.assert_array_equal(before, after)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"size": np.zeros(2)}, "size has shape"),
        ({"entry": np.full(5, 14)}, "entry must be an index from 0 to 13"),
        ({"log_productivity_shift": np.zeros((2, YEARS))}, "2 rows for 5 firms"),
    ],
)
def test_bad_shapes_are_named(change, message):
    """Traits of other firms, or years outside the window, must be refused."""
    names = ("ability", "size", "log_capital", "entry", "last")
    given = dict(zip(names, traits(1, 5), strict=True)) | {"years": YEARS} | change
    with pytest.raises(ValueError, match=message):
        draw_production(np.random.default_rng(1), **given)


def test_accounts_lose_nothing(drawn):
    """Written as whole numbers, the accounts must give back the logs; the dead have none."""
    accounts = accounts_of(drawn, 2002)
    assert len(accounts) == drawn.alive.sum()
    place = accounts["firm"] - 1, accounts["year"] - 2002
    logs = {
        "employees": drawn.log_labour,
        "fixed_assets": drawn.log_capital,
        "investment": drawn.log_investment,
    }
    for name, path in logs.items():
        np.testing.assert_allclose(np.log(accounts[name]), path[place], atol=1e-12)
    np.testing.assert_allclose(
        accounts["value_added"], np.exp(drawn.log_value_added[place]), atol=1
    )
    np.testing.assert_array_equal(accounts["omega"], drawn.omega[place])


def test_accounts_for_teaching_are_drawn_from_the_generator_alone():
    """The same generator gives the same firms, in the years asked for."""
    first, second = (
        draw_accounts(np.random.default_rng(4), 200, years=5, first_year=1998) for _ in range(2)
    )
    pd.testing.assert_frame_equal(first, second)
    assert first["year"].between(1998, 2002).all()
    assert first["firm"].nunique() == 200
