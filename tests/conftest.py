"""What every test can rely on, and the build of the book, which runs while other tests do."""

import subprocess
import sys
import tempfile
from pathlib import Path
from typing import IO, NamedTuple

import pytest
from hypothesis import settings

from tests.trade import draw_trade
from tradedig_book.economy import simulate
from tradedig_helpers.measure.panel import firm_panel

# Drawn alike in every run, and never failed for a slow moment of the machine.
settings.register_profile("tradedig", deadline=None, derandomize=True)
settings.load_profile("tradedig")

ROOT = Path(__file__).resolve().parent.parent


class Build(NamedTuple):
    """A build of the book that was started, and what it prints."""

    process: subprocess.Popen[bytes]
    log: IO[bytes]


BUILD = pytest.StashKey[Build]()


def needs_book(item: pytest.Item) -> bool:
    """Tell whether a test looks at the built book."""
    return "book_dir" in getattr(item, "fixturenames", ())


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the tests of the built book last, so that it is built while the others run."""
    items.sort(key=needs_book)


def pytest_collection_finish(session: pytest.Session) -> None:
    """Start to build the book (only what changed since the last build) if a test needs it."""
    if session.config.option.collectonly or not any(map(needs_book, session.items)):
        return
    log = tempfile.TemporaryFile()  # noqa: SIM115 (closed in pytest_unconfigure)
    command = [sys.executable, "tools/book.py"]
    process = subprocess.Popen(command, cwd=ROOT, stdout=log, stderr=subprocess.STDOUT)
    session.config.stash[BUILD] = Build(process, log)


def pytest_unconfigure(config: pytest.Config) -> None:
    """Leave no build behind if the run ends early."""
    if build := config.stash.get(BUILD, None):
        build.process.terminate()
        build.process.wait()
        build.log.close()


@pytest.fixture(scope="session")
def root() -> Path:
    """Return the folder of the repository."""
    return ROOT


@pytest.fixture(scope="session")
def book_dir(root: Path, pytestconfig: pytest.Config) -> Path:
    """Wait for the book to be built and return its HTML folder."""
    process, log = pytestconfig.stash[BUILD]
    if process.wait() != 0:
        log.seek(0)
        pytest.fail(f"the book does not build:\n{log.read().decode()}", pytrace=False)
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
