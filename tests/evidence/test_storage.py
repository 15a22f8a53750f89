"""Inputs on object storage, against a real S3 server; the oracle is always the same run on a disk."""

from __future__ import annotations

import base64
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from command_line import run
from flexruimte import Study, batch
from flexruimte.evidence import storage
from object_storage import (
    Server,
    ask,
    comparable,
    elsewhere,
    free_port,
    objects,
    put,
)
from toy_files import write_toy_study
from toy_town import write_raster

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("within_reach")]


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


@pytest.fixture
def asking() -> Iterator[tuple[str, list[str | None]]]:
    """An address on this machine that gives files as a whole, and who asked, as they said."""
    who: list[str | None] = []

    class Whole(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            who.append(self.headers.get("Authorization"))
            self.send_response(200)
            self.send_header("Content-Length", "2")
            self.end_headers()
            self.wfile.write(b"ab")

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Whole)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"127.0.0.1:{server.server_address[1]}", who
    server.shutdown()
    server.server_close()


def test_a_name_and_password_in_an_address_are_sent(asking: tuple[str, list[str | None]]) -> None:
    host, who = asking
    assert storage.read_bytes(f"http://me:a%2Fb@{host}/x") == b"ab"
    assert storage.read_bytes(f"http://{host}/x") == b"ab"
    assert who == ["Basic " + base64.b64encode(b"me:a/b").decode(), None]


def test_a_server_that_gives_no_parts_of_files(asking: tuple[str, list[str | None]]) -> None:
    assert not storage.gives_parts(f"http://{asking[0]}/x")
    assert storage.gives_parts("http://127.0.0.1:1/x")  # no answer is another fault
