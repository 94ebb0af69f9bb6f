"""The printed tables in the built book: each figure opens the card that Python computed."""

from __future__ import annotations

import re
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from tradedig_book.present.printed.cards import AUDIT_SYMBOLS, cards
from tradedig_book.present.stored import stored_results
from tradedig_book.published import published
from tradedig_book.truth.scoreboard import scoreboard

from .conftest import OpenPage, Origin, visit
from .drawn import FRAMES
from .test_accessibility import violations

PAGE = "notebooks/tables.html"
HEADLINE = "2,6,lndig"
PHONE = {"width": 375, "height": 812}
# Opens every card by a click, and reads it.
OPEN_ALL = """() => [...document.querySelectorAll("button[data-figure]")].map(button => {
  button.click();
  const card = document.querySelector(".td-card");
  const paths = [...card.querySelectorAll("path")].map(path => path.getAttribute("d"));
  return {
    key: button.dataset.figure,
    text: card.innerText,
    links: [...card.querySelectorAll("a")].map(link => link.getAttribute("href")),
    bad: /NaN|undefined|null|Infinity/.test(card.innerHTML) || paths.some(path => !path),
    current: [...document.querySelectorAll("[aria-current=true][data-figure]")]
      .map(b => b.dataset.figure),
  };
})"""
Figures = dict[str, dict[str, Any]]


@pytest.fixture(scope="module")
def known() -> dict[str, Any]:
    """Return what Python knows of every figure."""
    board = scoreboard(stored_results("estimates").frame, stored_results("columns").frame)
    return cards(board, stored_results("curve").frame)


@pytest.fixture(scope="module")
def read(browser: Browser, origins: dict[Origin, str]) -> list[dict[str, Any]]:
    """Open every card of the page once."""
    with ExitStack() as stack:
        seen = visit(browser, origins, stack, PAGE)
        found: list[dict[str, Any]] = seen.page.evaluate(OPEN_ALL)
    assert seen.errors == []
    assert seen.foreign == []
    return found


def card(page: Page) -> str:
    """Return what the card says."""
    return page.locator(".td-card").inner_text()


def figure(page: Page, key: str) -> Any:
    """Return the button of a figure."""
    return page.locator(f'button[data-figure="{key}"]')


def test_every_figure_opens_its_card(read: list[dict[str, Any]], known: dict[str, Any]) -> None:
    """Name, number, column, ours, distance, checks, place on the curve and claim, all Python's."""
    assert {one["key"] for one in read} == set(known["figures"])
    assert len(read) == len(published())
    for one in read:
        figure = known["figures"][one["key"]]
        table, column, _ = figure["place"]
        curve, claim = figure["curve"], known["claims"].get(figure["claim"])
        expected = [
            f"Table {table}, column {column}",
            f"{figure['printed']}{figure['stars']}",
            known["columns"][f"{table},{column}"],
            figure["distance"],
            f"{known['symbols']['agreement'][figure['agreement']]} {figure['agreement']}",
            known["roles"][figure["role"]],
            *(f"{check}: {verdict}; {finds}." for check, verdict, finds in figure["checks"]),
            curve if isinstance(curve, str) else curve["says"],
            f"{claim['title']}: {figure['says']}." if claim else f"No claim: {figure['says']}.",
            *([claim["verdict"]] if claim else []),
            *([f"{figure['ours']} ({figure['our_error']})"] if figure["our_error"] else []),
        ]
        assert [part for part in expected if part not in one["text"]] == [], one["key"]
        assert one["current"] == [one["key"]]
        assert not one["bad"], one["key"]


def test_links_of_the_cards_lead_somewhere(
    read: list[dict[str, Any]], open_page: OpenPage, book_dir: Path
) -> None:
    """A check, the claim and the scoreboard are there; settings are read by their pages."""
    links = {link for one in read for link in one["links"]}
    pages = {"audit.html", "scoreboard.html", "specification-curve.html", "../book/claims.html"}
    assert {link.split("#")[0] for link in links} == pages
    for link in links:
        path, name = link.split("#")
        text = (book_dir / "notebooks" / path).resolve().read_text(encoding="utf-8")
        assert f'id="{name.split("?")[0]}"' in text or name.startswith("specification"), link
    for path in ("scoreboard.html", "specification-curve.html"):
        seen = open_page(f"notebooks/{path}")
        for link in sorted(link for link in links if link.startswith(path)):
            seen.page.evaluate("hash => { window.location.hash = hash; }", link.split("#")[1])
            seen.page.evaluate(FRAMES)
            assert "does not exist" not in seen.page.locator("article").inner_text()
        assert seen.errors == []


