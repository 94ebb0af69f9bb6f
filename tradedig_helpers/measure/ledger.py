"""A ledger of what each step drops, so that no row disappears in silence."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd


@dataclass(frozen=True, slots=True)
class Ledger:
    """Steps in order; each is (rule, unit of a row, rows before, rows after)."""

    steps: tuple[tuple[str, str, int, int], ...] = ()

    def record(self, rule: str, unit: str, before: int, after: int) -> Ledger:
        """Return a ledger with one more step, recorded also where nothing was dropped."""
        return Ledger((*self.steps, (rule, unit, before, after)))

    def then(self, other: Ledger) -> Ledger:
        """Return a ledger with the steps of ``other`` after these."""
        return Ledger(self.steps + other.steps)

    def about(self, subject: str) -> Ledger:
        """Return a ledger whose rules name the subject that they are about."""
        return Ledger(
            tuple(
                (f"{subject}: {rule}", unit, before, after)
                for rule, unit, before, after in self.steps
            )
        )

    @property
    def frame(self) -> pd.DataFrame:
        """The ledger as a table: ``rule``, ``unit``, ``before``, ``dropped``, ``after``."""
        frame = pd.DataFrame(self.steps, columns=["rule", "unit", "before", "after"])
        frame.insert(3, "dropped", frame["before"] - frame["after"])
        return frame
