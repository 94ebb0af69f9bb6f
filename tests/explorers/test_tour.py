"""The tour: every number from where it is known, five pictures of the same shapes."""

from __future__ import annotations

import re
from collections import Counter

import numpy as np
import pandas as pd
import pytest

from tradedig_book import audit
from tradedig_book.explorers.front import doors
from tradedig_book.explorers.tour import HIGHEST, LOWEST, Tour, firm, scenes, tour_numbers
from tradedig_book.explorers.tour_scenes import DOTS, HEIGHT, WIDTH, Shape
from tradedig_book.explorers.tour_steps import TOUR
from tradedig_book.published import PAPER_FIRMS, published
from tradedig_book.theory import ABOUT, Parameters, solve
from tradedig_book.theory.claims import papers_own
from tradedig_helpers import measure_flexibility
from tradedig_helpers.measure.digitization import WEIGHTS

SVG = re.compile(r"<svg .*?</svg>", re.DOTALL)
NUMBER = re.compile(r"-?\d+(?:\.\d+)?")


@pytest.fixture(scope="module")
def page() -> str:
    """Return the tour's HTML up to its script."""
    html = Tour()._repr_html_()
    return html[: html.index("<script>\n(() => {")]


def dots(step: int) -> list[Shape]:
    """Return the dots that a step's picture shows."""
    shapes = scenes()[step - 1].values()
    return [shape for shape in shapes if shape.tag == "circle" and float(shape.place["r"]) > 0]


def test_published_numbers_are_the_papers() -> None:
    """Effect, error, link to flex, and what the effect is worth."""
    said = tour_numbers()
    row = published(2, 6).set_index("term").loc["lndig"]
    assert (float(said["effect"]), float(said["std_error"])) == (row["estimate"], row["std_error"])
    assert float(said["on_flex"]) == published(5, 7).set_index("term").loc["lndig", "estimate"]
    low, high = audit.effect_sizes(published()).loc[0, ["low", "high"]]
    assert low < float(said["gain"]) < high
    assert float(said["percent"]) == round(100 * row["estimate"] * np.log(8), 1)
    assert said["paper_firms"] == f"{PAPER_FIRMS:,}"


def test_the_ledger_and_the_audit_are_counted() -> None:
    """What holds, what does not, and what the printed tables contradict."""
    said, verdicts = tour_numbers(), Counter(claim.verdict for claim in papers_own().values())
    named = {
        "holds": "holds",
        "condition": "holds under a condition",
        "assumed": "not a theoretical claim / assumed",
        "wrong": "does not hold as worded",
    }
    assert {name: int(said[name]) for name in named} == {n: verdicts[v] for n, v in named.items()}
    assert int(said["claims"]) == len(papers_own()) == sum(int(said[name]) for name in named)
    totals = audit.totals(published())
    assert (int(said["sums"]), int(said["wrong_sums"])) == (
        len(totals),
        (totals["verdict"] == "inconsistent").sum(),
    )
    assert not (audit.stars(published())["verdict"] == "inconsistent").any()
    assert said["contradicted"] == said["wrong_products"] == "0"
    assert said["seen"] == str(doors().seen)


def test_the_invented_firm_obeys_the_model_and_the_measure() -> None:
    """Its quality is that of equation (8), its flex that of its orders."""
    for dig in (LOWEST, HIGHEST):
        one = firm(dig)
        solved = solve(Parameters(psi=dig**0.3))
        assert one.profit.best == pytest.approx(float(solved.quality), rel=1e-12)
        assert one.profit.at(one.profit.best) == pytest.approx(float(solved.profit), rel=1e-12)
        customs = pd.DataFrame({"firm": "A", "year": 2010, "value": one.orders})
        assert one.flex == pytest.approx(measure_flexibility(customs)["flex"].iloc[0])
    quality = [float(solve(Parameters(psi=level**0.3)).quality) for level in (LOWEST, HIGHEST)]
    assert tour_numbers()["ratio"] == f"{quality[1] / quality[0]:.2f}"
    assert 1 + sum(WEIGHTS.values()) == HIGHEST
    first = scenes()[0]
    assert {name: first[f"{name}-0"].text for name in WEIGHTS} == {
        name: f"+{weight}" for name, weight in WEIGHTS.items()
    }
    assert ABOUT["psi"].default == firm(LOWEST).psi


