"""Several municipalities at once, each in a process of its own, so that one that dies takes no other with it.

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
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from multiprocessing.connection import Connection, wait
from multiprocessing.context import SpawnProcess
from typing import Final

from flexruimte.assessment.pipeline import Question
from flexruimte.batch.job import compute
from flexruimte.batch.municipality_run import Job, MunicipalityRun
from flexruimte.results.store import Store

__all__ = ["compute_in_workers"]

_DIED: Final = (
    "the process that computed it was ended from outside (signal or exit {}), also when it ran alone: most likely it needs more memory "
    "than there is; run it on a larger machine, or free memory and give the same command again"
)
_SECONDS_TO_END: Final = 5


@dataclass
class _Worker:
    """A process, the way to talk to it, and what it is working on."""

    process: SpawnProcess
    pipe: Connection
    job: Job | None = None


def compute_in_workers(
    question: Question,
    jobs: list[Job],
    store: Store,
    count: int,
    *,
    started: Callable[[MunicipalityRun], None],
    stepped: Callable[[MunicipalityRun, str], None],
    finished: Callable[[MunicipalityRun], None],
) -> None:
    """Compute municipalities in worker processes, in the order given.

    One whose process dies is tried once more when all others are done, alone; if it dies again it
    has failed. Processes end when this one does, however it ends.

    Parameters
    ----------
    question
        What the study asks. Each worker has its share of the processors.
    jobs
        Of the municipalities.
    store
        For the results.
    count
        Number of workers.
    started, stepped, finished
        Told what happens, in this process.
    """
    threads = (
        max(1, (os.cpu_count() or 1) // count) if question.threads is None else question.threads
    )
    doubtful: list[Job] = []
    with _workers(replace(question, threads=threads), store, min(count, len(jobs))) as workers:
        _work_off(
            workers,
            deque(jobs),
            started,
            stepped,
            finished,
            lambda job, _code: doubtful.append(job),
        )
    for job in doubtful:

        def failed(lost: Job, code: int | None) -> None:
            lost.entry.state, lost.entry.error = "failed", _DIED.format(code)
            finished(lost.entry)

        with _workers(question, store, 1) as workers:
            _work_off(workers, deque([job]), started, stepped, finished, failed)


def _work_off(
    workers: Callable[[], list[_Worker]],
    waiting: deque[Job],
    started: Callable[[MunicipalityRun], None],
    stepped: Callable[[MunicipalityRun, str], None],
    finished: Callable[[MunicipalityRun], None],
    lost: Callable[[Job, int | None], None],
) -> None:
    """Hand out municipalities until none is left and all workers are idle."""
    while True:
        for worker in workers():
            if worker.job is None and waiting:
                worker.job = waiting.popleft()
                started(worker.job.entry)
                _tell(worker, worker.job)
        busy = {worker.pipe: worker for worker in workers() if worker.job is not None}
        if not busy:
            return
        for pipe in wait(list(busy)):
            worker = busy[pipe]  # type: ignore[index]  # only connections were given
            job = worker.job
            assert job is not None
            try:
                said = worker.pipe.recv()
            except (EOFError, OSError):
                worker.process.join()
                worker.job = None
                lost(job, worker.process.exitcode)
                continue  # the next round replaces it
            if isinstance(said, str):
                stepped(job.entry, said)
            else:
                vars(job.entry).update(vars(said))
                worker.job = None
                finished(job.entry)


def _tell(worker: _Worker, what: Question | Job) -> None:
    with suppress(OSError):  # if it has died, its end of the pipe will say so
        worker.pipe.send(what)


@contextmanager
def _workers(question: Question, store: Store, count: int) -> Iterator[Callable[[], list[_Worker]]]:
    """Give a function that returns workers, new ones for those that died and have nothing to do any more. In the end all are stopped."""
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
        # Which takes the question, as large as it is, when its imports are done: all have started by
        # then.
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
    """Compute what comes through the pipe after the question, until it closes. This runs in the worker."""
    signal.signal(
        signal.SIGINT, signal.SIG_IGN
    )  # Ctrl-C reaches the whole group; the first process decides
    threading.Thread(target=_end_with_parent, daemon=True).start()
    with suppress(EOFError, OSError):
        question: Question = pipe.recv()
        # Libraries and question stay: not to be looked through again for what may go, a tenth of a run
        # that only judges anew.
        gc.freeze()
        while True:
            job: Job = pipe.recv()
            pipe.send(compute(question, job, store, pipe.send))


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
