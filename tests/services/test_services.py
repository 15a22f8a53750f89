"""The sample behind real servers ranks as from its files: pygeoapi, MapServer and PostGIS, started here and stopped again."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from command_line import run
from fault_proxy import FAULTS, Proxy, proxied
from flexruimte import Study, batch
from flexruimte.batch.fetch import FetchReport, fetch
from flexruimte.evidence.catalogue.reading import read_catalogue
from flexruimte.evidence.fetching.client import Client
from flexruimte.evidence.fetching.provenance import read_provenance
from flexruimte.study.sample import sample_study_path
from postgis import address_of, private_database
from real_services import RealServices, real_services
from sample_services import CODES, SAMPLE, as_toml, sample_services, write_study

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RealServices]:
    with (
        private_database() as database,
        real_services(tmp_path_factory.mktemp("servers"), database) as started,
    ):
        yield started


@pytest.fixture(scope="module")
def ranking(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """ranking.csv of the sample study, from its files."""
    return ranked(sample_study_path(), tmp_path_factory.mktemp("files"))


def ranked(study: Path, out: Path) -> bytes:
    batch.run(Study.load(study), None, out)
    return (out / "ranking.csv").read_bytes()


@pytest.mark.parametrize("protocol", ["ogcapi", "wfs"])
def test_the_sample_from_services_ranks_as_from_its_files(
    servers: RealServices, ranking: bytes, tmp_path: Path, protocol: str
) -> None:
    """Features by pygeoapi or by MapServer, rasters by MapServer's WCS."""
    study = write_study(tmp_path / "study", servers, protocol)
    report = fetch(study, [*CODES], cache=tmp_path / "cache", client=Client(pause_s=0.01))
    assert not report.missing, [entry.error for entry in report.missing]
    assert ranked(study, tmp_path / "out") == ranking
    record = read_provenance(tmp_path / "study" / "data" / "bag_pand.gpkg")
    assert record is not None
    assert f"/{'ogc' if protocol == 'ogcapi' else 'wfs'}" in str(record)


FEW = ("bag_pand", "bgt_wegdeel", "nnn", "wur_ghg")


def fetched_through(
    servers: RealServices,
    folder: Path,
    faults: Sequence[str],
    protocol: str = "ogcapi",
    **settings: Any,
) -> tuple[FetchReport, dict[str, bytes], Proxy]:
    """Fetch some layers of one municipality through a proxy; return what is there after it."""
    with proxied(servers.address, faults, **settings) as proxy:
        behind = replace(servers, address=proxy.address)
        study = write_study(folder, behind, protocol, FEW)
        client = Client(pause_s=0.01, tries=8, seconds=20)
        report = fetch(study, ["GM9001"], cache=folder / "cache", client=client)
    files = {path.name: path.read_bytes() for path in sorted((folder / "data").glob("*.[gt][pi]*"))}
    return report, {name: content for name, content in files.items() if "json" not in name}, proxy


@pytest.mark.parametrize("protocol", ["ogcapi", "wfs"])
def test_what_goes_wrong_on_the_way_is_asked_again(
    servers: RealServices, tmp_path: Path, protocol: str
) -> None:
    """Dropped, busy, broken, cut short and slow: the same bytes as without."""
    report, expected, _ = fetched_through(servers, tmp_path / "plain", (), protocol)
    assert report.exit_status == 0
    assert len(expected) == len(FEW) + 2
    faults = ("", *FAULTS)
    report, found, proxy = fetched_through(
        servers, tmp_path / "faults", faults, protocol, by_address=True
    )
    assert report.exit_status == 0, [entry.error for entry in report.missing]
    assert set(proxy.happened) == {"", *FAULTS}
    assert found == expected


def test_a_page_that_repeats_is_no_short_layer(servers: RealServices, tmp_path: Path) -> None:
    report, found, _ = fetched_through(
        servers, tmp_path, ("", "again"), only="/collections/bag_pand/items"
    )
    assert [entry.table for entry in report.missing] == ["bag_pand"]
    assert "bag_pand.gpkg" not in found


def test_a_field_that_was_renamed_is_named(servers: RealServices, tmp_path: Path) -> None:
    report, found, _ = fetched_through(servers, tmp_path, (), renamed={'"status"': '"pand_status"'})
    missing = {entry.table: entry.error for entry in report.missing}
    assert "'status'" in missing["bag_pand"]
    assert "pand_status" in missing["bag_pand"]
    assert "bag_pand.gpkg" not in found
    assert "nnn.gpkg" in found


def study_of_database(servers: RealServices, folder: Path) -> Path:
    """Write the sample study with all of it in the database, but for the rasters."""
    study = tomllib.loads(sample_study_path().read_text("utf-8"))
    for table in (
        study["parcels"],
        study["municipalities"],
        study["decisions"],
        *study["layers"].values(),
    ):
        source = Path(table["source"])
        if source.suffix in (".gpkg", ".csv"):
            table |= {
                "source": address_of(servers.database),
                "layer": f"public.{table.get('layer', source.stem)}",
            }
        else:
            table["source"] = str(SAMPLE / source)
    path = folder / "study.toml"
    path.write_text(as_toml(study), encoding="utf-8")
    return path


def test_the_sample_from_a_database_ranks_as_from_its_files(
    servers: RealServices, ranking: bytes, tmp_path: Path
) -> None:
    """Parcels, municipalities, layers, tables and decisions, around each municipality by the index of the server."""
    assert ranked(study_of_database(servers, tmp_path), tmp_path / "out") == ranking


def loopback(servers: RealServices, folder: Path) -> Path:
    """Write a catalogue in which every dataset of the built-in one is served here, or by nobody."""
    words = {"nl": "vraag het", "en": "ask"}
    served = sample_services(servers)
    roles = {"sample_parcels": "brk_perceel", "sample_municipalities": "gemeentegebied"}
    here = {roles.get(key, key.removeprefix("sample_")): value for key, value in served.items()}
    datasets: dict[str, Any] = {
        key: here.get(key) or {"services": [], "ask": words} for key in read_catalogue().datasets
    }
    towns = {code: {"name": name, "province": "Nergens"} for code, name in CODES.items()}
    path = folder / "loopback.toml"
    path.write_text(as_toml({"datasets": datasets, "municipalities": towns}), encoding="utf-8")
    return path


def test_three_commands_from_nothing_to_a_map(
    servers: RealServices, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    catalogue = loopback(servers, tmp_path)
    study, cache = tmp_path / "town" / "study.toml", tmp_path / "cache"
    asked = (
        "new",
        study.parent,
        "--gemeente",
        "GM9001",
        "--catalogue",
        catalogue,
        "--as-of",
        "2026-01-01",
    )
    assert run(*asked) == 0, capsys.readouterr()
    assert run("fetch", study, "--cache", cache) == 0, capsys.readouterr()
    assert run("run", study, "--out", tmp_path / "out") == 0, capsys.readouterr()
    assert (tmp_path / "out" / "GM9001" / "locations.geojson").is_file()
    assert (tmp_path / "out" / "ranking.csv").read_text("utf-8").count("\n") > 10
