"""Protects what the explorers for inference declare: every place in them has a number."""

from __future__ import annotations

import gzip
import re
from pathlib import Path

import numpy as np
import pytest
import sympy as sp
import traitlets

from tradedig_book.economy.simulate import SAMPLE_FIRMS
from tradedig_book.explorers import Explorer, explorer, mediation, power, selection_bias
from tradedig_book.present.assets import instead
from tradedig_book.published import PAPER_FIRMS, published
from tradedig_helpers.estimation.mediation import product_error

BUILT = {name: explorer(name) for name in ("power", "mediation", "selection-bias")}
POWER_AXIS = next(p["high"] for p in BUILT["power"].spec["parameters"] if p["name"] == "firms")


def start(shown: Explorer) -> dict[str, float]:
    """Return every step at the defaults, and the defaults."""
    return shown.values | {
        name: float(value) for name, value in shown.program.evaluate(shown.values).items()
    }


@pytest.fixture(params=BUILT)
def shown(request: pytest.FixtureRequest) -> Explorer:
    """Give each explorer in turn; tests do not change it."""
    return BUILT[request.param]


def test_every_input_and_condition_is_shown(shown: Explorer) -> None:
    """An input added to the formulas gets its slider without further work."""
    assert set(shown.values) == set(shown.program.arguments)
    assert len(shown.spec["conditions"]) == len(shown.program.conditions)


def test_every_view_mark_and_place_for_a_number_is_a_step(shown: Explorer) -> None:
    """A renamed step would leave a view, a mark or the live equation empty."""
    steps = set(shown.program.steps)
    for outcome in shown.spec["outcomes"]:
        assert {bar["step"] for bar in outcome.get("bars", [{"step": outcome["name"]}])} <= steps
    assert {mark["step"] for mark in shown.spec["marks"]} <= steps
    assert {mark["axis"] for mark in shown.spec["marks"]} <= set(shown.spec["axes"])
    places = re.findall(r'data-value="(\w+)"', shown.spec["equation"])
    assert places
    assert set(places) <= steps | set(shown.values)


def test_sliders_stop_on_what_they_can_show(shown: Explorer) -> None:
    """Defaults have two decimals, as sliders do, and lie inside their range."""
    for slider in shown.spec["parameters"]:
        assert slider["low"] <= slider["default"] <= slider["high"]
        assert round(slider["default"], 2) == slider["default"]
        assert type(slider["default"]) is float


def test_the_first_picture_has_something_to_see(shown: Explorer) -> None:
    """At the defaults every view has a number inside its range."""
    assert int(shown.program.verdict(shown.values)) == 0
    now = start(shown)
    for outcome in shown.spec["outcomes"]:
        if "range" in outcome:
            low, high = outcome["range"]
            assert low < now[outcome["name"]] < high


def test_random_settings_are_mostly_inside(shown: Explorer) -> None:
    """Sliders seldom lead where nothing can be shown."""
    rng = np.random.default_rng(3)
    drawn = {p["name"]: rng.uniform(p["low"], p["high"], 3000) for p in shown.spec["parameters"]}
    inside = shown.program.verdict(drawn) == 0
    assert inside.mean() > 0.8
    for name, values in shown.program.evaluate(drawn).items():
        if name in {outcome["name"] for outcome in shown.spec["outcomes"]}:
            assert np.isfinite(values[inside]).all(), name


def test_html_fits_its_budget_and_asks_nobody(shown: Explorer) -> None:
    """At most 16 KB compressed, the same every time, and no address of another host in it."""
    page = shown.to_html()
    live = page.replace(instead(shown.still().to_html()), "")
    assert len(gzip.compress(live.encode())) <= 16 * 1024
    assert page == explorer(shown.spec["id"]).to_html()
    assert "http" not in page.replace("http://www.w3.org/2000/svg", "")


def test_power_starts_from_the_published_benchmark_at_this_books_size() -> None:
    """Defaults and marks are taken from the paper and from the package, not typed."""
    benchmark = published(2, 6).set_index("term").loc["lndig"]
    values = BUILT["power"].values
    assert values["effect"] * 1e-4 == pytest.approx(benchmark["estimate"])
    assert values["error"] * 1e-4 == pytest.approx(benchmark["std_error"])
    assert (values["reference"], values["firms"]) == (
        round(PAPER_FIRMS / 1000, 2),
        SAMPLE_FIRMS / 1000,
    )
    now = start(BUILT["power"])
    assert (now["paper"], now["sample"]) == (values["reference"], values["firms"])


def test_power_equations_are_the_steps_they_explain() -> None:
    """The root law and the detectable effect, as the page writes them."""
    now = start(BUILT["power"])
    written = power.root_law(power.error).subs({s: now[s.name] for s in (power.error,)})
    written = written.subs({power.reference: now["reference"], power.firms: now["firms"]})
    assert float(written) == pytest.approx(now["std_error"])
    assert now["detectable"] == pytest.approx((now["z"] + now["z_target"]) * now["std_error"])


