"""Municipalities on a Dask cluster that is there already; the workers write the results to a disk that all share."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from flexruimte.batch.job import compute
from flexruimte.batch.log import Job, MunicipalityRun
from flexruimte.batch.memory import FolderMemory
from flexruimte.errors import FlexruimteError, SourceError, StudyError, enumerate_some
from flexruimte.exports import versions
from flexruimte.parallel import use_threads
from flexruimte.pipeline import Plan
from flexruimte.survey import Part

if TYPE_CHECKING:
    from distributed import Client, Future

__all__ = ["compute_on_cluster"]

_SECONDS_TO_CONNECT: Final = 10
_OFTEN_LOST: Final = (
    "the workers that computed it were lost, time and again: most likely it needs more memory than they have; "
    "give workers more memory, or run it on one machine"
)


def compute_on_cluster(
    plan: Plan,
    jobs: list[Job],
    folder: Path,
    address: str,
    *,
    started: Callable[[MunicipalityRun], None],
    finished: Callable[[MunicipalityRun], None],
) -> None:
    """Compute municipalities on a cluster, in the order given.

    The job of a worker that is lost runs again elsewhere. As files appear whole, in one step, and are the same whoever writes them, a
    worker that was thought lost does no harm.

    Parameters
    ----------
    plan
        What the study asks; the workers must see its sources under the same paths.
    jobs
        Of the municipalities.
    folder
        For the results, on a disk that the workers share.
    address
        Of the scheduler, such as ``tcp://10.0.0.1:8786``.
    started, finished
        Told what happens, in this process.

    Raises
    ------
    StudyError
        When Dask is not installed, nothing answers at the address, there are no workers, or their software is not that of this process.
    SourceError
        When a worker does not see a source or the folder.
    """
    try:
        from distributed import Client, as_completed
        from distributed.scheduler import KilledWorker
    except ImportError:
        raise StudyError("--dask needs Dask: pip install 'flexruimte[dask]'") from None
    try:
        client = Client(address, timeout=_SECONDS_TO_CONNECT)  # type: ignore[no-untyped-call]
    except (OSError, ValueError) as error:
        raise StudyError(
            f"no Dask scheduler answers at {address} ({str(error).splitlines()[0]}); start it, or correct the address"
        ) from None
    with client:
        _check_workers(client, plan, folder.resolve())
        # Each worker computes as many municipalities at once as it has threads.
        shared = client.scatter(replace(plan, threads=1), broadcast=True)  # type: ignore[no-untyped-call]
        promised: list[Future[MunicipalityRun]] = []  # the cluster forgets what nobody asks for
        of_key: dict[object, MunicipalityRun] = {}
        for priority, job in enumerate(jobs):
            started(job.entry)
            key = f"flexruimte-{job.entry.code}-{job.entry.started}"
            promised.append(client.submit(_job, shared, job, folder.resolve(), key=key, priority=-priority))
            of_key[key] = job.entry
        for promise in as_completed(promised):  # type: ignore[no-untyped-call]
            entry = of_key[promise.key]
            try:
                vars(entry).update(vars(promise.result()))
            except KilledWorker:
                entry.state, entry.error = "failed", _OFTEN_LOST
            finished(entry)


def _job(plan: Plan, job: Job, folder: Path) -> MunicipalityRun:
    """Compute one municipality; this runs in a worker."""

    class Shared(FolderMemory):
        """Has the blocks of a municipality with many parcels surveyed by all workers; the files in its folder are the hand-over."""

        def parts(self, question: Plan, code: str, count: int) -> dict[int, Part]:
            _survey_parts(question, job, folder / job.entry.folder, count)
            return super().parts(question, code, count)

    return compute(plan, job, folder, lambda _step: None, Shared.of)


def _survey_parts(question: Plan, job: Job, folder: Path, count: int) -> None:
    """Have blocks surveyed, and wait until all are; this runs in a worker, which takes other work in the meantime."""
    from distributed import worker_client
    from distributed.scheduler import KilledWorker

    with worker_client() as client:
        shared = client.scatter(question, broadcast=True)
        key = f"flexruimte-{job.entry.code}-{job.entry.started}-block"
        parts = [client.submit(_part, shared, job, folder, number, count, key=f"{key}-{number}") for number in range(count)]
        try:
            client.gather(parts)
        except KilledWorker:
            raise FlexruimteError(_OFTEN_LOST) from None


def _part(question: Plan, job: Job, folder: Path, number: int, count: int) -> None:
    """Survey one block; this runs in a worker. What goes wrong is said by the one who puts the blocks together, when it tries itself."""
    with suppress(FlexruimteError), use_threads(question.threads):
        FolderMemory.of(folder, job).survey_part(question, job.entry.code, number, count)


def _check_workers(client: Client, plan: Plan, folder: Path) -> None:
    """Refuse workers whose software differs, or that do not see what they need."""
    here = versions.software_versions()
    try:
        found: dict[str, dict[str, Any]] = client.run(_versions_there)
    except ModuleNotFoundError as error:
        raise StudyError(f"the Dask workers have no {error.name}; install the same flexruimte there") from None
    if not found:
        raise StudyError("the Dask scheduler has no workers; start some")
    for worker, there in sorted(found.items()):
        differing = [f"{name} {there.get(name)} instead of {version}" for name, version in here.items() if there.get(name) != version]
        if differing:
            raise StudyError(f"Dask worker {worker} has {enumerate_some(differing)}; install the same versions there")
    for worker, problem in sorted(client.run(_unseen, plan, folder).items()):
        if problem:
            raise SourceError(f"Dask worker {worker}: {problem}; mount the data and the output folder there, under the same paths")


def _versions_there() -> dict[str, str]:
    return versions.software_versions()


def _unseen(plan: Plan, folder: Path) -> str | None:
    """Return what a worker cannot see; None where it sees all."""
    if not folder.is_dir():
        return f"there is no folder {folder}"
    for source in (plan.parcels, *plan.sources.values()):
        if source.data is None:
            try:
                source.check_presence()
            except FlexruimteError as error:
                return str(error)
    return None
