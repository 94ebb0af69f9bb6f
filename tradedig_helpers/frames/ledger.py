"""A ledger of what each step drops, so that no row disappears in silence."""

from __future__ import annotations

from dataclasses import dataclass, field

import pandas as pd


@dataclass(frozen=True, slots=True)
class Ledger:
    """What each step drops.

    Attributes
    ----------
    steps : in order; each is (rule, unit of a row, rows before, rows after)
    kept : for each step, the share of value that it keeps; None where rows have no value.
        Sums of value differ between engines in their last digits, so it does not count when
        two ledgers are compared
    """

    steps: tuple[tuple[str, str, int, int], ...] = ()
    kept: tuple[float | None, ...] = field(default=(), compare=False)

    def record(
        self, rule: str, unit: str, before: int, after: int, kept: float | None = None
    ) -> Ledger:
        """Return a ledger with one more step, recorded also where nothing was dropped."""
        return Ledger((*self.steps, (rule, unit, before, after)), (*self.kept, kept))

    def then(self, other: Ledger) -> Ledger:
        """Return a ledger with the steps of ``other`` after these."""
        return Ledger(self.steps + other.steps, self.kept + other.kept)

    def about(self, subject: str) -> Ledger:
        """Return a ledger whose rules name the subject that they are about."""
        named = (
            (f"{subject}: {rule}", unit, before, after) for rule, unit, before, after in self.steps
        )
        return Ledger(tuple(named), self.kept)

    @property
    def frame(self) -> pd.DataFrame:
        """The ledger as a table: ``rule``, ``unit``, ``before``, ``dropped``, ``after``.

        And ``value_kept``, the share of value that a step keeps, if any step has one.
        """
        frame = pd.DataFrame(self.steps, columns=["rule", "unit", "before", "after"])
        frame.insert(3, "dropped", frame["before"] - frame["after"])
        if any(share is not None for share in self.kept):
            frame["value_kept"] = pd.Series(self.kept, dtype=float)
        return frame

    @property
    def in_words(self) -> str:
        """The ledger in one line: what passes each rule, of how many."""
        return "; ".join(
            f"{rule!r} holds for {after:,} of {before:,} {unit}"
            for rule, unit, before, after in self.steps
        )
