"""The book's assets, all local: icons from CSS, colours from the package."""

import re
from itertools import chain
from pathlib import Path

from fonts import write_font
from sphinx.application import Sphinx
from sphinx.config import Config

from tradedig_book.present.palette import palette_css

STATIC = Path(__file__).parent / "static"
ICONS = Path("vendor/fontawesome/webfonts/fa-solid-900.woff2")
NAMED_ICON = re.compile(r'((?:\.fa-[\w-]+::?before,?)+)\{content:"\\([0-9a-f]+)"\}')
ICON_NAME = re.compile(r"\bfa-([a-z0-9-]+)")
ICON_CODE = re.compile("[\"'](?:\\\\([ef][0-9a-f]{3})|([\ue000-\uf8ff]))[\"']")


def use_local_assets(app: Sphinx, config: Config) -> None:
    """Add the book's own files."""
    config.html_static_path.append(str(STATIC))


def icons(book: Path) -> set[int]:
    """Return the code points of the icons that pages, scripts and style sheets ask for.

    The theme has a rule for each of 2,000 names; what any other rule draws is taken as used.
    """
    sheets = "".join(sheet.read_text("utf-8") for sheet in (book / "_static").rglob("*.css"))
    codes = {
        name: int(code, 16)
        for names, code in NAMED_ICON.findall(sheets)
        for name in ICON_NAME.findall(names)
    }
    rest = NAMED_ICON.sub("", sheets)
    others = {int(code, 16) if code else ord(icon) for code, icon in ICON_CODE.findall(rest)}
    scripts = (book / "_static").glob("scripts/*.js"), (book / "_static").glob("*.js")
    files = chain(book.rglob("*.html"), *scripts)
    texts = (file.read_text("utf-8") for file in files)
    named = {name for text in texts for name in ICON_NAME.findall(text)}
    return others | {codes[name] for name in named & codes.keys()}


def copy_assets(app: Sphinx, exception: Exception | None) -> None:
    """Write colours and the icons in use, and empty the icon script (CSS draws the icons)."""
    if exception is not None or app.builder.format != "html":
        return
    static = Path(app.outdir) / "_static"
    (static / "scripts" / "fontawesome.js").write_text("// Icons are drawn by CSS.\n")
    source = static / ICONS.with_suffix(".ttf")
    write_font(source, static / ICONS, icons(Path(app.outdir)))
    (static / "palette.css").write_text(palette_css())


def setup(app: Sphinx) -> dict[str, bool]:
    """Register the extension."""
    app.add_css_file("palette.css")
    app.add_css_file("book.css")
    app.connect("config-inited", use_local_assets)
    app.connect("build-finished", copy_assets)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
