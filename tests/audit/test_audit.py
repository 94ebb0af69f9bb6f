"""Protects the audit: each check gives the known verdict, and fails on a tampered table."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tradedig_book.audit import (
    Interval,
    cells_by_detail,
    cluster_factors,
    effect_sizes,
    error_signs,
    group_contrasts,
    instrument_counts,
    instrument_error,
    left_out,
    mediated_effects,
    mediation_freedom,
    most_cells,
    pooled_spread,
    rounded,
    sample_sizes,
    sobel,
    stars,
    tally,
    totals,
)
from tradedig_book.published import published
from tradedig_helpers.estimation.specifications import FLEX_ON_DIGITIZATION, QUALITY_ON_FLEX

N_OF_COLUMN_6 = 699_775


@pytest.fixture(scope="module")
def paper():
    """Return the published figures."""
    return published()


def tampered(frame, table, column, term, **changes):
    """Return the figures with one of them changed."""
    frame = frame.copy()
    here = (frame["table"] == table) & (frame["column"] == column) & (frame["term"] == term)
    assert here.sum() == 1
    for name, value in changes.items():
        frame.loc[here, name] = value
    return frame


def row(frame, **where):
    """Return the only row of ``frame`` with these values."""
    for name, value in where.items():
        frame = frame[frame[name] == value]
    assert len(frame) == 1
    return frame.iloc[0]


class TestIntervals:
    """Bounds hold for every number that rounds to the printed one, and no further."""

    def test_a_printed_figure_is_half_a_unit_wide_to_each_side(self):
        """The definition: 0.0026 is anything from 0.00255 to 0.00265."""
        assert np.allclose(rounded([0.0026]).ends, [[0.00255], [0.00265]], atol=1e-15)

    @given(
        st.lists(st.integers(-90, 90), min_size=2, max_size=2),
        st.lists(st.floats(-0.499, 0.499), min_size=2, max_size=2),
    )
    def test_arithmetic_contains_every_choice(self, units, parts):
        """Brute force: unrounded figures, combined, must lie within the bounds."""
        one, two = rounded([units[0] / 1e4]), rounded([units[1] / 1e4])
        x, y = ((unit + part) / 1e4 for unit, part in zip(units, parts, strict=True))
        found = {x + y: one + two, x - y: one - two, x * y: one * two, abs(x): one.size()}
        if units[1]:
            found[x / y] = one / two
        for value, bound in found.items():
            slack = 1e-9 * max(1, abs(value))
            assert bound.low[0] - slack <= value <= bound.high[0] + slack

    def test_bounds_are_reached(self):
        """Bounds too wide would let everything pass: the corners of a grid must touch them."""
        a, b = np.meshgrid(np.linspace(0.00255, 0.00265, 5), np.linspace(-0.00015, -0.00005, 5))
        quotient = rounded([0.0026]) / rounded([-0.0001])
        assert np.allclose([quotient.low[0], quotient.high[0]], [(a / b).min(), (a / b).max()])

    def test_impossible_operands_are_refused(self):
        """A printed 0.0000 may be 0; a missing figure has no bounds."""
        with pytest.raises(ValueError, match="may be 0"):
            rounded([1.0]) / rounded([0.0])
        with pytest.raises(ValueError, match="missing or infinite"):
            rounded([np.nan])
        with pytest.raises(ValueError, match="low <= high"):
            Interval(np.array([1.0]), np.array([0.0]))


class TestStars:
    """Stars against t-values."""

    def test_none_contradicts_and_undecidable_ones_reach_across(self, paper):
        """The known result, and by hand 0.0012/0.0007: t from 1.53 to 1.92 spans 1.645."""
        found = stars(paper)
        assert not (found["verdict"] == "inconsistent").any()
        by_hand = row(found, table=5, column=1, term="lndig")
        assert by_hand["verdict"] == "undecidable"
        assert by_hand[["t_low", "t_high"]].tolist() == pytest.approx([1.15 / 0.75, 1.25 / 0.65])
        assert row(found, table=2, column=6, term="lndig")["verdict"] == "consistent"

    @pytest.mark.parametrize("wrong", ["", "*", "**"])
    def test_a_changed_star_is_found(self, paper, wrong):
        """The benchmark's t lies between 4.6 and 5.9: three stars and no other number."""
        found = stars(tampered(paper, 2, 6, "lndig", stars=wrong))
        assert row(found, table=2, column=6, term="lndig")["verdict"] == "inconsistent"

    def test_brute_force_gives_the_same_possible_stars(self, paper):
        """Stars reached on a grid of unrounded figures: several exactly where undecidable."""
        found = stars(paper)
        steps = np.linspace(-4.999e-5, 4.999e-5, 201)
        for one in found.itertuples():
            t = np.abs((one.estimate + steps)[:, None] / (one.std_error + steps))
            possible = set((t[..., None] > [1.6449, 1.96, 2.5758]).sum(-1).ravel())
            assert len(one.stars) in possible
            assert (len(possible) > 1) == (one.verdict == "undecidable")

    def test_a_negative_error_is_found(self, paper):
        """Table 7 as typeset in the original, with minus signs, must fail here."""
        assert (error_signs(paper)["verdict"] == "consistent").all()
        found = error_signs(tampered(paper, 7, 1, "lndig", std_error=-0.0292))
        assert (found["verdict"] == "inconsistent").sum() == 1


