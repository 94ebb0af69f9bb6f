"""Protects every public function against the ways data come in.

The same data in another type, order, index or engine give the same result; a bad value gives
an error of the package that names its column. A function that is new is among them.
"""

from __future__ import annotations

import inspect
import warnings
from functools import cache
from typing import Any

import numpy as np
import pandas as pd
import pytest

import tradedig_helpers as td
from tests.hostile.calls import WITHOUT_FRAMES, Call, calls
from tests.hostile.disguises import (
    ENGINES,
    INDEX,
    TYPES,
    numeric,
    require_named,
    same,
    settled,
    shuffled,
    spoil,
)

PUBLIC = {name for name in td.__all__ if inspect.isfunction(getattr(td, name))}
NAMES = sorted(calls())
DISGUISES = {**TYPES, **INDEX}
YEARS = {"year", "cohort", "founded", "pit_since", "pdo_since", "icp_since"}
NO_YEARS = (0, -1, 9999, 200601, 2004.5)


@cache
def every() -> dict[str, Call]:
    """Return the calls, made once."""
    return calls()


@cache
def base(name: str) -> Any:
    """Return the result on frames in good order."""
    return every()[name].call(**every()[name].frames)


def attempt(name: str, **changed: Any) -> Any:
    """Call a function with some of its frames changed."""
    call = every()[name]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        return call.call(**{**call.frames, **changed})


def test_every_public_function_is_called():
    """A new public function must be tried on hostile frames, or say why it takes none."""
    assert set(WITHOUT_FRAMES) <= PUBLIC
    assert PUBLIC - set(WITHOUT_FRAMES) <= set(every())


@pytest.mark.parametrize("disguise", DISGUISES)
@pytest.mark.parametrize("name", NAMES)
def test_same_data_give_the_same_result(name, disguise):
    """Neither types nor the index may move a number."""
    frames = {key: DISGUISES[disguise](frame) for key, frame in every()[name].frames.items()}
    before = {key: frame.copy() for key, frame in frames.items()}
    same(attempt(name, **frames), base(name))
    for key, frame in frames.items():
        pd.testing.assert_frame_equal(frame, before[key])


@pytest.mark.parametrize("name", [name for name in NAMES if every()[name].shuffled])
def test_order_of_rows_does_not_matter(name):
    """Shuffled rows give the same rows of results, wherever they then stand."""
    call = every()[name]
    frames = {key: shuffled(frame) for key, frame in call.frames.items()}
    if not call.ordered:
        same(attempt(name, **frames), base(name))
        return
    first = next(iter(call.frames))
    rows = call.frames[first].sample(frac=1, random_state=1).index
    found, expected = attempt(name, **frames), base(name)
    found, expected = (getattr(one, "firm", one) if name == "link_over_time" else one
                       for one in (found, expected))  # fmt: skip
    if name == "link_over_time":  # numbers of firms are arbitrary; who is together is not
        pairs = pd.DataFrame({"one": np.asarray(found), "other": np.asarray(expected)[rows]})
        assert len(pairs.drop_duplicates()) == pairs["one"].nunique() == pairs["other"].nunique()
        return
    plain = expected.reset_index(drop=True).iloc[rows].reset_index(drop=True)
    left, right = settled(found), settled(plain)
    pd.testing.assert_frame_equal(left, right, rtol=1e-7, atol=1e-9)


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("name", NAMES)
def test_engines_agree_or_are_refused(name, engine):
    """A frame of another engine gives the same numbers, or one clear refusal."""
    call = every()[name]
    if call.engines:
        changed = {key: ENGINES[engine](call.frames[key]) for key in call.engines}
        same(attempt(name, **changed), base(name))
    for key in set(call.frames) - set(call.engines) - SERIES.get(name, set()):
        if name == "run":  # where every failure is a column's
            given = ENGINES[engine](call.frames[key])
            problems = attempt(name, **{key: given}).columns["problem"]
            assert problems.str.contains("give a pandas DataFrame").all()
            continue
        with pytest.raises(TypeError) as refused:
            attempt(name, **{key: ENGINES[engine](call.frames[key])})
        require_named(refused.value, "give a pandas DataFrame")


SERIES = {"score_links": {"rows"}, "bin_means": {"panel"}}
"""Arguments of which a function takes columns, not frames."""


def cells() -> list[Any]:
    """Return every column of every argument that is tried with bad values."""
    return [
        pytest.param(name, key, column, id=f"{name}-{key}.{column}")
        for name, call in every().items()
        for key in (call.frames if call.spoiled is None else call.spoiled)
        for column in call.frames[key]
        if f"{key}.{column}" not in call.free
    ]


@cache
def used(name: str, key: str, column: str) -> bool:
    """Tell whether a function needs a column: it refuses a frame without it."""
    call = every()[name]
    try:
        attempt(name, **{key: call.frames[key].drop(columns=column)})
    except (TypeError, ValueError) as error:
        require_named(error, column)
        return True
    return False


@pytest.mark.parametrize(("name", "key", "column"), cells())
def test_a_bad_value_is_named(name, key, column):
    """One bad value in a column that is used gives an error that names the column."""
    call, place = every()[name], f"{key}.{column}"
    frame = call.frames[key]
    if not used(name, key, column):
        return
    bad: list[Any] = []
    if place not in call.may_miss and key not in call.variables:
        bad.append(None)
    if column in numeric(frame) and column != "firm":
        label = column == "year" and key in call.variables  # a name of a group may be text
        bad += [np.inf] if label else ["text", np.inf]
    if column in YEARS and key not in call.variables:
        bad += NO_YEARS
    for value in bad:
        with pytest.raises((TypeError, ValueError)) as refused:
            attempt(name, **{key: spoil(frame, column, value)})
        require_named(refused.value, column)


@pytest.mark.parametrize(("name", "key", "column"), cells())
def test_a_column_that_stands_twice_is_named(name, key, column):
    """Two columns of one name leave it open which is meant, if it is used."""
    frame = every()[name].frames[key]
    if not used(name, key, column):
        return
    with pytest.raises(ValueError, match="more than one column named") as refused:
        attempt(name, **{key: pd.concat([frame, frame[[column]]], axis=1)})
    require_named(refused.value, column)


@pytest.mark.parametrize("name", NAMES)
def test_an_empty_frame_is_named(name):
    """A frame without rows measures nothing, and says which it is."""
    call = every()[name]
    for key in call.frames if call.spoiled is None else call.spoiled:
        with pytest.raises(ValueError) as refused:  # noqa: PT011 (require_named looks at it)
            attempt(name, **{key: call.frames[key].iloc[:0]})
        require_named(refused.value, "no rows", "rows", "none of", "firms")
