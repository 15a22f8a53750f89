"""Municipalities on a Dask cluster that is there already; its workers write the results."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final, Self

from flexruimte.assessment.pipeline import Question
from flexruimte.batch.executors.blocks import BlockSurveyor
from flexruimte.batch.executors.protocol import Executor, Listener
from flexruimte.batch.job import compute
from flexruimte.batch.municipality_run import Job, MunicipalityRun
from flexruimte.errors import FlexruimteError, OutputError, SourceError, StudyError, enumerate_some
from flexruimte.results import versions
from flexruimte.results.store import Store

if TYPE_CHECKING:
    from distributed import Client, Future

__all__ = ["Cluster"]

_SECONDS_TO_CONNECT: Final = 10
_SECONDS_BETWEEN_LOOKS: Final = 5.0
_SECONDS_WITHOUT_WORKERS: Final = 300.0
"""So long a cluster may be without workers, as those that are lost may be replaced."""
_OFTEN_LOST: Final = (
    "the workers that computed it were lost, time and again, also when it ran alone: most likely "
    "it needs more memory than they have; give workers more memory, or run it on one machine"
)
_NO_SCHEDULER: Final = (
    "the Dask scheduler at {} was lost; start it, and give the same command again"
)
_NO_WORKERS: Final = (
    "the Dask scheduler at {} has had no workers for a while; start some, and give the same "
    "command again"
)


class Cluster(Executor):
    """Computes on the workers of a Dask scheduler.

    Parameters
    ----------
    question
        What the study asks; the workers must see its sources under the same paths.
    store
        For the results; the workers write there themselves.
    address
        Of the scheduler, such as ``tcp://10.0.0.1:8786``.
    """

    def __init__(self, question: Question, store: Store, address: str) -> None:
        super().__init__(question, store)
        self._address = address

    def __enter__(self) -> Self:
        """Connect.

        Raises
        ------
        StudyError
            When Dask is not installed, nothing answers at the address, there are no workers, or
            their software is not that of this process.
        SourceError
            When a worker does not see a source.
        OutputError
            When a worker cannot write to the store.
        """
        self._client = _connected(self._address)
        try:
            _check_workers(self._client, self._question, self._store)
        except BaseException:
            self.__exit__()
            raise
        # Each worker computes as many municipalities at once as it has threads. The question is a
        # job too: one that is lost with the workers that have it is made again, which scattered
        # data are not.
        question = replace(self._question, threads=1)
        self._shared = self._client.submit(_itself, question, pure=False)
        return self

    def __exit__(self, *_: object) -> None:
        """Leave the cluster as it was."""
        self._client.close()  # type: ignore[no-untyped-call]  # Dask has few types

    def attempt(
        self, jobs: Sequence[Job], listener: Listener, *, alone: bool = False
    ) -> list[tuple[Job, str]]:
        """Compute municipalities, and return those whose workers were lost, time and again.

        Dask itself runs the job of a lost worker again elsewhere, a number of times.
        """
        trial = "alone" if alone else "first"
        promises: dict[Future[MunicipalityRun], Job] = {}
        for position, job in enumerate(jobs):
            listener.started(job.entry)
            key = f"flexruimte-{job.entry.code}-{job.entry.started}-{trial}"
            arguments = (_job, self._shared, job, self._store)
            promises[self._client.submit(*arguments, key=key, priority=-position)] = job
        lost = []
        for promise, given_up in _ended(self._client, set(promises)):
            job = promises[promise]
            if _is_done(promise, given_up, job.entry, self._address):
                listener.finished(job.entry)
            else:
                lost.append((job, _OFTEN_LOST))
        return lost


def _connected(address: str) -> Client:
    try:
        from distributed import Client
    except ImportError:
        raise StudyError("--dask needs Dask: pip install 'flexruimte[dask]'") from None
    try:
        return Client(address, timeout=_SECONDS_TO_CONNECT)  # type: ignore[no-untyped-call]  # Dask has few types
    except (OSError, ValueError) as error:
        raise StudyError(
            f"no Dask scheduler answers at {address} ({str(error).splitlines()[0]}); "
            "start it, or correct the address"
        ) from None


def _ended(
    client: Client, jobs: set[Future[MunicipalityRun]]
) -> Iterator[tuple[Future[MunicipalityRun], bool]]:
    """Yield jobs as they end, with whether they were given up because there are no workers."""
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
    job: Future[MunicipalityRun], given_up: bool, entry: MunicipalityRun, address: str
) -> bool:
    """Take over how a job ended; False where its workers were lost, time and again."""
    from distributed import CancelledError
    from distributed.scheduler import KilledWorker

    try:
        if given_up:
            entry.state, entry.error = "failed", _NO_WORKERS.format(address)
        else:
            vars(entry).update(vars(job.result()))
    except KilledWorker:
        return False
    except CancelledError:
        entry.state, entry.error = "failed", _NO_SCHEDULER.format(address)
    except Exception as error:  # as in a job: it must not cost the others
        entry.state = "failed"
        entry.error = (
            f"unexpected {type(error).__name__} of Dask: {error}; please report this, with run.json"
        )
    return True


def _itself(question: Question) -> Question:
    return question


def _job(question: Question, job: Job, store: Store) -> MunicipalityRun:
    """Compute one municipality; this runs in a worker."""
    return compute(question, job, store, lambda _step: None, BlockSurveyor(job, store))


def _check_workers(client: Client, question: Question, store: Store) -> None:
    """Refuse workers whose software differs, or that do not reach what they need."""
    here = versions.software_versions()
    try:
        found: dict[str, dict[str, Any]] = client.run(_versions_there)
    except Exception as error:  # Dask says that a worker cannot load a function in its own ways
        said = str(error).splitlines()[0]
        raise StudyError(
            f"the Dask workers cannot run flexruimte ({said}); install the same version there, "
            "with the same Python"
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
                f"Dask worker {worker} has {enumerate_some(differing)}; "
                "install the same versions there"
            )
    for worker, problem in sorted(client.run(_out_of_reach, question, store).items()):
        if problem is not None:
            kind = OutputError if isinstance(problem, OutputError) else SourceError
            raise kind(
                f"Dask worker {worker}: {problem}; data and results must be within reach of all "
                "workers, by the same names"
            )


def _versions_there() -> dict[str, str]:
    return versions.software_versions()


def _out_of_reach(question: Question, store: Store) -> FlexruimteError | None:
    """Return what a worker cannot read or write; None where it can all."""
    try:
        for source in (question.parcels, *question.sources.values()):
            source.check_presence()
        store.check()
    except FlexruimteError as error:
        return error
    return None
