"""The open data of a study: all there, or told what is missing; ended at any moment and gone on with."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pyogrio
import pytest

from flexruimte import LayerError, Study, StudyError, batch
from flexruimte.batch.fetch import FetchEvent, FetchReport, cache_folder, fetch
from flexruimte.errors import CatalogueError
from flexruimte.evidence.fetching.client import Client
from flexruimte.evidence.fetching.provenance import read_provenance
from flexruimte.study.checks import check
from flexruimte.study.sample import sample_study_path
from open_data_server import serving
from sample_services import sample_server, write_study
from written_files import contents

FEW = ("bag_pand", "natura2000", "nnn", "wur_ghg", "bbg")


def fetched(study: Path, codes: list[str] | None = None, **settings: Any) -> FetchReport:
    client = Client(pause_s=0.01, tries=2, seconds=5)
    return fetch(
        study, codes or ["GM9001"], cache=study.parent / "cache", client=client, **settings
    )


def states(report: FetchReport) -> dict[str, str]:
    return {entry.table: entry.state for entry in report.entries}


def files(study: Path) -> dict[str, bytes]:
    return {
        name: content
        for name, content in contents(study.parent / "data").items()
        if "provenance" not in name
    }


@pytest.mark.slow
@pytest.mark.parametrize("protocol", ["ogcapi", "wfs"])
def test_the_sample_from_services_ranks_as_from_its_files(tmp_path: Path, protocol: str) -> None:
    batch.run(Study.load(sample_study_path()), ["GM9002"], tmp_path / "files")
    with serving(sample_server()) as server:
        study = write_study(tmp_path / "study", server, protocol)
        assert fetched(study, ["Veldrecht"]).exit_status == 0
        assert server.most_at_once <= 4
    batch.run(Study.load(study), ["GM9002"], tmp_path / "services")
    assert (tmp_path / "services" / "ranking.csv").read_bytes() == (
        tmp_path / "files" / "ranking.csv"
    ).read_bytes()


def test_what_is_there_is_not_asked_again(tmp_path: Path) -> None:
    with serving(sample_server(FEW)) as server:
        study = write_study(tmp_path, server, tables=FEW)
        first = fetched(study)
        assert set(states(first).values()) == {"fetched"}
        assert list(states(first))[:2] == ["municipalities", "parcels"]
        count = len(server.asked)
        assert set(states(fetched(study)).values()) == {"unchanged"}
        assert len(server.asked) == count
        assert set(states(fetched(study, fresh=True)).values()) == {"fetched"}
    assert not (tmp_path / "data" / ".fetch").exists()


def test_a_study_reads_date_and_licence_from_the_record(tmp_path: Path) -> None:
    with serving(sample_server(FEW)) as server:
        study = write_study(tmp_path, server, tables=FEW)
        fetched(study)
    text = study.read_text("utf-8")
    study.write_text(
        "\n".join(
            line for line in text.splitlines() if not line.startswith(("licence", "reference_date"))
        ),
        encoding="utf-8",
    )
    record = read_provenance(tmp_path / "data" / "nnn.gpkg")
    assert record is not None
    settings = Study.load(study).question.sources["nnn"].settings
    assert (settings.reference_date, settings.licence) == (record.reference_date, "CC0 (fictional)")


def test_two_municipalities_are_one_file(tmp_path: Path) -> None:
    with serving(sample_server(FEW)) as server:
        study = write_study(tmp_path, server, tables=FEW)
        fetched(study, ["GM9001", "GM9002", "GM9003"])
    served = server.collections["bag_pand"].features
    found = pyogrio.read_dataframe(tmp_path / "data" / "bag_pand.gpkg")
    assert sorted(found["identificatie"]) == sorted(served["identificatie"])
    assert (
        not found["identificatie"].duplicated().any() or served["identificatie"].duplicated().any()
    )


def test_a_dataset_that_fails_does_not_stop_the_others(tmp_path: Path) -> None:
    seen: list[FetchEvent] = []
    with serving(sample_server(FEW)) as server:
        study = write_study(tmp_path, server, tables=FEW)
        server.always = {"collections/nnn": "html", "GetCoverage": "500"}
        report = fetched(study, progress=seen.append)
        assert [entry.table for entry in report.missing] == ["nnn", "wur_ghg"]
        assert report.exit_status == 1
        assert "nnn" in report.missing[0].unanswered
        assert f"{server.address}/ogc/collections/nnn" in report.missing[0].error
        assert "a web page and not with data" in report.missing[0].error
        assert not (tmp_path / "data" / "nnn.gpkg").exists()
        # Afterwards only those are asked for that were missing.
        server.always = {}
        server.asked.clear()
        assert {table for table, state in states(fetched(study)).items() if state == "fetched"} == {
            "nnn",
            "wur_ghg",
        }
        assert all("nnn" in asked or "wcs" in asked for asked in server.asked)
    assert [event.table for event in seen if event.kind == "missing"] == ["nnn", "wur_ghg"]
    assert seen[-1].total == 7


def test_without_the_municipality_s_boundary_nothing_else_can_be_had(tmp_path: Path) -> None:
    with serving(sample_server(FEW)) as server:
        study = write_study(tmp_path, server, tables=FEW)
        server.always = {"gemeentegebied": "503"}
        report = fetched(study)
    assert set(states(report).values()) == {"missing"}
    assert "status 503" in report.entries[0].error
    assert (
        report.entries[1].error == "it is not known where the municipality lies: see municipalities"
    )


def test_no_network(tmp_path: Path) -> None:
    with serving(sample_server(FEW)) as server:
        study = write_study(tmp_path, server, tables=FEW)
    report = fetched(study)
    assert report.exit_status == 1
    assert "cannot be reached" in report.entries[0].error


def test_data_of_another_municipality_stays_and_is_told(tmp_path: Path) -> None:
    with serving(sample_server(FEW)) as server:
        study = write_study(tmp_path, server, tables=FEW)
        fetched(study, ["GM9001"])
        before = files(study)
        report = fetched(study, ["GM9003"])
        assert "parcels" in [entry.table for entry in report.missing]
        assert all("GM9001 and does not reach" in entry.error for entry in report.missing)
        assert files(study) == before
        elsewhere = fetched(study, ["GM9003"], target=tmp_path / "other")
        assert elsewhere.exit_status == 0
        assert (tmp_path / "other" / "data" / "parcels.gpkg").is_file()


def test_who_it_is_for_has_to_be_said_and_to_exist(tmp_path: Path) -> None:
    with serving(sample_server(FEW)) as server:
        study = write_study(tmp_path, server, tables=FEW)
        with pytest.raises(CatalogueError, match="near are Oudermeer"):
            fetched(study, ["Oudermeers"])
        with pytest.raises(StudyError, match="say for which municipality: with --gemeente"):
            fetch(study, None)
        study.write_text(
            study.read_text().replace('language = "nl"', 'language = "nl"\ngemeenten = ["GM9001"]')
        )
        assert fetch(
            study, None, cache=tmp_path / "cache", client=Client(pause_s=0.01)
        ).municipalities == ["GM9001"]


def test_two_fetches_into_one_folder(tmp_path: Path) -> None:
    from flexruimte import OutputError
    from flexruimte.results.lock import lock_file

    with serving(sample_server(FEW)) as server:
        study = write_study(tmp_path, server, tables=FEW)
        (tmp_path / "data" / ".fetch").mkdir(parents=True)
        with (
            lock_file(tmp_path / "data" / ".fetch" / "lock"),
            pytest.raises(OutputError, match="choose another folder with --to"),
        ):
            fetched(study)


def test_ctrl_c_ends_all_of_it(tmp_path: Path) -> None:
    def interrupting(event: FetchEvent) -> None:
        if event.kind == "fetched" and event.table == "parcels":
            raise KeyboardInterrupt

    with serving(sample_server(FEW)) as server:
        study = write_study(tmp_path, server, tables=FEW)
        with pytest.raises(KeyboardInterrupt):
            fetched(study, progress=interrupting)
        assert fetched(study).exit_status == 0


def test_the_cache_is_the_account_s(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert cache_folder() == tmp_path / "flexruimte"


def _start(study: Path) -> subprocess.Popen[bytes]:
    command = [
        sys.executable,
        "-m",
        "flexruimte.cli",
        "fetch",
        str(study),
        "--gemeente",
        "GM9001",
        "--cache",
        str(study.parent / "cache"),
    ]
    return subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def _in_place(study: Path) -> set[str]:
    folder = study.parent / "data"
    return (
        {path.name for path in folder.iterdir() if path.suffix in (".gpkg", ".tif")}
        if folder.is_dir()
        else set()
    )


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGKILL")
def test_killed_at_any_moment_it_ends_with_the_same_files(tmp_path: Path) -> None:
    tables = (*FEW, "bag_verblijfsobject", "nwb_wegvakken", "ahn_dtm", "gtfs_stops")
    server = sample_server(tables)
    server.most_per_page, server.pause_s = 150, 0.005  # many requests: most windows are divided
    chance = random.Random(14)
    with serving(server):
        unbroken = write_study(tmp_path / "unbroken", server, tables=tables)
        began = time.monotonic()
        assert _start(unbroken).wait() == 0
        seconds, expected = time.monotonic() - began, files(unbroken)
        for number in range(3):
            study = write_study(tmp_path / f"killed-{number}", server, tables=tables)
            for _ in range(2):
                process = _start(study)
                time.sleep(chance.uniform(0.3, 1.0) * seconds)
                process.send_signal(signal.SIGKILL)
                process.wait()
                there = _in_place(study)
                server.asked.clear()
            assert _start(study).wait() == 0
            assert files(study) == expected, f"killed run {number}"
            assert not (study.parent / "data" / ".fetch").exists()
            # What was in its place was not asked for again; of parts that were whole `test_tiled` tells.
            for name in there - {"parcels.gpkg", "municipalities.gpkg"}:
                layer = name.partition(".")[0]
                asked = [
                    each for each in server.asked if f"/{layer}/" in each or f"={layer}&" in each
                ]
                assert asked == [], name


def test_a_municipality_that_was_not_fetched_is_no_empty_place(tmp_path: Path) -> None:
    with serving(sample_server(FEW)) as server:
        study = write_study(tmp_path, server, tables=FEW)
        fetched(study, ["GM9001"])
        not_there = r"parcels \(data/parcels.gpkg\) was fetched for GM9001 and does not reach"
        with pytest.raises(LayerError, match=not_there):
            Study.load(study).rank("GM9002")
        assert check(Study.load(study).question, ["GM9002"]).problems
        assert check(Study.load(study).question, ["GM9001"]).problems == []
        # It stays where only the other is asked for, and is replaced by both.
        assert set(states(fetched(study, ["GM9002"])).values()) == {"unchanged", "missing"}
        assert set(states(fetched(study, ["GM9001", "GM9002"])).values()) == {
            "unchanged",
            "fetched",
        }
    assert len(Study.load(study).rank("GM9002").parcels)


def test_a_rule_that_looks_further_is_not_answered_by_what_was_fetched_before(
    tmp_path: Path,
) -> None:
    further = """extends = "flexwonen-nl"
[rules.nnn]
distance_m = 2000
source = "made for this test"
basis = "assumption"
"""
    with serving(sample_server(FEW)) as server:
        study = write_study(tmp_path, server, tables=FEW)
        fetched(study)
        Study.load(study).rank("GM9001")
        (tmp_path / "own.toml").write_text(further, encoding="utf-8")
        text = study.read_text("utf-8").replace('"flexwonen-nl"', '"own.toml"')
        study.write_text(text, encoding="utf-8")
        with pytest.raises(LayerError, match=r"nnn .* does not reach as far as is read now"):
            Study.load(study).rank("GM9001")
        again = states(fetched(study))
        assert {table for table, state in again.items() if state == "fetched"} == {"nnn"}
    assert len(Study.load(study).rank("GM9001").parcels)
