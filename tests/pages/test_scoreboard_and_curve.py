"""The scoreboard and the specification curve in the built book: live, and Python's numbers."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from playwright.sync_api import Page

from tradedig_book.present.curve import BENCHMARK_CHOICES
from tradedig_book.present.palette import PALETTE
from tradedig_book.present.scoreboard.table import FILTERS
from tradedig_book.present.stored import stored_results
from tradedig_book.truth.scoreboard import scoreboard
from tradedig_helpers.estimation.curve_summary import by_option, standardised_curve
from tradedig_helpers.estimation.specification_curve import CHOICES

from .conftest import OpenPage, Origin
from .drawn import FRAMES
from .test_accessibility import violations

BOARD_PAGE = "notebooks/scoreboard.html"
CURVE_PAGE = "notebooks/specification-curve.html"
TRIED: list[dict[str, str]] = [
    {},
    {"quality": "QOP", "index": "any technology"},
    {"controls": "none", "effects": "year", "cluster": "province"},
    {"period": "2008–2015", "cluster": "industry"},
]
PHONE = {"width": 375, "height": 720}
OVERFLOW = "document.documentElement.scrollWidth - innerWidth"
LINE = """() => {
  const plot = document.querySelector(".td-curve-plot");
  const lines = [...plot.querySelectorAll("line")].map(l => Number(l.getAttribute("y1")));
  const ticks = [...plot.querySelectorAll("text")]
    .map(t => Number(t.textContent.replace("−", "-")));
  return {path: plot.querySelector(".td-line").getAttribute("d"), lines, ticks};
}"""


SETTINGS = 1000
# Sets the lists of the scoreboard to each setting, and says what is shown and offered.
FILTER = """settings => settings.map(setting => {
  const form = document.querySelector("#scoreboard form");
  for (const [name, value] of Object.entries(setting)) form.elements[name].value = value;
  form.dispatchEvent(new Event("change"));
  const lists = [...form.elements].filter(e => e.name && e.name !== "order");
  const offered = lists.flatMap(list => [...list.options].map(option =>
    [list.name, option.value, Number(option.text.match(/\\((\\d+)\\)$/)[1]), option.disabled]));
  const shown = document.querySelectorAll("#scoreboard tbody tr:not([hidden])").length;
  const said = document.querySelector("#scoreboard .td-count").textContent;
  const fold = document.querySelector("#scoreboard .td-fold");
  return {shown, said, offered, fold: fold.hidden ? "" : fold.textContent};
})"""
# Moves the controls of the curve, one event each, and says what is drawn and told.
WALK = """settings => settings.map(events => {
  for (const [id, value] of events) {
    const control = document.getElementById(id);
    if (control.type === "checkbox") control.checked = value;
    else control.value = value;
    control.dispatchEvent(new Event(control.type === "range" ? "input" : "change"));
  }
  const explorer = document.getElementById("specification-curve");
  const drawn = [...explorer.querySelectorAll(".td-curve-plot path")];
  const line = explorer.querySelector(".td-line").getAttribute("d");
  const cursor = explorer.querySelector(".td-curve-plot .td-cursor").getAttribute("d");
  return {
    bad: drawn.length !== 4 || [...explorer.querySelectorAll("path[d], rect[x]")].some(e =>
      /NaN|Infinity|undefined/.test(e.getAttribute("d") ?? e.getAttribute("x")))
      || /NaN|undefined/.test(explorer.textContent),
    empty: !line.startsWith("M") || !cursor.includes("V"),
    points: line.match(/[ML]/g).length,
    said: explorer.querySelector(".td-status").textContent,
    choice: [...explorer.querySelectorAll(".td-choice select")].map(s => s.selectedOptions[0].text),
    held: [...explorer.querySelectorAll(".td-hold input")].map(h => h.checked),
  };
})"""


@pytest.fixture(scope="module")
def board() -> pd.DataFrame:
    """Return the scoreboard as Python makes it."""
    return scoreboard(stored_results("estimates").frame, stored_results("columns").frame)


@pytest.fixture(scope="module")
def curve() -> pd.DataFrame:
    """Return the curve as Python makes it."""
    return standardised_curve(stored_results("curve").frame)


def rows(page: Page) -> int:
    """Count the visible figures."""
    return page.locator("#scoreboard tbody tr:visible").count()


def pick(page: Page, **choice: str) -> None:
    """Choose options of the curve by their names."""
    for name, option in choice.items():
        page.locator(f"#curve-{name}").select_option(label=option)
    page.evaluate(FRAMES)


def said(page: Page) -> str:
    """Return what the page says about the chosen specification."""
    return page.locator(".td-curve .td-status").inner_text()


def row_of(curve: pd.DataFrame, **choice: str) -> pd.Series:
    """Return a specification of the curve."""
    wanted = BENCHMARK_CHOICES | choice
    return curve[np.logical_and.reduce([curve[k] == v for k, v in wanted.items()])].iloc[0]


def four(value: float) -> str:
    """Write a number as the page does."""
    return f"{value:.4f}".replace("-", "−")


@pytest.mark.parametrize("origin", ["http", "file"])
def test_filters_show_what_they_say(
    open_page: OpenPage, board: pd.DataFrame, origin: Origin
) -> None:
    """Each filter leaves the rows that agree, filters add up, and the count says how many."""
    seen = open_page(BOARD_PAGE, origin)
    page = seen.page
    assert rows(page) == len(board)
    page.get_by_label("Table", exact=True).select_option("5")
    page.get_by_label("Kind").select_option("mediated effect")
    expected = ((board["table"] == 5) & (board["kind"] == "mediated effect")).sum()
    assert rows(page) == expected
    assert page.locator(".td-count").inner_text() == f"{expected} of {len(board)} figures."
    page.get_by_role("button", name="Show all").click()
    page.evaluate(FRAMES)
    assert rows(page) == len(board)
    assert seen.errors == []
    assert seen.foreign == []


def test_every_option_counts_as_python_does(open_page: OpenPage, board: pd.DataFrame) -> None:
    """Distance and calibration are what Python says, option by option."""
    page = open_page(BOARD_PAGE).page
    for name in ("apart", "role"):
        for value, count in board[name].value_counts().items():
            page.locator(f"#scoreboard select[name={name}]").select_option(value)
            assert rows(page) == count, (name, value)
        page.get_by_role("button", name="Show all").click()


def test_a_thousand_settings_of_the_filters(open_page: OpenPage, board: pd.DataFrame) -> None:
    """Whatever is chosen, rows are those that agree, and each option says what it would leave."""
    rng = np.random.default_rng(2026)
    seen = open_page(BOARD_PAGE)
    facts = {name: board[name].astype(str) for name in FILTERS}
    offers = {name: ["", *facts[name].unique()] for name in FILTERS}
    settings = [
        {name: str(rng.choice(values)) for name, values in offers.items()}
        | {"order": str(rng.choice(["paper", "distance"]))}
        for _ in range(SETTINGS)
    ]
    agree = {
        (name, value): (facts[name] == value).to_numpy() | (value == "")
        for name, values in offers.items()
        for value in values
    }
    for setting, found in zip(settings, seen.page.evaluate(FILTER, settings), strict=True):
        left = np.logical_and.reduce([agree[name, setting[name]] for name in FILTERS])
        assert found["shown"] == left.sum()
        assert found["said"] == f"{left.sum()} of {len(board)} figures."
        assert found["fold"] == (f"All {left.sum()} rows" if left.sum() > 16 else "")
        assert len(found["offered"]) == sum(map(len, offers.values()))
        for name, value, count, disabled in found["offered"]:
            others = [agree[one, setting[one]] for one in FILTERS if one != name]
            assert count == np.logical_and.reduce([agree[name, value], *others]).sum()
            assert disabled == (count == 0 and setting[name] != value)
    assert seen.errors == []


@pytest.mark.parametrize("origin", ["http", "file"])
def test_filters_live_in_the_address(
    open_page: OpenPage, board: pd.DataFrame, origin: Origin
) -> None:
    """A link opens its filters, each choice is a step for Back, and a reload keeps it."""
    seen = open_page(f"{BOARD_PAGE}#scoreboard?table=4&role=target", origin)
    page = seen.page
    targets = (board["table"] == 4) & (board["role"] == "target")
    assert rows(page) == targets.sum() > 0
    page.get_by_label("Kind").select_option("coefficient")
    page.get_by_label("Order").select_option("distance")
    asked = "#scoreboard?table=4&kind=coefficient&role=target&order=distance"
    assert page.evaluate("location.hash") == asked
    page.reload()
    assert page.get_by_label("Order").input_value() == "distance"
    page.go_back()
    page.evaluate(FRAMES)
    assert page.get_by_label("Order").input_value() == "paper"
    page.go_back()
    page.evaluate(FRAMES)
    assert page.get_by_label("Kind").input_value() == ""
    assert rows(page) == targets.sum()
    page.go_forward()
    page.evaluate(FRAMES)
    assert page.get_by_label("Kind").input_value() == "coefficient"
    page.get_by_role("button", name="Show all").click()
    assert page.evaluate("location.hash") == ""
    assert rows(page) == len(board)
    assert seen.errors == []


@pytest.mark.parametrize("query", ["table=9", "years=2", "role=Target"])
def test_a_bad_filter_is_explained(open_page: OpenPage, board: pd.DataFrame, query: str) -> None:
    """A wrong link shows every figure and says why."""
    seen = open_page(f"{BOARD_PAGE}#scoreboard?{query}")
    said = seen.page.locator(".td-count").inner_text()
    assert said.startswith("The link names a filter or a value that does not exist.")
    assert rows(seen.page) == len(board)
    assert seen.errors == []


def test_links_of_the_text_filter(open_page: OpenPage) -> None:
    """Each of the things to try leaves some figures, and not all."""
    page = open_page(BOARD_PAGE).page
    links = page.locator('article a[href^="#scoreboard?"]')
    assert links.count() >= 4
    for link in links.all():
        link.click()
        page.evaluate(FRAMES)
        shown, of = re.match(r"(\d+) of (\d+) ", page.locator(".td-count").inner_text()).groups()
        assert 0 < int(shown) < int(of)


def test_rows_are_in_the_page_and_their_head_stays(open_page: OpenPage) -> None:
    """A fold keeps the text near; unfolded, the page scrolls and the head stands on top."""
    page = open_page(BOARD_PAGE).page
    box = page.locator("#scoreboard .td-table")
    assert box.bounding_box()["height"] < 900
    page.get_by_role("button", name="All 155 rows").click()
    assert box.evaluate("e => e.scrollHeight - e.clientHeight") <= 1
    page.locator("#scoreboard tbody tr").nth(80).scroll_into_view_if_needed()
    page.evaluate(FRAMES)
    header = page.locator("#scoreboard thead th").first.bounding_box()
    assert 40 <= header["y"] <= 60
    assert not page.get_by_role("button", name="All 155 rows").is_visible()


def test_axe_finds_nothing_in_unfolded_rows(open_page: OpenPage) -> None:
    """All rows open, with their links."""
    page = open_page(BOARD_PAGE, reduced_motion="reduce").page
    page.get_by_role("button", name="All 155 rows").click()
    assert violations(page) == []


def test_what_is_behind_the_fold_is_found(open_page: OpenPage) -> None:
    """No link waits there unseen, Tab comes to the button, and a row that is found unfolds all."""
    page = open_page(BOARD_PAGE).page
    links = page.locator("#scoreboard tbody a[href]")
    assert links.count() == 16
    links.last.focus()
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "td-fold"
    page.locator("#scoreboard tbody tr").nth(60).evaluate("row => row.scrollIntoView()")
    page.wait_for_function("document.querySelector('.td-fold').hidden")
    assert links.count() == rows(page)


def test_a_figure_leads_to_its_card(open_page: OpenPage) -> None:
    """The name of a figure opens it in the paper's tables."""
    page = open_page(f"{BOARD_PAGE}#scoreboard?table=5&kind=mediated%20effect").page
    page.locator("#scoreboard tbody tr:visible a").first.click()
    page.wait_for_url("**/tables.html#figure?table=5&column=8&term=ME")
    assert "Table 5, column 8" in page.locator(".td-card").inner_text()


