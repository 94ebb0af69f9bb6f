"""What arrays hold, for annotations."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Flags = NDArray[np.bool_]
Codes = NDArray[np.intp]
"""The group of each row, or the places of rows."""

CACHED_ROWS = 4_096
"""Rows at a time: few enough that what is computed of them stays in the processor's cache."""
