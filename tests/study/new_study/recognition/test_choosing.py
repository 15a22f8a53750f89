"""The sample under other names: what is certain is right, and everything else is asked."""

from __future__ import annotations

from pathlib import Path

import pytest

from flexruimte.rules.files import load_ruleset
from flexruimte.study.new_study.recognition.choosing import Recognition, recognise
from flexruimte.study.new_study.recognition.files import files_in
from flexruimte.study.new_study.recognition.looks import looks_at
from renamed_folder import STYLES, Renamed, as_shapefiles, mixed, renamed, swapped, tables

RULESET = load_ruleset("flexwonen-nl")


def recognised(folder: Path) -> Recognition:
    looks = (look for file in files_in(folder, folder) for look in looks_at(file))
    return recognise(looks, RULESET)


def wrong(seen: Recognition, truth: Renamed) -> list[str]:
    """Return what is certain and not so: another dataset, or another field."""
    told = []
    for key, candidate in seen.certain.items():
        real = truth.dataset[candidate.look.file.path.name, ""]
        if real != key:
            told.append(f"{real} is taken for {key}")
            continue
        original = {new: old for old, new in truth.columns.get(key, {}).items()}
        told += [
            f"{key}: {original[column]} is taken for {field}"
            for field, column in candidate.fields.items()
            if key in RULESET.layers and field != original[column]
        ]
    return told


@pytest.mark.parametrize("style", ["as it is", "upper", "camel", "service"])
def test_a_known_spelling_is_certain(style: str, tmp_path: Path) -> None:
    truth = renamed(tmp_path, style)
    seen = recognised(tmp_path)
    assert set(seen.certain) == set(tables())
    assert wrong(seen, truth) == []
    assert (seen.asked, seen.unknown, seen.unread) == ({}, [], [])


def test_shapefiles_are_certain_but_for_two_columns_of_one_beginning(tmp_path: Path) -> None:
    truth = as_shapefiles(tmp_path)
    seen = recognised(tmp_path)
    assert wrong(seen, truth) == []
    # dichtstbijzijndeHuisartsenpraktijk... and dichtstbijzijndeGroteSupermarkt... are "dichtstbij" both
    assert set(seen.asked) == {"cbs_vierkant100m"}
    assert set(seen.certain) | set(seen.asked) == set(truth.columns)


@pytest.mark.parametrize("style", sorted({*STYLES} - {"as it is", "upper", "camel", "service"}))
def test_what_is_certain_under_other_names_is_right(style: str, tmp_path: Path) -> None:
    truth = renamed(tmp_path, style)
    assert wrong(recognised(tmp_path), truth) == []


@pytest.mark.parametrize("seed", range(6))
def test_what_is_certain_among_mixed_names_is_right(seed: int, tmp_path: Path) -> None:
    truth = mixed(tmp_path, seed)
    assert wrong(recognised(tmp_path), truth) == []


@pytest.mark.parametrize("seed", range(4))
def test_a_layer_with_the_name_of_another_is_not_taken_for_it(seed: int, tmp_path: Path) -> None:
    truth = swapped(tmp_path, seed)
    told = wrong(recognised(tmp_path), truth)
    # Some datasets have the same columns and shapes, so that the name is all there is.
    alike = {"rev_pr10_6", "rev_brand", "rev_explosie", "rev_gifwolk", "militair_terrein"}
    assert [text for text in told if not alike & set(text.split())] == []


def test_two_of_one_dataset_are_asked(tmp_path: Path) -> None:
    for name in ("oost", "west"):
        (tmp_path / name).mkdir()
        renamed(tmp_path / name, "as it is", ["bag_pand", "natura2000"])
    seen = recognised(tmp_path)
    assert seen.certain == {}
    assert {key: len(candidates) for key, candidates in seen.asked.items()} == {
        "bag_pand": 2,
        "natura2000": 2,
    }
    (question,) = seen.asked["natura2000"][0].questions
    assert (
        question.text("en")
        == "there are 2 that it may be: oost/natura2000.gpkg, west/natura2000.gpkg"
    )


def test_a_second_raster_of_such_a_name_is_a_rival(tmp_path: Path) -> None:
    renamed(tmp_path, "as it is", ["ahn_dtm"])
    (tmp_path / "ahn_dtm oud.tif").write_bytes((tmp_path / "ahn_dtm.tif").read_bytes())
    seen = recognised(tmp_path)
    assert seen.certain == {}
    assert len(seen.asked["ahn_dtm"]) == 2
