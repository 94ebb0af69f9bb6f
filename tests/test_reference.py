"""Protects the reference page: every public name is on it, a new one too, and can be read."""

import subprocess
import sys
from pathlib import Path

import pytest
from lxml import html
from reference import as_definitions, fold, of_function, public_names

import tradedig_helpers as td
from tradedig_helpers import GROUPS

PAGE = "book/reference.md"
NEW = "flex_of"
"""A function that is not public, and is made so for a build of the page."""
CONF = f"""
import sys
sys.path[:0] = {{paths!r}}
import tradedig_helpers
from tradedig_helpers.measure.flexibility import {NEW}
tradedig_helpers.{NEW} = {NEW}
tradedig_helpers.GROUPS["Measure"]["{NEW}"] = "measure.flexibility"
extensions = ["myst_parser", "sphinx_design", "reference"]
root_doc = "reference"
html_theme = "basic"
nitpick_ignore_regex = [("py:.*", ".*")]
"""
NAMES = [name for names in GROUPS.values() for name in names]


@pytest.fixture(scope="module")
def page(root: Path, tmp_path_factory: pytest.TempPathFactory) -> html.HtmlElement:
    """Return the page as Sphinx makes it while one more name is public; no warning is allowed."""
    source = tmp_path_factory.mktemp("reference")
    (source / "reference.md").write_text((root / PAGE).read_text("utf-8"), "utf-8")
    (source / "conf.py").write_text(CONF.format(paths=[str(root), str(root / "_ext")]))
    command = [sys.executable, "-m", "sphinx", "-W", "-n", "-q", "--keep-going", source]
    made = subprocess.run([*command, source / "html"], capture_output=True, text=True, check=False)
    assert made.returncode == 0, made.stdout + made.stderr
    return html.parse(source / "html" / "reference.html").getroot()


def described(page: html.HtmlElement, name: str) -> html.HtmlElement:
    """Return what stands below a name, whose anchor must be there once."""
    (term,) = page.xpath(f"//dt[@id='tradedig_helpers.{name}']")
    return term.getnext()


def test_the_page_has_a_heading_for_each_group(root: Path) -> None:
    """A new group must be given its place on the page."""
    text = (root / PAGE).read_text("utf-8").splitlines()
    assert [line.removeprefix("## ") for line in text if line.startswith("## ")] == [*GROUPS]
    directive = ".. public-names:: "
    listed = [line.removeprefix(directive) for line in text if line.startswith(directive)]
    assert listed == [*GROUPS]


def test_every_name_is_on_the_page_and_a_new_one_would_be(page: html.HtmlElement) -> None:
    """In the order of the list, and nothing else at that level."""
    terms = page.xpath("//section/dl/dt[@id]")
    found = [term.get("id").removeprefix("tradedig_helpers.") for term in terms]
    last = NAMES.index(list(GROUPS["Measure"])[-1]) + 1
    assert found == [*NAMES[:last], NEW, *NAMES[last:]]


@pytest.mark.parametrize("name", NAMES)
def test_a_name_says_what_it_is(page: html.HtmlElement, name: str) -> None:
    """In sight its first line; folded away the arguments and, of what is called, an example."""
    below = described(page, name)
    (first, *_) = below.xpath("./p")
    assert first.text_content().strip()
    if not callable(getattr(td, name)):
        return
    (details,) = below.xpath("./details")
    (summary,) = details.xpath("./summary")
    assert f"How to use {name}" in summary.text_content()
    assert ">>> " in details.xpath("string(.//p[text()='Examples']/following::pre[1])")


def test_arguments_are_terms_with_all_that_is_said_of_them(page: html.HtmlElement) -> None:
    """A parameter that is described over several lines keeps them all, in one place."""
    terms = described(page, "aggregate").xpath(".//dl[not(contains(@class, 'py'))]/dt")
    said = {term.text_content(): " ".join(term.getnext().text_content().split()) for term in terms}
    assert said["level"] == "what a unit is; the paper’s benchmark is the firm"
    assert said["frame"].endswith("are shares of value and sum to one.")


def test_a_docstring_becomes_sections_and_definitions() -> None:
    """Entries with their text on the line of the name, below it, or both; and nothing is lost."""
    lines = ["It is.", "", "Parameters", "----------", "a, b : one", "    and more", "Text."]
    head = ["It is.", "", ".. rubric:: Parameters", ""]
    assert as_definitions(lines) == [*head, "``a``, ``b``", "    one", "    and more", "Text."]
    assert fold("x", ["It is.", ""]) == ["It is.", ""]
    how = [".. dropdown:: How to use x", "", "   How.", ""]
    assert fold("x", ["It is.", "", "How."]) == ["It is.", "", *how]


def test_signatures_are_readable() -> None:
    """Constants have their values; a frame of any engine has one short name."""
    frames = "float | ~narwhals._native.NativeDataFrame | ~narwhals._native.NativeLazyFrame"
    text = f"(x: ~narwhals.typing.IntoFrameT, y: {frames} | ~narwhals._native.NativeIbis = LIMIT)"
    assert of_function(text, {"LIMIT": 0.5}) == "(x: AnyFrame, y: float | AnyFrame = 0.5)"
    assert of_function("(spec: Spec = PAPER)", {"PAPER": ()}) == "(spec: Spec = PAPER)"


def test_a_group_that_is_not_there_is_refused() -> None:
    """A slip on the page must end the build."""
    with pytest.raises(KeyError, match="Mesure"):
        list(public_names("Mesure"))
