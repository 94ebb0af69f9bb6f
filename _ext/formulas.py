"""Formulas set at build time: pages show them at first paint, without any script.

MathJax runs here as it would in a page, and leaves HTML, a style sheet and MathML for screen
readers. The engine is QuickJS: its wheel has 2.5 MB (V8 in ``mini-racer`` has 22, Node 61) and
sets the book's 900 different formulas in 3.1 s of processor time (V8: 1.3 s), after 0.1 s to
start; a build after an edit sets those of the pages that it writes.
"""

import json
import re
from collections.abc import Callable, Mapping
from functools import cache
from html import unescape
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import quickjs
from docutils import nodes
from fonts import write_font
from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.ext import mathjax
from sphinx.util import logging
from sphinx.writers.html5 import HTML5Translator
from symbols import known

# MathJax with the TeX packages that a page would have got, less those that load others.
COMPONENTS = (
    "loader",
    "core",
    "adaptors/liteDOM",
    "input/tex-base",
    "input/tex/extensions/ams",
    "input/tex/extensions/newcommand",
    "output/chtml",
    "output/chtml/fonts/tex",
)
FONTS = "output/chtml/fonts/woff-v2"
PROGRAM = Path(__file__).with_name("formulas.js")
# What MathJax would do on a page: it takes the x-height of the words around (its own is 0.442 em),
# and keeps what is spoken out of sight.
LAYOUT = """
mjx-container[jax="CHTML"] { position: relative; font-size: calc(1ex / 0.442); }
mjx-assistive-mml {
  position: absolute !important; top: 0; left: 0; width: auto !important; overflow: hidden;
  display: block !important; padding: 1px 0 0 !important; border: 0 !important;
  clip: rect(1px, 1px, 1px, 1px); user-select: none;
}
mjx-assistive-mml[display="block"] { width: 100% !important; }
"""
# TeX in HTML, and what no TeX is looked for in: tags, and elements that hold code.
FORMULA = re.compile(
    r"(?P<apart><(?P<code>script|style|pre|code|textarea)\b.*?</(?P=code)>|<[^>]*>)"
    r"|\\\((?P<inline>.*?)\\\)|\\\[(?P<display>.*?)\\\]",
    re.DOTALL,
)
ZERO = 0xEFFC  # the one character of the font that sets the line height
RULE = re.compile(r'([^{}]+)\{((?:"(?:[^"\\]|\\.)*"|[^{}"])*)\}')
# A character, with the font that draws it: in rules "mjx-c28.TEX-S1", in pages "mjx-c28 TEX-S1".
GLYPH = re.compile(r"\bmjx-c[0-9A-F]+\b(?:[. ]TEX-\w+)?")
NAMED = re.compile(r' data-name="([^"]*)"')
CONTENT = re.compile(r'content: "((?:[^"\\]|\\.)*)"')
FACE = re.compile(r'font-family: ([\w-]+);\s*src: url\("formulas/([\w-]+)\.woff"\)')
logger = logging.getLogger(__name__)


def mathjax_source() -> Path:
    """Return the MathJax folder inside the ``sphinx-mathjax-offline`` wheel."""
    spec = find_spec("sphinx-mathjax-offline")
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError("sphinx-mathjax-offline is missing: install requirements.txt")
    return Path(spec.origin).parent / "static" / "mathjax"


@cache
def engine() -> Callable[..., Any]:
    """Start MathJax and return a way to call the functions of ``formulas.js``."""
    context = quickjs.Context()
    context.eval("var MathJax = {}")
    for component in COMPONENTS:
        context.eval((mathjax_source() / f"{component}.js").read_text("utf-8"))
    context.eval(PROGRAM.read_text("utf-8"))

    def call(function: str, *values: object) -> Any:
        arguments = ", ".join(map(json.dumps, values))
        return json.loads(context.eval(f"JSON.stringify({function}({arguments}))"))

    return call


@cache
def typeset(tex: str, display: bool) -> str:
    """Set a formula as HTML, in which ``data-name`` says what may be a symbol.

    Raises
    ------
    ValueError
        If it is not TeX that MathJax knows.
    """
    try:
        return str(engine()("typeset", tex, display))
    except quickjs.JSException as error:
        raise ValueError(f"{str(error).splitlines()[0]} in the formula {tex}") from None