def test_largest_distance_comes_first(open_page: OpenPage, board: pd.DataFrame) -> None:
    """Ordered by distance the worst is on top, and the paper's order comes back."""
    page = open_page(BOARD_PAGE).page
    first = page.locator("#scoreboard tbody tr:visible th").first
    order = page.get_by_label("Order")
    order.select_option("distance")
    worst = board.loc[board["distance"].abs().idxmax()]
    assert first.inner_text() == f"{worst['table']} ({worst['column']}) {worst['term']}"
    order.select_option("paper")
    assert first.inner_text().startswith("2 (1)")


def test_without_a_script_all_can_be_read(open_page: OpenPage, board: pd.DataFrame) -> None:
    """A reader whose browser runs no script gets every row, and no dead control."""
    page = open_page_without_script(open_page)
    assert rows(page) == len(board)
    assert not page.locator(".td-filters").is_visible()


def open_page_without_script(open_page: OpenPage) -> Page:
    """Open the scoreboard again in a browser that runs no script of the page."""
    first = open_page(BOARD_PAGE).page
    context = first.context.browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(first.url)
    return page


def test_the_file_is_the_scoreboard(
    open_page: OpenPage, board: pd.DataFrame, tmp_path: Path
) -> None:
    """The link gives a CSV with every figure."""
    page = open_page(BOARD_PAGE).page
    with page.expect_download() as download:
        page.get_by_role("link", name="figures as CSV").click()
    path = tmp_path / download.value.suggested_filename
    download.value.save_as(path)
    assert path.name == "scoreboard.csv"
    with path.open(encoding="utf-8") as file:
        assert len(list(csv.reader(file))) == len(board) + 1