@pytest.mark.parametrize("origin", ["http", "file"])
def test_the_address_opens_a_figure_and_back_closes_it(
    open_page: OpenPage, known: dict[str, Any], origin: Origin
) -> None:
    """A link opens its card, a click is in the address, Back and Forward restore."""
    seen = open_page(f"{PAGE}#figure?table=5&column=3&term=lndig:lnsdp", origin)
    page = seen.page
    assert "Table 5, column 3" in card(page)
    assert figure(page, "5,3,lndig:lnsdp").is_visible()
    figure(page, HEADLINE).click()
    assert page.evaluate("location.hash") == "#figure?table=2&column=6&term=lndig"
    assert known["figures"][HEADLINE]["printed"] in card(page)
    page.go_back()
    page.evaluate(FRAMES)
    assert "Table 5, column 3" in card(page)
    page.go_forward()
    page.evaluate(FRAMES)
    assert "Table 2, column 6" in card(page)
    page.get_by_role("button", name="Close").click()
    assert page.evaluate("location.hash") == ""
    assert card(page).startswith("Choose a figure")
    page.go_back()
    page.evaluate(FRAMES)
    assert "Table 2, column 6" in card(page)
    assert seen.errors == []
    assert seen.foreign == []


@pytest.mark.parametrize("query", ["table=2&column=7&term=lndig", "table=2", "term=x"])
def test_a_bad_address_is_explained(open_page: OpenPage, query: str) -> None:
    """A wrong link says so, and the tables are there."""
    seen = open_page(f"{PAGE}#figure?{query}")
    assert card(seen.page).startswith("The link names a figure that the tables do not have")
    assert seen.errors == []


def test_links_of_the_text_open_cards(open_page: OpenPage, known: dict[str, Any]) -> None:
    """Each of the things to try is a figure of the tables."""
    page = open_page(PAGE).page
    links = page.locator('article a[href^="#figure?"]')
    tried = links.filter(has_not_text="the headline")
    assert tried.count() >= 4
    for link in tried.all():
        link.click()
        page.evaluate(FRAMES)
        shown = page.locator("[data-figure][aria-current=true]").get_attribute("data-figure")
        assert shown in known["figures"]
        assert page.locator(".td-title").evaluate("e => e === document.activeElement")


def test_keys_walk_open_and_close(open_page: OpenPage) -> None:
    """One stop for Tab in each table; arrows move; Enter opens; Escape closes and leads back."""
    page = open_page(PAGE).page
    stops = page.locator("#td-printed .td-table").evaluate_all(
        "all => all.map(t => [...t.querySelectorAll('button'), t])"
        ".map(stops => stops.filter(b => b.tabIndex === 0).length)"
    )
    assert stops == [1] * len(stops)
    where = "document.activeElement.dataset.figure"
    figure(page, "2,1,lndig").focus()
    for key, expected in (
        ("ArrowRight", "2,2,lndig"),
        ("ArrowDown", "2,2,lnsca"),
        ("End", "2,6,lnsca"),
        ("ArrowUp", HEADLINE),
        ("Home", "2,1,lndig"),
        ("ArrowLeft", "2,1,lndig"),
        ("ArrowDown", "2,2,lnsca"),  # the nearest, where a column has no figure
    ):
        page.keyboard.press(key)
        assert page.evaluate(where) == expected, key
    page.keyboard.press("Enter")
    assert "Table 2, column 2" in card(page)
    assert page.locator(".td-title").evaluate("e => e === document.activeElement")
    page.keyboard.press("Escape")
    assert page.evaluate(where) == "2,2,lnsca"
    assert card(page).startswith("Choose a figure")


