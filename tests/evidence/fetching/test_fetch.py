"""One dataset becomes one file, or none: by which service, what is there already, what the record says."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyogrio
import pytest

from evidence.fetching.houses import houses
from flexruimte import OutputError, SourceError
from flexruimte.evidence.catalogue.model import Dataset
from flexruimte.evidence.fetching.client import Client
from flexruimte.evidence.fetching.fetch import Fetched, Wanted, fetch_dataset
from flexruimte.evidence.fetching.parts import move
from flexruimte.evidence.fetching.provenance import path_of_record, read_provenance, sha256_of
from flexruimte.rules.parts import Text
from open_data_server import RD, Collection, Server, serving
from sample_services import WORDS, dataset, service

WINDOW = (0.0, 0.0, 1000.0, 1000.0)
FIELDS = {"status": "status", "bouwjaar": "jaar"}


@pytest.fixture
def server() -> Iterator[Server]:
    with serving(Server(collections={"pand": Collection(houses())})) as running:
        yield running


def ogc(server: Server, **settings: Any) -> Any:
    given = {
        "protocol": "ogcapi",
        "address": f"{server.address}/ogc",
        "layer": "pand",
        "id": "identificatie",
        "fields": FIELDS,
    }
    return service(**{**given, **settings})


def wfs(server: Server, **settings: Any) -> Any:
    return ogc(server, protocol="wfs", address=f"{server.address}/wfs?apikey=geheim", **settings)


def fetch(
    served: Dataset,
    folder: Path,
    *,
    windows: Any = (WINDOW,),
    code: str = "GM0001",
    fresh: bool = False,
) -> Fetched:
    wanted = Wanted("bag_pand", served, folder / "data" / "pand.gpkg", windows, [code])
    client = Client(pause_s=0.01, tries=2, seconds=30)
    return fetch_dataset(
        wanted, client, folder / "data" / ".fetch", folder / "cache", lambda _: None, fresh=fresh
    )


def without_shapes(server: Server, count: int) -> None:
    """Let the first features that are served have no shape."""
    collection = server.collections["pand"]
    collection.texts(RD)[:count] = [
        re.sub(r'"geometry":{.*?},"properties"', '"geometry":null,"properties"', text)
        for text in collection.texts(RD)[:count]
    ]


def test_features_without_any_shape_are_no_empty_place(server: Server, tmp_path: Path) -> None:
    without_shapes(server, len(houses()))
    with pytest.raises(SourceError, match="and none has a shape"):
        fetch(dataset(ogc(server)), tmp_path)
    assert not (tmp_path / "data" / "pand.gpkg").exists()


def test_a_feature_without_a_shape_is_written_and_not_dropped(
    server: Server, tmp_path: Path
) -> None:
    without_shapes(server, 3)
    record = fetch(dataset(ogc(server)), tmp_path).record
    found = pyogrio.read_dataframe(tmp_path / "data" / "pand.gpkg")
    assert len(found) == record.features == len(houses())
    assert found.geometry.isna().sum() == 3


def test_the_layer_is_the_one_that_is_served(server: Server, tmp_path: Path) -> None:
    served = ogc(
        server,
        where={"status": ["Pand in gebruik"]},
        missing={"bouwjaar": [9]},
        constants={"bron": "proef"},
        values={"status": {"Pand in gebruik": "in gebruik"}},
    )
    record = fetch(dataset(served), tmp_path).record
    found = pyogrio.read_dataframe(tmp_path / "data" / "pand.gpkg", layer="bag_pand")
    expected = houses()[houses()["status"] == "Pand in gebruik"].reset_index(drop=True)
    assert found["identificatie"].tolist() == expected["identificatie"].tolist()
    assert found.geometry.geom_equals(expected.geometry).all()
    assert set(found["status"]) == {"in gebruik"}
    assert found["bouwjaar"].isna().tolist() == (expected["jaar"] == 9).tolist()
    assert set(found["bron"]) == {"proef"}
    assert list(found) == ["status", "bouwjaar", "identificatie", "bron", "geometry"]
    assert record.features == len(expected) == 2250


def test_the_record_says_what_was_asked_of_whom(server: Server, tmp_path: Path) -> None:
    record = fetch(dataset(wfs(server, attribution="Kadaster", licence="PDM 1.0")), tmp_path).record
    target = tmp_path / "data" / "pand.gpkg"
    assert read_provenance(target) == record
    assert record.sha256 == sha256_of(target)
    assert (record.dataset, record.protocol, record.layer, record.features) == (
        "bag_pand",
        "wfs",
        "pand",
        2500,
    )
    assert (record.licence, record.attribution) == ("PDM 1.0", "Kadaster")
    assert record.reference_date == dt.datetime.now(dt.UTC).date()
    assert record.schema_confirmed
    assert record.windows == [WINDOW]
    assert "bbox=0.000,0.000,1000.000,1000.000" in record.query
    assert "geheim" not in path_of_record(target).read_text()
    assert not (tmp_path / "data" / ".fetch" / "pand_gpkg").exists()


def test_the_day_of_the_data_goes_before_that_of_fetching(server: Server, tmp_path: Path) -> None:
    record = fetch(dataset(ogc(server, reference_date=dt.date(2025, 1, 1))), tmp_path).record
    assert record.reference_date == dt.date(2025, 1, 1)


@pytest.mark.parametrize("fault", ["500", "html", "other", "rename"])
def test_where_one_service_fails_the_next_is_asked(
    server: Server, tmp_path: Path, fault: str
) -> None:
    server.always = {"/ogc": fault}
    found = fetch(dataset(ogc(server), wfs(server)), tmp_path)
    assert found.record.protocol == "wfs"
    assert len(found.refused) == 1
    assert f"{server.address}/ogc" in found.refused[0]


def test_where_all_fail_nothing_is_written_and_each_is_told(server: Server, tmp_path: Path) -> None:
    server.always = {"items": "other", "startIndex": "html"}
    with pytest.raises(
        SourceError, match=r"/ogc/.*other JSON than features.*; then bag_pand: .*/wfs.*web page"
    ):
        fetch(dataset(ogc(server), wfs(server)), tmp_path)
    assert not (tmp_path / "data" / "pand.gpkg").exists()
    assert not path_of_record(tmp_path / "data" / "pand.gpkg").exists()


def test_a_licence_that_forbids_is_obeyed(server: Server, tmp_path: Path) -> None:
    with pytest.raises(
        SourceError,
        match=r"the licence of .*/ogc \(no copies\) forbids automatic copies; fetch it by hand",
    ):
        fetch(dataset(ogc(server, licence="no copies", may_be_fetched=False)), tmp_path)
    assert server.asked == []
    asked = Dataset(title=WORDS, silence=WORDS, ask=Text(nl="x", en="ask the province"))
    with pytest.raises(SourceError, match="bag_pand: no open service has it; ask the province"):
        fetch(asked, tmp_path)


def test_what_is_there_is_not_fetched_again(server: Server, tmp_path: Path) -> None:
    first = fetch(dataset(ogc(server)), tmp_path)
    assert first.is_new
    count = len(server.asked)
    left = (
        tmp_path / "data" / ".fetch" / "pand_gpkg" / "0"
    )  # by a process that was ended at its end
    left.mkdir(parents=True)
    again = fetch(dataset(ogc(server)), tmp_path)
    assert not left.exists()
    assert (again.is_new, again.record) == (False, first.record)
    # A smaller window lies in it.
    assert not fetch(dataset(ogc(server)), tmp_path, windows=[(0.0, 0.0, 10.0, 10.0)]).is_new
    assert len(server.asked) == count
    assert fetch(dataset(ogc(server)), tmp_path, fresh=True).is_new
    assert fetch(
        dataset(ogc(server, fields={"status": "status"})), tmp_path
    ).is_new  # another question


def test_data_of_another_municipality_is_not_replaced_unasked(
    server: Server, tmp_path: Path
) -> None:
    fetch(dataset(ogc(server)), tmp_path)
    elsewhere = [(500.0, 500.0, 1500.0, 1500.0)]
    with pytest.raises(
        SourceError,
        match=r"pand.gpkg holds the data of GM0001 and does not reach .*--to, or replace it with --fresh",
    ):
        fetch(dataset(ogc(server)), tmp_path, windows=elsewhere, code="GM0002")
    assert fetch(
        dataset(ogc(server)), tmp_path, windows=elsewhere, code="GM0002", fresh=True
    ).record.municipalities == ["GM0002"]


@pytest.mark.parametrize("fresh", [False, True])
def test_a_file_of_somebody_is_never_replaced(server: Server, tmp_path: Path, fresh: bool) -> None:
    (tmp_path / "data").mkdir()
    target = tmp_path / "data" / "pand.gpkg"
    target.write_bytes(b"mine")
    with pytest.raises(
        SourceError,
        match=r"pand.gpkg was not written by flexruimte fetch, or was changed since; move it away",
    ):
        fetch(dataset(ogc(server)), tmp_path, fresh=fresh)
    assert target.read_bytes() == b"mine"


def test_the_same_bytes_whichever_service_answers_and_whenever(
    server: Server, tmp_path: Path
) -> None:
    for name, served in {"ogc": ogc(server), "wfs": wfs(server), "again": ogc(server)}.items():
        fetch(dataset(served), tmp_path / name)
    files = [
        (tmp_path / name / "data" / "pand.gpkg").read_bytes() for name in ("ogc", "wfs", "again")
    ]
    assert files[0] == files[1] == files[2]


def test_several_layers_are_one_dataset(server: Server, tmp_path: Path) -> None:
    server.collections["meer"] = Collection(houses().iloc[:5].assign(identificatie=list("vwxyz")))
    record = fetch(dataset(ogc(server, also_layers=["meer"])), tmp_path).record
    assert record.features == 2505


@pytest.mark.parametrize("moves", [0, 1])
def test_what_was_whole_and_not_yet_in_its_place_is_put_there(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, moves: int
) -> None:
    """The process is ended before the file, or between the file and its record."""
    fetch(dataset(ogc(server)), tmp_path / "unbroken")
    moved: list[Path] = []

    def moving(path: Path, target: Path) -> None:
        if len(moved) == moves:
            raise KeyboardInterrupt
        moved.append(path)
        move(path, target)

    with monkeypatch.context() as patch:
        patch.setattr("flexruimte.evidence.fetching.fetch.move", moving)
        with pytest.raises(KeyboardInterrupt):
            fetch(dataset(ogc(server)), tmp_path)
    count = len(server.asked)
    assert not fetch(dataset(ogc(server)), tmp_path).is_new
    assert len(server.asked) == count
    file, unbroken = (folder / "data" / "pand.gpkg" for folder in (tmp_path, tmp_path / "unbroken"))
    assert file.read_bytes() == unbroken.read_bytes()


def test_a_full_disk_leaves_what_was_there(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fetch(dataset(ogc(server)), tmp_path)
    before = (tmp_path / "data" / "pand.gpkg").read_bytes()

    def full(*_arguments: object, **_others: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(pyogrio, "write_arrow", full)
    with pytest.raises(OutputError, match=r"cannot be written: .*No space left on device"):
        fetch(dataset(ogc(server)), tmp_path, fresh=True)
    assert (tmp_path / "data" / "pand.gpkg").read_bytes() == before
    assert read_provenance(tmp_path / "data" / "pand.gpkg") is not None
