"""Protects what the explorer of measured quality declares: every place in it has a number."""

from __future__ import annotations

import gzip
import re

import numpy as np
import pytest
import sympy as sp
import traitlets

from tradedig_book.explorers import Explorer, explorer
from tradedig_book.explorers import measurement as m
from tradedig_book.present.assets import instead
from tradedig_book.theory import NotDerived
from tradedig_book.theory.printing import latex


@pytest.fixture(scope="module")
def shown() -> Explorer:
    """Build the explorer once; tests do not change it."""
    return explorer("measurement")


def test_every_input_and_condition_is_shown(shown: Explorer) -> None:
    """An input added to the formulas gets its slider without further work."""
    assert tuple(p["name"] for p in shown.spec["parameters"]) == shown.program.arguments
    assert len(shown.spec["conditions"]) == len(shown.program.conditions) == 3


def test_every_view_and_every_place_for_a_number_is_a_step(shown: Explorer) -> None:
    """A renamed step would leave a view or the live equation empty."""
    known = {*shown.program.arguments, *shown.program.steps}
    assert {o["name"] for o in shown.spec["outcomes"]} <= set(shown.program.steps)
    places = re.findall(r'data-value="(\w+)"', shown.spec["equation"])
    assert set(places) <= known
    assert {"sigma", "ln_p", "ln_q", "kappa", "own", "score"} <= set(places)


def test_live_equation_is_the_step_it_explains(shown: Explorer) -> None:
    """Equation (10), as the page writes it, gives what the view shows."""
    names = {symbol: sp.Symbol(symbol.name) for symbol in m.inferred_quality().right.free_symbols}
    written = m.inferred_quality().right.subs(names)
    found = shown.program.evaluate(shown.values)
    values = shown.values | {name: float(value) for name, value in found.items()}
    assert float(written.subs(values)) == pytest.approx(values["own"])


def test_equation_10_is_held_to_demand(monkeypatch: pytest.MonkeyPatch) -> None:
    """With another demand the page does not print the paper's equation."""
    wrong = m.log_demand() + m.ln_p
    monkeypatch.setattr(m, "log_demand", lambda: wrong)
    with pytest.raises(NotDerived, match="10"):
        m.inferred_quality.__wrapped__()


def test_equation_10_is_printed_as_the_paper_writes_it() -> None:
    """Logs are set as logs, and terms keep their order."""
    assert latex(m.inferred_quality().right) == r"\frac{\ln q + \sigma \ln p - \kappa}{\sigma - 1}"


def test_views_hold_what_sliders_can_reach(shown: Explorer) -> None:
    """Scores stay in [0, 1]; most points have a log quality inside its view."""
    rng = np.random.default_rng(3)
    inputs = {
        slider["name"]: rng.uniform(slider["low"], slider["high"], 4000)
        for slider in shown.spec["parameters"]
    }
    found = shown.program.evaluate(inputs)
    inside = shown.program.verdict(inputs) == 0
    assert 0.8 < inside.mean() < 1
    for outcome in shown.spec["outcomes"]:
        low, high = outcome["range"]
        values = found[outcome["name"]][inside]
        reached = ((values >= low) & (values <= high)).mean()
        assert reached == 1 if low == 0 else reached > 0.8, outcome["name"]


def test_the_first_picture_has_something_to_see(shown: Explorer) -> None:
    """At the defaults this flow is better than its rivals, and neither is an extreme."""
    point = {p["name"]: p["default"] for p in shown.spec["parameters"]}
    now = {name: float(value) for name, value in shown.program.evaluate(point).items()}
    assert -point["worst"] < now["rival"] < 0 < now["own"] < point["best"]
    assert int(shown.program.verdict(point)) == 0


def test_impossible_settings_are_refused() -> None:
    """A teacher's typing error is named, not drawn."""
    with pytest.raises(traitlets.TraitError, match=r"sigma = 99.0 is outside its slider"):
        explorer("measurement", sigma=99.0)
    with pytest.raises(traitlets.TraitError, match="'price' is not a parameter here"):
        explorer("measurement", price=1.0)


def test_html_fits_its_budget_and_asks_nobody(shown: Explorer) -> None:
    """At most 16 KB compressed, the same every time, and no address of another host in it."""
    page = shown.to_html()
    live = page.replace(instead(shown.still().to_html()), "")
    assert len(gzip.compress(live.encode())) <= 16 * 1024
    assert page == explorer("measurement").to_html()
    assert "http" not in page.replace("http://www.w3.org/2000/svg", "")
