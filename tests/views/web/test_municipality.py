"""The data of a municipality for the map, on the toy town, whose every number is worked out by hand."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from flexruimte import Study
from flexruimte.ranking import Ranking
from flexruimte.views.accounts import not_known
from flexruimte.views.web.municipality import script, write_municipality
from toy_town import toy_study
from web_page import told


def written(study: Study, folder: Path, code: str = "A") -> tuple[Ranking, dict[str, Any]]:
    ranking = study.rank(code)
    write_municipality(ranking.content(), ranking.assessment, folder / code)
    return ranking, {
        path.name.removeprefix(code): told(path.read_text(encoding="utf-8"))
        if path.suffix == ".js"
        else json.loads(path.read_text(encoding="utf-8"))
        for path in folder.iterdir()
    }


@pytest.fixture(scope="module")
def toy(tmp_path_factory: pytest.TempPathFactory) -> tuple[Ranking, dict[str, Any]]:
    study = toy_study(tmp_path_factory.mktemp("layers"))
    return written(study, tmp_path_factory.mktemp("data"))


def test_every_parcel_is_in_one_of_the_files(toy: tuple[Ranking, dict[str, Any]]) -> None:
    ranking, files = toy
    listed = files[".js"]["locations"]
    parcels = [each for ids in listed["parcels"] for each in ids.split(";")]
    others = files["-parcels.js"]["id"]
    assert sorted([*parcels, *others]) == sorted(ranking.parcels["parcel_id"])
    excluded = ranking.parcels["status"] == "excluded"
    assert set(others) == set(
        ranking.parcels["parcel_id"][excluded & ranking.parcels["site_id"].isna()]
    )


def test_what_is_shown_of_locations_is_what_the_outputs_say(
    toy: tuple[Ranking, dict[str, Any]],
) -> None:
    ranking, files = toy
    listed, locations = files[".js"]["locations"], ranking.locations
    assert listed["id"] == locations["parcel_id"].tolist()
    for name in ("rank", "score", "homes", "buildable_m2", "term_years", "score_known_share"):
        known = [None if value != value else value for value in locations[name].astype(float)]
        assert listed[name] == known, name


def test_the_term_is_told_as_elsewhere(toy: tuple[Ranking, dict[str, Any]]) -> None:
    """No day is told as the end of a term that lasts as long as any that counts."""
    ranking, files = toy
    listed, locations = files[".js"]["locations"], ranking.locations
    longest = ranking.summary.ruleset.placement["longest_term_years"].value
    assert isinstance(longest, int | float)
    for at, years in enumerate(locations["term_years"].astype(float)):
        told_as = files[".js"]["terms"][listed["term_said"][at]]
        assert listed["term_is_open"][at] == (years >= longest)
        if years != years:
            assert told_as == ""
            continue
        assert told_as.startswith("Geen einde bekend" if years >= longest else "Vrij voor")
        assert (str(locations["term_end"].iloc[at].year) in told_as) == (years < longest)
    assert set(listed["term_is_open"]) == {True, False}


def test_what_is_not_known_is_what_the_report_says(toy: tuple[Ranking, dict[str, Any]]) -> None:
    ranking, files = toy
    facts, summary = files[".js"]["facts"], ranking.summary
    assert facts["not_known"] == not_known(summary, "nl")
    assert len(facts["sources"]) == len(summary.inputs)
    assert set(facts["sources"]).isdisjoint(summary.inputs)  # titles, not ids


def test_findings_are_the_sentences_of_the_outputs(toy: tuple[Ranking, dict[str, Any]]) -> None:
    ranking, files = toy
    for data, ids in (
        (files[".js"], files[".js"]["locations"]["id"]),
        (files["-parcels.js"], files["-parcels.js"]["id"]),
    ):
        said, row = data["findings"], 0
        for parcel_id, count in zip(ids, said["count"], strict=True):
            rows = range(row, row + count)
            row += count
            found = {
                (
                    files[".js"]["rules"][said["rule"][at]]["id"],
                    ["no", "unknown", "yes"][said["verdict"][at]],
                    said["texts"][said["text"][at]],
                )
                for at in rows
            }
            table = ranking.findings[ranking.findings["parcel_id"] == parcel_id]
            against = table[table["verdict"] != "yes"]
            known = set(
                zip(against["rule"], against["verdict"], against["finding"].fillna(""), strict=True)
            )
            assert {each for each in found if each[1] != "yes"} == known, parcel_id
            # what takes a part of it is told too, with how much
            for rule, verdict, text in found:
                if verdict == "yes":
                    covered = table.loc[table["rule"] == rule, "covered_m2"].iloc[0]
                    assert covered > 0, (parcel_id, rule, text)
        assert row == len(said["rule"])


def test_the_head_says_what_the_summary_says(toy: tuple[Ranking, dict[str, Any]]) -> None:
    ranking, files = toy
    head, summary = files[".json"], ranking.summary
    assert (head["code"], head["ranked"], head["parcels"]) == ("A", summary.ranked, 12)
    assert {each["id"]: (each["locations"], each["homes"]) for each in head["priorities"]} == {
        name: (facts.locations, facts.homes) for name, facts in summary.priorities.items()
    }


def test_a_municipality_without_a_location_says_why(tmp_path: Path) -> None:
    study = toy_study(tmp_path).changed(placement={"min_buildable_m2": 1e6})
    (tmp_path / "data").mkdir()
    _, files = written(study, tmp_path / "data")
    assert files[".js"]["locations"]["rank"].count(None) == len(files[".js"]["locations"]["rank"])
    why = files[".js"]["why_empty"]
    assert "Geen" in why or "geen" in why
    assert "voldoet niet aan: " in why  # a wish that is not met is not told as if it were
    assert "(12 percelen)" in why


def test_no_text_is_markup() -> None:
    line = script("municipality", "</script>", {"<b>": ["<!--", "\u2028"]})
    assert "<" not in line
    assert told(line) == {"<b>": ["<!--", "\u2028"]}


def test_the_same_results_give_the_same_bytes(tmp_path: Path) -> None:
    study = toy_study(tmp_path)
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        written(study, tmp_path / name)
    for path in (tmp_path / "one").iterdir():
        assert path.read_bytes() == (tmp_path / "two" / path.name).read_bytes()
