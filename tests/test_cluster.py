"""Runs on a Dask cluster: a real LocalCluster, and a scheduler with workers as processes of their own, one of which is killed."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from flexruimte import Study, StudyError, batch
from flexruimte.errors import OutputError, SourceError
from test_batch import contents
from test_cli import run
from test_workers import states, until

distributed = pytest.importorskip("distributed", reason="Dask is not installed: pip install 'flexruimte[dask]'")
pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("ignore")]  # Dask's own parts warn of each other


def free_port() -> int:
    with socket.socket() as place:
        place.bind(("127.0.0.1", 0))
        return int(place.getsockname()[1])


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[tuple[str, list[subprocess.Popen[bytes]]]]:
    """A scheduler and three workers, each a process of its own; municipalities take a second longer there, to be killed in."""
    address = f"tcp://127.0.0.1:{free_port()}"
    (tmp_path / "slowly.py").write_text(
        "import os, time\nimport flexruimte.batch.job as job\nwrite = job._write\n"
        "def later(ranking, folder):\n    (folder / f'computed by {os.getpid()}').touch()\n    time.sleep(2)\n"
        "    (folder / f'computed by {os.getpid()}').unlink()\n    write(ranking, folder)\n"
        "job._write = later\n"
    )
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    environment = {**os.environ, "PYTHONPATH": str(tmp_path)}
    scheduler = [sys.executable, "-m", "distributed.cli.dask_scheduler", "--host", address, "--no-dashboard"]
    worker = [
        sys.executable,
        "-m",
        "distributed.cli.dask_worker",
        address,
        "--nthreads",
        "1",
        "--no-dashboard",
        "--no-nanny",
        "--preload",
        "slowly",
    ]
    processes = [subprocess.Popen(scheduler, env=environment, **quiet)]  # type: ignore[call-overload]
    processes += [subprocess.Popen(worker, env=environment, **quiet) for _ in range(3)]  # type: ignore[call-overload]
    try:
        with distributed.Client(address, timeout=60, set_as_default=False) as client:
            client.wait_for_workers(3, timeout=60)
        yield address, processes[1:]
    finally:
        for process in processes:
            process.kill()
            process.wait()


def test_a_local_cluster_gives_the_same_bytes(four_towns: Path, four_towns_results: Path, tmp_path: Path) -> None:
    with distributed.LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as cluster:
        report = batch.run(Study.load(four_towns), None, tmp_path / "out", dask=cluster.scheduler_address)
        assert report.exit_status == 0
        assert contents(tmp_path / "out") == contents(four_towns_results)
        assert batch.run(Study.load(four_towns), None, tmp_path / "out", dask=cluster.scheduler_address).computed == []


def test_blocks_of_one_municipality_on_all_workers_give_the_same_bytes(four_towns: Path, four_towns_results: Path, tmp_path: Path) -> None:
    plan = replace(Study.load(four_towns).plan, block=1)
    with distributed.LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as cluster:
        report = batch.run(plan, None, tmp_path / "out", dask=cluster.scheduler_address)
        ended = {str(key) for key, _, end, *_ in cluster.scheduler.transition_log if end == "memory"}
    # Each parcel is a block, and was a task of its own.
    assert len([key for key in ended if "-block-" in key]) == 12
    assert report.exit_status == 0
    assert contents(tmp_path / "out") == contents(four_towns_results)
    assert not list((tmp_path / "out").rglob(".survey-part-*"))


def test_a_worker_that_is_killed_is_replaced_by_another(
    four_towns: Path, four_towns_results: Path, tmp_path: Path, cluster: tuple[str, list[subprocess.Popen[bytes]]]
) -> None:
    address, workers = cluster
    out = tmp_path / "out"
    command = [sys.executable, "-m", "flexruimte.cli", "run", str(four_towns), "--out", str(out), "--dask", address]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    until(lambda: list(out.glob("*/computed by *")) or process.poll() is not None)
    mark = next(out.glob("*/computed by *"))
    victim = int(mark.name.split()[-1])
    assert victim in {worker.pid for worker in workers}
    os.kill(victim, signal.SIGKILL)
    _, said = process.communicate(timeout=120)
    assert process.returncode == 0, said
    mark.unlink(missing_ok=True)
    assert set(states(out).values()) == {"done"}
    assert contents(out) == contents(four_towns_results)


def test_an_address_where_nothing_listens(four_towns: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    started = time.monotonic()
    address = f"tcp://127.0.0.1:{free_port()}"
    assert run("run", four_towns, "--out", tmp_path, "--dask", address) == 2
    assert f"no Dask scheduler answers at {address}" in capsys.readouterr().err
    assert time.monotonic() - started < 60
    assert not (tmp_path / "run.json").exists()


def test_workers_with_other_software_or_without_the_data(four_towns: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with distributed.LocalCluster(n_workers=1, threads_per_worker=1, dashboard_address=None) as cluster:
        address = cluster.scheduler_address
        with monkeypatch.context() as patch:
            patch.setattr("flexruimte.exports.versions.software_versions", lambda: {"flexruimte": "99"})
            with pytest.raises(StudyError, match="instead of 99"):
                batch.run(Study.load(four_towns), None, tmp_path, dask=address)
        with distributed.Client(address, set_as_default=False) as client:
            from flexruimte.batch.cluster import _check_workers

            with pytest.raises(SourceError, match="there is no folder"):
                _check_workers(client, Study.load(four_towns).plan, tmp_path / "elsewhere")
            plan = Study.load(four_towns).plan
            (four_towns.parent / "lden.tif").rename(four_towns.parent / "gone.tif")
            try:
                with pytest.raises(SourceError, match=r"lden.*mount the data"):
                    _check_workers(client, plan, tmp_path)
            finally:
                (four_towns.parent / "gone.tif").rename(four_towns.parent / "lden.tif")


def test_an_object_store_is_refused(four_towns: Path) -> None:
    with pytest.raises(OutputError, match="results go to a folder"):
        batch.run(Study.load(four_towns), None, "s3://bucket/out")
