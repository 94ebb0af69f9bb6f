"""Protects the list of checks: nothing is left out, and each figure finds those that use it."""

import re

import pandas as pd
import pytest

from tradedig_book.audit import CHECKS, all_checks, error_signs, figure_checks, stars, totals
from tradedig_book.audit.checks import CONTRAST
from tradedig_book.published import published


@pytest.fixture(scope="module")
def paper():
    """Return the published figures."""
    return published()


@pytest.fixture(scope="module")
def found(paper):
    """Return every check of every figure."""
    return figure_checks(paper)


def of(found, *place):
    """Return the checks of one figure: names with verdicts."""
    rows = found[(found[["table", "column", "term"]] == list(place)).all(axis=1)]
    return rows.groupby("check")["verdict"].agg(list).to_dict()


def test_checks_are_those_of_the_functions(paper):
    """A name that stands before another check would tell readers a wrong verdict."""
    done = all_checks(paper)
    assert list(done) == [check.name for check in CHECKS]
    pd.testing.assert_frame_equal(done["stars agree with t-values"], stars(paper))
    pd.testing.assert_frame_equal(done["direct plus mediated is the total"], totals(paper))
    assert all({"verdict"} <= set(frame) for frame in done.values())


def test_only_printed_figures_are_used(paper, found):
    """A check that names a place where nothing is printed would be lost on the page."""
    key = ["table", "column", "term"]
    assert set(found[key].itertuples(index=False)) <= set(paper[key].itertuples(index=False))
    with_error = paper.loc[paper["std_error"].notna(), key]
    own = found[found["check"] == "stars agree with t-values"]
    assert set(own[key].itertuples(index=False)) == set(with_error.itertuples(index=False))
    assert len(own) == len(with_error) == len(error_signs(paper))


def test_a_mediated_effect_has_its_product_test_and_sum(found):
    """Column (8) of Table 5: product and test are right, and the sum is not the total."""
    verdicts = of(found, 5, 8, "ME")
    assert verdicts["ME is β0 times μ1"] == ["consistent"]
    assert verdicts["stars of ME agree with Sobel's z"] == ["consistent"]
    assert verdicts["direct plus mediated is the total"] == ["inconsistent"]
    for place in ((5, 7, "lndig"), (5, 8, "flex")):
        assert of(found, *place)["ME is β0 times μ1"] == ["consistent"]


def test_the_benchmark_is_the_total_of_two_mediations(found):
    """With lncnpd the sum is right, with flex it is not."""
    assert sorted(of(found, 2, 6, "lndig")["direct plus mediated is the total"]) == [
        "consistent",
        "inconsistent",
    ]


def test_groups_are_compared_from_both_sides(found):
    """A contrast belongs to both of its figures, with the same words."""
    rows = found[found["check"] == CONTRAST.name]
    assert (rows.groupby("finds").size() == 2).all()
    assert rows.groupby("finds")["verdict"].nunique().max() == 1
    assert set(rows["table"]) == {7}


def test_a_slip_of_the_typist_is_found_at_its_figure(paper, found):
    """One star fewer at the benchmark shows there, and nowhere else."""
    here = (paper["table"] == 2) & (paper["column"] == 6) & (paper["term"] == "lndig")
    typed = figure_checks(paper.assign(stars=paper["stars"].mask(here, "*")))
    moved = typed[typed["verdict"] != found["verdict"]]
    assert moved[["table", "column", "term"]].to_numpy().tolist() == [[2, 6, "lndig"]]
    assert moved["check"].tolist() == ["stars agree with t-values"]
    assert "printed with 1 stars" in moved["finds"].iloc[0]


def test_words_have_the_numbers_of_the_row(paper, found):
    """What a reader is told is what the check computed."""
    row = totals(paper).iloc[0]
    said = found.loc[found["check"] == "direct plus mediated is the total", "finds"].iloc[0]
    assert f"{row['sum_low']:.4f} to {row['sum_high']:.4f}" in said
    assert f"the total {row['total']:.4f}" in said
    assert not found["finds"].str.contains("nan").any()


def test_sections_are_headings_of_the_chapter(root):
    """A link to a section that was renamed would lead to the top of the page."""
    text = (root / "notebooks/audit.md").read_text(encoding="utf-8")
    headings = re.findall(r"^## (.*)$", text, re.MULTILINE)
    assert {check.section for check in (*CHECKS, CONTRAST)} <= set(headings)
