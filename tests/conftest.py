"""What every test can rely on, and the build of the book, which runs while other tests do.

Tests run one after another (``pytest``) or in several processes (``pytest -n logical``, as
``make test`` does). The book is built once for all, and who needs it waits.
"""

import gc
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from threading import Thread
from time import monotonic, sleep

import pytest
from hypothesis import settings

from tests.trade import draw_trade
from tradedig_book.economy import simulate
from tradedig_helpers.measure.panel import firm_panel

# jsonschema would build the grammars of addresses, seconds in each process, and check none.
sys.modules.setdefault("rfc3987_syntax", None)

# Drawn alike in every run, and never failed for a slow moment of the machine.
settings.register_profile("tradedig", deadline=None, derandomize=True)
settings.load_profile("tradedig")

ROOT = Path(__file__).resolve().parent.parent
SLOW = ROOT / "tests" / "slow.txt"
"""Names of the tests, and whole files of them, that take half a second or more."""
SHARING = {
    f"tests/pages/test_{name}.py"
    for name in (
        "accessibility",
        "explorer_play",
        "figures",
        "pages",
        "still",
        "table_widths",
        "without_scripts",
    )
}
"""Files whose tests of one page, or of one explorer, share its openings (see ``shared_page``)."""
PATIENCE = 1800.0
"""Seconds that a slow machine may take to build the book."""


class Build:
    """The build of the book: the process that outlives the others starts it, all can wait for it.

    ``folder`` is shared by them: whether a test needs the book, what the build prints, and, at
    its end, its exit status.
    """

    def __init__(self, folder: Path) -> None:
        self.wanted = folder / "wanted"
        self.log, self.status = folder / "log", folder / "status"
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start to build (only what changed since the last build), once and if wanted."""
        if self.process or not self.wanted.exists():
            return
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                [sys.executable, "tools/book.py"], cwd=ROOT, stdout=log, stderr=subprocess.STDOUT
            )
        Thread(target=self._note_the_end, args=(self.process,), daemon=True).start()

    def _note_the_end(self, process: subprocess.Popen[bytes]) -> None:
        whole = self.status.with_suffix(".new")  # nobody must read half a number
        whole.write_text(str(process.wait()))
        whole.rename(self.status)

    def problem(self) -> str:
        """Wait for the end; return what went wrong, empty if nothing."""
        deadline = monotonic() + PATIENCE
        while not self.status.exists():
            if monotonic() > deadline:
                return f"the book is not built after {PATIENCE:.0f} s"
            sleep(0.1)
        if self.status.read_text() == "0":
            return ""
        return f"the book does not build:\n{self.log.read_text(errors='replace')}"

    def stop(self) -> None:
        """Leave no build behind if the run ends early."""
        if self.process:
            self.process.terminate()
            self.process.wait()


FOLDER = pytest.StashKey[tempfile.TemporaryDirectory]()
BUILD = pytest.StashKey[Build]()


def pytest_configure(config: pytest.Config) -> None:
    """Make the folder that all processes of a run share, once, and say what markers mean."""
    for marker in (
        "browser: needs a browser",
        "java: needs Java",
        "book: needs the built book",
        "slow: takes half a second or more; listed in tests/slow.txt",
    ):
        config.addinivalue_line("markers", marker)
    if hasattr(config, "workerinput"):
        folder = config.workerinput["build_folder"]
    else:
        config.stash[FOLDER] = tempfile.TemporaryDirectory()
        folder = config.stash[FOLDER].name
    config.stash[BUILD] = Build(Path(folder))


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node) -> None:
    """Tell each process which folder that is."""
    node.workerinput["build_folder"] = node.config.stash[FOLDER].name


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log):
    """Give processes whole files in their order, and tests of pages by page or one by one.

    What a file prepares is prepared once; the book has time to be built; and since the tests of
    pages come last, all processes end at about the same time.
    """
    from xdist.scheduler import LoadScopeScheduling

    class ByFile(LoadScopeScheduling):
        def _split_scope(self, nodeid: str) -> str:
            file, _, rest = nodeid.partition("::")
            _, _, case = rest.partition("[")
            if file in SHARING and case:
                return re.sub(r"-(http|file|laptop|phone|window\d|\d+)\b|\]", "", case)
            alone = "/pages/" in file and not file.endswith(("test_formulas.py", "test_lab.py"))
            return nodeid if alone else file

    config.option.loadscopereorder = False
    return ByFile(config, log)


def needs_book(item: pytest.Item) -> bool:
    """Tell whether a test looks at the built book."""
    return "book_dir" in getattr(item, "fixturenames", ())


def needs(item: pytest.Item, slow: frozenset[str]) -> Iterator[str]:
    """Yield the markers of what a test needs."""
    if needs_book(item):
        yield "book"
    if "chromium" in getattr(item, "fixturenames", ()):
        yield "browser"
    if "pyspark" in item.name:
        yield "java"
    if {item.nodeid.partition("[")[0], item.nodeid.partition("::")[0]} & slow:
        yield "slow"


@pytest.hookimpl(tryfirst=True)  # before the tests that are not wanted are left out
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what tests need; put those of the built book last, so that it is built meanwhile."""
    slow = frozenset(SLOW.read_text().splitlines())
    for item in items:
        for marker in needs(item, slow):
            item.add_marker(marker)
    items.sort(key=needs_book)


@pytest.hookimpl(tryfirst=True)  # before the collection is reported
def pytest_collection_finish(session: pytest.Session) -> None:
    """Have the book built if a test needs it."""
    # What was imported stays, so that the search for garbage need not go through it each time.
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 100)
    config = session.config
    if not config.option.collectonly and any(map(needs_book, session.items)):
        config.stash[BUILD].wanted.touch()
    if not hasattr(config, "workerinput"):
        config.stash[BUILD].start()


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_node_collection_finished(node, ids) -> None:
    """Start the build for the processes that run tests."""
    node.config.stash[BUILD].start()


def pytest_unconfigure(config: pytest.Config) -> None:
    """Leave neither a build nor its folder behind."""
    if build := config.stash.get(BUILD, None):
        build.stop()
    if folder := config.stash.get(FOLDER, None):
        folder.cleanup()


@pytest.fixture(scope="session")
def root() -> Path:
    """Return the folder of the repository."""
    return ROOT


@pytest.fixture(scope="session")
def book_dir(root: Path, pytestconfig: pytest.Config) -> Path:
    """Wait for the book to be built and return its HTML folder."""
    if problem := pytestconfig.stash[BUILD].problem():
        pytest.fail(problem, pytrace=False)
    return root / "_build" / "html"


@pytest.fixture(scope="session")
def economy():
    """Return a small synthetic economy."""
    return simulate(300, 5)


@pytest.fixture(scope="session")
def panel(economy):
    """Return the estimation panel of the small economy."""
    return firm_panel(economy).frame


@pytest.fixture(scope="session")
def random_trade():
    """Return a function of a seed: a small random customs table and its elasticities."""
    return draw_trade
