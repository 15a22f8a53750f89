"""What was worked out after a run, as the page shows it: the numbers of the tables."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from flexruimte.errors import OutputError
from flexruimte.views.web.follow_ups import follow_ups

WHAT_IF = (
    "gemeente_code,gemeente,rule,only_hectares,only_locations,only_homes,only_best_homes,"
    "softer_level,softer_hectares,softer_locations,softer_homes\n"
    "*,,nature,12.5,3,90,-4,medium,10.5,2,80\n0363,Aadorp,nature,2.5,1,30,,,,,\n"
    "0363,Aadorp,noise,,,,,soft,,,\n"
)
TARGETS = (
    "target,title,place,place_title,homes,status,secured_homes,short_homes\n"
    "enough,Genoeg,a,Aadorp,100,covered,120,0\nmuch,Veel,a,Aadorp,200,short,120,80\n"
    "where,Waar,n,Nergens,50,unknown,,\n"
)
FILLING = "target,order,gemeente_code,parcel_id,homes\nenough,1,0363,007,120\n"


@pytest.fixture
def out(tmp_path: Path) -> Path:
    (tmp_path / "ranking.csv").write_text("rank\n")
    os.utime(tmp_path / "ranking.csv", (1_000, 1_000))
    return tmp_path


def test_nothing_follows_from_a_run_alone(out: Path) -> None:
    assert follow_ups(out, "nl") == {}


def test_what_if_and_targets(out: Path) -> None:
    (out / "whatif.csv").write_text(WHAT_IF)
    (out / "targets.csv").write_text(TARGETS)
    (out / "targets_filling.csv").write_text(FILLING)
    found = follow_ups(out, "nl")
    assert found["what_if"] == [
        {
            **{"code": "*", "rule": "nature", "hectares": 12.5, "locations": 3, "homes": 90},
            "best_homes": -4,
            "softer": {"level": "middel", "hectares": 10.5, "locations": 2, "homes": 80},
        },
        {
            **{"code": "0363", "rule": "nature", "hectares": 2.5, "locations": 1, "homes": 30},
            "best_homes": None,
            "softer": None,  # it is as soft as can be
        },
        {
            **{"code": "0363", "rule": "noise", "hectares": None, "locations": None, "homes": None},
            "best_homes": None,
            "softer": {"level": "zacht", "hectares": None, "locations": None, "homes": None},
        },
    ]
    assert [each["short"] for each in found["targets"]] == [0, 80, None]
    called = {"target": "enough", "title": "Genoeg", "place": "Aadorp", "homes": 100, "short": 0}
    assert found["targets"][0] == called
    assert found["filling"] == [{"target": "enough", "code": "0363", "id": "007"}]


def test_what_is_older_than_the_ranking_does_not_follow_from_it(out: Path) -> None:
    (out / "whatif.csv").write_text(WHAT_IF)
    os.utime(out / "whatif.csv", (999, 999))
    assert follow_ups(out, "nl") == {}


def test_a_relocation(out: Path) -> None:
    move = {"from_id": "007", "to_id": "8", "kind": "move", "year": 2042, "homes": 15}
    line = {"type": "LineString", "coordinates": [[5.1, 52.0], [5.2, 52.1]]}
    said = {"said": ["15 woningen."], "features": [{"geometry": line, "properties": move}]}
    (out / "relocation.geojson").write_text(json.dumps(said))
    folder = out / "relocation"
    folder.mkdir()
    (folder / "municipalities.csv").write_text(
        "gemeente_code,year,standing,placed,moved_in,moved_out,stranded\n0363,2042,20,0,0,15,5\n"
    )
    (folder / "locations.csv").write_text("parcel_id,gemeente_code\n007,0363\n")
    (folder / "stranded.csv").write_text(
        "group_id,year,homes,parcel_id,reason\n007/2027/2,2042,5,007,no_room\n"
    )
    found = follow_ups(out, "en")
    assert found["moves"] == [
        {"code": "0363", "year": 2042, "homes": 15, "line": [[5.1, 52.0], [5.2, 52.1]]}
    ]
    assert found["years"] == [
        {"code": "0363", "year": 2042, "standing": 20, "moved_out": 15, "stranded": 5}
    ]
    [stranded] = found["stranded"]
    assert (stranded["id"], stranded["homes"]) == ("007", 5)
    assert stranded["reason"]  # in words


def test_a_damaged_table_says_so(out: Path) -> None:
    (out / "whatif.csv").write_text("something,else\n1,2\n")
    with pytest.raises(OutputError, match=r"cannot be read.*work it out again"):
        follow_ups(out, "nl")
