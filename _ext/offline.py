"""The book's assets, all local: icons from CSS, colours from the package."""

from pathlib import Path

from sphinx.application import Sphinx
from sphinx.config import Config

from tradedig_book.present.palette import palette_css

STATIC = Path(__file__).parent / "static"


def use_local_assets(app: Sphinx, config: Config) -> None:
    """Add the book's own style sheet."""
    config.html_static_path.append(str(STATIC))


def copy_assets(app: Sphinx, exception: Exception | None) -> None:
    """Write the colours, and empty the icon script (CSS draws the icons)."""
    if exception is not None or app.builder.format != "html":
        return
    static = Path(app.outdir) / "_static"
    (static / "palette.css").write_text(palette_css())
    (static / "scripts" / "fontawesome.js").write_text("// Icons are drawn by CSS.\n")


def setup(app: Sphinx) -> dict[str, bool]:
    """Register the extension."""
    app.add_css_file("palette.css")
    app.add_css_file("book.css")
    app.connect("config-inited", use_local_assets)
    app.connect("build-finished", copy_assets)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
