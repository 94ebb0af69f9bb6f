"""Protects what estimates are held against: the true gain, and how measures answer to it."""

import numpy as np
import pandas as pd
import pytest

from tests.trade import draw_trade
from tradedig_book.truth.benchmark_truth import against_truth, comparison, quality_response
from tradedig_book.truth.truth import true_effect
from tradedig_helpers.estimation.fit import estimate
from tradedig_helpers.estimation.specifications import TABLE_2, Specification, paper_column
from tradedig_helpers.measure.flows import to_flows
from tradedig_helpers.measure.instruments.demand import measure_instrumented
from tradedig_helpers.measure.quality import demand_residual, measure_quality

EFFECT = 0.05


@pytest.fixture(scope="module")
def flows():
    """Return random flows of few firms in few markets."""
    return to_flows(draw_trade(2, rows=150)[0])


def test_a_common_effect_comes_back(panel):
    """Where all firms gain alike, no weights can matter, and every specification must agree."""
    truth = panel[["firm", "year"]].assign(direct=EFFECT, mediated=0.01)
    truth["direct"] = truth["direct"].where(panel["lndig"] > 0)
    for spec in (*TABLE_2, paper_column(3, 6), paper_column(7, 1)):
        found = against_truth(spec, panel, truth, 0.5).truth
        assert found == pytest.approx(0.5 * (EFFECT + 0.01), rel=1e-6)


def test_it_is_the_true_effect_of_the_benchmark(economy, panel):
    """On the rows of the benchmark it must agree with the other way to the same truth."""
    used = panel.dropna(subset=["QSY"])
    known = true_effect(used, economy.truth)
    found = against_truth(paper_column(2, 6), used, economy.truth, known.slope)
    assert found.truth == pytest.approx(known.total, rel=1e-6)


@pytest.mark.parametrize("column", [(2, 1), (2, 6), (3, 7)])
def test_the_estimate_is_that_of_estimate(economy, panel, column):
    """The fit beside the truth must be the one in every other table, counts included."""
    spec = paper_column(*column)
    spec = paper_column(*column)
    found, fit = against_truth(spec, panel, economy.truth, 1.0).fit, estimate(spec, panel)
    ours = found.coefficients.set_index("term")
    theirs = fit.coefficients.set_index("term").loc[list(ours.index)]
    pd.testing.assert_frame_equal(ours, theirs, rtol=1e-6)
    for name in ("n", "rows", "missing", "singletons", "clusters"):
        assert getattr(found, name) == getattr(fit, name)


def test_rows_without_the_outcome_do_not_count(economy, panel):
    """The truth must have the rows of the estimate, not those of the panel."""
    spec = paper_column(2, 6)
    some = panel.assign(QSY=panel["QSY"].where(panel["year"] > 2006))
    late = panel[panel["year"] > 2006]
    fewer, known, whole = (
        against_truth(spec, frame, economy.truth, 1.0).truth for frame in (some, late, panel)
    )
    assert fewer == pytest.approx(known, rel=1e-9)
    assert fewer != pytest.approx(whole, rel=1e-3)


def test_rows_of_a_comparison(economy, panel):
    """A label must stand beside its own estimate, truth and distance."""
    found = {"all": paper_column(2, 6), "late": paper_column(3, 7)}
    found = {name: against_truth(s, panel, economy.truth, 0.2) for name, s in found.items()}
    rows = comparison(found).set_index("label")
    for name, one in found.items():
        first = one.fit.coefficients.iloc[0]
        assert rows.loc[name, "estimate"] == first["estimate"]
        assert rows.loc[name, "truth"] == one.truth
        distance = (first["estimate"] - one.truth) / first["std_error"]
        assert rows.loc[name, "z"] == pytest.approx(distance)
        assert (rows.loc[name, "n"], rows.loc[name, "clusters"]) == (one.fit.n, one.fit.clusters)


