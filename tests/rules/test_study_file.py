"""A study file: what it may say, and nothing that it names is opened."""

from __future__ import annotations

import datetime as dt
import os
from pathlib import Path

import pytest

from flexruimte.errors import StudyError
from flexruimte.rules.study_file import read_study_file

STUDY = """
[study]
name = "Toy town"
as_of = 2026-01-01
[parcels]
source = "nowhere.gpkg"
id = ["gemeente", "nummer"]
[municipalities]
source = "nowhere.gpkg"
code = "code"
name = "naam"
"""


def written(folder: Path, text: str) -> Path:
    path = folder / "study.toml"
    path.write_text(text)
    return path


def test_what_is_not_said_has_a_default(tmp_path: Path) -> None:
    file = read_study_file(written(tmp_path, STUDY + '[layers.natuur]\nsource = "x.gpkg"\n'))
    assert (file.study.as_of, file.study.ruleset) == (dt.date(2026, 1, 1), "flexwonen-nl")
    assert (file.study.language, file.study.not_assessed) == ("nl", [])
    assert file.study.target_groups is None
    assert file.parcels.id == ["gemeente", "nummer"]
    assert not file.parcels.repair_ids
    assert file.layers["natuur"].coverage == "auto"
    assert file.decisions is None


@pytest.mark.parametrize(("before", "after", "message"), [
    ("2026-01-01", '"2026-01-01"', r"study.toml: \[study.as_of\] '2026-01-01' is not a date; write it without quotes"),
    ("as_of = 2026-01-01", "", r"\[study.as_of\] is missing; add it"),
    ('name = "Toy town"', 'name = "x"\nnot_assessed = ["a", "b", "a"]', "not_assessed names a twice"),
    ('name = "Toy town"', 'name = "x"\nlanguage = "fr"', r"\[study.language\]"),
    ("[parcels]", "[parcel]", r"\[parcel\] unknown key; did you mean 'parcels'"),
    ('name = "Toy town"', 'name = "x"\nrulset = "x"', r"\[study.rulset\] unknown key; did you mean 'ruleset'"),
    ("[municipalities]", "[layers.x]\nsource = 'x'\nband = 0\n[municipalities]", r"\[layers.x.band\]"),
    ("[municipalities]", "[layers.x]\nsource = 'x'\nprecision_m = -1\n[municipalities]", r"\[layers.x.precision_m\]"),
])  # fmt: skip
def test_what_it_may_not_say(tmp_path: Path, before: str, after: str, message: str) -> None:
    assert before in STUDY
    with pytest.raises(StudyError, match=message) as caught:
        read_study_file(written(tmp_path, STUDY.replace(before, after, 1)))
    assert "\n" not in str(caught.value)


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(
        StudyError, match=r"study file .*cannot be read.*give the path of a study.toml"
    ):
        read_study_file(tmp_path / "study.toml")


@pytest.mark.parametrize(
    "moment", ["2026-01-01T23:30:00", "2026-01-01T00:30:00+01:00", "2026-01-01T23:30:00-05:00"]
)
def test_of_a_moment_the_day_that_is_written_counts(tmp_path: Path, moment: str) -> None:
    path = tmp_path / "study.toml"
    path.write_text(STUDY.replace("as_of = 2026-01-01", f"as_of = {moment}"))
    assert read_study_file(path).study.as_of == dt.date(2026, 1, 1)


def test_a_folder_whose_name_is_not_utf8_is_named_before_anything_is_opened(tmp_path: Path) -> None:
    folder = tmp_path / os.fsdecode(b"caf\xe9")
    folder.mkdir()
    (folder / "study.toml").write_text(STUDY, encoding="utf-8")
    with pytest.raises(StudyError, match=r"caf\\udce9/study.toml .* not UTF-8, .*; rename"):
        read_study_file(folder / "study.toml")