class TestMediation:
    """ME, Sobel's z and the decomposition."""

    def test_all_twelve_agree(self, paper):
        """The known result: every product and every star."""
        for check in (mediated_effects, sobel):
            assert check(paper)["verdict"].tolist() == ["consistent"] * 12

    @pytest.mark.parametrize("column", [8, 10, 12, 14])
    def test_a_changed_product_is_found(self, paper, column):
        """One unit of the last decimal beyond the rounding must show."""
        me = row(published(5, column), term="ME")["estimate"]
        found = mediated_effects(tampered(paper, 5, column, "ME", estimate=me + 2e-4))
        assert row(found, first=column - 1, table=5)["verdict"] == "inconsistent"

    def test_sobel_by_hand(self, paper):
        """Table 7, columns 3-4: z = β0μ1/√(μ1²a² + β0²b²) lies within its bounds."""
        beta, a, mu, b = 0.1664, 0.0655, 0.0018, 0.0001
        z = beta * mu / np.hypot(mu * a, beta * b)
        found = row(sobel(paper), table=7, first=3)
        assert found["z_low"] < z < found["z_high"]
        changed = sobel(tampered(paper, 7, 4, "ME", stars="***"))
        assert row(changed, table=7, first=3)["verdict"] == "inconsistent"

    def test_totals_hold_for_lncnpd_and_not_for_flex(self, paper):
        """By hand: 0.0015 + 0.2673·0.0026 < 0.0026, but 0.0015 + 0.0861·0.0128 rounds to it."""
        found = totals(paper)
        assert found["verdict"].tolist() == ["inconsistent"] * 3 + ["consistent"]
        flex = row(found, sample="all", mediator="flex")
        gap = 0.0026 - 0.0015 - 0.2673 * 0.0026
        assert flex["gap_low"] < gap < flex["gap_high"]
        changed = totals(tampered(paper, 5, 14, "lndig", estimate=0.0010))
        assert row(changed, mediator="lncnpd")["verdict"] == "inconsistent"


