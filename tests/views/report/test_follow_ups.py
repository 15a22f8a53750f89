"""What was worked out after a run, for the report of one municipality."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from flexruimte.errors import OutputError
from flexruimte.views.report.follow_ups import Freed, Variant, follow_ups_by_code

WHAT_IF = '''gemeente_code,gemeente,rule,title,only_hectares,only_locations,only_homes,only_best_homes
*,,nature,Natuur,5,3,60,9
A,Aadorp,pipe,Buis,1.5,2,30,
A,Aadorp,nature,"Natuur; ""bos""",4.25,1,12,-3
A,Aadorp,idle,Niets,0,0,0,0
A,Aadorp,unknown,Onbekend,,,,
B,Beedorp,nature,Natuur,0.75,0,0,
'''
VARIANTS = """gemeente_code,gemeente,variant,title,hectares,locations,homes,best_locations,best_homes,note
A,Aadorp,as it is,De studie zoals die is,10.5,6,100,1,30,
A,Aadorp,soft,Zachter,12,7,130,,,
A,Aadorp,other,Anders,,,,,,new survey
"""
LOCATIONS = (
    "parcel_id,gemeente_code,placed,arrived\n01,A,31,0\n02,A,30,1\n03,A,0,4\n04,A,0,0\n9,B,0,0\n"
)
SUCCESSORS = """from_id,year,to_id,groups,homes,level,distance_m,cost_eur
01,2045,02,1,1,municipality,467.3,1
01,2042,9,2,30,region,3242.46,1
"""
STRANDED = """group_id,year,homes,parcel_id,reason
02/1,2042,15,02,no_room
02/2,2042,15,02,no_room
"""


@pytest.fixture
def out(tmp_path: Path) -> Path:
    (tmp_path / "relocation").mkdir()
    for name, text in {
        "ranking.csv": "parcel_id\n",
        "whatif.csv": WHAT_IF,
        "whatif_variants.csv": VARIANTS,
        "relocation.geojson": "{}",
        "relocation/locations.csv": LOCATIONS,
        "relocation/successors.csv": SUCCESSORS,
        "relocation/stranded.csv": STRANDED,
    }.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


def test_what_comes_free_is_by_municipality_and_the_most_first(out: Path) -> None:
    found = follow_ups_by_code(out, "nl")
    assert found["A"].freed == [
        Freed('Natuur; "bos"', 4.25, 1, 12, -3),
        Freed("Buis", 1.5, 2, 30, None),
    ]
    assert found["B"].freed == [Freed("Natuur", 0.75, 0, 0, None)]


def test_variants_without_numbers_are_left_out(out: Path) -> None:
    assert follow_ups_by_code(out, "nl")["A"].variants == [
        Variant("De studie zoals die is", 10.5, 6, 100, 1, 30),
        Variant("Zachter", 12.0, 7, 130, 0, 0),
    ]
    assert follow_ups_by_code(out, "nl")["B"].variants == []


def test_moves_are_told_by_year_and_homes_without_a_place_too(out: Path) -> None:
    found = follow_ups_by_code(out, "nl")["A"]
    assert found.is_planned
    assert found.standing == {"01", "02", "03"}  # on 04 no home ever stands
    assert follow_ups_by_code(out, "nl")["B"].is_planned
    assert found.moves == {
        "01": [
            "2042: 30 woningen kunnen naar locatie 9, 3,2 km verderop (in de regio).",
            "2045: 1 woning kan naar locatie 02, 467 m verderop (in de eigen gemeente).",
        ],
        "02": [
            "2042: voor 30 woningen is er geen volgende plek; de locaties die dan vrij zijn, zijn "
            "vol of te klein."
        ],
    }
    assert "2042: 30 homes can go to location 9, 3.2 km away" in str(follow_ups_by_code(out, "en"))


def test_what_is_older_than_the_ranking_is_left_out(out: Path) -> None:
    later = (out / "ranking.csv").stat().st_mtime_ns + 10**9
    for name in ("whatif.csv", "relocation.geojson"):
        os.utime(out / name, ns=(later - 2 * 10**9, later - 2 * 10**9))
    os.utime(out / "whatif_variants.csv", ns=(later, later))
    found = follow_ups_by_code(out, "nl")
    assert (found["A"].freed, found["A"].moves, found["A"].is_planned) == ([], {}, False)
    assert len(found["A"].variants) == 2
    assert "B" not in found


def test_without_files_nothing_follows(tmp_path: Path) -> None:
    assert follow_ups_by_code(tmp_path, "nl") == {}


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("whatif.csv", "gemeente_code\nA\n"),
        ("whatif_variants.csv", ""),
        ("relocation/successors.csv", "from_id,year\n01,2042\n"),
        ("relocation/stranded.csv", None),
    ],
)
def test_a_file_of_another_kind_is_an_error(out: Path, name: str, text: str | None) -> None:
    if text is None:
        (out / name).unlink()
    else:
        (out / name).write_text(text)
    with pytest.raises(OutputError, match=r"cannot be read: .* work it out again, or remove"):
        follow_ups_by_code(out, "nl")