def test_it_names_what_is_missing(economy, panel):
    """A missing column must be named, with the specification that needs it."""
    with pytest.raises(ValueError, match=r"Table 2, column 6 needs the columns \['lnsdp'\]"):
        against_truth(paper_column(2, 6), panel.drop(columns="lnsdp"), economy.truth, 1.0)
    with pytest.raises(ValueError, match=r"truth lacks the columns \['mediated'\]"):
        against_truth(paper_column(2, 6), panel, economy.truth.drop(columns="mediated"), 1.0)


def raised(flows, firm, by):
    """Return flows in which one firm's quality is higher by ``by`` log points, values as before."""
    factor = np.where(flows["firm"] == firm, np.exp(by), 1.0)
    return flows.assign(price=flows["price"] * factor, quantity=flows["quantity"] / factor)


@pytest.mark.parametrize("sigma", [4.0, 1.5])
def test_response_is_a_finite_difference(flows, sigma):
    """Raising one firm after the other must move its own quality by the response, on average."""
    graded = measure_quality(flows, sigma).flows
    widths = graded.groupby("product")["log_quality"].transform(np.ptp)
    moved = []
    for firm, rows in graded.groupby("firm"):
        after = demand_residual(raised(graded, firm, 0.01)).loc[rows.index, "log_quality"]
        change = (after - rows["log_quality"]) / widths[rows.index] * rows["value"] / 0.01
        years = rows["year"]
        moved += list(change.groupby(years).sum() / rows["value"].groupby(years).sum())
    assert quality_response(graded) == pytest.approx(np.mean(moved), rel=1e-9)


def test_response_is_the_mean_over_firm_years():
    """Two products, two firms, all by hand; the slope of (11) enters as (slope-1)/(σ-1)."""
    flows = pd.DataFrame(
        {
            "firm": [1, 2, 1, 2],
            "product": ["a", "a", "b", "b"],
            "destination": "D",
            "year": 2002,
            "value": [1.0, 1.0, 3.0, 1.0],
            "sigma": 3.0,
            "log_quality": [0.0, 2.0, 4.0, 0.0],
        }
    )
    first, second = 0.5 / 2, 0.5 / 4
    expected = np.mean([(first + 3 * second) / 4, (first + second) / 2])
    assert quality_response(flows) == pytest.approx(expected)
    assert quality_response(flows.assign(sigma_hat=2.0)) == pytest.approx(expected / 2)
    assert quality_response(flows.assign(sigma_hat=1.0)) == pytest.approx(0)
    by_product = quality_response(flows, "firm-product")
    assert by_product == pytest.approx((first + second) / 2)


def test_response_agrees_with_a_regression_on_true_quality(economy, panel):
    """The true quality of the economy must move QSY by the response, within its error."""
    flows = measure_quality(to_flows(economy.customs), economy.elasticities).flows
    joined = panel.merge(economy.truth[["firm", "year", "quality"]], on=["firm", "year"])
    joined["log_quality"] = np.log(joined["quality"])
    spec = Specification("QSY", ("log_quality",), paper_column(2, 6).effects)
    found = estimate(spec, joined).coefficients.iloc[0]
    assert abs(found["estimate"] - quality_response(flows)) < 3 * found["std_error"]


def test_instrumented_measures_hardly_answer(economy):
    """Where the slope of (11) is near one, the measure must pass on almost no quality."""
    flows = to_flows(economy.customs)
    answers = {
        "QSY": quality_response(measure_quality(flows, economy.elasticities).flows),
        "QOP": quality_response(
            measure_instrumented(flows, economy.elasticities, "other destinations").flows
        ),
    }
    assert abs(answers["QOP"]) < 0.2 * answers["QSY"]


def test_bad_flows_are_refused(flows):
    """A missing column or a σ of one must be named."""
    flows = measure_quality(flows, 4.0).flows
    with pytest.raises(ValueError, match=r"flows lacks the columns \['log_quality'\]"):
        quality_response(flows.drop(columns="log_quality"))
    with pytest.raises(ValueError, match=r"flows.sigma must exceed 1"):
        quality_response(flows.assign(sigma=1.0))
