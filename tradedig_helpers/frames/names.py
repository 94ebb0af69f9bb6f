"""The caller's own names of firm and year: taken at the door, and given back in the answer."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import wraps
from traceback import walk_tb
from typing import Any, TypeVar, cast

import narwhals as nw

from tradedig_helpers.frames.options import __name__ as OPTIONS
from tradedig_helpers.frames.options import require_names

AnyFrame = TypeVar("AnyFrame")
Door = TypeVar("Door", bound=Callable[..., Any])
_PAPER = ("firm", "year")
_NAMED = re.compile(r"(?<=\w\.)(?<!\.dt\.)(?:firm|year)\b|(?<=')(?:firm|year)(?=')")
"""A column in an error: after its table and a dot, or in quotes; ``.dt.year`` is advice."""


@dataclass(frozen=True, slots=True)
class OwnNames:
    """How the caller names the columns that the paper calls ``firm`` and ``year``.

    Raises
    ------
    TypeError, ValueError
        If one is no name, or both are the same.
    """

    firm: str = "firm"
    year: str = "year"

    def __post_init__(self) -> None:
        """Check the names."""
        require_names([self.firm, self.year], "firm and year")

    @property
    def _own(self) -> dict[str, str]:
        pairs = (("firm", self.firm), ("year", self.year))
        return {own: paper for paper, own in pairs if own != paper}

    def taken(self, frame: AnyFrame, table: str) -> AnyFrame:
        """Return a frame of any engine under the paper's names; what is no frame, as it is.

        Raises
        ------
        ValueError
            If the frame lacks an own name, or has the paper's beside it.
        """
        if not self._own:
            return frame
        wrapped: Any = nw.from_native(cast(Any, frame), pass_through=True)
        if not isinstance(wrapped, nw.DataFrame | nw.LazyFrame):
            return frame
        names = wrapped.collect_schema().names()
        for own, paper in self._own.items():
            if own not in names:
                raise ValueError(
                    f"{table} has no column {own!r}, given as its {paper}; it has {names}"
                )
            if paper in names and paper not in self._own:
                raise ValueError(
                    f"{table} has a column {paper!r} beside {own!r}, given as its {paper}; drop "
                    "one or rename it"
                )
        return cast(AnyFrame, wrapped.rename(self._own).to_native())

    def to_paper(self, names: Sequence[str]) -> tuple[str, ...]:
        """Return names of columns, of which an own one is that of the paper."""
        return tuple(self._own.get(name, name) for name in names)

    def to_own(self, names: Sequence[str]) -> tuple[str, ...]:
        """Return names of columns, of which the paper's are those of the caller."""
        given = {"firm": self.firm, "year": self.year}
        return tuple(given.get(name, name) for name in names)

    def given_back(self, frame: AnyFrame) -> AnyFrame:
        """Return an answer, a frame of any engine, under the caller's names.

        Raises
        ------
        ValueError
            If an own name is that of another column of the answer.
        """
        if not self._own:
            return frame
        wrapped: Any = nw.from_native(cast(Any, frame))
        names = wrapped.collect_schema().names()
        back = {paper: own for own, paper in self._own.items() if paper in names}
        if twice := [own for own in back.values() if own in names and own not in back]:
            raise ValueError(f"the answer has columns {twice} of its own; rename yours")
        return cast(AnyFrame, wrapped.rename(back).to_native())


def own_names(door: Door) -> Door:
    """Return a public function whose errors name the caller's own columns of firm and year.

    ``door`` takes ``firm`` or ``year``, or both, by keyword, and works under the paper's names.
    Its errors stay what they are, but for the names in them; one of this module, or about an
    option such as ``level="firm"``, says what it means as it is.
    """

    @wraps(door)
    def told(*args: Any, **options: Any) -> Any:
        try:
            return door(*args, **options)
        except (TypeError, ValueError, RuntimeError) as error:
            own = {name: options[name] for name in _PAPER if name in options}
            if own and error.args and isinstance(error.args[0], str) and not _as_meant(error):
                text = _NAMED.sub(lambda found: own.get(found[0], found[0]), error.args[0])
                error.args = (text, *error.args[1:])
            raise

    return cast(Door, told)


def _as_meant(error: BaseException) -> bool:
    """Tell whether an error is of names and options, not of the frames under other names."""
    raised = [frame for frame, _ in walk_tb(error.__traceback__)][-1]
    return raised.f_globals.get("__name__") in (__name__, OPTIONS)
