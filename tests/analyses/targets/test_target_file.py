"""Targets files: what they may say, what is refused, and the one that is shipped."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest

from flexruimte.analyses.targets import built_in_targets, compare, load_targets
from flexruimte.errors import RulesetError
from flexruimte.vocabulary import Basis
from target_cases import AS_OF, LOCATIONS, SOURCED, first

BAD_TABLES = {
    "negative homes": ({"region": "both", "homes": -1}, r"\[targets\.t\.homes\].*a number above 0"),
    "homes in pieces": ({"region": "both", "homes": 10.5}, r"\[targets\.t\.homes\].*a whole number"),
    "no date": (
        {"region": "both", "homes": 1, "by": "volgend jaar"},
        r"\[targets\.t\.by\] 'volgend jaar' is no date; write it as 2030-12-31",
    ),
    "a year is no date": (
        {"region": "both", "homes": 1, "by": 2030},
        r"\[targets\.t\.by\] 2030 is no date",
    ),
    "a day that does not exist": ({"region": "both", "homes": 1, "by": "2030-02-30"}, "is no date"),
    "no place": ({"homes": 1}, "needs either a region or a municipality"),
    "two places": (
        {"homes": 1, "region": "both", "municipality": "Beek"},
        "needs either a region or a municipality",
    ),
    "no source": ({"homes": 1, "region": "both", "source": ""}, r"\[targets\.t\.source\]"),
    "no basis": ({"homes": 1, "region": "both", "basis": "rumour"}, r"\[targets\.t\.basis\]"),
    "unknown key": (
        {"homes": 1, "region": "both", "homse": 1},
        r"\[targets\.t\.homse\] unknown key",
    ),
    "unknown region": (
        {"homes": 1, "region": "bothe"},
        r"\[targets\.t\] region 'bothe' does not exist; did you mean 'both'\?",
    ),
}


def written(folder: Path, table: dict[str, Any], region: str = "") -> Path:
    """A targets file with one target; region: what stands in [regions.both]."""
    members = region or 'members = { GM0001 = "Aadorp" }'
    values = {**SOURCED, **table}
    lines = [f"{key} = {value!r}" for key, value in values.items()]
    path = folder / "targets.toml"
    path.write_text(
        "name = 'test'\ntitle = { nl = 'T', en = 'T' }\n[required_years]\nvalue = 15\nsource = 's'\nbasis = 'pbl'\n"
        f"[regions.both]\ntitle = {{ nl = 'T', en = 'T' }}\nsource = 's'\nbasis = 'assumption'\n{members}\n[targets.t]\n"
        + "\n".join(lines),
        encoding="utf-8",
    )
    return path


@pytest.mark.parametrize("case", BAD_TABLES)
def test_a_bad_target_is_refused_by_file_and_key(tmp_path: Path, case: str) -> None:
    table, message = BAD_TABLES[case]
    with pytest.raises(RulesetError, match=message):
        load_targets(written(tmp_path, table))


@pytest.mark.parametrize(
    "region",
    ["members = {}", "members = []", "everywhere = false", 'everywhere = true\nmembers = ["Beek"]'],
)
def test_a_region_needs_members(tmp_path: Path, region: str) -> None:
    with pytest.raises(RulesetError, match=r"\[regions\.both\] a region needs members"):
        load_targets(written(tmp_path, {"region": "both", "homes": 1}, region))


def test_a_good_file_is_read_relative_to_its_folder_and_members_may_be_a_list(
    tmp_path: Path,
) -> None:
    written(tmp_path, {"region": "both", "homes": 1}, 'members = ["Beek", "GM0001"]')
    asked = load_targets("targets.toml", tmp_path)
    assert first(compare(asked, LOCATIONS, AS_OF))["secured_homes"] == 170


def test_a_file_that_is_not_there_or_no_toml(tmp_path: Path) -> None:
    with pytest.raises(RulesetError, match="targets-minister-2021"):
        load_targets("nowhere.toml", tmp_path)
    (tmp_path / "broken.toml").write_text("name = ")
    with pytest.raises(RulesetError, match="not valid TOML"):
        load_targets("broken.toml", tmp_path)


@pytest.mark.parametrize("name", built_in_targets())
def test_every_shipped_figure_has_a_source_and_a_basis(name: str) -> None:
    shipped = load_targets(name)
    assert shipped.name == name
    for figure in [
        shipped.required_years,
        *shipped.regions.values(),
        *shipped.targets.values(),
        *shipped.production,
    ]:
        assert len(figure.source) > 20
        assert isinstance(figure.basis, Basis)


def test_the_minister_s_figures() -> None:
    shipped = load_targets("targets-minister-2021")
    asked = {
        key: (target.homes, target.at_least, target.per) for key, target in shipped.targets.items()
    }
    assert asked == {
        "mra": (3000, False, "total"),
        "arnhem_nijmegen": (500, True, "total"),
        "eindhoven": (1000, False, "total"),
        "agreement_2020": (10000, False, "total"),
        "nederland": (15000, False, "year"),
    }
    # two years from September 2020; the others have no date
    assert {key: target.by for key, target in shipped.targets.items() if target.by} == {
        "agreement_2020": dt.date(2022, 9, 30)
    }
    for target in shipped.targets.values():
        assert "The minister's answer of 31 May 2021" in target.source
        assert "https://berthub.eu/tkconv/get/2021D20711" in target.source
    assert {key: len(region.members) for key, region in shipped.regions.items()} == {
        "mra": 30,
        "arnhem_nijmegen": 18,
        "eindhoven": 9,
        "nederland": 0,
    }
    everyone = [
        *shipped.regions["mra"].members,
        *shipped.regions["arnhem_nijmegen"].members,
        *shipped.regions["eindhoven"].members,
    ]
    assert len(everyone) == len(set(everyone))