@pytest.mark.parametrize("path", [BOARD_PAGE, CURVE_PAGE])
def test_a_phone_scrolls_tables_not_the_page(open_page: OpenPage, path: str) -> None:
    """At 375 px nothing is wider than the screen."""
    page = open_page(path, viewport=PHONE, has_touch=True, is_mobile=True).page
    assert page.evaluate(OVERFLOW) <= 0


@pytest.mark.parametrize("origin", ["http", "file"])
def test_the_page_says_pythons_numbers(
    open_page: OpenPage, curve: pd.DataFrame, origin: Origin
) -> None:
    """Rank, effect, interval, estimate, error, N and clusters of what is chosen."""
    seen = open_page(CURVE_PAGE, origin)
    for choice in TRIED:
        pick(seen.page, **BENCHMARK_CHOICES | choice)
        assert_said(said(seen.page), row_of(curve, **choice), curve)
    assert seen.errors == []
    assert seen.foreign == []


def assert_said(sentence: str, row: pd.Series, curve: pd.DataFrame) -> None:
    """Compare what the page says with a row of the curve."""
    assert sentence.startswith(f"Number {row['rank']:,} of {len(curve):,}; larger than ")
    shown = float(re.search(r"larger than (\d+)%", sentence)[1])
    smaller = (curve["effect"] < row["effect"]).mean()
    assert shown == pytest.approx(100 * smaller, abs=0.5 + 1e-9)
    assert f"goes with {four(row['effect'])} of {row['quality']} " in sentence
    assert f"(95% interval {four(row['low'])} to {four(row['high'])})" in sentence
    assert f"units: {four(row['estimate'])}, standard error {four(row['std_error'])}." in sentence
    assert sentence.endswith(f"N = {row['n']:,}; {row['clusters']:,} clusters.")


