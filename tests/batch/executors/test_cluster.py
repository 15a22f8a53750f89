"""Runs on a Dask cluster: a real LocalCluster, and schedulers with workers as processes of their own, to which things happen."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from command_line import run
from flexruimte import OutputError, SourceError, Study, StudyError, batch
from flexruimte.batch import MunicipalityRun
from flexruimte.batch.executors import cluster as cluster_module
from flexruimte.batch.job import compute
from flexruimte.batch.municipality_run import Job
from flexruimte.results import atomic_write
from flexruimte.results.store import store_of
from object_storage import BUCKET, comparable, elsewhere, free_port, objects, put, serving
from running import states, until
from written_files import contents

distributed = pytest.importorskip(
    "distributed", reason="Dask is not installed: pip install 'flexruimte[dask]'"
)
pytestmark = [
    pytest.mark.slow,
    pytest.mark.filterwarnings("ignore"),
]  # Dask's own parts warn of each other

SLOWLY = """
import os, time
from pathlib import Path
import flexruimte.batch.job as job
write = job._write
def later(ranking, folder):
    mark = Path(__file__).with_name(f"mark {ranking.code} {os.getpid()}")
    mark.touch()
    if ranking.code == os.environ.get("HUNGRY"):
        eaten = []
        while len(eaten) < 60:  # 3 GB: far beyond what the worker may have
            eaten.append(b"x" * 50_000_000)
            time.sleep(0.05)
    time.sleep(2)
    mark.unlink()
    write(ranking, folder)
job._write = later
"""


@dataclass
class Cluster:
    address: str
    scheduler: subprocess.Popen[bytes]
    workers: list[subprocess.Popen[bytes]]
    folder: Path

    def marks(self) -> list[Path]:
        return sorted(self.folder.glob("mark *"))

    def victim(self) -> int:
        """Wait until a worker is in the middle of a municipality, and return its process."""
        until(self.marks)
        process = int(self.marks()[0].name.split()[-1])
        assert process in {worker.pid for worker in self.workers}
        return process


@contextmanager
def processes(
    folder: Path,
    workers: int = 3,
    *,
    preload: str = SLOWLY,
    environment: dict[str, str] | None = None,
    options: tuple[str, ...] = ("--no-nanny", "--nthreads", "1"),
    before: str = "",
) -> Iterator[Cluster]:
    """A scheduler and workers, each a process of its own; every municipality takes two seconds longer there, to be killed in.

    `before` are commands of a shell, in a mount name space of their own, ahead of each worker.
    """
    (folder / "preloaded.py").write_text(preload)
    address = f"tcp://127.0.0.1:{free_port()}"
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    path = os.pathsep.join(filter(None, [str(folder), os.environ.get("PYTHONPATH", "")]))
    settings = {
        **os.environ,
        "PYTHONPATH": path,
        "DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES": "1",
    }
    scheduler = [
        sys.executable,
        "-m",
        "distributed.cli.dask_scheduler",
        "--host",
        address,
        "--no-dashboard",
    ]
    worker = [
        sys.executable,
        "-m",
        "distributed.cli.dask_worker",
        address,
        "--no-dashboard",
        *options,
        "--preload",
        "preloaded",
    ]
    if before:
        worker = ["unshare", "--mount", "sh", "-c", f'{before} && exec "$@"', "sh", *worker]
    running = [subprocess.Popen(scheduler, env=settings, **quiet)]
    for _ in range(workers):
        running.append(subprocess.Popen(worker, env={**settings, **(environment or {})}, **quiet))
    try:
        with distributed.Client(address, timeout=60, set_as_default=False) as client:
            if workers:
                client.wait_for_workers(workers, timeout=60)
        yield Cluster(address, running[0], running[1:], folder)
    finally:
        for process in reversed(running):
            process.terminate()  # a nanny ends its worker
        for process in running:
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def meanwhile(action: Callable[[], None]) -> threading.Thread:
    thread = threading.Thread(target=action, daemon=True)
    thread.start()
    return thread


def test_a_local_cluster_gives_the_same_bytes(
    four_towns: Path, four_towns_results: Path, tmp_path: Path
) -> None:
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, dashboard_address=None
    ) as cluster:
        report = batch.run(
            Study.load(four_towns), None, tmp_path / "out", dask=cluster.scheduler_address
        )
        assert report.exit_status == 0
        assert contents(tmp_path / "out") == contents(four_towns_results)
        assert (
            batch.run(
                Study.load(four_towns), None, tmp_path / "out", dask=cluster.scheduler_address
            ).computed
            == []
        )


def test_blocks_of_one_municipality_on_all_workers_give_the_same_bytes(
    four_towns: Path, four_towns_results: Path, tmp_path: Path
) -> None:
    plan = replace(Study.load(four_towns).question, block=1)
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, dashboard_address=None
    ) as cluster:
        report = batch.run(plan, None, tmp_path / "out", dask=cluster.scheduler_address)
        ended = {
            str(key) for key, _, end, *_ in cluster.scheduler.transition_log if end == "memory"
        }
    # Each parcel is a block, and was a task of its own.
    assert len([key for key in ended if "-block-" in key]) == 12
    assert report.exit_status == 0
    assert contents(tmp_path / "out") == contents(four_towns_results)
    assert not list((tmp_path / "out").rglob(".survey-part-*"))


def test_a_worker_that_is_killed_is_replaced_by_another(
    four_towns: Path, four_towns_results: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    with processes(tmp_path) as cluster:
        killer = meanwhile(lambda: os.kill(cluster.victim(), signal.SIGKILL))
        assert run("run", four_towns, "--out", out, "--dask", cluster.address) == 0
        killer.join()
        assert sum(worker.poll() is not None for worker in cluster.workers) == 1
    assert set(states(out).values()) == {"done"}
    assert contents(out) == contents(four_towns_results)


def test_the_same_from_and_to_storage(
    four_towns: Path, four_towns_results: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The workers read from storage and write to it, and share no disk with the client; one is killed in the middle of a municipality."""
    with serving() as server:
        server.reach(monkeypatch)
        put(four_towns.parent, f"{server.address}/{BUCKET}/data")
        study = elsewhere(four_towns, f"s3://{BUCKET}/data", tmp_path / "study")
        out = f"s3://{BUCKET}/out"
        with processes(tmp_path) as cluster:
            killer = meanwhile(lambda: os.kill(cluster.victim(), signal.SIGKILL))
            assert run("run", study, "--out", out, "--dask", cluster.address) == 0
            killer.join()
            assert sum(worker.poll() is not None for worker in cluster.workers) == 1
            assert batch.run(Study.load(study), None, out, dask=cluster.address).computed == []
        found = objects(server, f"{BUCKET}/out")
        assert set(found) == set(
            contents(four_towns_results)
        )  # all that belongs there and nothing else: no lock, nothing half
        for name, content in found.items():
            (tmp_path / "out" / name).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / "out" / name).write_bytes(content)
        assert comparable(tmp_path / "out", f"s3://{BUCKET}/data/") == comparable(
            four_towns_results
        )


