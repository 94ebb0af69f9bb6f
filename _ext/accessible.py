"""What readers who listen, or use a keyboard, need and the theme and docutils leave out."""

import re
from pathlib import Path
from typing import Any

from docutils.nodes import document
from sphinx.application import Sphinx
from sphinx.config import Config

TEMPLATES = Path(__file__).parent / "templates"
_BLANK_HEAD = re.compile(r"<th(?: [^>]*)?></th>")
_FORMULA_HEAD = re.compile(
    r"(<th(?: [^>]*)?><(?P<formula>math|mjx-container)\b(?:(?!</th>).)*</(?P=formula)>)</th>",
    re.DOTALL,
)
_PARAMETERS = re.compile(r'<dl>(?=\s*<dd><em class="sig-param")')
_SILENT = "&#8288;"
"""A word joiner, neither seen nor heard: checkers do not count formulas as text, readers do."""


def use_templates(app: Sphinx, config: Config) -> None:
    """Add the book's templates, which wrap those of the theme."""
    config.templates_path.append(str(TEMPLATES))


def mend(body: str) -> str:
    """Return a page's text with heads that say something and roles that exist.

    A reference is an item of its list, where docutils gives it a role that was withdrawn;
    parameters of a long signature, a line for each, define nothing.
    """
    body = body.replace('role="doc-biblioentry"', 'role="listitem"')
    body = _PARAMETERS.sub('<dl role="presentation">', body)
    body = _BLANK_HEAD.sub("<td></td>", body)
    return _FORMULA_HEAD.sub(rf"\1{_SILENT}</th>", body)


def mend_page(
    app: Sphinx, pagename: str, template: str, context: dict[str, Any], doctree: document | None
) -> None:
    """Mend the text of a page before it is written, and put its link home into a landmark."""
    if "body" in context:
        context["body"] = mend(context["body"])
    landmark = {"navbar-logo.html": "home-link.html"}
    context["sidebars"] = [landmark.get(one, one) for one in context.get("sidebars") or []]


def setup(app: Sphinx) -> dict[str, bool]:
    """Register the extension."""
    app.add_js_file("book.js", loading_method="defer")
    app.connect("config-inited", use_templates)
    app.connect("html-page-context", mend_page, priority=900)  # after the theme
    return {"parallel_read_safe": True, "parallel_write_safe": True}
