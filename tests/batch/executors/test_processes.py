"""Runs with more than one process: the same bytes, and what is left when something ends a process, or the whole run."""

from __future__ import annotations

import json
import multiprocessing
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from command_line import run
from flexruimte import OutputError, Study, StudyError, batch
from flexruimte.batch.reuse.kept import KEPT_FILES
from flexruimte.batch.reuse.layers import LAYERS_FOLDER
from flexruimte.results.outputs import FILES, RANKED
from flexruimte.results.store import LOCK, store_of
from flexruimte.views.web import MAP
from running import states, until
from written_files import contents


@pytest.mark.parametrize("workers", [2, 7])
def test_workers_give_the_same_bytes(
    four_towns: Path, four_towns_results: Path, tmp_path: Path, workers: int
) -> None:
    events: list[batch.Event] = []
    report = batch.run(
        Study.load(four_towns), None, tmp_path, workers=workers, progress=events.append
    )
    assert report.exit_status == 0
    assert contents(tmp_path) == contents(four_towns_results)
    done = [event for event in events if event.kind == "done"]
    assert [event.finished for event in done] == [1, 2, 3, 4]
    assert done[-1].seconds_left == 0
    assert {event.text for event in events if event.kind == "step"} >= {
        "parcels",
        "land",
        "writing",
    }


def test_threads_change_nothing(four_towns: Path, four_towns_results: Path, tmp_path: Path) -> None:
    from dataclasses import replace

    for threads in (1, 5):
        batch.run(
            replace(Study.load(four_towns).question, threads=threads), None, tmp_path / str(threads)
        )
        assert contents(tmp_path / str(threads)) == contents(four_towns_results)


def test_a_study_in_memory_goes_to_the_workers(
    four_towns: Path, four_towns_results: Path, tmp_path: Path
) -> None:
    import geopandas as gpd

    from toy_town import toy_study

    study = toy_study(
        tmp_path, municipalities=gpd.read_file(four_towns.parent / "kaart.gpkg", layer="gemeente")
    )
    assert isinstance(study.question.parcels.data, gpd.GeoDataFrame)
    assert batch.run(study, None, tmp_path / "out", workers=2).exit_status == 0
    assert (
        sum(
            len(batch_file.read_bytes()) > 0
            for batch_file in (tmp_path / "out").glob("*/parcels.parquet")
        )
        == 4
    )


