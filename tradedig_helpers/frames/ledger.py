"""A ledger of what each step drops, so that no row disappears in silence."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import narwhals as nw
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from tradedig_helpers.frames.engine import Frame, count, floats, scalars

Rules = Mapping[str, nw.Expr]
"""What a row must satisfy to be kept: a name and a condition each, in the order they apply."""


def rules_passed(rules: Rules) -> nw.Expr:
    """Return how many of the rules a row passes, in their order, before the first it breaks."""
    passed = nw.lit(len(rules))
    for place, holds in reversed(list(enumerate(rules.values()))):
        passed = nw.when(holds).then(passed).otherwise(place)
    return passed


@dataclass(frozen=True, slots=True)
class Ledger:
    """What each step drops.

    Attributes
    ----------
    steps : in order; each is (rule, unit of a row, rows before, rows after)
    kept : for each step, the share of value that it keeps; None where rows have no value.
        Sums of value differ between engines in their last digits, so it does not count when
        two ledgers are compared

    Examples
    --------
    >>> ledger = Ledger().record("firm is registered", "shipments", 100, 98)
    >>> print(ledger.in_words)
    'firm is registered' holds for 98 of 100 shipments
    >>> ledger.then(Ledger().record("σ is known", "flows", 40, 39)).frame
                     rule       unit  before  dropped  after
    0  firm is registered  shipments     100        2     98
    1          σ is known      flows      40        1     39
    """

    steps: tuple[tuple[str, str, int, int], ...] = ()
    kept: tuple[float | None, ...] = field(default=(), compare=False)

    def record(
        self, rule: str, unit: str, before: int, after: int, kept: float | None = None
    ) -> Ledger:
        """Return a ledger with one more step, recorded also where nothing was dropped."""
        return Ledger((*self.steps, (rule, unit, before, after)), (*self.kept, kept))

    def keep(self, frame: Frame, rules: Rules, unit: str) -> tuple[Frame, Ledger]:
        """Return the rows that pass all rules, and a ledger with a step for each, in their order.

        All are counted in one query. Of rows that have a ``value``, the ledger knows the share
        that each rule keeps.
        """
        schema, passed, sums = frame.collect_schema(), nw.lit(True), {}
        valued = "value" in schema and schema["value"].is_numeric()
        for place, holds in enumerate(rules.values()):
            passed = passed & holds
            sums[f"rows{place}"] = count(passed)
            if valued:
                sums[f"value{place}"] = nw.when(passed).then(floats("value")).otherwise(0.0).sum()
        if valued:
            sums["value"] = floats("value").sum()
        found = scalars(frame, rows=nw.len(), **sums)
        ledger, before, value = self, int(found["rows"]), found.get("value")
        for place, rule in enumerate(rules):
            after, left = int(found[f"rows{place}"]), found.get(f"value{place}")
            ledger = ledger.record(
                rule, unit, before, after, left / value if value and value > 0 else None
            )
            before, value = after, left
        return frame.filter(passed), ledger

    def keep_rows(
        self, rules: Mapping[str, NDArray[np.bool_]], unit: str
    ) -> tuple[NDArray[np.bool_], Ledger]:
        """Return which rows pass all rules, each an array of flags, and a ledger with the steps."""
        ledger, left = self, np.ones(len(next(iter(rules.values()))), dtype=bool)
        for rule, holds in rules.items():
            kept = left & holds
            ledger = ledger.record(rule, unit, int(left.sum()), int(kept.sum()))
            left = kept
        return left, ledger

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
