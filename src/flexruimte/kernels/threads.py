"""Array functions run over chunks of their arrays, in threads (data parallelism).

What the geometry library computes per element does not hold Python's global lock, so threads share
the work without copying anything. No result depends on which chunk an element is in, nor on the
number of threads.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, TypeAlias, TypeVar

import numpy as np

__all__ = ["available_processors", "each_in_threads", "in_threads", "threads_in_use", "use_threads"]

Array: TypeAlias = np.ndarray[Any, Any]
Item = TypeVar("Item")
Result = TypeVar("Result")

_SMALLEST_CHUNK = 250
"""Elements of a chunk at least: fewer are not worth the overhead."""
_LARGEST_CHUNK = 20_000
"""Elements of a chunk at most, which bounds the memory that a function needs meanwhile."""
_CHUNKS_PER_THREAD = 8
"""More chunks than threads, so that no thread waits long for the one with the heaviest chunk."""


def available_processors() -> int:
    """Return the number of processors that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


_threads: ContextVar[int] = ContextVar("threads", default=1)


@contextmanager
def use_threads(number: int | None) -> Iterator[None]:
    """Let kernels use some threads inside a `with` block; outside it they use one.

    Parameters
    ----------
    number
        Number of threads; None for one per processor.

    Examples
    --------
    >>> with use_threads(2):
    ...     threads_in_use()
    2
    """
    token = _threads.set(available_processors() if number is None else number)
    try:
        yield
    finally:
        _threads.reset(token)


def threads_in_use() -> int:
    """Return how many threads kernels use here."""
    return _threads.get()


def each_in_threads(function: Callable[[Item], Result], items: Sequence[Item]) -> list[Result]:
    """Return what a function returns for each item, in threads; kernels that it calls use one.

    While Python's global lock is held for one item, shapes of another are computed. A single item
    is not worth a thread: its kernels use all of them.

    Examples
    --------
    >>> with use_threads(2):
    ...     each_in_threads(abs, [-1, 2, -3])
    [1, 2, 3]
    """
    threads = min(threads_in_use(), len(items))
    if threads <= 1:
        return [function(item) for item in items]
    with ThreadPoolExecutor(threads) as pool:
        return list(pool.map(function, items))


def in_threads(
    function: Callable[..., Any],
    *arrays: Array,
    group: Array | None = None,
    work: Array | None = None,
    most_work: int = 0,
) -> Array:
    """Return what a function of equally long arrays returns, computed in chunks.

    Parameters
    ----------
    function
        Takes the arrays, or the same slice of each, and returns an array. Threads run it at the
        same time, so chunks must not share prepared geometry, which is built at its first use.
    arrays
        (n, ...) each.
    group
        Consecutive elements of one group stay in one chunk: they may share prepared geometry. (n,)
    work
        Work that each element takes, where that differs much. (n,) int
    most_work
        Work of a chunk at most; an element that takes more is a chunk by itself.

    Returns
    -------
    ndarray
        Its results for the chunks, concatenated.

    Examples
    --------
    >>> import numpy as np
    >>> with use_threads(2):
    ...     in_threads(np.add, np.arange(3), np.arange(3))
    array([0, 2, 4])
    """
    threads, count = _threads.get(), len(arrays[0])
    first = _first_by_number(count, threads) if work is None else _first_by_work(work, most_work)
    if len(first) <= 1:
        return np.asarray(function(*arrays))
    if group is not None:
        changes = np.flatnonzero(np.diff(group, prepend=group[0] - 1))
        first = np.unique(changes[np.searchsorted(changes, first, side="right") - 1]).tolist()
    chunks = [
        [array[start:end] for array in arrays]
        for start, end in zip(first, [*first[1:], count], strict=True)
    ]
    if threads == 1:
        return np.concatenate([function(*chunk) for chunk in chunks])
    with ThreadPoolExecutor(threads) as pool:
        return np.concatenate(list(pool.map(lambda chunk: function(*chunk), chunks)))


def _first_by_number(count: int, threads: int) -> list[int]:
    """Return where chunks of equally many elements start."""
    size = min(max(-(-count // (threads * _CHUNKS_PER_THREAD)), _SMALLEST_CHUNK), _LARGEST_CHUNK)
    return list(range(0, count, size))


def _first_by_work(work: Array, most_work: int) -> list[int]:
    """Return where chunks start that take so much work at most, or are one element."""
    total, first, start = np.cumsum(work), [], 0
    while start < len(work):
        first.append(start)
        reached = total[start] - work[start] + most_work
        start = max(int(np.searchsorted(total, reached, side="right")), start + 1)
    return first
