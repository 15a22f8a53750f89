"""One treatment of lost workers for all executors."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from flexruimte import Study
from flexruimte.batch.executors import Executor, Listener, executor_for
from flexruimte.batch.executors.cluster import Cluster
from flexruimte.batch.executors.processes import Processes
from flexruimte.batch.executors.serial import Serial
from flexruimte.batch.municipality_run import Job, MunicipalityRun
from flexruimte.results.store import store_of


class Losing(Executor):
    """Loses the worker of a municipality so often."""

    def __init__(self, losses: dict[str, int]) -> None:
        self.losses, self.attempts = losses, []

    def attempt(
        self, jobs: Sequence[Job], listener: Listener, *, alone: bool = False
    ) -> list[tuple[Job, str]]:
        self.attempts.append(("".join(job.entry.code for job in jobs), alone))
        lost = []
        for job in jobs:
            self.losses[job.entry.code] -= 1
            if self.losses[job.entry.code] >= 0:
                lost.append((job, f"{job.entry.code} was lost"))
            else:
                job.entry.state = "done"
                listener.finished(job.entry)
        return lost


class Noting(Listener):
    def __init__(self) -> None:
        self.ended: list[MunicipalityRun] = []

    def finished(self, entry: MunicipalityRun) -> None:
        self.ended.append(entry)


def test_who_is_lost_is_tried_once_more_alone_when_the_others_are_done() -> None:
    executor, noting = Losing({"A": 0, "B": 1, "C": 2, "D": 0}), Noting()
    entries = [MunicipalityRun(code, code, code, "running", "", "") for code in "ABCD"]
    executor.compute([Job(entry, {}, stands=False, fresh=False) for entry in entries], noting)
    assert executor.attempts == [("ABCD", False), ("B", True), ("C", True)]
    assert [(entry.code, entry.state, entry.error) for entry in noting.ended] == [
        ("A", "done", None),
        ("D", "done", None),
        ("B", "done", None),
        ("C", "failed", "C was lost"),
    ]


@pytest.mark.parametrize(
    ("workers", "dask", "kind"),
    [(1, None, Serial), (2, None, Processes), (1, "tcp://10.0.0.1:8786", Cluster)],
)
def test_who_computes(
    workers: int, dask: str | None, kind: type[Executor], four_towns: Path, tmp_path: Path
) -> None:
    question = Study.load(four_towns).question
    assert type(executor_for(question, store_of(tmp_path), workers, dask)) is kind
