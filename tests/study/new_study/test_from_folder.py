"""A study from a folder: it reads back, it can be checked, and what is not certain stands behind #."""

from __future__ import annotations

import datetime as dt
import os
import shutil
import tomllib
import zipfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from flexruimte import Study
from flexruimte.errors import StudyError
from flexruimte.evidence.catalogue.reading import read_catalogue
from flexruimte.evidence.sources import open_source
from flexruimte.rules.files import load_ruleset
from flexruimte.rules.study_file import LayerSettings
from flexruimte.study.checks import check
from flexruimte.study.new_study.draft import StudyDraft, study_text
from flexruimte.study.new_study.from_folder import FolderFindings, draft_from_folder
from real_data import REAL_DATA, needs_real_data
from renamed_folder import SAMPLE, renamed
from toy_town import write_raster

RULESET, CATALOGUE = load_ruleset("flexwonen-nl"), read_catalogue()
DAY = dt.date(2026, 1, 1)


def drafted(folder: Path, study_folder: Path) -> tuple[StudyDraft, FolderFindings]:
    return draft_from_folder(
        folder, study_folder=study_folder, ruleset=RULESET, catalogue=CATALOGUE, as_of=DAY
    )


def written(folder: Path, study_folder: Path) -> tuple[Path, FolderFindings]:
    draft, found = drafted(folder, study_folder)
    study_folder.mkdir(parents=True, exist_ok=True)
    path = study_folder / "study.toml"
    path.write_text(study_text(draft), encoding="utf-8")
    return path, found


def test_the_sample_gives_the_sample_study(tmp_path: Path) -> None:
    path, found = written(SAMPLE / "data", tmp_path / "new" / "deep")
    made, sample = (
        tomllib.loads(path.read_text()),
        tomllib.loads((SAMPLE / "study.toml").read_text()),
    )
    assert found.asked == found.unknown == []
    assert set(made["layers"]) == set(sample["layers"])
    for key, table in {**sample["layers"], "": sample["parcels"]}.items():
        own = made["layers"][key] if key else made["parcels"]
        assert (path.parent / own["source"]).resolve() == (SAMPLE / table["source"]).resolve()
        assert own.get("layer") == table.get("layer")
        assert own.get("id") == table.get("id")
    assert made["parcels"]["repair_ids"] is True
    assert "not_assessed" not in made["study"]
    assert check(Study.load(path).question).problems == []