def slow(four_towns: Path, out: Path, *, workers: int, killer: str = "") -> subprocess.Popen[str]:
    """Start a run that takes its time: every municipality waits before it writes, and may do something then."""
    script = f"""
import os, signal, sys, time
import flexruimte.batch.job as job
write = job._write
def later(ranking, folder):
    open(folder / "waiting", "w").close()
    try:
        {killer or "pass"}
        time.sleep(float(os.environ["WAIT"]))
    finally:
        os.remove(folder / "waiting")
    write(ranking, folder)
job._write = later
if __name__ == "__main__":
    # What is started in the background may have been told to take no notice of Ctrl-C.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    sys.argv = ["flexruimte", "run", {str(four_towns)!r}, "--out", {str(out)!r}, "--workers", "{workers}"]
    from flexruimte.cli import main
    main()
"""
    script_path = out.parent / f"{out.name}.py"
    script_path.write_text(script, encoding="utf-8")
    wait = "0" if killer else "30"
    return subprocess.Popen(
        [sys.executable, str(script_path)],
        env={**os.environ, "WAIT": wait},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@pytest.fixture
def started(
    four_towns: Path, tmp_path: Path, request: pytest.FixtureRequest
) -> Iterator[tuple[subprocess.Popen[str], Path]]:
    out = tmp_path / "out"
    process = slow(four_towns, out, workers=request.param)
    try:
        until(
            lambda: len(list(out.glob("*/waiting"))) == request.param or process.poll() is not None
        )
        yield process, out
    finally:
        process.kill()
        process.wait()


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="signals are sent the POSIX way")
@pytest.mark.parametrize(
    ("started", "sent"),
    [(2, signal.SIGTERM), (2, signal.SIGINT), (2, signal.SIGKILL), (1, signal.SIGTERM)],
    indirect=["started"],
)
def test_a_run_that_is_ended_goes_on_later(
    started: tuple[subprocess.Popen[str], Path],
    sent: signal.Signals,
    four_towns: Path,
    four_towns_results: Path,
) -> None:
    process, out = started
    process.send_signal(sent)
    _, said = process.communicate(timeout=60)
    if sent != signal.SIGKILL:
        assert process.returncode == 130, said
        assert "give the same command again" in said
    assert "running" in states(out).values()
    assert not list(out.rglob("*.parquet"))
    # Nobody holds the folder: the processes of the run have ended with it.
    for leftover in out.glob("*/waiting"):
        leftover.unlink()
    assert batch.run(Study.load(four_towns), None, out).exit_status == 0
    assert contents(out) == contents(four_towns_results)


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="signals are sent the POSIX way")
def test_a_worker_that_is_killed_takes_no_other_with_it(four_towns: Path, tmp_path: Path) -> None:
    process = slow(
        four_towns,
        tmp_path / "out",
        workers=2,
        killer='os.kill(os.getpid(), signal.SIGKILL) if ranking.code == "C" else None',
    )
    _, said = process.communicate(timeout=120)
    assert process.returncode == 1, said
    assert states(tmp_path / "out") == {"A": "done", "B": "done", "C": "failed", "D": "done"}
    log = json.loads((tmp_path / "out" / "run.json").read_text())
    assert "memory" in log["municipalities"]["C"]["error"]
    assert "not done: C" in log["to_finish"]
    (tmp_path / "out" / "C" / "waiting").unlink()
    again = batch.run(Study.load(four_towns), None, tmp_path / "out")
    assert (again.computed, again.exit_status) == (["C"], 0)
    assert json.loads((tmp_path / "out" / "run.json").read_text())["to_finish"] is None


def test_workers_that_die_while_one_is_heard_lose_nothing(
    four_towns: Path, four_towns_results: Path, tmp_path: Path
) -> None:
    killed: list[multiprocessing.process.BaseProcess] = []

    def kill_all(event: batch.Event) -> None:
        if event.kind == "done" and not killed:
            killed.extend(multiprocessing.active_children())
            for worker in killed:
                worker.kill()
                worker.join()

    report = batch.run(Study.load(four_towns), None, tmp_path, workers=2, progress=kill_all)
    assert len(killed) == 2
    assert report.exit_status == 0
    assert set(states(tmp_path).values()) == {"done"}
    assert contents(tmp_path) == contents(four_towns_results)


@pytest.mark.slow
@pytest.mark.skipif(
    not sys.platform.startswith("linux"), reason="what a process has is read from /proc"
)
@pytest.mark.parametrize("workers", [1, 2])
def test_a_municipality_that_exhausts_the_memory_is_named(
    four_towns: Path, four_towns_results: Path, tmp_path: Path, workers: int
) -> None:
    """The process may have 200 MB more than it has, and asks for 1 GB, through numpy; another time GEOS does, which says it in its own words."""
    eat = {
        "C": "import numpy; numpy.ones(125_000_000)",
        "B": "import shapely; shapely.buffer(shapely.points(range(60_000), 0), 9, quad_segs=2_000)",
    }
    limited = (
        "import resource; size = int(open('/proc/self/statm').read().split()[0]) * resource.getpagesize(); "
        "resource.setrlimit(resource.RLIMIT_AS, (size + 200_000_000, -1))\n"
        f"try: exec({eat!r}.get(code, ''))\n"
        "finally: resource.setrlimit(resource.RLIMIT_AS, (-1, -1))"
    )
    process = slow(
        four_towns,
        tmp_path / "out",
        workers=workers,
        killer=f"exec({limited!r}, {{'code': ranking.code}})",
    )
    _, said = process.communicate(timeout=120)
    assert process.returncode == 1, said
    log = json.loads((tmp_path / "out" / "run.json").read_text())
    assert states(tmp_path / "out") == {"A": "done", "B": "failed", "C": "failed", "D": "done"}
    for code in ("B", "C"):
        assert (
            "needs more memory than there is; run it alone" in log["municipalities"][code]["error"]
        )
        assert log["municipalities"][code]["traceback"] is None  # no fault of flexruimte
    assert "not done: B, C" in log["to_finish"]
    assert batch.run(Study.load(four_towns), None, tmp_path / "out").computed == ["B", "C"]
    assert contents(tmp_path / "out") == contents(four_towns_results)


