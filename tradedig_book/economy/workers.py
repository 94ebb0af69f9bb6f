"""Work in pieces, done by processes side by side and handed back in order."""

from __future__ import annotations

import gc
import os
from collections import deque
from collections.abc import Callable, Generator
from concurrent.futures import ProcessPoolExecutor
from itertools import count
from multiprocessing import get_context
from typing import TypeVar

Piece = TypeVar("Piece")


def number_of_workers(workers: int | None) -> int:
    """Return how many processes to use; ``None`` is one for each processor.

    Raises
    ------
    ValueError
        If ``workers`` is not a positive whole number.
    """
    if workers is None:
        return os.cpu_count() or 1
    if not isinstance(workers, int) or workers < 1:
        raise ValueError(f"workers = {workers!r}; give a whole number of at least 1, or None")
    return workers


def in_order(make: Callable[[int], Piece], workers: int) -> Generator[Piece, None, None]:
    """Yield ``make(0)``, ``make(1)``, ... without end, a few of them computed ahead.

    One worker is this process. More are processes started afresh, since a copy of a process
    with threads can hang; ``make`` and its pieces must be picklable. ``joblib.Parallel`` as a
    generator gives the same pieces as fast, but runs ahead of who takes them without bound, so
    that memory is not, and warns when it is closed early, as here it always is.
    """
    if workers == 1:
        yield from map(make, count())
        return
    context = get_context("spawn")
    with ProcessPoolExecutor(workers, context, _settle, (make,)) as pool:
        # One piece more than workers: none waits while the caller handles the one before.
        ahead = deque(pool.submit(make, number) for number in range(workers + 1))
        try:
            for number in count(workers + 1):
                piece = ahead.popleft().result()
                ahead.append(pool.submit(make, number))
                yield piece
        finally:
            pool.shutdown(wait=False, cancel_futures=True)


def _settle(_make: Callable[[int], object]) -> None:
    """Spare garbage collection the modules loaded so far, those of ``make`` among them."""
    gc.freeze()
