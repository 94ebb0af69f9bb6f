"""Protects what a caller reads about own columns: an error names them, not what they are inside."""

import re
from contextlib import suppress

import numpy as np
import pandas as pd
import pytest

from tests.frames.test_own_names import CALLS, OWN, Tables, renamed
from tradedig_book.economy import simulate

INNER = re.compile(r"\w\.(?<!\.dt\.)(?:firm|year)\b|'(?:firm|year)'")


def at_first(column, value):
    """Return a change that puts one value into the first row of a column."""

    def change(frame):
        values = frame[column].astype(object).to_numpy(copy=True)
        values[0] = value
        found = pd.Series(values, index=frame.index, dtype=object)
        number = isinstance(value, float | int)
        return frame.assign(**{column: found.astype(float) if number else found})

    return change


DAMAGE = {
    "absent": lambda column: lambda frame: frame.drop(columns=column),
    "missing": lambda column: at_first(column, np.nan),
    "infinite": lambda column: at_first(column, np.inf),
    "text in one row": lambda column: at_first(column, "text"),
    "text": lambda column: lambda frame: frame.assign(**{column: "x" + frame[column].astype(str)}),
    "no year": lambda column: at_first(column, 200601),
    "dates": lambda column: lambda frame: frame.assign(**{column: pd.Timestamp("2004-05-06")}),
    "two rows": lambda column: lambda frame: pd.concat([frame, frame.iloc[:1]]),
    "none alike": lambda column: lambda frame: frame.assign(**{column: 1999}),
    "a column twice": lambda column: lambda frame: pd.concat([frame, frame[[column]]], axis=1),
    "the paper's beside it": lambda column: lambda frame: frame.assign(firm=1, year=2004),
    "no rows": lambda column: lambda frame: frame.iloc[:0],
    "lists": lambda column: lambda frame: frame.assign(**{column: [[1]] * len(frame)}),
}
MEANT = {"the paper's beside it"}
"""Damage of which the error must name the inner column, beside the caller's."""
NAMED = {"absent", "missing", "dates", "lists", "a column twice"}
"""Damage that no function can take for something else."""


@pytest.fixture(scope="module")
def tables():
    """Return the tables of a few firms under the caller's names, made once."""
    return Tables(simulate(40, 3), renamed)


TAKEN = {}
"""The tables that each call takes, learnt when it is first made."""


class Spoilt:
    """Tables of which one may be spoilt, and which of them a call takes."""

    def __init__(self, tables, changed=()):
        self.tables, self.changed, self.taken = tables, dict(changed), set()

    def __getattr__(self, table):
        """Return a table, and note that it is taken."""
        self.taken.add(table)
        return self.changed.get(table, getattr(self.tables, table))


@pytest.mark.parametrize("damage", DAMAGE)
@pytest.mark.parametrize("name", CALLS)
def test_an_error_names_the_callers_column(tables, name, damage):
    """Whatever is wrong with an own column, its error says the name that the caller knows."""
    used = TAKEN.setdefault(name, Spoilt(tables))
    if not used.taken:
        with suppress(ValueError):  # so few firms have no instrument, which is found out last
            CALLS[name](used, **OWN)
    for table in used.taken:
        whole = getattr(tables, table)
        for column in (own for own in OWN.values() if own in whole):
            spoilt = DAMAGE[damage](column)(whole)
            try:
                CALLS[name](Spoilt(tables, {table: spoilt}), **OWN)
            except (TypeError, ValueError) as error:
                text = str(error)
                assert damage in MEANT or not INNER.search(text), text
                if damage in NAMED and (damage, column) != (
                    "dates",
                    OWN["firm"],
                ):  # a firm may be one
                    assert column in text, text