class TestImpliedCounts:
    """What errors and statistics say about samples."""

    def test_three_errors_give_the_degrees_of_freedom_exactly(self):
        """The proposition, on data: ordinary least squares with constant and a control."""
        rng = np.random.default_rng(3)
        n = 400
        w, x = rng.normal(size=(2, n))
        m = 0.5 * x + w + rng.normal(size=n)
        y = 0.3 * x + 0.2 * m - w + rng.standard_t(3, size=n)
        beta, a = _ols(m, x, w)
        _, b = _ols(y, m, x, w)
        _, c = _ols(y, x, m, w)
        assert (c / (a * b)) ** 2 - (beta / a) ** 2 == pytest.approx(n - 3, rel=1e-10)

    def test_bounds_on_printed_figures(self, paper):
        """By hand for flex: (0.00055/(0.03135·0.00005))² at most, less the smallest t²."""
        found = row(mediation_freedom(paper, 592_000), table=5, first=7)
        highest = (0.00055 / (0.03135 * 0.00005)) ** 2 - (0.26725 / 0.03145) ** 2
        assert found["implied_high"] == pytest.approx(highest, rel=1e-3)
        assert found["factor_low"] == pytest.approx(np.sqrt(592_000 / found["implied_high"]))
        assert found["verdict"] == "inconsistent"

    def test_an_error_that_fits_one_sample_passes(self, paper):
        """With se(β0) a third of that printed, the three errors of flex agree."""
        found = mediation_freedom(tampered(paper, 5, 7, "lndig", std_error=0.0100), 592_000)
        assert row(found, table=5, first=7)["verdict"] == "consistent"

    def test_instrument_counts_on_data(self, paper):
        """LM = N·r² and F = ν·r²/(1 − r²) with known r², N and ν must be taken apart again."""
        n, r2, freedom = 1000, 0.2, 900
        frame = tampered(paper, 4, 4, "stat:ACC LM", estimate=n * r2)
        frame = tampered(frame, 4, 4, "stat:CDW F", estimate=freedom * r2 / (1 - r2))
        found = instrument_counts(frame, 4, n).iloc[0]
        assert found[["r2", "freedom", "absorbed"]].tolist() == pytest.approx([0.2, 900, 100])
        assert found["verdict"] == "consistent"
        frame = tampered(frame, 4, 4, "stat:CDW F", estimate=400.0)
        assert instrument_counts(frame, 4, n)["verdict"].tolist() == ["inconsistent"]

    def test_instrument_error_against_its_floor(self, paper):
        """se(IV)/se(OLS) = 0.0152/0.0005 is near 30: below 1/√0.00073 and above 1/√0.0012."""
        found = instrument_error(paper, 4, 0.00073).iloc[0]
        assert found["verdict"] == "inconsistent"
        assert found["times_low"] < 0.1233 / 0.0026 < found["times_high"]
        assert instrument_error(paper, 4, 0.0012)["verdict"].tolist() == ["consistent"]

    def test_sample_sizes_fall(self, paper):
        """Losses by hand; an N that grows must fail."""
        assert sample_sizes(paper)["lost"].tolist() == [66_556, 1_852, 2_647, 0, 0]
        found = sample_sizes(tampered(paper, 2, 3, "stat:N", estimate=704_275))
        assert found["verdict"].tolist()[1] == "inconsistent"

    def test_most_cells(self, paper):
        """By hand: 110,000 coefficients less 151,408 firms, of which 71,055 may be lost."""
        assert most_cells(paper, 110_000, 151_408) == 110_000 - (151_408 - (770_830 - 699_775))

    def test_alone_rows_match_simulation(self):
        """Brute force: rows thrown into cells, those alone counted."""
        found = cells_by_detail([300], [12], [1.0]).iloc[0]
        rng = np.random.default_rng(1)
        ranks = [1 / np.arange(1, k + 1) for k in (31, 12)]
        share = np.outer(*ranks).ravel() / ranks[0].sum() / ranks[1].sum()
        counts = rng.multinomial(300, share, size=4000)
        drawn = [(counts == 1).sum(1).mean(), (counts > 0).sum(1).mean()]
        assert found[["alone", "filled"]].tolist() == pytest.approx(drawn, rel=0.02)

    def test_clustering_factors(self, panel):
        """A mediator must be the other column's regressor; the factor is f_a·f_b/f_c."""
        found = cluster_factors(FLEX_ON_DIGITIZATION, QUALITY_ON_FLEX, panel).iloc[0]
        assert found["factor"] == pytest.approx(found["f_a"] * found["f_b"] / found["f_c"])
        assert 0 < found["n"] < len(panel)
        with pytest.raises(ValueError, match="no regressor 'QSY'"):
            cluster_factors(QUALITY_ON_FLEX, QUALITY_ON_FLEX, panel)


