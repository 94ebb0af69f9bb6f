"""Protects small worlds: what is true in them is what their docstrings say."""

import numpy as np
import pandas as pd
import pytest
from scipy.stats import lognorm

from tradedig_book.economy.firms import draw_paths
from tradedig_book.truth import small_worlds as w
from tradedig_helpers.estimation.heckman import probit
from tradedig_helpers.estimation.specifications import Specification


@pytest.fixture
def rng() -> np.random.Generator:
    """Return a generator with a fixed seed."""
    return np.random.default_rng(5)


@pytest.mark.parametrize("memory", [0.0, 0.6, 0.95])
def test_shocks_have_variance_one_and_remember(rng, memory):
    """Neighbouring years of one firm correlate by the memory, however many years are drawn."""
    paths = draw_paths(rng, memory, 40_000, 5)
    assert paths.shape == (40_000, 5)
    assert paths.std(axis=0) == pytest.approx(1, abs=0.02)
    assert np.corrcoef(paths[:, 3], paths[:, 4])[0, 1] == pytest.approx(memory, abs=0.02)


def test_exporters_choose_by_a_probit_and_quality_moves_with_the_free_taste(rng):
    """The choice has slopes of 0.5 and -0.5; quality has 1 - fixed of the taste, and no x."""
    everyone, exporting = w.exporters(rng, 0.0, firms=4_000)
    choice = probit(Specification("EDU", ("x", "z"), table=4, column=1), everyone)
    assert choice.coefficients["estimate"][:2].tolist() == pytest.approx([0.5, -0.5], abs=0.03)
    assert len(exporting) == everyone["EDU"].sum() < len(everyone) == 32_000
    assert exporting["QSY"].mean() > 0.4
    _, fixed = w.exporters(rng, 1.0, firms=4_000)
    assert fixed["QSY"].mean() == pytest.approx(0, abs=0.03)
    assert fixed[["x", "z"]].corrwith(fixed["QSY"]).abs().max() < 0.03


def test_adopters_adopt_for_good_for_a_cause_of_quality(rng):
    """Nobody goes back, and the digital are the better ones although nothing is caused."""
    world = w.adopters(rng, 0.9)
    steps = world.groupby("firm")["digital"].diff().dropna()
    assert set(steps) == {0.0, 1.0}
    assert world["year"].agg(["min", "max"]).tolist() == [2000, 2009]
    quality = world.groupby("digital")["quality"].mean()
    assert quality[1.0] - quality[0.0] > 0.5


def test_placebo_adoptions_are_steps_that_have_no_effect(rng):
    """About half of the firms adopt, at any date, and are no better afterwards."""
    names = ("a", "b")
    world = w.placebo_adoptions(rng, 0.5, 3_000, 12, names)
    ever = world.groupby("firm")[list(names)].max().mean()
    assert ever.tolist() == pytest.approx([11 / 23] * 2, abs=0.03)
    assert (world.groupby("firm")[list(names)].diff().dropna() >= 0).all(axis=None)
    assert world[list(names)].corrwith(world["quality"]).abs().max() < 0.02


def test_growing_world_by_hand():
    """The early cohort gains two a year and the late one one; others gain nothing."""
    rows, dated = w.growing_world(3)
    assert dated["cohort"].fillna(0).value_counts().to_dict() == {2002: 100, 2008: 100, 0: 3}
    at = rows.set_index(["firm", "year"])["gain"]
    assert at.loc[[(0, 2001), (0, 2002), (0, 2004)]].tolist() == [0, 2, 6]
    assert at.loc[[(100, 2007), (100, 2008), (100, 2010)]].tolist() == [0, 1, 3]
    assert at.loc[202].eq(0).all()
    assert (rows["digital"] == (rows["gain"] > 0)).all()
    assert (rows["y"] - rows["gain"] == rows["firm"] % 7).all()


def test_idle_policy_reaches_the_first_provinces(rng):
    """As many provinces are reached as asked, whatever they changed by."""
    world = w.idle_policy(rng, 4)
    assert world["reached"].tolist() == [1.0] * 4 + [0.0] * 26
    assert world["change"].std() == pytest.approx(1, abs=0.4)


def test_idle_mediator_moves_nothing_beside_the_unseen_cause(rng):
    """Without the cause, M says nothing of Q beyond T; with it, 2 x 2 / (4 + 1)."""
    for strength, slope in ((0.0, 0.0), (2.0, 0.8)):
        world = w.idle_mediator(rng, strength, firms=100_000)
        fitted = np.linalg.lstsq(world[["T", "M"]], world["Q"], rcond=None)[0]
        assert fitted == pytest.approx([0.3 - 0.5 * slope, slope], abs=0.02)


def test_cells_have_their_sizes_and_status_a_cause(rng):
    """Status and quality correlate in a known way: both hold one half of the cause."""
    world = w.cells_of_firms(rng, np.array([3, 50_000, 1]))
    assert world["cell"].value_counts(sort=False).tolist() == [3, 50_000, 1]
    assert set(world["dig"]) == {1, 2}
    known = 0.5 * np.sqrt(2 / np.pi)  # of a normal with its correlate's sign
    assert world["dig"].corr(world["quality"]) == pytest.approx(known, abs=0.02)


def test_mean_variation_reaches_that_of_the_lognormal(rng):
    """Few shipments cannot vary as much as many, which vary as the distribution does."""
    law = lognorm(0.5)
    few, many = (w.mean_variation(rng, 0.5, n, 500) for n in (2, 2_000))
    assert few < many == pytest.approx(law.std() / law.mean(), rel=0.02)


def test_movers_tie_places_together(rng):
    """The complement is symmetric and scaled; a firm's years tie each place to itself alone."""
    for mobility, parts in ((0.0, 6), (0.3, 1)):
        schur, right = w.movers(rng, mobility, 300, 4, 6)
        dense = schur.toarray()
        assert dense == pytest.approx(dense.T)
        assert np.diag(dense) == pytest.approx(1)
        values = np.linalg.eigvalsh(dense)
        assert (values > -1e-9).all()
        assert (values < 1e-9).sum() == parts
        assert right.shape == (24,)


def test_worlds_are_drawn_from_the_generator_alone():
    """The same seed gives the same world."""
    one, other = (w.adopters(np.random.default_rng(1), 0.5, 20) for _ in range(2))
    pd.testing.assert_frame_equal(one, other)
