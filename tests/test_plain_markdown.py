"""What only MyST knows, as Markdown that every reader of notebooks shows."""

from pathlib import Path

import pytest
from plain_markdown import Place, Target, plain_markdown, read_citations

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="module")
def place() -> Place:
    """Return a page of the book with two theorems, one of them elsewhere, and an exercise."""
    return Place(
        file=ROOT / "book" / "claims.md",
        page="book/claims",
        targets={
            "prop-here": Target("Proposition 3", "book/claims"),
            "thm-there": Target("Theorem 1", "notebooks/quality"),
            "ex-here": Target("Exercise 7", "book/claims"),
        },
        equations={"eq-demand": "2"},
        citations=read_citations(ROOT / "references.bib"),
        executable=frozenset({"notebooks/quality", "book/claims"}),
        numbers={"quality:psi": "1.00", "quality:quality/default": "× 1.00"},
    )


def test_a_theorem_is_a_quote_with_its_number(place: Place) -> None:
    """A formula in it takes one line, or its quotation marks would be read as TeX."""
    text = """Before.

````{prf:proposition} The threshold
:label: prop-here

Take it if $a
< b$ and

1. at a price of

   $$
   p = \\frac{1}{2},
   \\qquad q = 1 .
   $$
````

````{prf:proof}
By {prf:ref}`thm-there` and {prf:ref}`prop-here`.
````
After."""
    assert (
        plain_markdown(text, place)
        == """Before.

> **Proposition 3 (The threshold).**
>
> Take it if $a < b$ and
>
> 1. at a price of
>
>    $$ p = \\frac{1}{2}, \\qquad q = 1 . $$

> **Proof.**
>
> By [Theorem 1](../notebooks/quality.ipynb) and Proposition 3.

After."""
    )


@pytest.mark.parametrize("fence", ["```", ":::"])
def test_an_admonition_is_a_quote(place: Place, fence: str) -> None:
    """Its class is a matter of looks; a list in it stays a list."""
    text = f"{fence}{{admonition}} Learning goals\n:class: tip\n- One.\n- $x$ and two.\n{fence}"
    assert plain_markdown(text, place) == "> **Learning goals**\n>\n> - One.\n> - $x$ and two."


def test_an_included_source_is_shown(place: Place) -> None:
    """The reader sees the lines that the page shows, and from which file."""
    text = """```{literalinclude} ../tools/book.py
:language: python
:start-at: "PYTHONS ="
:end-at: PYTHONS =
```"""
    line = next(
        one for one in (ROOT / "tools" / "book.py").read_text().splitlines() if "PYTHONS =" in one
    )
    assert plain_markdown(text, place) == f"From `tools/book.py`:\n\n```python\n{line}\n```"


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("{cite:t}`Antoniades2015` shows", "Antoniades (2015) shows"),
        (
            "known {cite:p}`Antoniades2015,EckelEtAl2015`.",
            "known (Antoniades, 2015; Eckel et al., 2015).",
        ),
        ("see {cite:t}`MelitzOttaviano2008`", "see Melitz and Ottaviano (2008)"),
        ("{ref}`an exercise <ex-here>`", "an exercise"),
        ("{ref}`a theorem <thm-there>`", "[a theorem](../notebooks/quality.ipynb)"),
        ("by {eq}`eq-demand`", "by (2)"),
        ("One.\n\n```{index} ! a term\n```\n\nTwo.", "One.\n\nTwo."),
        ("$u$\n: Utility.\n\n$q$\n: Quantity.", "- $u$: Utility.\n\n- $q$: Quantity."),
        ("$$\nx\n$$ (eq-demand)", "$$\nx\n\\tag{2} $$"),
        ("[data](../notebooks/quality.md#more)", "[data](../notebooks/quality.ipynb#more)"),
        ("[words](references.md)", "[words](references.html)"),
        (
            '<a href="#quality?psi=2&axis=psi">Two</a>',
            '<a href="claims.html#quality?psi=2&axis=psi">Two</a>',
        ),
        ("[Two](#quality?psi=2)", "[Two](claims.html#quality?psi=2)"),
        (
            "```python\nx = {cite}\n# a link: [x](y.md)\n```",
            "```python\nx = {cite}\n# a link: [x](y.md)\n```",
        ),
        (
            "````{solution-start} ex-here\n````\n\nSo.\n````{solution-end}\n````",
            "**Solution to Exercise 7.**\n\nSo.",
        ),
        (
            "```{exercise} Count\n:label: ex-here\n\nHow many?\n```",
            "> **Exercise 7 (Count).**\n>\n> How many?",
        ),
        ("```{math}\nx = 1\n```", "$$\nx = 1\n$$"),
    ],
)
def test_small_forms(place: Place, text: str, plain: str) -> None:
    """Citations are text, links lead to notebooks, code is left alone."""
    assert plain_markdown(text, place) == plain


def test_a_picture_travels_with_the_notebook(place: Place, tmp_path: Path) -> None:
    """No file beside the notebook is needed."""
    (tmp_path / "dot.png").write_bytes(b"png")
    there = Place(tmp_path / "page.md", "page")
    text = "```{figure} dot.png\n:alt: A dot\n\nOne *dot*.\n```"
    assert plain_markdown(text, there) == "![A dot](data:image/png;base64,cG5n)\n\nOne *dot*."


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("```{tableofcontents}\n```", "'tableofcontents' has no plain Markdown"),
        ("a {doc}`page`", "'doc' has no plain Markdown"),
        ("{prf:ref}`prop-gone`", "is called 'prop-gone'"),
        ("```{admonition} Open", "nothing closes"),
    ],
)
def test_what_has_no_plain_form_is_named(place: Place, text: str, message: str) -> None:
    """A new directive must not reach readers as a grey box of MyST."""
    with pytest.raises(ValueError, match=message):
        plain_markdown(text, place)


def test_a_number_of_an_explorer_is_what_it_says_at_first(place: Place) -> None:
    """Nothing moves it in a notebook."""
    text = "At {scrub}`quality:psi` it is {now}`quality:quality/default` the default."
    assert plain_markdown(text, place) == "At 1.00 it is × 1.00 the default."