class TestSizes:
    """Effects in words."""

    def test_gain_by_hand(self, paper):
        """0.0026·ln 8, and the employment that 0.0056 per log point equates with it."""
        found = effect_sizes(paper)
        middle = [0.0026 * np.log(8), 100 * (8 ** (0.0026 / 0.0056) - 1)]
        for place, value in enumerate(middle):
            assert found["low"][place] < value < found["high"][place]

    def test_pooled_spread_on_data(self, paper):
        """One regressor: β/√R² is sd(y)/sd(x), and √R² the standardised slope."""
        rng = np.random.default_rng(4)
        x = rng.normal(size=5000)
        y = 0.4 * x + rng.normal(size=5000)
        slope, error = _ols(y, x)
        r2 = np.corrcoef(x, y)[0, 1] ** 2
        frame = tampered(paper, 2, 1, "lndig", estimate=slope, std_error=error)
        frame = tampered(frame, 2, 1, "stat:N", estimate=5000)
        adjusted = 1 - (1 - r2) * 4999 / 4998
        found = pooled_spread(tampered(frame, 2, 1, "stat:adj_r2", estimate=adjusted))
        for place, value in enumerate([y.std() / x.std(), np.sqrt(r2), 1.0]):
            assert found["low"][place] <= value <= found["high"][place]

    def test_left_out_averages_back(self):
        """share·part + (1 − share)·rest must give the whole for the middle of the bounds."""
        found = left_out(0.0026, 0.0022, [0.5, 0.8])
        rest = (found["rest_low"] + found["rest_high"]) / 2
        assert np.allclose(found["share"] * 0.0022 + (1 - found["share"]) * rest, 0.0026)
        with pytest.raises(ValueError, match="between 0 and 1"):
            left_out(0.0026, 0.0022, [1.0])


class TestContrasts:
    """Differences between the groups of Table 7."""

    def test_by_hand(self, paper):
        """Small against large firms, lndig on flex: z = 0.2039/√(0.0292² + 0.0655²)."""
        found = row(group_contrasts(paper), split="size", effect="lndig on flex")
        assert found["z_low"] < (0.3703 - 0.1664) / np.hypot(0.0292, 0.0655) < found["z_high"]

    def test_equal_groups_do_not_differ(self, paper):
        """With the same estimate in both groups a difference that was found must vanish."""
        place = {"split": "factor intensity", "effect": "lndig on flex"}
        assert row(group_contrasts(paper), **place)["groups"] == "differ"
        found = group_contrasts(tampered(paper, 7, 7, "lndig", estimate=0.3622))
        assert row(found, **place)["groups"] == "no difference shown"

    def test_adjustments_never_help(self, paper):
        """Holm is at least as strict as Benjamini-Hochberg, and both as no adjustment."""
        found = group_contrasts(paper)
        for end in ("low", "high"):
            assert (found[f"holm_{end}"] >= found[f"bh_{end}"] - 1e-15).all()
            assert (found[f"bh_{end}"] >= found[f"p_{end}"] - 1e-15).all()


def test_tally_counts_every_verdict(paper):
    """The table at the top must add up to the figures checked."""
    found = tally({"stars": stars(paper), "totals": totals(paper)})
    verdicts = found[["consistent", "undecidable", "inconsistent"]]
    assert (verdicts.sum(axis=1) == found["figures"]).all()
    assert found["inconsistent"].tolist() == [0, 3]


def test_bad_input_is_named(paper):
    """A missing column, a figure that is not there, one printed twice."""
    with pytest.raises(ValueError, match=r"lack the columns \['stars'\]"):
        stars(paper.drop(columns="stars"))
    gone = (paper["table"] == 5) & (paper["column"] == 8) & (paper["term"] == "ME")
    with pytest.raises(ValueError, match=r"nothing is printed at \[\(5, 8, 'ME'\)\]"):
        mediated_effects(paper[~gone])
    with pytest.raises(ValueError, match="1 figures stand in a place"):
        totals(pd.concat([paper, paper.iloc[[0]]]))


def _ols(y, *regressors):
    """Return the first slope and its homoskedastic standard error, with a constant."""
    x = np.column_stack([*regressors, np.ones(len(y))])
    slope, rss, *_ = np.linalg.lstsq(x, y)
    cov = np.linalg.inv(x.T @ x) * rss[0] / (len(y) - x.shape[1])
    return slope[0], np.sqrt(cov[0, 0])
