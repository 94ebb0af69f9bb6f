"""Protects joint estimation: every column of the paper equals its own regression."""

from __future__ import annotations

import contextlib
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from pyfixest.core.demean import demean_within

from tradedig_book.economy import simulate
from tradedig_helpers.estimation import demean as demeaning
from tradedig_helpers.estimation import two_effects
from tradedig_helpers.estimation.demean import demean_terms
from tradedig_helpers.estimation.demeaned import Demeaned, demean_all, share_rows
from tradedig_helpers.estimation.fit import estimate, fit
from tradedig_helpers.estimation.mediation import mediate, mediated
from tradedig_helpers.estimation.specifications import PAPER, Specification
from tradedig_helpers.measure.panel import firm_panel

COLUMNS = tuple(spec for spec in PAPER if spec.estimator == "least squares")
TWO_WAY = Specification("y", ("x",), ("firm", "cell"), table="test", column=1)


@pytest.fixture(scope="module")
def whole() -> pd.DataFrame:
    """Return a panel with every outcome."""
    outcomes = ("QSY", "QBW", "QKL", "QLP", "QOP")
    return firm_panel(simulate(400, 5), outcomes).frame


@pytest.fixture(scope="module")
def groups(whole: pd.DataFrame) -> dict[str, Demeaned]:
    """Return the variables that each column shares, but for samples that are too small."""
    found = {}
    for places in share_rows(COLUMNS, whole):
        specs = [COLUMNS[place] for place in places]
        with contextlib.suppress(ValueError):
            found |= dict.fromkeys((one.name for one in specs), demean_all(specs, whole))
    return found


