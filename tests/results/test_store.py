"""Results on object storage, against a real S3 server; the oracle is always the same run on a disk."""

from __future__ import annotations

import json
import os
import re
import socket
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from pathlib import Path

import geopandas as gpd
import pytest

from command_line import run
from flexruimte import FlexruimteError, OutputError, SourceError, Study, batch
from flexruimte.results import outputs, store
from flexruimte.results.store import LOCK, store_of
from object_storage import (
    Server,
    ask,
    objects,
)
from running import until
from written_files import contents

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("within_reach")]


@pytest.mark.parametrize("workers", [1, 2])
def test_results_on_storage_are_those_on_a_disk(
    server: Server, prefix: str, four_towns: Path, four_towns_results: Path, workers: int
) -> None:
    out = f"s3://{prefix}"
    report = batch.run(Study.load(four_towns), None, out, workers=workers)
    assert (report.exit_status, report.computed) == (0, ["A", "B", "C", "D"])
    assert objects(server, prefix) == contents(four_towns_results)
    told = (store_of(out).read_text("run.log") or "").splitlines()
    assert sum(line.endswith(": done") for line in told) == 4
    assert " ended after " in told[-1]
    assert batch.run(Study.load(four_towns), None, out).computed == []
    ask(f"{server.address}/{prefix}/B/summary.json", "DELETE")
    assert batch.run(Study.load(four_towns), None, out).computed == ["B"]
    assert batch.run(Study.load(four_towns), ["A"], out, fresh=True).computed == ["A"]
    assert objects(server, prefix) == contents(four_towns_results)


def test_a_log_grows_on_storage_as_in_a_folder(server: Server, prefix: str, tmp_path: Path) -> None:
    for place in (store_of(f"s3://{prefix}"), store_of(tmp_path / "out")):
        place.rename("run.log", "run.log.1")  # there is none
        place.append("run.log", "één\n")
        place.append("run.log", "twee\n")
        assert place.read_text("run.log") == "één\ntwee\n"
        place.rename("run.log", "run.log.1")
        place.append("run.log", "drie\n")
        assert (place.read_text("run.log"), place.read_text("run.log.1")) == (
            "drie\n",
            "één\ntwee\n",
        )


