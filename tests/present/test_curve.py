"""Protects the curve on the page: what is embedded, read back, is the curve."""

from __future__ import annotations

import gzip
import json
import re
from itertools import product
from pathlib import Path

import numpy as np
import pytest
import traitlets

from tradedig_book.present.curve import BENCHMARK_CHOICES, CurveExplorer, packed_curve
from tradedig_book.present.curve.widget import LABELS
from tradedig_book.present.stored import stored_results
from tradedig_helpers.estimation.curve_summary import standardised
from tradedig_helpers.estimation.specification_curve import CHOICES


@pytest.fixture(scope="module")
def curve():
    """Return the curve that ships, in the order of the choices."""
    frame = stored_results("curve").frame.set_index(list(CHOICES))
    return frame.loc[list(product(*CHOICES.values()))].reset_index()


def embedded(page: str) -> dict[str, object]:
    """Read the page's data back."""
    return json.loads(re.search(r"^const state = (.*);$", page, re.MULTILINE)[1])["data"]


def test_embedded_numbers_are_the_curves(curve):
    """Whole numbers keep each estimate, error and interval to six digits of the largest."""
    data = embedded(CurveExplorer(curve).to_html())
    each = len(CHOICES["cluster"])
    estimate = np.repeat(data["estimate"], each) * data["units"]["estimate"]
    scale = np.repeat(data["scale"], each) * data["units"]["scale"]
    error = np.array(data["std_error"]) * data["units"]["estimate"]
    critical = np.array([data["critical"][str(count)] for count in data["clusters"]])
    known = standardised(curve)
    np.testing.assert_allclose(estimate, known["estimate"], atol=1e-9)
    np.testing.assert_allclose(error, known["std_error"], atol=1e-9)
    np.testing.assert_allclose(estimate * scale, known["effect"], atol=1e-7)
    np.testing.assert_allclose((estimate - critical * error) * scale, known["low"], atol=1e-6)
    assert np.repeat(data["n"], each).tolist() == known["n"].tolist()
    assert data["clusters"] == known["clusters"].tolist()


def test_order_of_rows_does_not_matter(curve):
    """A file sorted otherwise must not put estimates under other choices."""
    assert packed_curve(curve) == packed_curve(curve.sample(frac=1, random_state=1))


def test_choices_are_those_of_the_curve(curve):
    """An option that is added to the curve gets its place on the page."""
    shown = {one["name"]: one["options"] for one in packed_curve(curve)["choices"]}
    assert shown == {name: list(options) for name, options in CHOICES.items()}
    assert set(LABELS) == set(BENCHMARK_CHOICES) == set(CHOICES)
    assert all(option in CHOICES[name] for name, option in BENCHMARK_CHOICES.items())


def test_page_fits_its_budget_and_asks_nobody(curve):
    """At most 60 KB compressed, the same every time, and no other host in it."""
    page = CurveExplorer(curve).to_html()
    assert len(gzip.compress(page.encode())) <= 60 * 1024
    assert page == CurveExplorer(curve).to_html()
    assert "http" not in page.replace("http://www.w3.org/2000/svg", "")


def test_both_hosts_get_their_form(curve):
    """JupyterLab takes the widget, the book takes HTML."""
    data, _ = CurveExplorer(curve)._repr_mimebundle_()
    assert set(data) == {"text/plain", "text/html", "application/vnd.jupyter.widget-view+json"}


def test_incomplete_curve_is_refused(curve):
    """With a row missing every later estimate would slip."""
    with pytest.raises(ValueError, match="not one for each of"):
        packed_curve(curve.iloc[1:])
    twice = curve.copy()
    twice.loc[0, list(CHOICES)] = twice.loc[1, list(CHOICES)]
    with pytest.raises(ValueError, match="not one for each of"):
        packed_curve(twice)


def test_wrong_choices_are_refused(curve):
    """A typing error is named with what there is."""
    with pytest.raises(traitlets.TraitError, match="'QXX' is no choice here; choose one of QSY"):
        CurveExplorer(curve, quality="QXX")
    with pytest.raises(traitlets.TraitError, match="'years' is no choice here"):
        CurveExplorer(curve, held=("years",))
    assert CurveExplorer(curve, period="2002–2007").choice == BENCHMARK_CHOICES | {
        "period": "2002–2007"
    }


def test_links_of_the_chapters_name_options():
    """A link that a chapter offers must lead to a specification."""
    chapters = Path(__file__).parents[2] / "notebooks"
    text = "".join(path.read_text("utf-8") for path in sorted(chapters.glob("*.md")))
    queries = re.findall(r'href="#specification-curve\?([^"]*)"', text)
    assert queries
    for asked in (dict(part.split("=") for part in query.split("&")) for query in queries):
        assert set(asked.pop("hold", "").split(",")) - {""} <= set(CHOICES)
        assert all(1 <= int(place) <= len(CHOICES[name]) for name, place in asked.items())
