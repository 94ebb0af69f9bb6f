"""The commands of ``python -m tradedig_helpers``, one module each."""

from __future__ import annotations

import sys

MISTAKEN = 2
"""Exit status of a call that cannot be carried out as it was given."""


def complain(command: str, error: OSError | ValueError) -> int:
    """Print in one line what is wrong with a call, and return its exit status."""
    what = str(error)
    if isinstance(error, OSError) and error.filename and error.strerror:
        what = f"{error.filename}: {error.strerror}"
    print(f"{command}: {what}", file=sys.stderr)
    return MISTAKEN
