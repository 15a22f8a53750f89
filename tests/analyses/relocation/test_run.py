"""A relocation plan of a run on disk, on the toy town."""

from __future__ import annotations

import json
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest

from command_line import run
from flexruimte.analyses.relocation import replay
from flexruimte.analyses.relocation.run import relocate
from flexruimte.errors import FlexruimteError
from flexruimte.rules.files import load_ruleset


def test_relocate_writes_a_plan_that_holds(out: Path) -> None:
    plan = relocate(out, of_all=True)
    assert replay(plan) == []
    # Half of the 146 places stand on the best sites; in 2042 they go to what is free until 2057: all but P06, 116 places.
    assert int(plan.groups["homes"].sum()) == 73
    assert set(plan.moves["to_id"]) <= {"P01", "P03", "P05", "P09", "P12"}
    assert plan.status == "optimal"
    folder = out / "relocation"
    assert {path.name for path in folder.iterdir()} == {
        *(
            f"{name}.csv"
            for name in (
                "groups",
                "moves",
                "stranded",
                "successors",
                "locations",
                "municipalities",
                "regions",
                "next_place",
            )
        ),
        "summary.json",
    }
    summary = json.loads((folder / "summary.json").read_text(encoding="utf-8"))
    assert summary["parameters"]["required_years"] == 15
    by_year = pd.read_csv(folder / "municipalities.csv")
    assert by_year.loc[by_year["year"] == 2030, "standing"].tolist() == [73]
    assert by_year["moved_in"].sum() == plan.moves["homes"].sum()
    lines = gpd.read_file(out / "relocation.geojson")
    assert lines.crs.to_epsg() == 4326
    assert lines.loc[lines["kind"] == "move", "homes"].sum() == plan.successors["homes"].sum()


def test_the_secured_share_is_a_layer_for_the_next_study(out: Path) -> None:
    relocate(out, of_all=True)
    found = pd.read_csv(out / "relocation" / "next_place.csv").set_index("parcel_id")[
        "secured_share"
    ]
    assert list(found.index) == ["P01", "P03", "P05", "P06", "P09", "P12"]
    assert found.dropna().between(0, 1).all()


def test_what_nobody_can_hold_is_an_answer(out: Path, capsys: pytest.CaptureFixture[str]) -> None:
    # All 146 places are taken: nobody can move in 2042.
    assert run("relocate", out, "--all", "--homes", "146", "--language", "en") == 0
    printed = capsys.readouterr().out
    assert "146 homes" in printed
    assert "have no next place in 2042" in printed


def test_sites_are_the_shortlist_and_where_homes_stand_first(out: Path, tmp_path: Path) -> None:
    assert relocate(out).sites["parcel_id"].tolist() == ["P03"]
    pd.DataFrame({"parcel_id": ["P12"], "year": [2027], "homes": [10]}).to_csv(
        tmp_path / "placed.csv", index=False
    )
    plan = relocate(out, placements=tmp_path / "placed.csv")
    assert sorted(plan.sites["parcel_id"]) == ["P03", "P12"]
    # a project takes 30 of the 40 homes that 1 ha of P03 holds, and so 0.75 ha
    assert plan.sites.set_index("parcel_id").loc["P03", ["homes", "hectares"]].tolist() == [
        30,
        0.75,
    ]


def test_a_run_that_is_not_complete_is_refused(
    out: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    document = json.loads((out / "run.json").read_text(encoding="utf-8"))
    document["municipalities"]["B"]["state"] = "failed"
    (out / "run.json").write_text(json.dumps(document), encoding="utf-8")
    assert run("relocate", out) == 2
    assert "B is failed" in capsys.readouterr().err
    assert not (out / "relocation").exists()


@pytest.mark.parametrize(
    ("arguments", "text", "said"),
    [
        (
            ["--regions"],
            "gemeente_code,region,province\nX,r,p\n",
            "no region is known of municipality A",
        ),
        (["--regions"], "gemeente,region,province\nA,r,p\n", "has no column 'gemeente_code'"),
        (
            ["--placements"],
            "parcel_id,year,homes\nP01,soon,10\n",
            "row 2: 'year' is 'soon'; write a number",
        ),
        (["--placements"], "parcel_id,year,homes\nP99,2027,10\n", "P99 is not among the sites"),
        (["--placements"], "parcel_id,year,homes\nP01,2027,10,\n", "line 2 has 4 values"),
        (["--regions"], "gemeente_code;region;province\nA;S\xfad;p\n", 'encoding = "cp1252"'),
        (["--moves", "20"], None, "must be a number from 0 to 10"),
        (["--years", "0"], None, "must be a number from 1 to 100"),
    ],
)
def test_bad_choices_are_refused(
    out: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    arguments: list[str],
    text: str | None,
    said: str,
) -> None:
    if text is not None:
        (tmp_path / "table.csv").write_text(text, encoding="cp1252")
        arguments = [*arguments, str(tmp_path / "table.csv")]
    assert run("relocate", out, *arguments) == 2
    assert said in capsys.readouterr().err
    assert not (out / "relocation").exists()


def test_tables_are_read_as_those_of_a_study(out: Path, tmp_path: Path) -> None:
    """Semicolons, another encoding of text, blanks around ids: the same plan."""
    placed = pd.DataFrame({"parcel_id": ["P01", "P12"], "year": [2027, 2028], "homes": [10, 2]})
    placed.to_csv(tmp_path / "plain.csv", index=False)
    placed.assign(parcel_id=["P01 ", " P12"]).to_csv(
        tmp_path / "dutch.csv", index=False, sep=";", encoding="utf-16"
    )
    areas = pd.DataFrame({"gemeente_code": ["A", "B"], "region": "Fryslân", "province": "x"})
    areas.to_csv(tmp_path / "regions.csv", index=False)
    areas.to_parquet(tmp_path / "regions.parquet")
    plain = relocate(out, regions=tmp_path / "regions.csv", placements=tmp_path / "plain.csv")
    dutch = relocate(out, regions=tmp_path / "regions.parquet", placements=tmp_path / "dutch.csv")
    assert plain.groups["homes"].sum() == 12
    assert set(plain.sites["region"]) == {"Fryslân"}
    for name in ("groups", "moves", "regions"):
        pd.testing.assert_frame_equal(getattr(plain, name), getattr(dutch, name))


def test_a_choice_that_does_not_exist(out: Path) -> None:
    with pytest.raises(
        FlexruimteError, match="'move' is no choice of a relocation plan; did you mean 'moves'"
    ):
        relocate(out, choices={"move": 3})


def test_the_next_study_weighs_the_next_place() -> None:
    ruleset = load_ruleset("flexwonen-nl-next-place")
    assert ruleset.measures["secured_next_place_share"].layer == "next_place"
    assert "secured_next_place" in ruleset.themes["relocatability"].weights