def mark(html: str, symbols: Mapping[str, str]) -> str:
    """Mark the symbols of a formula that are known."""
    return NAMED.sub(lambda name: symbols.get(unescape(name[1]), ""), html)


def set_formulas(html: str, place: nodes.Node, symbols: Mapping[str, str] | None = None) -> str:
    r"""Set what stands between ``\(`` and ``\)`` or ``\[`` and ``\]`` in a piece of HTML.

    ``symbols`` has what marks each symbol that the page explains.
    """

    def replace(match: re.Match[str]) -> str:
        if match["apart"]:
            return match[0]
        display = match["display"] is not None
        try:
            tex = unescape(match["display"] if display else match["inline"])
            return mark(typeset(tex, display), symbols or {})
        except ValueError as error:
            logger.warning("%s", error, location=place)
            return match[0]

    return FORMULA.sub(replace, html)


def set_node(visit: Callable[..., None]) -> Callable[..., None]:
    """Return a visitor of formulas that sets what Sphinx's own leaves to a script."""

    def visit_and_set(self: HTML5Translator, node: nodes.Element) -> None:
        before = len(self.body)
        try:
            visit(self, node)
        finally:  # Sphinx's visitor ends by raising SkipNode
            written = "".join(self.body[before:])
            if node.get("nowrap"):  # an environment of its own: no delimiters are around it
                start, end = written.index(">") + 1, written.rindex("</div>")
                written = rf"{written[:start]}\[{written[start:end]}\]{written[end:]}"
            symbols = known(self.config.book_symbols, self.builder.current_docname)
            self.body[before:] = [set_formulas(written, node, symbols)]

    return visit_and_set


def set_outputs(app: Sphinx, doctree: nodes.document, page: str) -> None:
    """Set the formulas in HTML that cells have put out: cells of tables, symbols of sliders."""
    if app.builder.format != "html":
        return
    symbols = known(app.config.book_symbols, page)
    for node in doctree.findall(nodes.raw):
        if "html" in node.get("format", "").split():
            text = node.astext()
            node.children = [nodes.Text(set_formulas(text, node, symbols))]


def style_sheet(used: set[str]) -> str:
    """Return MathJax's rules without those of characters (``mjx-c28 TEX-S1``) not used."""
    return LAYOUT + "".join(
        f"{selector.strip()} {{{body}}}\n"
        for selector, body in RULE.findall(engine()("styleSheet"))
        if set(GLYPH.findall(selector.replace(".TEX", " TEX"))) <= used
    )


def characters(sheet: str) -> set[int]:
    """Return the code points that a style sheet draws."""
    escapes = re.compile(r"\\([0-9A-Fa-f]{1,6}) ?|\\?(.)")
    return {
        int(code, 16) if code else ord(letter)
        for text in CONTENT.findall(sheet)
        for code, letter in escapes.findall(text)
    }


def write_assets(app: Sphinx, exception: Exception | None) -> None:
    """Write the style sheet and the fonts of the formulas that all pages together have."""
    if exception is not None or app.builder.format != "html":
        return
    out = Path(app.outdir)
    pages = (page.read_text("utf-8") for page in out.rglob("*.html"))
    used = {glyph for page in pages for glyph in GLYPH.findall(page)}
    sheet = style_sheet(used)
    target = out / "_static" / "formulas.css"
    text = sheet.replace('.woff") format("woff")', '.woff2") format("woff2")')
    if target.exists() and target.read_text("utf-8") == text:
        return
    drawn = {*characters(sheet), ZERO}
    for _, font in FACE.findall(sheet):
        source = mathjax_source() / FONTS / f"{font}.woff"
        write_font(source, target.parent / "formulas" / f"{font}.woff2", drawn)
    target.write_text(text, "utf-8")


def use_renderer(app: Sphinx, config: Config) -> None:
    """Have Sphinx take the renderer of this module."""
    config.html_math_renderer = "build-time"


def setup(app: Sphinx) -> dict[str, bool]:
    """Register the extension."""
    app.add_html_math_renderer(
        "build-time",
        (set_node(mathjax.html_visit_math), None),
        (set_node(mathjax.html_visit_displaymath), None),
    )
    app.add_css_file("formulas.css")
    app.connect("config-inited", use_renderer)
    app.connect("doctree-resolved", set_outputs)
    app.connect("build-finished", write_assets)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
