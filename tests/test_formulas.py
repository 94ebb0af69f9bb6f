"""The formulas that the build sets: right, whole, and left alone where they are code."""

import re

import formulas
import prose
import pytest
from docutils import nodes

TEX = (r"\lambda^* = K\left[\frac{1}{\varphi_D} - \frac1\varphi\right]", r"\ln n", r"\{x\}")
PLACE = nodes.paragraph()


@pytest.mark.parametrize("tex", TEX)
def test_what_is_drawn_is_also_spoken(tex: str) -> None:
    """Each formula comes twice: drawn, which screen readers skip, and as MathML out of sight."""
    html = formulas.typeset(tex, True)
    drawn, spoken = html.split("<mjx-assistive-mml")
    assert 'aria-hidden="true"' in drawn
    assert "mjx-c" in drawn
    assert re.search(r'<math display="block">.*</math></mjx-assistive-mml>', spoken)


def test_equation_number_is_drawn_and_spoken() -> None:
    """A tag stands at the right of its equation, and gives no identifier to repeat."""
    html = formulas.typeset(r"x = y\tag{12}", True)
    assert "<mtext>(12)</mtext>" in html
    assert all(f'class="mjx-c{ord(digit):X}"' in html for digit in "(12)")
    assert "id=" not in html


def test_a_formula_is_set_alike_whatever_came_before() -> None:
    """Builds of some pages and of all pages must agree to the last character."""
    first = formulas.typeset(TEX[0], False)
    formulas.typeset.cache_clear()
    formulas.typeset(r"a\tag{1}", True)
    assert formulas.typeset(TEX[0], False) == first


def test_unknown_tex_is_named(caplog: pytest.LogCaptureFixture) -> None:
    """A build, which takes warnings for errors, says which command of which formula it lacks."""
    with pytest.raises(ValueError, match=r"Undefined control sequence \\psy in the formula 2\\psy"):
        formulas.typeset(r"2\psy", False)
    assert formulas.set_formulas(r"<p>\(2\psy\)</p>", PLACE) == r"<p>\(2\psy\)</p>"
    assert r"\psy" in caplog.text


@pytest.mark.parametrize(
    "html",
    [r'<td title="\(a\)">', r"<pre>\(a\)</pre>", r"<script>/\(a\)/</script>", "f(a)", r"\d(a)"],
)
def test_code_and_attributes_are_left_alone(html: str) -> None:
    """Only what a reader would see as a formula is one."""
    assert formulas.set_formulas(html, PLACE) == html


def test_characters_that_html_escapes_are_set() -> None:
    """In HTML a formula's inequality and alignment are written as entities."""
    html = formulas.set_formulas(r"\(a &lt; b\) and \[x &gt; y\]", PLACE)
    assert "<mo>&lt;</mo>" in html
    assert html.count("<mjx-container") == 2
    assert html.count('display="true"') == 2


def test_style_sheet_has_the_characters_in_use_and_no_other() -> None:
    """Braces, which also structure the sheet, do not make it lose its other rules."""
    html = "".join(formulas.typeset(tex, False) for tex in TEX)
    used = set(formulas.GLYPH.findall(html))
    sheet = formulas.style_sheet(used)
    ruled = {glyph.replace(".", " ") for glyph in formulas.GLYPH.findall(sheet)}
    assert ruled == used
    assert 'content: "{"' in sheet
    assert ord("λ") in formulas.characters(sheet)
    assert sheet.count("@font-face") > 20
    assert "mjx-frac" in sheet


@pytest.mark.parametrize(
    ("tex", "line"),
    [
        (r"\mu\,\mathit{DIG}^2", "μDIG²"),
        (r"\frac{1}{\varphi_D}", "1/φD"),
        (r"s_0 = \frac{L B^2}{4\gamma(1-e)^2}", "s₀=(LB²)/(4γ(1−e)²)"),
        (r"\sqrt{s_1^2 + s}", "√(s₁²+s)"),
        (r"\hat\sigma", "σ\u0302"),
        (r"\psy", r"\psy"),
    ],
)
def test_formulas_in_search_results_fit_a_line(tex: str, line: str) -> None:
    """A snippet or a description has no fractions, and says one over φ as 1/φ."""
    assert prose.words(nodes.math(tex, tex)) == line
