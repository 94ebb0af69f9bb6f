"""Data that the tests of the evidence share."""

import pytest

from tradedig_helpers.economy import simulate
from tradedig_helpers.measure import firm_panel


@pytest.fixture(scope="session")
def panel():
    """Return the estimation panel of a small synthetic economy."""
    return firm_panel(simulate(300, 5)).frame
