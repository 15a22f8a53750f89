"""The command fetch: what it says, and its exit statuses."""

from __future__ import annotations

from pathlib import Path

import pytest

from command_line import run
from open_data_server import serving
from sample_services import sample_server, write_study

FEW = ("bag_pand", "nnn")


@pytest.fixture(autouse=True)
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody waits long in a test."""
    monkeypatch.setattr(
        "flexruimte.evidence.fetching.client.Client._rest", lambda _self, _seconds: None
    )


def test_all_there_is_exit_status_0(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with serving(sample_server(FEW)) as server:
        study = write_study(tmp_path, server, tables=FEW)
        assert run("fetch", study, "--gemeente", "oudermeer", "--cache", tmp_path / "cache") == 0
        said = capsys.readouterr()
        assert said.out.splitlines() == [
            "GM9001: 4 fetched",
            "",
            "Next:",
            f"  see whether all is there  flexruimte check {study}",
        ]
        assert "[2/4] parcels: fetched, 2511 features" in said.err
        assert run("fetch", study, "--gemeente", "GM9001") == 0
        assert "GM9001: 4 unchanged" in capsys.readouterr().out


def test_some_missing_is_exit_status_1_and_a_table_of_what_is_not_known(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with serving(sample_server(FEW)) as server:
        study = write_study(tmp_path, server, tables=FEW)
        server.always = {"collections/nnn": "500"}
        assert run("fetch", study, "--gemeente", "GM9001") == 1
        said = capsys.readouterr().out
    assert "GM9001: 3 fetched, 1 missing" in said
    assert "rules and criteria without an" in said
    assert f"{server.address}/ogc/collections/nnn?f=json answers with status 500" in said
    assert 'not_assessed = ["nnn"]' in said


def test_bad_input_is_exit_status_2(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with serving(sample_server(FEW)) as server:
        study = write_study(tmp_path, server, tables=FEW)
    assert run("fetch", study, "--gemeente", "Nergenshuizen") == 2
    assert "flexruimte: error: there is no municipality 'Nergenshuizen'" in capsys.readouterr().err
    assert run("fetch", study) == 2
    assert "say for which municipality" in capsys.readouterr().err
    assert run("fetch", tmp_path / "none.toml", "--gemeente", "GM9001") == 2


def test_interrupted_is_exit_status_130(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupted(*_arguments: object, **_others: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("flexruimte.batch.fetch.fetch", interrupted)
    assert run("fetch", tmp_path / "study.toml") == 130
    assert "interrupted; give the same command again to go on" in capsys.readouterr().err
