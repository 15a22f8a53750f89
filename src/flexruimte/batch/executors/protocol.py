"""What all executors have in common: how they are asked, and what happens when a worker is lost."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Protocol, Self

from flexruimte.assessment.pipeline import Question
from flexruimte.batch.municipality_run import Job, MunicipalityRun
from flexruimte.results.store import Store

__all__ = ["Executor", "Listener"]


class Listener(Protocol):
    """Is told what happens, in the process that asked."""

    def started(self, entry: MunicipalityRun) -> None:
        """Take note that a municipality is being computed."""

    def stepped(self, entry: MunicipalityRun, step: str) -> None:
        """Take note that a step of a municipality begins."""

    def finished(self, entry: MunicipalityRun) -> None:
        """Take note that a municipality is done, empty or failed, as its entry says."""


class Executor(ABC):
    """Computes municipalities; to be used in a `with` block.

    Results are files that appear whole, in one step, and are the same whoever writes them. So a job
    can run twice, and a worker that was thought lost does no harm.

    Parameters
    ----------
    question
        What the study asks.
    store
        For the results; workers write there themselves.
    """

    def __init__(self, question: Question, store: Store) -> None:
        self._question, self._store = question, store

    def __enter__(self) -> Self:
        """Take what computing needs: nothing, where an executor does not say otherwise."""
        return self

    def __exit__(self, *_: object) -> None:
        """Give back what was taken."""
        return

    @abstractmethod
    def attempt(
        self, jobs: Sequence[Job], listener: Listener, *, alone: bool = False
    ) -> list[tuple[Job, str]]:
        """Compute municipalities, and return those whose worker was lost, with the error for it.

        Parameters
        ----------
        jobs
            Of the municipalities, in the order in which they begin.
        listener
            Told of each but those that are returned how it ended.
        alone
            Whether this is one job's second attempt, when nothing else runs beside it.
        """

    def compute(self, jobs: Sequence[Job], listener: Listener) -> None:
        """Compute municipalities, in the order given.

        One whose worker is lost may only have been beside the one that took the memory. So it is
        tried once more when all others are done, alone; when its worker is lost again it has
        failed.
        """
        for job, _ in self.attempt(jobs, listener):
            for lost, error in self.attempt([job], listener, alone=True):
                lost.entry.state, lost.entry.error = "failed", error
                listener.finished(lost.entry)