def test_a_second_run_on_the_same_folder_is_refused(
    four_towns: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with store_of(tmp_path).locked():
        assert run("run", four_towns, "--out", tmp_path) == 2
    said = capsys.readouterr().err
    assert f"process {os.getpid()} on " in said
    assert not (tmp_path / "run.json").exists()
    assert run("run", four_towns, "--out", tmp_path, "--gemeente", "A") == 0
    assert (tmp_path / LOCK).exists()


def test_no_workers(four_towns: Path, tmp_path: Path) -> None:
    with pytest.raises(StudyError, match="workers is 0"):
        batch.run(Study.load(four_towns), None, tmp_path, workers=0)


@pytest.mark.skipif(
    not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root can make a small disk"
)
@pytest.mark.parametrize("workers", [1, 2])
def test_a_full_disk_is_named_and_leaves_nothing_half(
    four_towns: Path, tmp_path: Path, workers: int
) -> None:
    small = tmp_path / "small"
    small.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=300k", "tmpfs", str(small)],
        capture_output=True,
        check=False,
    )
    if mounted.returncode:
        pytest.skip("this machine does not let root mount a tmpfs")
    try:
        try:
            said = [
                str(entry.error)
                for entry in batch.run(Study.load(four_towns), None, small, workers=workers).failed
            ]
        except OutputError as error:
            said = [str(error)]
        assert said
        assert all("cannot be written" in text for text in said)
        assert not [path for path in (small / MAP).rglob("*") if path.name.startswith(".")]
        for folder in (inner for inner in small.iterdir() if inner.is_dir() and inner.name != MAP):
            assert {file.name for file in folder.iterdir()} <= {
                *FILES,
                *KEPT_FILES,
                RANKED,
                LAYERS_FOLDER,
            }
        json.loads((small / "run.json").read_text())
    finally:
        subprocess.run(["umount", str(small)], check=True)


@pytest.fixture
def unwritable(tmp_path: Path) -> Iterator[Path]:
    """A folder that nobody may write to: read-only for root, without permission for others."""
    folder = tmp_path / "unwritable"
    folder.mkdir()
    if not hasattr(os, "geteuid") or os.geteuid() != 0:
        folder.chmod(0o500)
        yield folder
        folder.chmod(0o700)
        return
    if subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "ro", "tmpfs", str(folder)], capture_output=True, check=False
    ).returncode:
        pytest.skip(
            "root may write anywhere, and this machine does not let it mount a read-only disk"
        )
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


@pytest.mark.parametrize(
    ("inner", "message"),
    [
        ("", r"\.run\.lock cannot be written: .*check your rights"),
        ("out", "out cannot be made: .*choose another"),
    ],
)
def test_a_folder_without_permission(
    four_towns: Path, unwritable: Path, inner: str, message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("run", four_towns, "--out", unwritable / inner) == 2
    said = capsys.readouterr().err
    assert re.search(message, said)
    assert len([line for line in said.splitlines() if not line.startswith("warning: ")]) == 1
    assert list(unwritable.iterdir()) == []


def test_a_file_in_place_of_the_folder(
    four_towns: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "out").write_text("mine")
    assert run("run", four_towns, "--out", tmp_path / "out") == 2
    assert "out is a file and no folder; choose another with --out" in capsys.readouterr().err
    assert (tmp_path / "out").read_text() == "mine"


def test_the_folder_of_one_municipality_that_cannot_be_made(
    four_towns: Path, tmp_path: Path
) -> None:
    (tmp_path / "B").write_text("mine")
    report = batch.run(Study.load(four_towns), None, tmp_path)
    assert report.exit_status == 1
    assert [entry.code for entry in report.failed] == ["B"]
    assert "B cannot be made: File exists" in str(report.failed[0].error)
    assert states(tmp_path) == {"A": "done", "B": "failed", "C": "done", "D": "done"}