@pytest.mark.parametrize("show", ["audit", "agreement"])
def test_marks_are_the_verdicts(open_page: OpenPage, known: dict[str, Any], show: str) -> None:
    """Each figure has the mark of its verdict, in a symbol and in words; nothing takes them off."""
    page = open_page(PAGE).page
    page.get_by_label(show, exact=True).check()
    marks = page.locator("button[data-figure]").evaluate_all(
        "all => all.map(b => [b.dataset.figure, b.dataset.mark ?? '', b.ariaLabel])"
    )
    for key, mark, label in marks:
        grade = known["figures"][key][show]
        assert mark == known["symbols"][show].get(grade, "")
        assert label.endswith(f"{show}: {grade}" if grade else f"column {key.split(',')[1]}")
    for symbol in AUDIT_SYMBOLS.values() if show == "audit" else ("●", "✕"):
        assert symbol in page.locator(".td-legend").inner_text()
    page.get_by_label("nothing", exact=True).check()
    assert page.locator("[data-mark]").count() == 0


def test_without_a_script_the_tables_are_there(open_page: OpenPage) -> None:
    """Every figure can be read, and nothing that needs a script is offered."""
    page = open_page(PAGE, java_script_enabled=False).page
    shown = page.locator("#td-printed [data-figure]")
    assert shown.count() == len(published())
    texts = shown.all_inner_texts()
    assert re.sub(r"\s+", " ", texts[0]) == "0.0031*** (0.0004)"
    assert page.locator("#td-printed :is(button, input)").count() == 0


def test_paper_has_tables_alone(open_page: OpenPage) -> None:
    """In print neither the card nor the switch stands beside the figures."""
    page = open_page(f"{PAGE}#figure?table=2&column=6&term=lndig").page
    page.emulate_media(media="print")
    assert not page.locator(".td-card").is_visible()
    assert not page.locator(".td-over").is_visible()
    assert figure(page, HEADLINE).is_visible()


def test_every_table_shows_whole_on_a_laptop(open_page: OpenPage) -> None:
    """At 1280 px no column is cut, and the card stands beside, its head below the bar."""
    page = open_page(
        f"{PAGE}#figure?table=7&column=16&term=ME", viewport={"width": 1280, "height": 720}
    ).page
    cut = page.locator("#td-printed .td-table").evaluate_all(
        "all => all.map(t => t.scrollWidth - t.clientWidth)"
    )
    assert max(cut) <= 0
    page.evaluate(FRAMES)
    bar, aside = (page.locator(name).bounding_box() for name in (".td-over", ".td-card"))
    assert bar
    assert aside
    assert aside["y"] >= bar["y"] + bar["height"] - 1
    assert aside["y"] + aside["height"] <= 720
    chosen = figure(page, "7,16,ME").bounding_box()
    assert chosen["x"] + chosen["width"] <= aside["x"]


def test_a_phone_shows_the_figure_above_its_card(open_page: OpenPage) -> None:
    """The sheet at the foot never covers what it speaks of, and the page does not scroll aside."""
    phone = {"viewport": PHONE, "has_touch": True, "is_mobile": True}
    page = open_page(f"{PAGE}#figure?table=7&column=16&term=flex", **phone).page
    page.evaluate(FRAMES)
    for key in ("7,16,flex", HEADLINE):
        figure(page, key).click()
        page.evaluate(FRAMES)
        chosen, sheet = figure(page, key).bounding_box(), page.locator(".td-card").bounding_box()
        assert chosen["y"] > 56
        assert chosen["y"] + chosen["height"] <= sheet["y"]
        assert 0 <= chosen["x"] <= 375 - chosen["width"] + 1
        assert sheet["y"] + sheet["height"] <= PHONE["height"] + 1
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    page.get_by_role("button", name="Close").click()
    assert not page.locator(".td-card").is_visible()


def test_a_target_is_as_large_as_a_fingertip(open_page: OpenPage) -> None:
    """Every figure is 24 px high and wide at least, with nothing over it."""
    page = open_page(PAGE, viewport=PHONE, has_touch=True, is_mobile=True).page
    sizes = page.locator("button[data-figure]").evaluate_all(
        "all => all.map(b => b.getBoundingClientRect()).map(r => Math.min(r.width, r.height))"
    )
    assert min(sizes) >= 24


@pytest.mark.parametrize("show", ["audit", "agreement"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_in_a_card_and_marks(open_page: OpenPage, scheme: str, show: str) -> None:
    """With a card open and a mark on every figure, in both themes."""
    address = f"{PAGE}#figure?table=5&column=8&term=ME"
    page = open_page(address, color_scheme=scheme, reduced_motion="reduce").page
    page.get_by_label(show, exact=True).check()
    assert violations(page) == []