def test_a_worker_that_was_thought_lost_does_no_harm(
    four_towns: Path, four_towns_results: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While a job has a file half-written, another computes the same municipality from start to end; then the first goes on."""
    plan, store = Study.load(four_towns).question, store_of(tmp_path / "out")
    half, other = threading.Event(), threading.Event()
    flush = atomic_write._flush

    def cut_off(path: Path) -> None:
        if not half.is_set():
            half.set()
            assert other.wait(60)
        flush(path)

    def job() -> MunicipalityRun:
        entry = MunicipalityRun("A", "Aadorp", "A", "running", "", "")
        return compute(plan, Job(entry, {}, stands=False, fresh=False), store, lambda _step: None)

    monkeypatch.setattr(atomic_write, "_flush", cut_off)
    with ThreadPoolExecutor(1) as pool:
        lost = pool.submit(job)
        assert half.wait(60)
        replacement = job()
        other.set()
        entries = [replacement, lost.result()]
    assert [(entry.state, entry.error) for entry in entries] == [("done", None)] * 2
    there = {
        name: content
        for name, content in contents(four_towns_results).items()
        if name.startswith(("A/", "map/data/A"))
    }
    assert contents(tmp_path / "out") == there


def test_an_address_where_nothing_listens(
    four_towns: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    started = time.monotonic()
    address = f"tcp://127.0.0.1:{free_port()}"
    assert run("run", four_towns, "--out", tmp_path, "--dask", address) == 2
    assert f"no Dask scheduler answers at {address}" in capsys.readouterr().err
    assert time.monotonic() - started < 60
    assert not (tmp_path / "run.json").exists()


def test_a_scheduler_without_workers(four_towns: Path, tmp_path: Path) -> None:
    with (
        processes(tmp_path, workers=0) as cluster,
        pytest.raises(StudyError, match="has no workers; start some"),
    ):
        batch.run(Study.load(four_towns), None, tmp_path / "out", dask=cluster.address)


OTHER_SOFTWARE = """
import importlib.metadata
import shapely
version = importlib.metadata.version
importlib.metadata.version = lambda name: "0.0.9" if name == "flexruimte" else version(name)
"""


@pytest.mark.parametrize(
    ("preload", "message"),
    [
        (
            OTHER_SOFTWARE,
            r"Dask worker tcp://127\.0\.0\.1:\d+ has flexruimte 0\.0\.9 instead of .*; install the same versions there",
        ),
        (
            "import sys\nsys.modules['flexruimte'] = None\n",
            r"the Dask workers cannot run flexruimte \(.*'flexruimte' is not a package.*\); install the same version there",
        ),
    ],
)
def test_workers_with_other_software(
    preload: str, message: str, four_towns: Path, tmp_path: Path
) -> None:
    with (
        processes(tmp_path, 1, preload=preload) as cluster,
        pytest.raises(StudyError, match=message),
    ):
        batch.run(Study.load(four_towns), None, tmp_path / "out", dask=cluster.address)
    assert not (tmp_path / "out" / "run.json").exists()


def can_mount() -> bool:
    if shutil.which("unshare") is None:
        return False
    return (
        subprocess.run(
            ["unshare", "--mount", "mount", "-t", "tmpfs", "none", "/mnt"],
            capture_output=True,
            check=False,
        ).returncode
        == 0
    )


@pytest.mark.skipif(not can_mount(), reason="only root can give a worker another view of the disks")
@pytest.mark.parametrize(
    ("before", "kind", "message"),
    [
        ("mount -t tmpfs none {data}", SourceError, "there is no file .*kaart.gpkg.*within reach of all workers"),
        ("mount -t tmpfs none {parent}", OutputError, "there is no folder .*/results/out; mount it here"),
        ("mount --bind {parent} {parent} && mount -o remount,ro,bind {parent}", OutputError, "results/out cannot be written: Read-only file system"),
    ],
)  # fmt: skip
def test_workers_that_do_not_see_the_disk(
    before: str, kind: type[Exception], message: str, four_towns: Path, tmp_path: Path
) -> None:
    out = tmp_path / "results" / "out"
    out.mkdir(parents=True)
    before = before.format(data=four_towns.parent, parent=out.parent)
    with (
        processes(tmp_path, 1, before=before) as cluster,
        pytest.raises(kind, match=rf"Dask worker tcp://127\.0\.0\.1:\d+: .*{message}"),
    ):
        batch.run(Study.load(four_towns), None, out, dask=cluster.address)
    assert not (out / "run.json").exists()


@pytest.mark.parametrize("lacking", ["the address", "keys", "rights to write"])
def test_workers_that_do_not_reach_the_storage(
    lacking: str, four_towns: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with serving() as server:
        server.reach(monkeypatch)
        worker = {
            "the address": {"AWS_ENDPOINT_URL": f"http://127.0.0.1:{free_port()}"},
            "keys": {"AWS_ACCESS_KEY_ID": "nobody"},
            "rights to write": server.keys_of("reader", "s3:GetObject", "s3:ListBucket"),
        }[lacking]
        for name, value in server.keys_of("writer", "s3:*").items():
            monkeypatch.setenv(name, value)
        server.check_who_asks()
        out = f"s3://{BUCKET}/out"
        with (
            processes(tmp_path, 1, environment=worker) as cluster,
            pytest.raises(
                OutputError,
                match=rf"Dask worker tcp://.*{out} cannot be written: .*AWS_ENDPOINT_URL.*within reach of all workers",
            ),
        ):
            batch.run(Study.load(four_towns), None, out, dask=cluster.address)
        assert not store_of(out).has("run.json")


def test_a_municipality_that_exhausts_the_memory_of_workers(
    four_towns: Path, four_towns_results: Path, tmp_path: Path
) -> None:
    """Dask's nanny ends a worker at its limit, and with it what else it was computing: those are not to blame, and are done."""
    out = tmp_path / "out"
    options = ("--nanny", "--nthreads", "2", "--memory-limit", "1200MB")
    with processes(tmp_path, 2, environment={"HUNGRY": "C"}, options=options) as cluster:
        report = batch.run(Study.load(four_towns), None, out, dask=cluster.address)
    assert report.exit_status == 1
    assert [entry.code for entry in report.failed] == ["C"]
    assert "more memory than they have; give workers more memory" in str(report.failed[0].error)
    log = json.loads((out / "run.json").read_text())
    assert states(out) == {"A": "done", "B": "done", "C": "failed", "D": "done"}
    assert "not done: C" in log["to_finish"]
    assert "give the same command again" in log["to_finish"]
    again = batch.run(Study.load(four_towns), None, out)
    assert (again.computed, again.exit_status) == (["C"], 0)
    assert contents(out) == contents(four_towns_results)


@pytest.mark.parametrize(
    ("lost", "message"),
    [("worker", "has had no workers for a while"), ("scheduler", "was lost; start it")],
)
def test_a_cluster_that_goes_away(
    lost: str, message: str, four_towns: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cluster_module, "_SECONDS_BETWEEN_LOOKS", 0.5)
    monkeypatch.setattr(cluster_module, "_SECONDS_WITHOUT_WORKERS", 3.0)
    out = tmp_path / "out"
    with processes(tmp_path, 1) as cluster:

        def kill() -> None:
            worker = cluster.victim()
            os.kill(worker if lost == "worker" else cluster.scheduler.pid, signal.SIGKILL)

        killer = meanwhile(kill)
        report = batch.run(Study.load(four_towns), None, out, dask=cluster.address)
        killer.join()
    assert report.exit_status == 1
    assert len(report.failed) == 4
    assert all(
        f"the Dask scheduler at {cluster.address} {message}" in str(entry.error)
        for entry in report.failed
    )
    assert "not done: A, B, C, D" in json.loads((out / "run.json").read_text())["to_finish"]
    assert batch.run(Study.load(four_towns), None, out).exit_status == 0
