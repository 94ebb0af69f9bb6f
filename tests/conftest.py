"""What every test can rely on."""

from pathlib import Path

import pytest
from hypothesis import settings

# Drawn alike in every run, and never failed for a slow moment of the machine.
settings.register_profile("tradedig", deadline=None, derandomize=True)
settings.load_profile("tradedig")


@pytest.fixture(scope="session")
def root() -> Path:
    """Return the folder of the repository."""
    return Path(__file__).resolve().parent.parent
