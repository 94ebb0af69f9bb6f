"""``python -m tradedig_helpers``."""

from __future__ import annotations

import sys

from tradedig_helpers.commands.line import command_line

COMMANDS = ("check", "paper")


def main(arguments: list[str] | None = None) -> int:
    """Run one command of ``tradedig_helpers.commands`` and return its exit status."""
    return command_line("tradedig_helpers", COMMANDS, arguments)


if __name__ == "__main__":
    sys.exit(main())