def test_five_pictures_of_the_same_marks() -> None:
    """So that each can move to any other: same names, order, tags, attributes and points."""
    states = scenes()
    assert len(states) == len(TOUR) == 5
    forms = [
        [
            (
                name,
                shape.tag,
                [(key, len(NUMBER.findall(str(at)))) for key, at in shape.place.items()],
            )
            for name, shape in state.items()
        ]
        for state in states
    ]
    assert len(forms[0]) > DOTS
    assert all(form == forms[0] for form in forms)


def test_the_dots_are_orders_estimates_statements_and_samples() -> None:
    """What each picture counts is what its words say."""
    said = {name: int(text) for name, text in tour_numbers().items() if text.isdigit()}
    assert len(dots(1)) == said["orders"] == len(firm(LOWEST).orders)
    assert len(dots(2)) == len(dots(3)) == said["more_orders"]
    assert len({dot.place["cy"] for dot in dots(1)}) == 2
    assert len({dot.place["cy"] for dot in dots(2)}) == 5
    places = {(dot.place["cx"], dot.place["cy"]) for dot in dots(4)}
    assert len(places) == len(published(2).query("term == 'lndig'"))
    looks = Counter(dot.look for dot in dots(5))
    assert looks["td-wrong"] == said["wrong"]
    assert looks["td-seen"] == said["seen"]
    assert looks["td-seen"] + looks["td-unseen"] == 100
    assert sum(looks.values()) == said["claims"] + 100 == DOTS


def test_areas_are_values() -> None:
    """A dot's area is its order's value; all at level 8 stay apart from other lanes."""
    ratios = [
        float(d.place["r"]) ** 2 / v for d, v in zip(dots(2), firm(HIGHEST).orders, strict=True)
    ]
    assert ratios == pytest.approx([ratios[0]] * len(ratios))
    assert max(float(dot.place["r"]) for dot in dots(2)) < 24


def test_marks_stay_inside_the_picture() -> None:
    """Nothing is cut at an edge."""
    for step in range(1, 6):
        for dot in dots(step):
            x, y, r = (float(dot.place[name]) for name in ("cx", "cy", "r"))
            assert r <= x <= WIDTH - r
            assert r <= y <= HEIGHT - r


def test_intervals_exclude_zero_as_the_label_says() -> None:
    """All six estimates lie right of zero with their intervals."""
    rows = published(2).query("term == 'lndig'")
    assert len(rows) == 6
    assert "Six published estimates" in TOUR[3].label
    assert (rows["estimate"] > 1.96 * rows["std_error"]).all()


def test_without_a_script_each_step_has_its_picture(page: str) -> None:
    """Five steps with a picture each, which says what it shows, and nobody else is asked."""
    steps = page.split('<section class="td-step"')[1:]
    assert [len(SVG.findall(step)) for step in steps] == [1] * 5
    labels = re.findall(r'role="img" aria-label="([^"]*)"', page)
    assert len(set(labels)) == 5
    assert not any(set(label) & set("{}") for label in labels)
    for words in (
        "invented",
        "published",
        "synthetic",
        "our illustration",
        "+0.0026",
        f"{tour_numbers()['condition']} of {len(papers_own())}",
    ):
        assert words in page
    assert "https://" not in page


def test_a_step_is_short(page: str) -> None:
    """Sixty to a hundred and ten words each."""
    for step in TOUR:
        text = re.sub("<[^>]*>", "", " ".join(step.text))
        assert 60 <= len(text.split()) <= 110, step.title


def test_progress_leads_to_every_step(page: str) -> None:
    """Each number is a link to a step that is there, named for those who listen."""
    links = re.findall(r'<a href="#(step-\d)" aria-label="Step \d: ([^"]+)">', page)
    assert [name for name, _ in links] == re.findall(r'id="(step-\d)"', page)
    assert [title for _, title in links] == [step.title for step in TOUR]