def test_one_that_fails_is_named_and_the_others_are_there(
    server: Server, prefix: str, four_towns: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write = outputs.write_parquet

    def fail(parcels: gpd.GeoDataFrame, path: Path, stamp: str | None) -> None:
        if set(parcels["gemeente_code"]) == {"B"}:
            raise OutputError(f"{path} cannot be written: it is Sunday")
        write(parcels, path, stamp)

    monkeypatch.setattr(outputs, "write_parquet", fail)
    report = batch.run(Study.load(four_towns), None, f"s3://{prefix}")
    assert [entry.error for entry in report.failed] == [
        f"s3://{prefix}/B/parcels.parquet cannot be written: it is Sunday"
    ]
    found = objects(server, prefix)
    assert {name.split("/")[0] for name in found} == {
        "A",
        "C",
        "D",
        "map",
        "municipalities.csv",
        "ranking.csv",
        "ranking.xlsx",
    }  # of B nothing: it is put when it is whole
    assert not [name for name in found if name.startswith("map/data/B")]
    log = json.loads(ask(f"{server.address}/{prefix}/run.json", "GET"))
    assert "not done: B" in log["to_finish"]


@pytest.mark.parametrize(
    "address", ["s3://no-such-bucket/out", "gs://bucket/out", "https://example.org/out", "s3://"]
)
def test_places_where_no_results_can_go(
    address: str, four_towns: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("run", four_towns, "--out", address) == 2
    said = capsys.readouterr().err
    assert address in said
    assert said.count("\n") == 1


def test_commands_that_read_results(
    server: Server,
    prefix: str,
    four_towns: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    out, local = f"s3://{prefix}", tmp_path / "out"
    for place_ in (out, str(local)):
        batch.run(Study.load(four_towns), None, place_)
        assert run("targets", place_) == 0
        assert run("costs", place_) == 0
        assert run("layout", place_) == 0
        assert run("relocate", place_, "--homes", "1", "--years", "16") == 0
    # Whether a plan is of this ranking is told by the times of files, which storage does not keep.
    others = contents(local)
    assert others.pop("map/data/follow_ups.js") != b""
    assert {
        name: content for name, content in objects(server, prefix).items() if name in others
    } == others
    said = capsys.readouterr().out
    assert "/tmp" not in said.replace(str(tmp_path), "")
    assert run("explain", out, "P05", "--quiet") == 0
    there = capsys.readouterr().out
    assert run("explain", local, "P05", "--quiet") == 0
    assert capsys.readouterr().out == there
    assert run("explain", out, "P99") == 2
    assert f"parcel 'P99' is not in {out}" in capsys.readouterr().err
    assert run("costs", f"{out}/nothing") == 2
    assert f"{out}/nothing holds no run" in capsys.readouterr().err


class Cutting:
    """A way to the server that is cut after so many bytes of an object: what a lost network does to an upload."""

    def __init__(self, port: int, most: int) -> None:
        self._port, self._most = port, most
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.address = f"http://127.0.0.1:{self._listening.getsockname()[1]}"
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listening.accept()
            except OSError:
                return
            threading.Thread(target=self._carry, args=(client,), daemon=True).start()

    def _carry(self, client: socket.socket) -> None:
        with closing(client), closing(socket.create_connection(("127.0.0.1", self._port))) as there:
            back = threading.Thread(target=self._answer, args=(there, client), daemon=True)
            back.start()
            passed = 0
            while passed <= self._most:
                try:
                    data = client.recv(4096)
                except OSError:
                    return
                if not data:
                    return
                passed += len(data)
                if passed <= self._most:
                    there.sendall(data)

    @staticmethod
    def _answer(there: socket.socket, client: socket.socket) -> None:
        try:
            while data := there.recv(65536):
                client.sendall(data)
        except OSError:
            return

    def stop(self) -> None:
        self._listening.close()


@pytest.mark.parametrize("megabytes", [1, 12])
def test_what_is_cut_off_leaves_no_half_object(
    server: Server, prefix: str, megabytes: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Small files go in one request, large ones in parts."""
    way = Cutting(int(server.address.rsplit(":", 1)[1]), most=600_000 * megabytes)
    with monkeypatch.context() as patch:
        patch.setenv("AWS_ENDPOINT_URL", way.address)
        with (
            pytest.raises(OutputError, match="cannot be written"),
            store_of(f"s3://{prefix}").writing("A") as folder,
        ):
            (folder / "locations.gpkg").write_bytes(os.urandom(megabytes * 1_000_000))
    way.stop()
    assert objects(server, prefix) == {}


def test_nothing_is_put_when_something_went_wrong(server: Server, prefix: str) -> None:
    with suppress(KeyboardInterrupt), store_of(f"s3://{prefix}").writing() as folder:
        (folder / "run.json").write_text("{}")
        raise KeyboardInterrupt
    assert not store_of(f"s3://{prefix}").has("run.json")


def test_a_second_run_on_the_same_prefix_is_refused(
    server: Server, prefix: str, four_towns: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = f"s3://{prefix}"
    with store_of(out).locked():
        assert run("run", four_towns, "--out", out) == 2
        said = capsys.readouterr().err
        assert f"another run writes to {out}: process {os.getpid()} on " in said
        assert "last sign of life" in said
        with store_of(f"{out}-2").locked():  # a prefix that begins alike is another place
            pass
    assert run("run", four_towns, "--gemeente", "A", "--out", out) == 0
    assert not [name for name in objects(server, prefix) if LOCK in name]


def test_of_many_that_begin_at_once_never_two_are_in(prefix: str) -> None:
    inside, most = threading.Semaphore(1), 40

    def enter(_number: int) -> str:
        try:
            with store_of(f"s3://{prefix}").locked():
                if not inside.acquire(blocking=False):
                    return "two at once"
                time.sleep(0.01)
                inside.release()
                return "alone"
        except OutputError as error:
            return re.sub(r".*(another run).*", r"\1", str(error))

    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(enter, range(most))) <= {"alone", "another run"}
    with store_of(f"s3://{prefix}").locked():
        pass


def test_a_run_that_was_killed_is_told_by_its_silence(
    server: Server,
    prefix: str,
    four_towns: Path,
    four_towns_results: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    out = f"s3://{prefix}"
    script = f"""
import sys, time
import flexruimte.batch.job as job
from flexruimte.results import store
store._SECONDS_BETWEEN_SIGNS = 0.2
write = job._write
def later(ranking, folder):
    write(ranking, folder)
    open({str(tmp_path / "waiting")!r}, "w").close()
    time.sleep(60)
job._write = later
sys.argv = ["flexruimte", "run", {str(four_towns)!r}, "--out", {out!r}]
from flexruimte.cli import main
main()
"""
    process = subprocess.Popen(
        [sys.executable, "-c", script], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        until(lambda: (tmp_path / "waiting").exists() or process.poll() is not None)
        monkeypatch.setattr(store, "_SECONDS_WITHOUT_SIGN", 2.0)
        until(lambda: (tmp_path / "waiting").stat().st_mtime + 4 < time.time())
        with pytest.raises(
            OutputError, match=f"process {process.pid} on"
        ):  # it is alive: it gives signs
            batch.run(Study.load(four_towns), None, out)
    finally:
        process.kill()
        process.wait()
    assert "A/locations.gpkg" not in objects(server, prefix)  # not whole, so not there
    log = json.loads(ask(f"{server.address}/{prefix}/run.json", "GET"))
    assert [entry["state"] for entry in log["municipalities"].values()] == ["running"]

    def is_free() -> bool:
        with suppress(OutputError), store_of(out).locked():
            return True
        return False

    until(is_free)
    assert batch.run(Study.load(four_towns), None, out).exit_status == 0
    assert objects(server, prefix) == contents(four_towns_results)


def test_errors_survive_the_way_between_processes(prefix: str) -> None:
    import pickle

    there = pickle.loads(pickle.dumps(store_of(f"s3://{prefix}")))
    there.check()
    with pytest.raises(FlexruimteError), there.writing("A"):
        raise SourceError("nothing")


def test_a_folder_whose_name_is_not_utf8_is_refused_before_anything_is_computed(
    tmp_path: Path,
) -> None:
    with pytest.raises(OutputError, match=r"caf\\udce9 holds a name .* not UTF-8.*; rename"):
        store_of(tmp_path / os.fsdecode(b"caf\xe9"))
    assert list(tmp_path.iterdir()) == []
