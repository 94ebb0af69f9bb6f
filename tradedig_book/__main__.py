"""``python -m tradedig_book``."""

from __future__ import annotations

import sys

from tradedig_helpers.commands.line import command_line

COMMANDS = ("simulate", "paper", "calibrate")


def main(arguments: list[str] | None = None) -> int:
    """Run one command of ``tradedig_book.commands`` and return its exit status."""
    return command_line("tradedig_book", COMMANDS, arguments)


if __name__ == "__main__":
    sys.exit(main())