@pytest.mark.parametrize("spec", COLUMNS, ids=lambda spec: spec.name)
def test_each_column_equals_its_own_regression(spec, groups, whole):
    """Slopes to 1e-9, errors to 1e-7, R² and every count: sharing work must not change answers."""
    if spec.sample == "start-up":
        with pytest.raises(ValueError, match=spec.name):
            estimate(spec, whole)
        assert spec.name not in groups
        return
    alone, ours = estimate(spec, whole), fit(spec, groups[spec.name])
    theirs = alone.coefficients.set_index("term")
    found = ours.coefficients.set_index("term")
    assert list(found.index) == list(theirs.index)
    assert (found.index[-1] == "Intercept") is not bool(spec.effects)
    np.testing.assert_allclose(found["estimate"], theirs["estimate"], rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(found["std_error"], theirs["std_error"], rtol=1e-7)
    np.testing.assert_allclose(found["p"], theirs["p"], rtol=1e-6, atol=1e-12)
    counts = ("n", "rows", "missing", "singletons", "clusters")
    assert [getattr(ours, k) for k in counts] == [getattr(alone, k) for k in counts]
    assert ours.adj_r2 == pytest.approx(alone.adj_r2, abs=1e-10)


def test_columns_share_rows_only_where_they_use_the_same(whole):
    """A variable that is missing somewhere sets the columns that use it apart."""
    holed = whole.assign(lnpgp=whole["lnpgp"].where(whole.index > 10))
    with_and_without = [COLUMNS[3], COLUMNS[4]]
    assert len(share_rows(with_and_without, whole)) == 1
    assert len(share_rows(with_and_without, holed)) == 2


def test_mediated_effect_equals_the_decomposition(groups, whole):
    """ME and its error must be those of the function that takes an effect apart."""
    pair = [spec for spec in COLUMNS if spec.table == 5 and spec.column in (7, 8)]
    known = mediate(*pair, whole)
    found = mediated(pair[1], groups[pair[1].name])
    assert found.estimates["ME"] == pytest.approx(known.estimates["ME"], rel=1e-9)
    assert found.std_errors["ME"] == pytest.approx(known.std_errors["ME"], rel=1e-9)


def workers(rng, firms, cells, mobility, years=6):
    """Return firm-years whose firms move to another cell with the chance ``mobility``."""
    firm = np.repeat(np.arange(firms), years)
    home = rng.integers(cells, size=firms)[firm]
    away = rng.random(len(firm)) < mobility
    cell = np.where(away, rng.integers(cells, size=len(firm)), home) * years
    cell += np.tile(np.arange(years), firms)
    x, noise = rng.normal(size=(2, len(firm)))
    return pd.DataFrame({"firm": firm, "cell": cell, "x": x, "y": 0.3 * x + noise})


@pytest.mark.parametrize("mobility", [0.0, 0.05, 0.10, 1.0])
def test_effects_come_off_whatever_the_mobility(mobility):
    """Ours and the library's iterations must leave the same, however firms move."""
    frame = workers(np.random.default_rng(3), 400, 30, mobility)
    codes = frame[["firm", "cell"]].apply(lambda c: pd.factorize(c)[0])
    centred = frame[["y", "x"]] - frame[["y", "x"]].mean()
    library, converged, _ = demean_within(
        centred.to_numpy(), codes.to_numpy(dtype=np.uint32), tol=1e-13, maxiter=10_000
    )
    assert converged
    found = demean_terms(frame, ("y", "x"), ("firm", "cell"))
    np.testing.assert_allclose(found, library, atol=1e-9)


def chain(links):
    """Return firms that are twice in one cell and once in the next: one long chain, shuffled."""
    rng = np.random.default_rng(7)
    firm = np.repeat(np.arange(links), 3)
    cell = firm + np.tile([0, 0, 1], links)
    x, noise = rng.normal(size=(2, len(firm)))
    frame = pd.DataFrame({"firm": firm, "cell": cell, "x": x, "y": 0.3 * x + noise})
    return frame.sample(frac=1, random_state=1, ignore_index=True)


def test_a_long_chain_of_firms_and_cells():
    """Where conjugate gradients would need a step for each link, another way must be found.

    Firms and cells of a chain form a tree, so that their effects fit the mean of each pair.
    """
    frame = chain(30_000)
    pairs = frame.groupby(["firm", "cell"])
    left = (frame - pairs.transform("mean").reindex(columns=frame.columns))[["y", "x"]]
    one, other = frame["firm"].to_numpy(), frame["cell"].to_numpy()
    values = frame[["y", "x"]].to_numpy()
    with pytest.raises(two_effects.NotConverged):
        two_effects.demean_two_ways(values, one, other)
    np.testing.assert_array_equal(values, frame[["y", "x"]])
    found = fit(TWO_WAY, demean_all([TWO_WAY], frame)).coefficients["estimate"][0]
    assert found == pytest.approx((left["x"] @ left["y"]) / (left["x"] @ left["x"]), rel=1e-8)


def test_ordinary_panels_need_no_other_way(monkeypatch, whole):
    """The other way is slower: it is for hard graphs only."""

    def never(*_):
        raise AssertionError("the projection fell back")

    monkeypatch.setattr(demeaning, "_demean_by_lsmr", never)
    for frame in (workers(np.random.default_rng(3), 400, 30, 0.05), chain(200)):
        demean_terms(frame, ("y", "x"), ("firm", "cell"))
    demean_all([COLUMNS[5]], whole)


def test_written_out_or_not_the_answer_is_the_same(monkeypatch):
    """Where the Schur complement would fill up, it is applied without being written out."""
    frame = workers(np.random.default_rng(4), 300, 20, 0.5)
    written = demean_terms(frame, ("y", "x"), ("firm", "cell"))
    monkeypatch.setattr(two_effects, "FULL", 0)
    np.testing.assert_allclose(
        demean_terms(frame, ("y", "x"), ("firm", "cell")), written, atol=1e-10
    )


def test_constant_variable_comes_off_whole():
    """A variable that the effects span must leave nothing, not a division by zero."""
    frame = workers(np.random.default_rng(8), 400, 7, 0.2)
    traits = np.random.default_rng(9).normal(size=(2, 400))
    frame = frame.assign(x=traits[0][frame["firm"]], y=traits[1][frame["cell"] % 40] / 3)
    np.testing.assert_allclose(demean_terms(frame, ("x", "y"), ("firm", "cell")), 0.0, atol=1e-9)


def test_many_small_components_equal_dummies():
    """Firms in markets of their own leave the effects undetermined, and the rest the same."""
    rng = np.random.default_rng(5)
    parts = [workers(rng, 3, 2, 0.3, years=4).assign(part=k) for k in range(40)]
    frame = pd.concat(parts, ignore_index=True)
    for name in ("firm", "cell"):
        frame[name] += 1000 * frame["part"]
    dummies = [pd.get_dummies(frame[name], dtype=float) for name in ("firm", "cell")]
    both = np.column_stack(dummies)
    values = frame[["y", "x"]].to_numpy()
    left = values - both @ np.linalg.lstsq(both, values)[0]
    np.testing.assert_allclose(demean_terms(frame, ("y", "x"), ("firm", "cell")), left, atol=1e-10)


def test_one_firm_and_all_singletons_are_named_errors():
    """Too little data must be an error that names the specification and the reason."""
    rng = np.random.default_rng(6)
    one = workers(rng, 1, 2, 0.0).assign(cell=0)
    with pytest.raises(ValueError, match=r"test, column 1: 1 cluster of 'firm'"):
        fit(TWO_WAY, demean_all([TWO_WAY], one))
    alone = one.assign(cell=range(len(one)))
    with pytest.raises(ValueError, match=r"test, column 1: each of 6 rows is alone"):
        demean_all([TWO_WAY], alone)


def test_collinear_terms_are_named():
    """A regressor spanned by effects or by others is named with what spans it."""
    frame = workers(np.random.default_rng(7), 50, 3, 0.2)
    frame = frame.assign(trait=frame["firm"] * 2.0, twice=frame["x"] * 2, flat=1.0)
    cases = {"trait": "spanned by the effects", "twice": "collinear with", "flat": "does not vary"}
    for name, reason in cases.items():
        spec = replace(TWO_WAY, regressors=("x", name))
        with pytest.raises(ValueError, match=rf"test, column 1: '{name}' (is )?{reason}"):
            fit(spec, demean_all([spec], frame))


def test_rows_need_not_be_sorted(whole):
    """The order of rows must not matter."""
    spec = COLUMNS[5]
    shuffled = whole.sample(frac=1, random_state=1)
    one, other = (fit(spec, demean_all([spec], rows)) for rows in (whole, shuffled))
    np.testing.assert_allclose(
        one.coefficients["std_error"], other.coefficients["std_error"], rtol=1e-9
    )
