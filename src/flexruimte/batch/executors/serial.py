"""One municipality after another, in this process."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from flexruimte.batch.executors.protocol import Executor, Listener
from flexruimte.batch.job import compute
from flexruimte.batch.municipality_run import Job

__all__ = ["Serial"]


class Serial(Executor):
    """Computes in this process; no worker can be lost."""

    def attempt(
        self, jobs: Sequence[Job], listener: Listener, *, alone: bool = False
    ) -> list[tuple[Job, str]]:
        """Compute municipalities; none is returned."""
        for job in jobs:
            listener.started(job.entry)
            compute(self._question, job, self._store, partial(listener.stepped, job.entry))
            listener.finished(job.entry)
        return []
