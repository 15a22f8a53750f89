"""Municipalities on a Dask cluster that is there already; the workers write the results to a store that all reach."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from flexruimte.assessment.pipeline import Question
from flexruimte.assessment.survey import Part
from flexruimte.batch.job import compute
from flexruimte.batch.municipality_run import Job, MunicipalityRun
from flexruimte.batch.reuse.memory import FolderMemory, part_file
from flexruimte.errors import FlexruimteError, OutputError, SourceError, StudyError, enumerate_some
from flexruimte.kernels.threads import use_threads
from flexruimte.results import versions
from flexruimte.results.store import Store

if TYPE_CHECKING:
    from distributed import Client, Future

__all__ = ["compute_on_cluster"]

_SECONDS_TO_CONNECT: Final = 10
_SECONDS_BETWEEN_LOOKS: Final = 5.0
_SECONDS_WITHOUT_WORKERS: Final = 300.0
"""So long a cluster may be without workers, as those that are lost may be replaced."""
_OFTEN_LOST: Final = (
    "the workers that computed it were lost, time and again, also when it ran alone: most likely it needs more memory than they have; "
    "give workers more memory, or run it on one machine"
)
_NO_SCHEDULER: Final = (
    "the Dask scheduler at {} was lost; start it, and give the same command again"
)
_NO_WORKERS: Final = "the Dask scheduler at {} has had no workers for a while; start some, and give the same command again"


def compute_on_cluster(
    question: Question,
    jobs: list[Job],
    store: Store,
    address: str,
    *,
    started: Callable[[MunicipalityRun], None],
    finished: Callable[[MunicipalityRun], None],
) -> None:
    """Compute municipalities on a cluster, in the order given.

    The job of a worker that is lost runs again elsewhere. As files appear whole, in one step, and
    are the same whoever writes them, a worker that was thought lost does no harm. One whose workers
    were lost time and again may only have been beside the one that took their memory: it is tried
    once more when all others are done, alone.

    Parameters
    ----------
    question
        What the study asks; the workers must see its sources under the same paths.
    jobs
        Of the municipalities.
    store
        For the results; the workers write there themselves.
    address
        Of the scheduler, such as ``tcp://10.0.0.1:8786``.
    started, finished
        Told what happens, in this process.

    Raises
    ------
    StudyError
        When Dask is not installed, nothing answers at the address, there are no workers, or their
        software is not that of this process.
    SourceError
        When a worker does not see a source.
    OutputError
        When a worker cannot write to the store.
    """
    try:
        from distributed import Client
    except ImportError:
        raise StudyError("--dask needs Dask: pip install 'flexruimte[dask]'") from None
    try:
        client = Client(address, timeout=_SECONDS_TO_CONNECT)  # type: ignore[no-untyped-call]  # Dask has few types
    except (OSError, ValueError) as error:
        raise StudyError(
            f"no Dask scheduler answers at {address} ({str(error).splitlines()[0]}); start it, or correct the address"
        ) from None
    with client:
        _check_workers(client, question, store)
        # Each worker computes as many municipalities at once as it has threads. The question is a job
        # too: one that is lost with the workers that have it is made again, which scattered data
        # are not.
        shared = client.submit(_itself, replace(question, threads=1), pure=False)

        def submitted(job: Job, trial: str, priority: int = 0) -> Future[MunicipalityRun]:
            started(job.entry)
            key = f"flexruimte-{job.entry.code}-{job.entry.started}-{trial}"
            return client.submit(_job, shared, job, store, key=key, priority=priority)

        promises = {submitted(job, "first", -position): job for position, job in enumerate(jobs)}
        doubtful = []
        for promise, lost in _ended(client, set(promises)):
            job = promises[promise]
            if _is_done(promise, lost, job.entry, address):
                finished(job.entry)
            else:
                doubtful.append(job)
        for job in doubtful:
            entry = job.entry
            ((promise, lost),) = _ended(client, {submitted(job, "alone")})
            if not _is_done(promise, lost, entry, address):
                entry.state, entry.error = "failed", _OFTEN_LOST
            finished(entry)


def _ended(
    client: Client, jobs: set[Future[MunicipalityRun]]
) -> Iterator[tuple[Future[MunicipalityRun], bool]]:
    """Yield jobs as they end, or are given up because there are no workers; with whether that is so."""
    from distributed import CancelledError, wait

    seen = time.monotonic()
    while jobs:
        try:
            looked = wait(jobs, timeout=_SECONDS_BETWEEN_LOOKS, return_when="FIRST_COMPLETED")  # type: ignore[no-untyped-call]  # Dask has few types
            ended = looked.done
        except TimeoutError:
            ended = set()
        except CancelledError:
            ended = {job for job in jobs if job.status == "cancelled"}
        jobs -= ended
        yield from ((job, False) for job in ended)
        if ended or _has_workers(client):
            seen = time.monotonic()
        elif time.monotonic() - seen > _SECONDS_WITHOUT_WORKERS:
            yield from ((job, True) for job in jobs)
            return


def _has_workers(client: Client) -> bool:
    try:
        return bool(client.nthreads())  # type: ignore[no-untyped-call]  # Dask has few types
    except OSError:  # the scheduler is lost: the jobs will say so
        return True


def _is_done(
    job: Future[MunicipalityRun], lost: bool, entry: MunicipalityRun, address: str
) -> bool:
    """Take over how a job ended; False where its workers were lost, time and again."""
    from distributed import CancelledError
    from distributed.scheduler import KilledWorker

    try:
        if lost:
            entry.state, entry.error = "failed", _NO_WORKERS.format(address)
        else:
            vars(entry).update(vars(job.result()))
    except KilledWorker:
        return False
    except CancelledError:
        entry.state, entry.error = "failed", _NO_SCHEDULER.format(address)
    except Exception as error:  # as in a job: it must not cost the others
        entry.state, entry.error = (
            "failed",
            f"unexpected {type(error).__name__} of Dask: {error}; please report this, with run.json",
        )
    return True


def _itself(question: Question) -> Question:
    return question


def _job(question: Question, job: Job, store: Store) -> MunicipalityRun:
    """Compute one municipality; this runs in a worker."""

    class Shared(FolderMemory):
        """Has the blocks of a municipality with many parcels surveyed by all workers; files beside the results are the hand-over."""

        def parts(self, asked: Question, code: str, count: int) -> dict[int, Part]:
            _survey_parts(asked, job, store, count)
            names = [part_file(number) for number in range(count)]
            with store.reading(names, job.entry.folder) as folder:
                parts = FolderMemory.of(folder, job).parts(asked, code, count)
            store.remove(names, job.entry.folder)
            return parts

    return compute(question, job, store, lambda _step: None, Shared.of)


def _survey_parts(asked: Question, job: Job, store: Store, count: int) -> None:
    """Have blocks surveyed, and wait until all are; this runs in a worker, which takes other work in the meantime."""
    from distributed import worker_client
    from distributed.scheduler import KilledWorker

    with worker_client() as client:
        shared = client.scatter(asked, broadcast=True)
        key = f"flexruimte-{job.entry.code}-{job.entry.started}-block"
        parts = [
            client.submit(_part, shared, job, store, number, count, key=f"{key}-{number}")
            for number in range(count)
        ]
        try:
            client.gather(parts)
        except KilledWorker:
            raise FlexruimteError(_OFTEN_LOST) from None


def _part(asked: Question, job: Job, store: Store, number: int, count: int) -> None:
    """Survey one block; this runs in a worker.

    What goes wrong is said by the one who puts the blocks together, when it tries itself.
    """
    with (
        suppress(FlexruimteError),
        use_threads(asked.threads),
        store.writing(job.entry.folder, [part_file(number)]) as folder,
    ):
        FolderMemory.of(folder, job).survey_part(asked, job.entry.code, number, count)


def _check_workers(client: Client, question: Question, store: Store) -> None:
    """Refuse workers whose software differs, or that do not reach what they need."""
    here = versions.software_versions()
    try:
        found: dict[str, dict[str, Any]] = client.run(_versions_there)
    except (
        Exception
    ) as error:  # Dask passes on that a worker cannot load a function as no more than a text
        said = str(error).splitlines()[0]
        raise StudyError(
            f"the Dask workers cannot run flexruimte ({said}); install the same version there, with the same Python"
        ) from None
    if not found:
        raise StudyError("the Dask scheduler has no workers; start some")
    for worker, there in sorted(found.items()):
        differing = [
            f"{name} {there.get(name)} instead of {version}"
            for name, version in here.items()
            if there.get(name) != version
        ]
        if differing:
            raise StudyError(
                f"Dask worker {worker} has {enumerate_some(differing)}; install the same versions there"
            )
    for worker, problem in sorted(client.run(_out_of_reach, question, store).items()):
        if problem is not None:
            kind = OutputError if isinstance(problem, OutputError) else SourceError
            raise kind(
                f"Dask worker {worker}: {problem}; data and results must be within reach of all workers, by the same names"
            )


def _versions_there() -> dict[str, str]:
    return versions.software_versions()


def _out_of_reach(question: Question, store: Store) -> FlexruimteError | None:
    """Return what a worker cannot read or write; None where it can all."""
    try:
        for source in (question.parcels, *question.sources.values()):
            if source.data is None:
                source.check_presence()
        store.check()
    except FlexruimteError as error:
        return error
    return None
