"""Several municipalities at once, each in a process of its own: one that dies takes no other.

No pool of the standard library: when one of its processes dies it does not say which job that was,
and gives up all others.
"""

from __future__ import annotations

import gc
import multiprocessing
import os
import signal
import threading
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from multiprocessing.connection import Connection, wait
from multiprocessing.context import SpawnProcess
from typing import Final

from flexruimte.assessment.pipeline import Question
from flexruimte.batch.executors.protocol import Executor, Listener
from flexruimte.batch.job import compute
from flexruimte.batch.municipality_run import Job
from flexruimte.results.store import Store

__all__ = ["Processes"]

_DIED: Final = (
    "the process that computed it was ended from outside (signal or exit {}), also when it ran "
    "alone: most likely it needs more memory than there is; run it on a larger machine, or free "
    "memory and give the same command again"
)
_SECONDS_TO_END: Final = 5


@dataclass
class _Worker:
    """A process, the way to talk to it, and what it is working on."""

    process: SpawnProcess
    pipe: Connection
    job: Job | None = None


class Processes(Executor):
    """Computes in worker processes, which end when this one does, however it ends.

    Parameters
    ----------
    question
        What the study asks. Each worker has its share of the processors.
    store
        For the results.
    count
        Number of workers.
    """

    def __init__(self, question: Question, store: Store, count: int) -> None:
        super().__init__(question, store)
        self._count = count

    def attempt(
        self, jobs: Sequence[Job], listener: Listener, *, alone: bool = False
    ) -> list[tuple[Job, str]]:
        """Compute municipalities, and return those whose process was ended from outside."""
        question, count = self._question, min(self._count, len(jobs))
        if question.threads is None and not alone:
            question = replace(question, threads=max(1, (os.cpu_count() or 1) // self._count))
        with _workers(question, self._store, count) as workers:
            return _work_off(workers, deque(jobs), listener)


def _work_off(
    workers: Callable[[], list[_Worker]], waiting: deque[Job], listener: Listener
) -> list[tuple[Job, str]]:
    """Hand out municipalities until none is left and all workers are idle; return the lost ones."""
    lost: list[tuple[Job, str]] = []
    while True:
        for worker in workers():
            if worker.job is None and waiting:
                worker.job = waiting.popleft()
                listener.started(worker.job.entry)
                _tell(worker, worker.job)
        busy = {worker.pipe: worker for worker in workers() if worker.job is not None}
        if not busy:
            return lost
        for pipe in wait(list(busy)):
            worker = busy[pipe]  # type: ignore[index]  # only connections were given
            job = worker.job
            assert job is not None
            try:
                said = worker.pipe.recv()
            except (EOFError, OSError):
                worker.process.join()
                worker.job = None
                lost.append((job, _DIED.format(worker.process.exitcode)))
                continue  # the next round replaces it
            if isinstance(said, str):
                listener.stepped(job.entry, said)
            else:
                vars(job.entry).update(vars(said))
                worker.job = None
                listener.finished(job.entry)


def _tell(worker: _Worker, what: Question | Job) -> None:
    with suppress(OSError):  # if it has died, its end of the pipe will say so
        worker.pipe.send(what)


@contextmanager
def _workers(question: Question, store: Store, count: int) -> Iterator[Callable[[], list[_Worker]]]:
    """Give a function that returns workers, as many as were asked; in the end all are stopped.

    It starts new ones in place of those that died, once nobody waits for what they were doing.
    """
    context = multiprocessing.get_context("spawn")
    workers: list[_Worker] = []

    def hired() -> _Worker:
        here, there = context.Pipe()
        process = context.Process(target=_serve, args=(there, store), daemon=True)
        process.start()
        there.close()
        return _Worker(process, here)

    def living() -> list[_Worker]:
        workers[:] = [
            worker for worker in workers if worker.process.is_alive() or worker.job is not None
        ]
        new = [hired() for _ in range(count - len(workers))]
        workers.extend(new)
        # A worker takes the question, as large as it is, when its imports are done. So all are
        # started before the first is told.
        for worker in new:
            _tell(worker, question)
        return workers

    try:
        yield living
    finally:
        for worker in workers:
            worker.pipe.close()
            worker.process.terminate()
        for worker in workers:
            worker.process.join(_SECONDS_TO_END)
            if worker.process.is_alive():
                worker.process.kill()


def _serve(pipe: Connection, store: Store) -> None:
    """Compute what comes through the pipe after the question, until it closes; in the worker."""
    # Ctrl-C reaches the whole group; the first process decides.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    with suppress(EOFError, OSError):
        question: Question = pipe.recv()
        # Libraries and question stay. Looking through them again for garbage would take a tenth of
        # a run that only judges anew.
        gc.freeze()
        while True:
            job: Job = pipe.recv()
            pipe.send(compute(question, job, store, pipe.send))


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
