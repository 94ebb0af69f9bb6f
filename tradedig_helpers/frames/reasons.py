"""What could not be had, and why: an error as one line, kept instead of raised if asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from traceback import walk_tb
from typing import Literal, TypeVar

Unmeasured = Literal["error", "report"]
"""What to do about a measure that cannot be had: raise its error, or report it and go on."""

Made = TypeVar("Made")
WORDED = (ValueError, RuntimeError, ModuleNotFoundError)
"""Errors that come with a sentence of the package."""


@dataclass(frozen=True, slots=True)
class Reasons:
    """Why columns could not be had, collected while the others are measured.

    Attributes
    ----------
    unmeasured : whether an error is raised, as it comes, or reported here
    found : why each column that is not there could not be had
    """

    unmeasured: Unmeasured = "error"
    found: dict[str, str] = field(default_factory=dict)

    def attempt(self, columns: Sequence[str], make: Callable[[], Made]) -> Made | None:
        """Return what ``make`` does; if that fails and is to be reported, why ``columns`` lack."""
        try:
            return make()
        except MemoryError:
            raise
        except Exception as error:
            if self.unmeasured == "error":
                raise
            self.found.update(dict.fromkeys(columns, reason(error)))
            return None

    def lines(self, names: Iterable[str] | None = None) -> list[str]:
        """Return why those among ``names``, or all, could not be had; a line for each reason."""
        why: dict[str, list[str]] = {}
        for name in dict.fromkeys(self.found if names is None else names):
            if name in self.found:
                why.setdefault(self.found[name], []).append(name)
        return [f"{', '.join(lacking)}: {text}" for text, lacking in why.items()]


def reason(error: BaseException) -> str:
    """Return an error as one line, with its type unless that is one that the package words."""
    text = " ".join(str(error).split())
    return text if is_worded(error) else f"{type(error).__name__}: {text}"


def is_worded(error: BaseException) -> bool:
    """Tell whether an error comes with a sentence that says what to do, and not from a library."""
    frames = [frame for frame, _ in walk_tb(error.__traceback__)]
    where = frames[-1].f_globals.get("__name__", "") if frames else ""
    own = str(where).startswith("tradedig_helpers")
    if isinstance(error, TypeError):
        # Those of Python arise in our lines as well, but do not say what to do.
        return own and "; " in str(error)
    library = bool(frames) and "site-packages" in frames[-1].f_code.co_filename and not own
    return isinstance(error, OSError) or (type(error) in WORDED and not library)