def test_renamed_files_give_a_study_that_can_be_checked(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    folder.mkdir()
    only = ["brk_perceel", "gemeentegebied", "bag_pand", "bgt_waterdeel", "eigendom", "rivm_no2"]
    renamed(folder, "camel", only)
    path, _ = written(folder, tmp_path)
    made = tomllib.loads(path.read_text())
    assert set(made["layers"]) == {"bag_pand", "bgt_waterdeel", "eigendom", "rivm_no2"}
    assert made["parcels"]["id"] == "identificatieLokaalId"
    assert made["layers"]["eigendom"]["id"] == "parcelId"
    assert "nnn" in made["study"]["not_assessed"]
    assert "local_points" not in made["study"]["not_assessed"]  # optional: nothing lacks it
    report = check(Study.load(path).question)
    assert (report.problems, report.missing_layers) == ([], [])


def test_what_is_asked_becomes_part_of_the_study_when_the_signs_go(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    folder.mkdir()
    renamed(folder, "as it is", ["brk_perceel", "gemeentegebied"])
    renamed(folder, "a number", ["bgt_waterdeel"])  # the words of that list stand elsewhere too
    path, found = written(folder, tmp_path)
    assert [line.partition(":")[0] for line in found.asked] == ["bgt_waterdeel"]
    text = path.read_text()
    assert "layers" not in tomllib.loads(text)
    answered = "\n".join(
        line.removeprefix("#") if line[:2] != "# " else line for line in text.splitlines()
    )
    assert set(tomllib.loads(answered)["layers"]) == {"bgt_waterdeel"}


def test_who_is_there_may_answer(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    folder.mkdir()
    renamed(folder, "as it is", ["natura2000", "bag_pand"])
    shutil.copy(folder / "natura2000.gpkg", folder / "natura2000_2024.gpkg")
    (folder / "bag_pand.gpkg").rename(folder / "bag_pand_krimp.gpkg")
    asked: dict[str, list[str]] = {}

    def choose(dataset: str, sources: Sequence[str]) -> int | None:
        asked[dataset] = list(sources)
        return 1 if dataset == "natura2000" else None

    draft, found = draft_from_folder(
        folder,
        study_folder=tmp_path,
        ruleset=RULESET,
        catalogue=CATALOGUE,
        as_of=DAY,
        choose=choose,
    )
    assert [each.partition(" ")[0] for each in asked["natura2000"]] == [
        "natura2000.gpkg",
        "natura2000_2024.gpkg",
    ]
    assert "its name says more than that: krimp" in asked["bag_pand"][0]
    assert draft.layers["natura2000"].settings == {"source": "data/natura2000_2024.gpkg"}
    assert draft.layers["bag_pand"].settings == {}, "not answered, so it stays a question"
    assert [line.partition(":")[0] for line in found.certain] == ["natura2000"]
    assert [line.partition(":")[0] for line in found.asked] == ["bag_pand"]


def test_what_has_to_be_filled_in_is_not_asked(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    folder.mkdir()
    (folder / "eigenaren.csv").write_text("perceel;soort_eigenaar\n1;gemeente Delft\n")

    def choose(dataset: str, sources: Sequence[str]) -> int | None:
        raise AssertionError(f"{dataset} needs more than a choice: {sources}")

    draft, _ = draft_from_folder(
        folder,
        study_folder=tmp_path,
        ruleset=RULESET,
        catalogue=CATALOGUE,
        as_of=DAY,
        choose=choose,
    )
    assert draft.layers["eigendom"].settings == {}


def test_letters_that_windows_saved_are_asked_about(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    folder.mkdir()
    lease = "parcel_id;kind;free_from;free_until;bij\n7;pacht;2026-01-01;;café\n"
    (folder / "pacht.csv").write_bytes(lease.encode("cp1252"))
    path, found = written(folder, tmp_path)
    assert '#encoding = "cp1252"\n' in path.read_text()
    assert "its text is no UTF-8, and was read as cp1252: are its letters right?" in found.asked[0]


def test_without_parcels_there_is_a_question_and_no_study(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    folder.mkdir()
    renamed(folder, "as it is", ["natura2000"])
    path, _ = written(folder, tmp_path)
    assert "parcels" not in tomllib.loads(path.read_text())
    assert "\n#[parcels]\n" in path.read_text()
    with pytest.raises(StudyError, match=r"\[parcels\] stands there as a question, behind #"):
        Study.load(path)


def test_no_folder_and_an_empty_one(tmp_path: Path) -> None:
    with pytest.raises(StudyError, match="there is no folder"):
        drafted(tmp_path / "nowhere", tmp_path)
    (tmp_path / "empty").mkdir()
    with pytest.raises(StudyError, match="holds no file that may be data"):
        drafted(tmp_path / "empty", tmp_path)


def test_what_check_would_say_of_values_is_quoted_in_the_language_of_the_study(
    tmp_path: Path,
) -> None:
    """Half of the cells of a map of heights are 0, beside 40 m: a step of 40 m in every row."""
    (tmp_path / "data").mkdir()
    heights = np.tile(np.repeat([0.0, 40.0], 20), (40, 1))
    write_raster(tmp_path / "data" / "ahn_dtm_proef.tif", heights, 5.0, 200.0)
    shutil.copy(SAMPLE / "data" / "brk.gpkg", tmp_path / "data")
    draft, _ = drafted(tmp_path / "data", tmp_path)
    told = " ".join(study_text(draft).replace("# ", "").split())
    assert "50% van de cellen in uitsnede 1 is precies 0: staat dat voor niets" in told
    for english in ("of its", "see whether", "exactly", "window 1"):
        assert english not in told


def hostile(folder: Path) -> None:
    """Put what people have in folders, and worse, into one."""
    for name, content in {
        "rapport.pdf": b"%PDF-1.7",
        "kaart.qgz": b"PK",
        "leeg.gpkg": b"",
        "rommel.gpkg": bytes(range(256)) * 9,
        "rommel.tif": bytes(range(256)) * 9,
        "rommel.csv": bytes(range(256)) * 9,
        "rommel.parquet": bytes(range(256)),
        "rommel.gml": bytes(range(256)),
        "rommel.xlsx": bytes(range(256)),
        "half.geojson": b'{"type": "FeatureCollection", "features": [{',
        "lijst.json": b"[1, 2]",
        "dubbel.csv": b"a,a\n1,2\n",
        "leeg.csv": b"",
        "kapot.zip": b"PK\x03\x04",
    }.items():
        (folder / name).write_bytes(content)
    with zipfile.ZipFile(folder / "buiten.zip", "w") as archive:
        archive.writestr("binnen.zip", b"PK\x05\x06" + 18 * b"\0")
    shutil.copy(SAMPLE / "data" / "eigendom.csv", folder / '<b>eigendom<b> "x" [red]\n.csv')
    (folder / "weg.gpkg").symlink_to(folder / "nergens.gpkg")
    (folder / "rond").symlink_to(folder)
    (folder / "x.gdb").mkdir()
    os.mkfifo(folder / "pijp.csv")


def test_a_hostile_folder_gives_a_line_each(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    folder.mkdir()
    hostile(folder)
    before = sorted(path.name for path in folder.iterdir())
    path, found = written(folder, tmp_path)
    assert sorted(path.name for path in folder.iterdir()) == before
    assert found.certain == []
    lines = [*found.asked, *found.unknown, *found.unread]
    assert all("\n" not in line for line in lines)
    assert any(line.startswith("leeg.gpkg cannot be read") for line in found.unread)
    assert any("unpack the outer one" in line for line in found.unread)
    assert [line.partition(":")[0] for line in found.asked] == ["eigendom"]
    tomllib.loads(path.read_text(encoding="utf-8"))


def test_thousands_of_files(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    folder.mkdir()
    for number in range(2_000):
        (folder / f"{number}.pdf").write_bytes(b"%PDF")
    renamed(folder, "as it is", ["natura2000"])
    _, found = drafted(folder, tmp_path)
    assert len(found.certain) == 1
    assert found.unread == ["0.pdf (and 1999 more): it is of a kind that holds no layer or table"]


@needs_real_data
def test_delft() -> None:
    _, found = drafted(REAL_DATA / "delft", REAL_DATA)
    certain = {line.partition(":")[0] for line in found.certain}
    # Two maps of buildings, two of heights, and parcels of 1832 without an id: all asked. The BGT says
    # nothing of which of its objects are in force.
    assert certain == {"gemeentegebied"}
    asked = {line.partition(":")[0] for line in found.asked}
    assert {"bag_pand", "ahn_dtm", "brk_perceel", "voorzieningen", "bgt_wegdeel"} <= asked


@needs_real_data
def test_otterlo_as_it_was_delivered(tmp_path: Path) -> None:
    draft, found = drafted(REAL_DATA / "otterlo" / "original", tmp_path)
    certain = {line.partition(":")[0] for line in found.certain}
    assert certain == {
        "brk_perceel",
        "bgt_begroeidterreindeel",
        "bgt_onbegroeidterreindeel",
        "bgt_overigbouwwerk",
        "bgt_waterdeel",
        "bgt_wegdeel",
    }
    source = open_source("parcels", LayerSettings(**_of_layer(draft.parcels.settings)), tmp_path)
    parcels = source.read(["sectie"])
    assert len(parcels) == 11
    assert set(parcels.geom_type) == {"Polygon"}
    # OTL02 B 2318 is 6,348 m2 of public green
    assert parcels.area.max() == pytest.approx(6_348, abs=1)


@needs_real_data
def test_all_buildings_of_otterlo_have_their_outline() -> None:
    settings = LayerSettings(
        source="/vsizip/otterlo_bgt_imgeo_gml.zip/bgt_pand.gml",
        layer="BuildingPart",
        open_options={"GFS_TEMPLATE": "flexruimte:bgt.gfs"},
    )
    rows = open_source("bag_pand", settings, REAL_DATA / "otterlo" / "original").read(
        ["eind_registratie"]
    )
    assert len(rows) == 2_273
    assert set(rows.geom_type) == {"MultiPolygon"}
    # half of them are history; what is left is what the GeoPackage of current objects has
    assert int(rows["eind_registratie"].isna().sum()) == 1_711


@needs_real_data
def test_the_plan_map_of_eib(tmp_path: Path) -> None:
    draft, found = drafted(REAL_DATA / "nederland", tmp_path)
    assert [line.partition(":")[0] for line in found.certain] == ["woningbouwplannen"]
    settings = draft.layers["woningbouwplannen"].settings
    assert (
        len(settings["values"]["status_planologisch"]) == 17
    )  # and two that say that it is not known
    assert settings["constants"] == {"flexwoningen": "", "start_jaar": ""}
    # the municipalities there have no codes: the name may be the key, if a person says so
    assert draft.municipalities.settings == {}
    assert draft.municipalities.candidates[0]["code"] == "gemeente"


def _of_layer(settings: object) -> dict[str, object]:
    assert isinstance(settings, dict)
    return {name: value for name, value in settings.items() if name != "repair_ids"}
