"""Inputs and results on object storage, against a real S3 server; the oracle is always the same run on a disk."""

from __future__ import annotations

import json
import os
import re
import shutil
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest

from command_line import run
from flexruimte import FlexruimteError, OutputError, SourceError, Study, batch
from flexruimte.evidence import storage
from flexruimte.results import outputs, store
from flexruimte.results.store import LOCK, store_of
from object_storage import (
    BUCKET,
    Server,
    ask,
    comparable,
    elsewhere,
    free_port,
    objects,
    put,
    serving,
)
from running import until
from toy_files import write_toy_study
from toy_town import write_raster
from written_files import contents

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with serving() as running:
        yield running


@pytest.fixture(autouse=True)
def within_reach(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    server.reach(monkeypatch)


@pytest.fixture
def prefix(request: pytest.FixtureRequest) -> str:
    """Of a test of its own in the bucket."""
    return f"{BUCKET}/{request.node.name.replace('[', '-').replace(']', '')}"


# ----------------------------------------------------------------------------------------------------------------------- inputs elsewhere


@pytest.mark.parametrize("scheme", ["s3", "http"])
def test_sources_elsewhere_give_what_files_give(
    server: Server,
    prefix: str,
    scheme: str,
    four_towns: Path,
    four_towns_results: Path,
    tmp_path: Path,
) -> None:
    put(four_towns.parent, f"{server.address}/{prefix}")
    address = f"s3://{prefix}" if scheme == "s3" else f"{server.address}/{prefix}"
    study = elsewhere(four_towns, address, tmp_path / "study")
    assert run("check", study) == 0
    assert batch.run(Study.load(study), None, tmp_path / "out").exit_status == 0
    assert comparable(tmp_path / "out", f"{address}/") == comparable(four_towns_results)
    assert batch.run(Study.load(study), None, tmp_path / "out").computed == []


def test_a_source_that_changes_is_read_again_and_not_from_memory(
    server: Server, prefix: str, tmp_path: Path
) -> None:
    local = write_toy_study(tmp_path / "local")
    put(local.parent, f"{server.address}/{prefix}")
    study = elsewhere(local, f"s3://{prefix}", tmp_path / "study")
    out = tmp_path / "out"
    assert batch.run(Study.load(study), ["A"], out).computed == ["A"]
    before = comparable(out, f"s3://{prefix}/")
    # The same names and sizes; only what is in them differs: 40 dB everywhere, and the parcels in another order.
    write_raster(local.parent / "lden.tif", np.full((6, 6), 40.0), 50.0, 300.0)
    owners = pd.read_csv(local.parent / "eigendom.csv", dtype="string")
    owners.iloc[::-1].assign(parcel_id=list(owners["parcel_id"])).to_csv(
        local.parent / "eigendom.csv", index=False
    )
    for name in ("lden.tif", "eigendom.csv"):
        ask(f"{server.address}/{prefix}/{name}", "PUT", (local.parent / name).read_bytes())
    assert batch.run(Study.load(study), ["A"], out).computed == ["A"]
    batch.run(Study.load(local), ["A"], tmp_path / "fresh")
    assert comparable(out, f"s3://{prefix}/") == comparable(tmp_path / "fresh") != before
    # Likewise a layer: pyogrio's GDAL keeps what it read of an address, for as long as the process lives.
    rows = Study.load(study).question.sources["natuur"].read([])
    from toy_town import layers

    layers(tmp_path)["natuur"].iloc[:1].to_file(local.parent / "kaart.gpkg", layer="natuur")
    ask(f"{server.address}/{prefix}/kaart.gpkg", "PUT", (local.parent / "kaart.gpkg").read_bytes())
    assert (len(rows), len(Study.load(study).question.sources["natuur"].read([]))) == (3, 1)


def test_sources_in_an_archive(server: Server, prefix: str, tmp_path: Path) -> None:
    local = write_toy_study(tmp_path / "local")
    shutil.make_archive(str(tmp_path / "kaart"), "zip", local.parent, "kaart.gpkg")
    ask(f"{server.address}/{prefix}/kaart.zip", "PUT", (tmp_path / "kaart.zip").read_bytes())
    text = local.read_text().replace(
        'source = "kaart.gpkg"', f'source = "/vsizip/s3://{prefix}/kaart.zip/kaart.gpkg"'
    )
    (local.parent / "zipped.toml").write_text(text)
    assert (
        batch.run(Study.load(local.parent / "zipped.toml"), ["A"], tmp_path / "zipped").exit_status
        == 0
    )
    batch.run(Study.load(local), ["A"], tmp_path / "plain")
    assert comparable(tmp_path / "zipped", f"/vsizip/s3://{prefix}/kaart.zip/") == comparable(
        tmp_path / "plain"
    )


def test_a_shapefile_changes_with_each_of_its_files(server: Server, prefix: str) -> None:
    for ending in ("shp", "dbf"):
        ask(f"{server.address}/{prefix}/a.{ending}", "PUT", b"one")
    before = storage.stamp(f"/vsis3/{prefix}/a.shp")
    ask(f"{server.address}/{prefix}/a.dbf", "PUT", b"two")
    assert storage.stamp(f"/vsis3/{prefix}/a.shp") != before
    assert storage.stamp(f"/vsis3/{prefix}/b.shp") is None


@pytest.mark.parametrize("scheme", ["s3", "http"])
def test_a_source_that_is_not_there(
    server: Server, prefix: str, scheme: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    study = write_toy_study(tmp_path)
    address = f"s3://{prefix}/gone.tif" if scheme == "s3" else f"{server.address}/{prefix}/gone.tif"
    study.write_text(study.read_text().replace('source = "lden.tif"', f'source = "{address}"'))
    assert run("run", study, "--out", tmp_path / "out") == 2
    said = capsys.readouterr().err
    assert f"lden ({address}): there is nothing at {address}; correct 'source'" in said
    assert not (tmp_path / "out").exists()


def test_a_web_server_that_does_not_answer(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    study = write_toy_study(tmp_path)
    address = f"http://127.0.0.1:{free_port()}/lden.tif"
    study.write_text(study.read_text().replace('source = "lden.tif"', f'source = "{address}"'))
    assert run("run", study, "--out", tmp_path / "out") == 2
    said = capsys.readouterr().err
    assert f"{address} cannot be reached: " in said
    assert "check the address and the network" in said
    assert said.count("\n") == 1


def test_storage_that_does_not_answer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{free_port()}")
    study = write_toy_study(tmp_path)
    assert run("run", study, "--out", "s3://bucket/out") == 2
    said = capsys.readouterr().err
    assert said.startswith("flexruimte: error: s3://bucket/out cannot be read: ")
    assert "AWS_ENDPOINT_URL" in said
    assert said.count("\n") == 1
    study.write_text(
        study.read_text().replace('source = "lden.tif"', 'source = "s3://bucket/lden.tif"')
    )
    assert run("check", study) == 2
    assert "lden (s3://bucket/lden.tif) cannot be reached" in capsys.readouterr().out


ENDPOINTS = {
    "a whole address": ({"AWS_ENDPOINT_URL": "http://minio:9000/"}, ("minio:9000", "NO", "FALSE")),
    "the one for S3 goes first": ({"AWS_ENDPOINT_URL": "http://a", "AWS_ENDPOINT_URL_S3": "https://b"}, ("b", "YES", "FALSE")),
    "as GDAL has it": ({"AWS_S3_ENDPOINT": "ceph.local", "AWS_HTTPS": "NO"}, ("ceph.local", "NO", "FALSE")),
    "TLS unless said otherwise": ({"AWS_S3_ENDPOINT": "ceph.local"}, ("ceph.local", "YES", "FALSE")),
    "bucket in the host": ({"AWS_S3_ENDPOINT": "x.nl", "AWS_VIRTUAL_HOSTING": "true"}, ("x.nl", "YES", "TRUE")),
    "Amazon": ({}, None),
}  # fmt: skip


@pytest.mark.parametrize("case", ENDPOINTS)
def test_all_libraries_are_told_the_same(case: str, monkeypatch: pytest.MonkeyPatch) -> None:
    given, expected = ENDPOINTS[case]
    monkeypatch.delenv("AWS_ENDPOINT_URL")
    for name, value in given.items():
        monkeypatch.setenv(name, value)
    options = storage.gdal_options()
    assert options == (
        {}
        if expected is None
        else dict(
            zip(("AWS_S3_ENDPOINT", "AWS_HTTPS", "AWS_VIRTUAL_HOSTING"), expected, strict=True)
        )
    )


def test_no_other_package_is_needed(
    server: Server, prefix: str, four_towns: Path, tmp_path: Path
) -> None:
    """The test server brings packages that users need not have, and of which libraries make use where they find them."""
    put(four_towns.parent, f"{server.address}/{prefix}/data")
    study = elsewhere(four_towns, f"s3://{prefix}/data", tmp_path / "study")
    script = f"""
import sys
sys.modules.update(dict.fromkeys(["boto3", "botocore", "fsspec", "s3fs", "requests"]))
sys.argv = ["flexruimte", "run", {str(study)!r}, "--gemeente", "A", "--out", "s3://{prefix}/out"]
from flexruimte.cli import main
main()
"""
    ended = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, timeout=120, check=False
    )
    assert ended.returncode == 0, ended.stderr
    assert "A/locations.geojson" in objects(server, f"{prefix}/out")


# ---------------------------------------------------------------------------------------------------------------------- results elsewhere


@pytest.mark.parametrize("workers", [1, 2])
def test_results_on_storage_are_those_on_a_disk(
    server: Server, prefix: str, four_towns: Path, four_towns_results: Path, workers: int
) -> None:
    out = f"s3://{prefix}"
    report = batch.run(Study.load(four_towns), None, out, workers=workers)
    assert (report.exit_status, report.computed) == (0, ["A", "B", "C", "D"])
    assert objects(server, prefix) == contents(four_towns_results)
    assert batch.run(Study.load(four_towns), None, out).computed == []
    ask(f"{server.address}/{prefix}/B/summary.json", "DELETE")
    assert batch.run(Study.load(four_towns), None, out).computed == ["B"]
    assert batch.run(Study.load(four_towns), ["A"], out, fresh=True).computed == ["A"]
    assert objects(server, prefix) == contents(four_towns_results)


def test_one_that_fails_is_named_and_the_others_are_there(
    server: Server, prefix: str, four_towns: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write = outputs.write_parquet

    def fail(parcels: gpd.GeoDataFrame, path: Path) -> None:
        if set(parcels["gemeente_code"]) == {"B"}:
            raise OutputError(f"{path} cannot be written: it is Sunday")
        write(parcels, path)

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
        "ranking.csv",
    }  # of B nothing: it is put when it is whole
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
    assert objects(server, prefix) == contents(local)
    said = capsys.readouterr().out
    assert "/tmp" not in said.replace(str(tmp_path), "")
    assert run("explain", out, "P05") == 0
    there = capsys.readouterr().out
    assert run("explain", local, "P05") == 0
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


# ------------------------------------------------------------------------------------------------------------------------------- the lock


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