def test_the_line_is_the_curve(open_page: OpenPage, curve: pd.DataFrame) -> None:
    """Every point that is drawn is an effect, in order."""
    drawn = open_page(CURVE_PAGE).page.evaluate(LINE)
    points = np.array(re.findall(r"[ML]([\d.-]+),([\d.-]+)", drawn["path"]), dtype=float)
    slope, start = np.polyfit(drawn["lines"], drawn["ticks"], 1)
    height = max(drawn["ticks"]) - min(drawn["ticks"])
    expected = curve.sort_values("rank")["effect"].to_numpy()
    assert len(points) == len(expected)
    assert np.abs(start + slope * points[:, 1] - expected).max() < 1e-3 * height
    assert (np.diff(points[:, 0]) > 0).all()


def test_holding_choices_leaves_those_that_share_them(
    open_page: OpenPage, curve: pd.DataFrame
) -> None:
    """Only specifications with the held options are drawn, and the rank among them is said."""
    page = open_page(CURVE_PAGE).page
    page.locator("#curve-quality-hold").check()
    page.locator("#curve-effects-hold").check()
    page.evaluate(FRAMES)
    part = curve[
        (curve["quality"] == BENCHMARK_CHOICES["quality"])
        & (curve["effects"] == BENCHMARK_CHOICES["effects"])
    ].sort_values("rank")
    number = part["rank"].tolist().index(row_of(curve)["rank"]) + 1
    assert f"Among the {len(part)} shown: number {number}." in said(page)
    assert f"Shown: {len(part)} specifications" in page.locator(".td-curve-note").inner_text()
    above = (part["low"] > 0).sum()
    assert f"above zero in {above} " in page.locator(".td-curve-note").inner_text()


