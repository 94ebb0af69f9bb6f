"""What a page says in words: its description for links, and the text that search shows."""

import json
import re
from contextlib import suppress
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element, fromstring

from docutils import nodes
from formulas import typeset
from sphinx.application import Sphinx
from sphinx.util.nodes import clean_astext

ABOUT = (
    "One paper on trade digitization, flexible productivity and export quality, taken apart and "
    "put together again: the model derived, the measures and estimates run, on synthetic data."
)
LENGTH = 200
MATHML = re.compile(r"<math\b.*</math>", re.DOTALL)
POWER = str.maketrans("0123456789+−", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻")
INDEX = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")
ACCENT = str.maketrans("^~¯˙", "\u0302\u0303\u0304\u0307")
SMALL = {"msup": [POWER], "msub": [INDEX], "msubsup": [INDEX, POWER], "mover": [ACCENT]}
ENDING = re.compile(r"(?<=[.?!])\s")
# Tables, and lists of what a page links to, are no sentences.
APART = (nodes.table, nodes.footnote, nodes.topic)


def linear(node: Element) -> str:
    """Write MathML on one line: slashes for fractions, small figures, accents on letters."""
    parts = [linear(child) for child in node]
    if node.tag == "mfrac":
        top, bottom = (part if len(part) < 3 else f"({part})" for part in parts)
        return f"{top}/{bottom}"
    if node.tag in SMALL:
        parts[1:] = map(str.translate, parts[1:], SMALL[node.tag])
    if node.tag == "msqrt":
        return f"√({''.join(parts)})"
    return (node.text or "").strip() + "".join(parts)


def spoken(tex: str) -> str:
    """Return a formula as one line; TeX that cannot be set, for which a page warns, as it is."""
    with suppress(ValueError):
        if mathml := MATHML.search(typeset(tex, False)):
            return linear(fromstring(mathml[0]))
    return tex


def words(node: nodes.Node) -> str:
    """Return the text of a node with its formulas as a reader would see them in a line."""
    if isinstance(node, (nodes.math, nodes.math_block)):
        return spoken(node.astext())
    if isinstance(node, nodes.Text):
        return str(node.astext())
    if isinstance(node, nodes.raw):  # a tag around words
        return ""
    return "".join(map(words, node.children))


def line(node: nodes.Node) -> str:
    """Return the text of a node on one line."""
    return " ".join(words(node).split())


def inside(node: nodes.Node, kinds: tuple[type[nodes.Node], ...]) -> nodes.Node | None:
    """Return the nearest ancestor of one of these kinds, None if there is none."""
    while (node := node.parent) is not None:
        if isinstance(node, kinds):
            return node
    return None


def prose(doctree: nodes.document) -> list[tuple[str, str]]:
    """Return the sentences of each section that has any, with the section's anchor.

    The anchor of what stands before the first section below the title is empty.
    """
    sections: dict[str, list[str]] = {}
    for paragraph in doctree.findall(nodes.paragraph):
        if inside(paragraph, APART):
            continue
        section = inside(paragraph, (nodes.section,))
        below = section is not None and inside(section, (nodes.section,))
        anchor = section["ids"][0] if below and isinstance(section, nodes.section) else ""
        sections.setdefault(anchor, []).append(line(paragraph))
    return [(anchor, " ".join(filter(None, texts))) for anchor, texts in sections.items()]


def description(doctree: nodes.document) -> str:
    """Return a page's learning goals, or else its first sentences, as far as they fit a link."""
    goals = next(
        (
            " ".join(map(line, node.findall(nodes.list_item)))
            for node in doctree.findall(nodes.Admonition)
            if "learning goals" in clean_astext(node.children[0]).lower()
        ),
        "",
    )
    sentences = ENDING.split(goals or " ".join(text for _, text in prose(doctree)))
    result = sentences[0]
    for sentence in sentences[1:]:
        if len(result) + len(sentence) >= LENGTH:
            break
        result += f" {sentence}"
    return result


def stored(app: Sphinx, page: str) -> Path:
    """Return where a page's prose is kept between builds."""
    return Path(app.doctreedir) / "prose" / f"{page}.json"


def describe(
    app: Sphinx, page: str, template: str, context: dict[str, Any], doctree: nodes.document | None
) -> None:
    """Give a page its description, and keep its prose for search."""
    context["description"] = (doctree and description(doctree)) or ABOUT
    if doctree is not None:
        file = stored(app, page)
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps(prose(doctree), ensure_ascii=False), "utf-8")


def write_prose(app: Sphinx, exception: Exception | None) -> None:
    """Write the prose of all pages into one script, which a page may load without a server."""
    if exception is not None or app.builder.format != "html":
        return
    pages = {page: stored(app, page) for page in sorted(app.env.found_docs)}
    found = {page: json.loads(file.read_text("utf-8")) for page, file in pages.items()}
    text = json.dumps(found, ensure_ascii=False, separators=(",", ":"))
    (Path(app.outdir) / "_static" / "prose.js").write_text(f"bookProse({text});\n", "utf-8")


def setup(app: Sphinx) -> dict[str, bool]:
    """Register the extension."""
    app.connect("html-page-context", describe)
    app.connect("build-finished", write_prose)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
