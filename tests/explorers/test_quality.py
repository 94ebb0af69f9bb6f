"""The explorer's Python side: what it accepts, what it emits, what it tells a kernel."""

from __future__ import annotations

import json

import pytest
import traitlets

from tradedig_book.explorers import QualityExplorer
from tradedig_book.present.assets import instead
from tradedig_book.theory import ABOUT, CONDITIONS, OUTCOMES


@pytest.fixture(scope="module")
def explorer() -> QualityExplorer:
    """Build one explorer; tests that set state restore it."""
    return QualityExplorer()


def test_every_parameter_outcome_and_condition_is_shown(explorer: QualityExplorer) -> None:
    """A parameter added to the model gets its slider without further work."""
    assert [p["name"] for p in explorer.spec["parameters"]] == list(ABOUT)
    assert [o["name"] for o in explorer.spec["outcomes"]] == list(OUTCOMES)
    assert len(explorer.spec["conditions"]) == len(CONDITIONS)


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"psi": 99.0}, r"psi = 99.0 is outside its slider; choose a number from 0.25 to 3.25"),
        ({"psi": "2"}, r"psi = '2' is outside its slider"),
        ({"rho": 1.0}, r"'rho' is not a parameter here; choose one of L, beta"),
    ],
)
def test_impossible_settings_are_refused(values: dict[str, float], message: str) -> None:
    """A teacher's typing error is named, not drawn."""
    with pytest.raises(traitlets.TraitError, match=message):
        QualityExplorer(**values)


def test_unknown_axis_and_pin_are_refused(explorer: QualityExplorer) -> None:
    """The same holds for what a kernel sets later."""
    with pytest.raises(
        traitlets.TraitError, match="'mu' cannot be the axis here; choose one of psi"
    ):
        explorer.axis = "mu"
    with pytest.raises(traitlets.TraitError, match="outside its slider"):
        explorer.pins = [{"e": 2.0}]


def test_values_reach_the_model() -> None:
    """Missing values are the defaults."""
    explorer = QualityExplorer(psi=2)
    explorer.values = {"e": 0.3}
    assert explorer.parameters.e == 0.3
    assert explorer.parameters.psi == ABOUT["psi"].default


def test_html_is_the_same_every_time(explorer: QualityExplorer) -> None:
    """Builds are reproducible: no object address, no random id."""
    assert explorer.to_html() == QualityExplorer().to_html()


def test_html_fits_its_budget(explorer: QualityExplorer) -> None:
    """A live explorer costs a page at most 16 KB, compressed; its still picture has its own."""
    import gzip

    live = explorer.to_html().replace(instead(explorer.still().to_html()), "")
    assert len(gzip.compress(live.encode())) < 16 * 1024


def test_both_hosts_get_their_form(explorer: QualityExplorer) -> None:
    """JupyterLab takes the widget, the book takes HTML, and the book's HTML has no kernel in it."""
    data, _ = explorer._repr_mimebundle_()
    assert set(data) == {
        "text/plain",
        "text/html",
        "image/svg+xml",
        "application/vnd.jupyter.widget-view+json",
    }
    assert "http" not in data["text/html"].replace("http://www.w3.org/2000/svg", "")
    assert json.dumps(explorer.spec, ensure_ascii=False) in data["text/html"]
