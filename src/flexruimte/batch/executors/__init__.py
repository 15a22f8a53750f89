"""Who computes the municipalities of a run: this process, several, or a Dask cluster."""

from flexruimte.assessment.pipeline import Question
from flexruimte.batch.executors.cluster import Cluster
from flexruimte.batch.executors.processes import Processes
from flexruimte.batch.executors.protocol import Executor, Listener
from flexruimte.batch.executors.serial import Serial
from flexruimte.results.store import Store

__all__ = ["Executor", "Listener", "executor_for"]


def executor_for(question: Question, store: Store, workers: int, dask: str | None) -> Executor:
    """Return the executor for a number of workers on this machine, or for a Dask scheduler."""
    if dask is not None:
        return Cluster(question, store, dask)
    return Processes(question, store, workers) if workers > 1 else Serial(question, store)
