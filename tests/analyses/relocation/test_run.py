"""What follows from a run on disk: relocation, targets, costs and layouts, on the toy town.

Ranked in A are P01 (36 homes), P03 (40), P05 (20), P06 (40, free until 2043), P09 (18) and P12 (18): 172 homes; B has no parcels.
"""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
import pytest

from flexruimte import Study
from flexruimte.analyses.relocation import replay
from flexruimte.analyses.relocation.run import relocate
from flexruimte.errors import FlexruimteError
from test_cli import run
from toy_files import write_toy_study

SOURCED = 'source = "toy"\nbasis = "assumption"\n'


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("follow_up")
    assert run("run", write_toy_study(folder / "study"), "--out", folder / "out") == 0
    return folder / "out"


@pytest.fixture
def out(finished: Path, tmp_path: Path) -> Path:
    shutil.copytree(finished, tmp_path / "out")
    return tmp_path / "out"


def log(out: Path) -> dict[str, Any]:
    return json.loads((out / "run.json").read_text(encoding="utf-8"))


# relocate


def test_relocate_writes_a_plan_that_holds(out: Path) -> None:
    plan = relocate(out)
    assert replay(plan) == []
    # Half of the 172 places stand on the best sites; in 2042 they go to what is free until 2057: all but P06, 132 places.
    assert int(plan.groups["homes"].sum()) == 86
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
    assert by_year.loc[by_year["year"] == 2030, "standing"].tolist() == [86]
    assert by_year["moved_in"].sum() == plan.moves["homes"].sum()
    lines = gpd.read_file(out / "relocation.geojson")
    assert lines.crs.to_epsg() == 4326
    assert lines.loc[lines["kind"] == "move", "homes"].sum() == plan.successors["homes"].sum()


def test_the_secured_share_is_a_layer_for_the_next_study(out: Path) -> None:
    relocate(out)
    found = pd.read_csv(out / "relocation" / "next_place.csv").set_index("parcel_id")[
        "secured_share"
    ]
    assert list(found.index) == ["P01", "P03", "P05", "P06", "P09", "P12"]
    assert found.dropna().between(0, 1).all()


def test_what_nobody_can_hold_is_an_answer(out: Path, capsys: pytest.CaptureFixture[str]) -> None:
    # All 172 places are taken: nobody can move in 2042.
    assert run("relocate", out, "--homes", "172", "--language", "en") == 0
    printed = capsys.readouterr().out
    assert "172 homes" in printed
    assert "have no next place in 2042" in printed


def test_a_run_that_is_not_complete_is_refused(
    out: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    document = log(out)
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
        (["--moves", "20"], None, "moves is 20; write a number from 0 to 10"),
        (["--years", "0"], None, "horizon_years is 0"),
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
        (tmp_path / "table.csv").write_text(text, encoding="utf-8")
        arguments = [*arguments, str(tmp_path / "table.csv")]
    assert run("relocate", out, *arguments) == 2
    assert said in capsys.readouterr().err
    assert not (out / "relocation").exists()


def test_a_choice_that_does_not_exist(out: Path) -> None:
    with pytest.raises(
        FlexruimteError, match="'move' is no choice of a relocation plan; did you mean 'moves'"
    ):
        relocate(out, choices={"move": 3})


def test_a_folder_without_a_run(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for command in ("relocate", "targets", "costs"):
        assert run(command, tmp_path) == 2
        assert "holds no run" in capsys.readouterr().err


# targets


def test_targets_against_a_run(
    out: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "asked.toml"
    title = 'title = { nl = "x", en = "x" }\n'
    path.write_text(
        f'name = "asked"\n{title}[required_years]\nvalue = 15\n{SOURCED}[regions.all]\n{title}members = ["A", "B"]\n{SOURCED}'
        f'[targets.enough]\nregion = "all"\nhomes = 100\n{SOURCED}[targets.much]\nmunicipality = "A"\nhomes = 200\n{SOURCED}',
        encoding="utf-8",
    )
    assert run("targets", out, path) == 0
    assert "covered" in capsys.readouterr().out
    found = pd.read_csv(out / "targets.csv").set_index("target")
    assert found["status"].to_dict() == {"enough": "covered", "much": "short"}
    assert found.loc["much", ["secured_homes", "short_homes"]].tolist() == [172, 28]
    filling = pd.read_csv(out / "targets_filling.csv")
    assert filling.loc[filling["target"] == "much", "cumulative_homes"].iloc[-1] == 172


def test_a_target_for_an_unknown_region(
    out: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "asked.toml"
    title = 'title = { nl = "x", en = "x" }\n'
    path.write_text(
        f'name = "a"\n{title}[required_years]\nvalue = 15\n{SOURCED}[targets.t]\nregion = "al"\nhomes = 1\n{SOURCED}',
        encoding="utf-8",
    )
    assert run("targets", out, path) == 2
    assert "region 'al' does not exist" in capsys.readouterr().err


# costs and layouts


def test_costs_of_a_run(out: Path) -> None:
    assert run("costs", out) == 0
    costs = pd.read_csv(out / "costs.csv").set_index("parcel_id")
    assert costs.loc["P01", "move_eur"] == 36 * 75_000 * 0.3
    figures = pd.read_csv(out / "costs_figures.csv").set_index("figure")
    assert figures.loc["build_cost_per_home", "value"] == 75_000
    assert figures["source"].notna().sum() == figures["value"].notna().sum()


def test_layouts_by_density_are_empty(out: Path) -> None:
    assert run("layout", out) == 0
    assert json.loads((out / "A" / "layout.geojson").read_text(encoding="utf-8"))["features"] == []


def test_no_run_no_costs_by_default(finished: Path) -> None:
    assert not {"relocation", "costs.csv", "targets.csv"} & {
        path.name for path in finished.iterdir()
    }


def test_the_next_study_weighs_the_next_place() -> None:
    from flexruimte.rules.files import load_ruleset

    ruleset = load_ruleset("flexwonen-nl-next-place")
    assert ruleset.measures["secured_next_place_share"].layer == "next_place"
    assert "secured_next_place" in ruleset.themes["relocatability"].weights
    assert isinstance(Study, type)