def test_strips_carry_medians(open_page: OpenPage, curve: pd.DataFrame) -> None:
    """After each option stands the median effect of the specifications that are shown with it."""
    page = open_page(CURVE_PAGE).page
    medians = page.locator(".td-curve .td-median")
    assert medians.all_inner_texts() == [four(value) for value in by_option(curve)["median"]]
    page.locator("#curve-quality-hold").check()
    page.evaluate(FRAMES)
    part = curve[curve["quality"] == BENCHMARK_CHOICES["quality"]]
    expected = [
        four(part.loc[part[name] == option, "effect"].median())
        if (part[name] == option).any()
        else "–"
        for name, options in CHOICES.items()
        for option in options
    ]
    assert medians.all_inner_texts() == expected


def test_a_thousand_settings_of_the_curve(open_page: OpenPage, curve: pd.DataFrame) -> None:
    """Whatever is chosen and held, the curve is drawn, and the page says Python's rank."""
    rng = np.random.default_rng(2026)
    seen = open_page(CURVE_PAGE)
    moves = [
        [
            (f"curve-{name}", int(rng.integers(len(CHOICES[name])))),
            (f"curve-{rng.choice(list(CHOICES))}-hold", bool(rng.random() < 0.3)),
            *([("curve-walk", int(rng.integers(1, 1621)))] if rng.random() < 0.2 else []),
        ]
        for name in rng.choice(list(CHOICES), SETTINGS)
    ]
    found = [
        one
        for part in range(0, SETTINGS, 200)
        for one in seen.page.evaluate(WALK, moves[part : part + 200])
    ]
    indexed = curve.set_index(list(CHOICES))["rank"]
    options = {name: curve[name].to_numpy() for name in CHOICES}
    for one in found:
        assert not one["bad"]
        assert not one["empty"]
        assert one["said"].startswith(f"Number {indexed.loc[tuple(one['choice'])]:,} of ")
        held = [
            options[name] == option
            for name, option, hold in zip(CHOICES, one["choice"], one["held"], strict=True)
            if hold
        ]
        assert one["points"] == (np.logical_and.reduce(held).sum() if held else len(curve))
    assert len({one["said"] for one in found}) > SETTINGS / 2
    assert seen.errors == []


def test_back_from_a_link_restores_the_benchmark(open_page: OpenPage) -> None:
    """Back leads to what was there before a link of the text, Forward to the link's choice."""
    page = open_page(CURVE_PAGE).page
    page.get_by_role("link", name="Only QOP").click()
    page.evaluate(FRAMES)
    chosen = page.locator("#curve-quality option:checked")
    assert chosen.inner_text() == "QOP"
    page.go_back()
    page.evaluate(FRAMES)
    assert chosen.inner_text() == "QSY"
    assert not page.locator("#curve-quality-hold").is_checked()
    page.go_forward()
    page.evaluate(FRAMES)
    assert chosen.inner_text() == "QOP"


