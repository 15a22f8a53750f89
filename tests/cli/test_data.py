"""The commands catalogue and new."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

import pytest

from command_line import run
from flexruimte.rules.study_file import read_study_file
from renamed_folder import renamed


def test_the_catalogue_fits_a_terminal_of_80_columns(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    assert run("catalogue", "--language", "nl") == 0
    lines = capsys.readouterr().out.splitlines()
    for key in ("brk_perceel", "liwo_overstromingsgevoelig", "bgt_onbegroeidterreindeel"):
        assert any(key in line for line in lines), key


def test_one_dataset_in_full(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("catalogue", "rivm_netkaart") == 0
    printed = capsys.readouterr().out
    assert "rekenafs_1" in printed
    assert "confirmed on 30 November 2026: " in printed
    assert "without it is not known: " in printed


def test_the_catalogue_for_a_program(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("catalogue", "--format", "json") == 0
    datasets = json.loads(capsys.readouterr().out)
    assert datasets["brk_perceel"]["serves"] == "parcels"
    assert run("catalogue", "brk_perceel", "--format", "json") == 0
    assert json.loads(capsys.readouterr().out) == datasets["brk_perceel"]


def test_a_dataset_that_is_not_there(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("catalogue", "natura200") == 2
    assert "no dataset 'natura200'; did you mean 'natura2000'?" in capsys.readouterr().err


def test_a_catalogue_of_your_own(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    own = tmp_path / "mine.toml"
    own.write_text('[servers.pdok_bag]\naddress = "https://mirror.example.org/bag"\n')
    assert run("catalogue", "bag_pand", "--catalogue", own) == 0
    assert "1. ogcapi, confirmed: https://mirror.example.org/bag" in capsys.readouterr().out


def test_a_new_study_says_what_to_do_next(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "in delft"
    assert run("new", folder, "--gemeente", "delft", "--as-of", "2026-01-01") == 0
    printed = capsys.readouterr().out.splitlines()
    assert printed[-4:] == [
        "",
        "Next:",
        f"  get the data              flexruimte fetch '{folder}/study.toml'",
        f"  see whether all is there  flexruimte check '{folder}/study.toml'",
    ]
    assert f"{folder}/to_fill/eigendom.csv: to fill in, if you know it" in printed
    file = read_study_file(folder / "study.toml")
    assert file.study.as_of == dt.date(2026, 1, 1)
    assert f"with {len(file.layers)} layers to fetch" in printed[0]
    assert f"{len(file.study.not_assessed)} are left out" in printed[0]


def test_without_a_date_it_is_of_today(tmp_path: Path) -> None:
    before = dt.date.today()
    assert run("new", tmp_path / "delft", "--gemeente", "GM0503") == 0
    as_of = read_study_file(tmp_path / "delft" / "study.toml").study.as_of
    assert before <= as_of <= dt.date.today()


def test_a_municipality_that_merged_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("new", tmp_path, "--gemeente", "GM0756") == 0
    printed = capsys.readouterr().out
    assert printed.startswith("Boxmeer (GM0756) went into Land van Cuijk (GM1982) on 2022-01-01\n")
    assert read_study_file(tmp_path / "study.toml").study.gemeenten == ["GM1982"]


def test_a_folder_with_another_study_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("new", tmp_path, "--gemeente", "Delft") == 0
    assert run("new", tmp_path, "--gemeente", "Ede") == 2
    told = capsys.readouterr().err
    assert "study.toml is there already, of GM0503, with its data beside it; choose another" in told


def test_a_study_names_a_catalogue_and_a_ruleset_of_your_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "mine.toml").write_text('[municipalities]\nGM9001 = { name = "Waterdorp" }\n')
    (tmp_path / "rules.toml").write_text('extends = "flexwonen-nl"\nname = "mine"\n')
    monkeypatch.chdir(tmp_path)
    asked = ["--catalogue", "mine.toml", "--ruleset", "rules.toml", "--language", "en"]
    assert run("new", Path("a") / "b", "--gemeente", "Waterdorp", *asked) == 0
    study = read_study_file(tmp_path / "a" / "b" / "study.toml").study
    assert (study.catalogue, study.ruleset) == ("../../mine.toml", "../../rules.toml")
    assert (study.gemeenten, study.language) == (["GM9001"], "en")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], "say which municipality with --gemeente, or give a folder with files with --from"),
        (["--gemeente", "Amsterdm"], "near are Amsterdam (GM0363)"),
        (["--gemeente", "Delft", "--as-of", "1-1-2026"], "--as-of '1-1-2026': Invalid isoformat"),
        (["--gemeente", "Delft", "--as-of", "0226-01-01"], "write a date from 1990 to 2100"),
        (["--gemeente", "Delft", "--catalogue", "gone.toml"], "catalogue gone.toml cannot be read"),
        (["--gemeente", "Delft", "--ruleset", "gone"], "ruleset 'gone' cannot be read"),
        (["--from", "gone"], "there is no folder gone; give one that holds the files of a study"),
    ],
)
def test_bad_arguments_write_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], said: str
) -> None:
    assert run("new", tmp_path / "new", *arguments) == 2
    told = capsys.readouterr().err
    assert said in told
    assert told.count("\n") == 1
    assert not (tmp_path / "new").exists()


def test_a_new_study_from_a_folder(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    data = tmp_path / "data"
    data.mkdir()
    renamed(data, "upper", ["brk_perceel", "gemeentegebied", "bag_pand"])
    renamed(data, "a number", ["bgt_waterdeel"])
    (data / "plan.qgz").write_bytes(b"PK")
    assert run("new", tmp_path / "new", "--from", data, "--as-of", "2026-01-01") == 0
    printed = capsys.readouterr().out.splitlines()
    assert any(line.startswith("bag_pand: BAG_PAND.gpkg; its name is one of") for line in printed)
    assert sum(line.startswith("asked: bgt_waterdeel: laag ") for line in printed) == 1
    assert any(
        line.startswith("not read: plan.qgz: it holds no data but refers") for line in printed
    )
    study = tmp_path / "new" / "study.toml"
    assert printed[-5:] == [
        f"{study}: 3 recognised for certain; 53 layers are not there, and the file says where they are to be had",
        "answer first what is asked there, behind #",
        "",
        "Next:",
        f"  see whether all is there  flexruimte check {study}",
    ]
    file = read_study_file(study)
    assert set(file.layers) == {"bag_pand"}
    assert file.parcels.source == "../data/BRK_PERCEEL.gpkg"
    assert run("check", study) == 0
    assert run("new", tmp_path / "new", "--from", data) == 2  # a study is never written over


def test_many_files_that_are_nothing_are_counted(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "files"
    folder.mkdir()
    for number in range(23):
        (folder / f"notitie{number}.csv").write_text("a;b\n1;2\n")
    assert run("new", str(tmp_path / "study"), "--from", str(folder)) == 0
    lines = [line for line in capsys.readouterr().out.splitlines() if "not recognised" in line]
    assert len(lines) == 21
    assert lines[-1] == "not recognised: 3 more"


def test_one_municipality_twice_is_one(tmp_path: Path) -> None:
    folder = tmp_path / "delft"
    assert run("new", str(folder), "--gemeente", "Delft", "--gemeente", "GM0503") == 0
    settings = read_study_file(folder / "study.toml").study
    assert (settings.name, settings.gemeenten) == ("Delft", ["GM0503"])


def test_a_person_at_a_terminal_is_asked(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "files"
    folder.mkdir()
    renamed(folder, "as it is", ["natura2000", "nnn"])
    (folder / "natura2000.gpkg").rename(folder / "natura2000_oud.gpkg")
    (folder / "nnn.gpkg").rename(folder / "nnn_oud.gpkg")
    answers = iter([7, 1, 0])  # one that is no answer, the first source, none
    monkeypatch.setattr("flexruimte.cli.data._is_with_a_person", lambda: True)
    monkeypatch.setattr("typer.prompt", lambda *_, **__: next(answers))
    assert run("new", str(tmp_path / "study"), "--from", str(folder)) == 0
    printed = capsys.readouterr().out
    assert "is it one of these?" in printed
    assert "1 recognised for certain" in printed
    assert len(read_layers(tmp_path / "study" / "study.toml")) == 1


def read_layers(path: Path) -> list[str]:
    """Return the layers of a study that are no questions."""
    return [line for line in path.read_text().splitlines() if line.startswith("[layers.")]