def test_mediation_at_the_papers_size_is_the_papers() -> None:
    """With all firms of the paper ME is as printed, and its test is Sobel's of the printed."""
    shown = BUILT["mediation"]
    at = shown.values | {"firms": round(PAPER_FIRMS / 1000, 2)}
    first = published(5, 7).set_index("term").loc["lndig"]
    second = published(5, 8).set_index("term").loc["flex"]
    printed = published(5, 8).set_index("term").loc["ME", "estimate"]
    found = {name: float(value) for name, value in shown.program.evaluate(at).items()}
    assert round(found["ME"] * 1e-4, 4) == printed
    error = product_error(
        first["estimate"], second["estimate"], first["std_error"], second["std_error"]
    )
    expected = first["estimate"] * second["estimate"] / float(error)
    assert found["z_sobel"] == pytest.approx(expected, rel=1e-4)


def test_mediation_equation_shows_paths_and_errors() -> None:
    """Error and share are written out, not as the name of another step."""
    places = set(re.findall(r'data-value="(\w+)"', BUILT["mediation"].spec["equation"]))
    assert {"beta0", "mu1", "s0", "s1", "ME", "direct", "sobel", "share"} <= places
    assert not {"variance", "total"} & places


def test_limits_are_written_with_their_parts() -> None:
    """Each of the four starts with the true effect, to which a bias is added."""
    steps = selection_bias.formulas().steps
    beta = selection_bias.beta
    for name in ("ols", "iv", "firm_ols", "firm_iv"):
        assert beta in steps[name].args
        assert sp.diff(steps[name], beta) == 1


ROOT = Path(__file__).parents[2]
LINK = re.compile(r'<a href="#([\w-]+)\?([^"]+)">(.+?)</a>', re.DOTALL)


def offered() -> dict[str, tuple[str, dict[str, float]]]:
    """Return what chapters offer to try: words, and the explorer and setting behind them."""
    texts = [path.read_text("utf-8") for path in sorted((ROOT / "notebooks").glob("*.md"))]
    found = {}
    for id_, query, words in (link for text in texts for link in LINK.findall(text)):
        if id_ in BUILT:
            pairs = (part.split("=") for part in query.split("&") if not part.startswith("axis="))
            found[words] = id_, {name: float(value) for name, value in pairs}
    return found


def tried(words: str) -> tuple[dict[str, float], dict[str, float]]:
    """Return every step before and after a reader follows a link."""
    id_, setting = offered()[words]
    shown = explorer(id_, **setting)
    return start(BUILT[id_]), start(shown)


def test_links_of_the_chapters_are_settings() -> None:
    """Each names sliders and stays on them; the explorer refuses others."""
    for id_, setting in offered().values():
        explorer(id_, **setting)


def test_what_the_benchmark_chapter_says_about_power() -> None:
    """Half the effect needs four times the firms; a stricter test exaggerates more."""
    before, after = tried("Halve the effect")
    assert after["effect"] == before["effect"] / 2
    assert after["needed"] == pytest.approx(4 * before["needed"])
    assert after["needed"] < POWER_AXIS
    before, after = tried("Ask for significance at one per cent")
    assert after["power"] < before["power"]
    assert after["exaggeration"] > before["exaggeration"]


def test_what_the_mechanisms_chapter_says_about_products() -> None:
    """Paths without a product, a product without paths, and a second path that cannot help."""
    critical = float(mediation.CRITICAL_Z)
    _, one = tried("Two significant paths and an insignificant product")
    assert min(one["z0"], one["z1"]) > critical > one["z"]
    assert one["path_beta0"] < one["beta0"] < one["ME_from_beta0"] < 60
    _, other = tried("Neither path, and yet the product")
    assert max(other["z0"], other["z1"], other["z_sobel"]) < critical < other["z"]
    _, weak = tried("Raise $\\mu_1$ as far as it goes")
    far = start(explorer("mediation", mu1=60.0, firms=weak["firms"]))
    assert weak["z_sobel"] < far["z_sobel"] < weak["z0"] < critical


def test_what_the_endogeneity_chapter_says_about_the_lag() -> None:
    """Worse than least squares, scaled up, of another sign, or no instrument at all."""
    before, after = tried("Let the other reasons pass more quickly")
    assert after["iv"] > after["ols"] == before["ols"] > before["iv"]
    _, direct = tried("Let last year matter by itself")
    assert direct["firm_iv"] > direct["iv"] > direct["delta"] > direct["ols"] > 0
    before, after = tried("Let those with hidden appeal digitise later")
    names = ("ols", "iv", "firm_ols", "firm_iv")
    assert [after[n] for n in names] == pytest.approx([-before[n] for n in names])
    id_, setting = offered()["Let nothing last"]
    assert int(BUILT[id_].program.verdict(BUILT[id_].values | setting)) == 1


def test_moving_rho_shows_all_that_the_endogeneity_chapter_lists() -> None:
    """With firm effects IV is too low, crosses the truth, is too high and becomes right again."""
    shown = BUILT["selection-bias"]
    rho = np.linspace(0, 0.99, 100)
    found = shown.program.evaluate(shown.values | {"rho": rho})["firm_iv"]
    assert found[0] < -0.1
    assert (np.diff(np.sign(found)) > 0).sum() == 1
    assert found.max() > 0.3
    assert abs(found[-1]) < 0.05


def test_impossible_settings_are_refused() -> None:
    """A teacher's typing error is named, not drawn."""
    with pytest.raises(traitlets.TraitError, match=r"rho = 1.0 is outside its slider"):
        explorer("selection-bias", rho=1.0)
    with pytest.raises(traitlets.TraitError, match="'sigma' is not a parameter here"):
        explorer("power", sigma=1.0)