@pytest.mark.parametrize("path", [BOARD_PAGE, CURVE_PAGE, "notebooks/tables.html"])
def test_what_is_live_comes_before_its_explanation(open_page: OpenPage, path: str) -> None:
    """The first section after the goals is the live one."""
    page = open_page(path).page
    first = page.locator("article h2").first
    assert first.inner_text().startswith("Explore")
    live = page.locator(":is(#scoreboard, #specification-curve, #td-printed)").bounding_box()
    assert live["y"] < page.locator("article h2").nth(1).bounding_box()["y"]


def test_keys_walk_along_the_curve(open_page: OpenPage, curve: pd.DataFrame) -> None:
    """Home is the smallest effect, an arrow the next; the selects follow."""
    page = open_page(CURVE_PAGE).page
    page.locator("#curve-walk").press("Home")
    page.locator("#curve-walk").press("ArrowRight")
    page.evaluate(FRAMES)
    row = curve.set_index("rank").loc[2]
    assert said(page).startswith(f"Number 2 of {len(curve):,}")
    for name in CHOICES:
        chosen = page.locator(f"#curve-{name} option:checked").inner_text()
        assert chosen == row[name]
    assert page.locator(".td-option.td-chosen").all_inner_texts() == [row[n] for n in CHOICES]


def test_a_click_picks_the_estimate_there(open_page: OpenPage, curve: pd.DataFrame) -> None:
    """A click in the middle of the plot chooses the middle of the curve."""
    page = open_page(CURVE_PAGE).page
    plot = page.locator(".td-curve-plot")
    plot.scroll_into_view_if_needed()
    box = plot.bounding_box()
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.evaluate(FRAMES)
    rank = int(re.match(r"Number ([\d,]+)", said(page))[1].replace(",", ""))
    assert rank == pytest.approx(len(curve) / 2, abs=3)


@pytest.mark.parametrize("origin", ["http", "file"])
def test_the_address_carries_the_choice(open_page: OpenPage, origin: Origin) -> None:
    """What is chosen and held is in the address, and the address brings it back."""
    page = open_page(CURVE_PAGE, origin).page
    pick(page, quality="QKL", effects="firm, year")
    page.locator("#curve-period-hold").check()
    fragment = page.evaluate("location.hash")
    assert "quality=3" in fragment
    again = open_page(f"{CURVE_PAGE}{fragment}", origin)
    again.page.evaluate(FRAMES)
    assert again.page.locator("#curve-quality option:checked").inner_text() == "QKL"
    assert again.page.locator("#curve-effects option:checked").inner_text() == "firm, year"
    assert again.page.locator("#curve-period-hold").is_checked()
    assert said(again.page) == said(page)
    again.page.get_by_role("button", name="Reset").click()
    assert again.page.locator("#curve-quality option:checked").inner_text() == "QSY"
    assert not again.page.locator("#curve-period-hold").is_checked()


@pytest.mark.parametrize("query", ["quality=9", "years=1", "quality=x", "hold=size"])
def test_a_bad_address_is_explained(open_page: OpenPage, query: str) -> None:
    """A wrong link shows the benchmark and says so."""
    seen = open_page(f"{CURVE_PAGE}#specification-curve?{query}")
    assert said(seen.page).startswith("The link names a choice or an option that does not exist")
    assert seen.page.locator("#curve-quality option:checked").inner_text() == "QSY"
    assert seen.errors == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_chosen_one_has_the_palettes_colour(open_page: OpenPage, scheme: str) -> None:
    """It takes the palette's shade for the theme that the page shows."""
    page = open_page(CURVE_PAGE, color_scheme=scheme).page
    colour = page.locator(".td-curve-plot .td-cursor").evaluate("e => getComputedStyle(e).stroke")
    shade = getattr(PALETTE["now"], scheme)
    assert colour == f"rgb({', '.join(str(int(shade[i : i + 2], 16)) for i in (1, 3, 5))})"
