"""What must always hold, on the toy town: unknown is visible, softer never excludes, better never scores lower, order and windows do not matter."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
import pytest
import shapely

from flexruimte import FlexruimteError
from flexruimte.assessment.pipeline import Assessment, assess
from flexruimte.rules.files import load_ruleset
from flexruimte.vocabulary import Level
from rule_columns import with_rule_columns
from toy_town import (
    IDS,
    RULESET,
    box,
    changed_ruleset,
    frame,
    layers,
    municipalities,
    parcels,
    toy_study,
)


def toy(folder: Path, **changes: Any) -> Assessment:
    return assess(toy_study(folder, **changes).question, "A")


def by_id(town: Assessment) -> pd.DataFrame:
    return with_rule_columns(town).set_index("parcel_id")


def test_rows_may_be_shuffled(tmp_path: Path) -> None:
    shuffled = {
        key: data.sample(frac=1, random_state=7) if isinstance(data, pd.DataFrame) else data
        for key, data in layers(tmp_path).items()
    }
    usual = toy(tmp_path)
    other = toy(tmp_path, layers=shuffled, parcels=parcels().sample(frac=1, random_state=3))
    pd.testing.assert_frame_equal(
        with_rule_columns(usual), with_rule_columns(other), check_exact=True
    )
    assert (shapely.to_wkb(usual.buildable) == shapely.to_wkb(other.buildable)).all()


def test_the_rest_of_the_country_changes_nothing(tmp_path: Path) -> None:
    # another municipality with parcels, and features far away in every layer
    far = box(50_000, 0, 50_100, 100)
    more_parcels = pd.concat([parcels(), frame([far], parcel_id=["far"])], ignore_index=True)
    more = pd.concat(
        [municipalities(), frame([box(49_000, -100, 51_000, 200)], code=["C"], naam=["Ceedorp"])],
        ignore_index=True,
    )
    evidence = layers(tmp_path)
    evidence["natuur"] = pd.concat(
        [evidence["natuur"], frame([far], nr=[9], naam=["Ver"])], ignore_index=True
    )
    evidence["pand"] = pd.concat(
        [evidence["pand"], frame([far], identificatie=["b9"], status=["Pand in gebruik"])],
        ignore_index=True,
    )
    usual = toy(tmp_path)
    other = toy(tmp_path, layers=evidence, parcels=more_parcels, municipalities=more)
    pd.testing.assert_frame_equal(
        with_rule_columns(usual), with_rule_columns(other), check_exact=True
    )


def test_a_border_does_not_matter(tmp_path: Path) -> None:
    # the town cut in two municipalities gives each parcel the same numbers; rank aside, and the
    # class, of which each municipality has its own best few
    halves = frame(
        [box(-50, -50, 200, 350), box(200, -50, 450, 350)], code=["A", "B"], naam=["West", "Oost"]
    )
    study = toy_study(tmp_path, municipalities=halves)
    parts = pd.concat([by_id(assess(study.question, code)) for code in "AB"]).sort_index()
    whole = by_id(toy(tmp_path))
    leave = ["rank", "priority", "kept_out_by", "gemeente", "gemeente_code"]
    pd.testing.assert_frame_equal(
        parts.drop(columns=leave), whole.drop(columns=leave), check_exact=True, check_dtype=False
    )


EXCLUDING_LAYERS = {
    "pand": ["unbuilt", "buildings"],
    "natuur": ["nature"],
    "leiding": ["pipeline"],
    "plannen": ["hard_plan"],
}


@pytest.mark.parametrize("layer", EXCLUDING_LAYERS)
def test_an_absent_layer_is_unknown_for_all(tmp_path: Path, layer: str) -> None:
    town = toy(tmp_path, layers={layer: None})
    for rule in EXCLUDING_LAYERS[layer]:
        assert set(by_id(town)[f"verdict_{rule}"]) == {"unknown"}
        assert town.parcels["missing"].str.split(";").map(lambda ids, rule=rule: rule in ids).all()
    assert set(town.parcels["status"]) <= {"unknown", "excluded"}
    assert town.parcels["rank"].isna().all()
    assert layer in town.absent
    assert (by_id(town)["known_share"] <= by_id(toy(tmp_path))["known_share"]).all()


@pytest.mark.parametrize("layer", EXCLUDING_LAYERS)
def test_what_is_not_assessed_is_left_out_and_lowers_what_is_known(
    tmp_path: Path, layer: str
) -> None:
    town = toy(tmp_path, layers={layer: None}, not_assessed=[layer])
    for rule in EXCLUDING_LAYERS[layer]:
        assert town.left_out[rule] == layer
        assert rule not in town.verdicts
        assert rule not in set(town.findings["rule"])
    assert town.parcels["rank"].notna().any()
    assert town.parcels["known_share"].max() < 1


def test_without_agreements_no_term_is_certain(tmp_path: Path) -> None:
    assert "yes" not in set(by_id(toy(tmp_path, layers={"afspraken": None}))["verdict_term"])
    assert "yes" in set(
        by_id(toy(tmp_path, layers={"afspraken": None}, not_assessed=["afspraken"]))["verdict_term"]
    )


TERM = ["term_years", "pessimistic_term_years", "term_start", "term_end", "term"]


def test_without_plans_there_is_no_term(tmp_path: Path) -> None:
    town = toy(
        tmp_path,
        layers={"plannen": None, "afspraken": None},
        not_assessed=["plannen", "afspraken"],
    )
    assert town.parcels[[*TERM, "hard_plan_free_years", "criterion_long"]].isna().all(axis=None)
    assert {"term", "pessimistic_term", "hard_plan", "long"} <= {
        name for name, cause in town.left_out.items() if cause == "plannen"
    }
    assert not {"term", "pessimistic_term", "hard_plan"} & set(town.verdicts)
    # the other rules decide
    assert town.parcels["status"].isin(["available", "attention"]).any()


def test_plans_alone_left_out_leave_no_term_either(tmp_path: Path) -> None:
    town = toy(tmp_path, layers={"plannen": None}, not_assessed=["plannen"])
    assert town.parcels[TERM].isna().all(axis=None)


def test_without_agreements_the_term_is_that_of_the_plans_and_says_so(tmp_path: Path) -> None:
    town = toy(tmp_path, layers={"afspraken": None}, not_assessed=["afspraken"])
    # P11: a plan of 2038, less a year to clear, from 2027: 10 years
    assert by_id(town).loc["P11", "term_years"] == pytest.approx(10)
    assert town.approximated["term_years"] == ("by plans alone; layer 'afspraken' is not assessed")


@pytest.mark.parametrize("layer", ["plannen", "afspraken"])
def test_a_term_that_nothing_bounds_is_not_stated(tmp_path: Path, layer: str) -> None:
    """The layer is absent and the study does not leave it out: what is on record still counts."""
    rows = by_id(toy(tmp_path, layers={layer: None}))
    assert pd.isna(rows.loc["P01", "term_years"])
    # P06 is let until 2043: 16 years from 2027; P11 has a plan of 2038: 10 years
    bounded = ("P11", 10) if layer == "afspraken" else ("P06", 16)
    assert rows.loc[bounded[0], "term_years"] == pytest.approx(bounded[1])
    assert set(rows["verdict_term"]) <= {"no", "unknown"}


def test_a_register_of_few_cases_is_silent_elsewhere(tmp_path: Path) -> None:
    few = changed_ruleset(
        layers={"natuur": {"silence": "unknown"}}, rules={"nature": {"level": "soft"}}
    )
    usual, silent = by_id(toy(tmp_path)), by_id(toy(tmp_path, ruleset=few))
    clean = usual["covered_m2_nature"] == 0
    assert clean.any()
    assert set(silent.loc[clean, "verdict_nature"]) == {"unknown"}
    assert (silent.loc[~clean, "verdict_nature"] == "no").any()
    # that the file covers the town does not make it list all cases; whoever knows says so
    for settings, verdict in ({"coverage": "complete"}, "unknown"), ({"silence": "nothing"}, "yes"):
        told = {"source": layers(tmp_path)["natuur"], **settings}
        rows = by_id(toy(tmp_path, ruleset=few, layers={"natuur": told}))
        assert set(rows.loc[clean, "verdict_nature"]) == {verdict}


def test_a_layer_that_fills_the_plane_may_be_complete(tmp_path: Path) -> None:
    """P12 is half bare of land use: unknown, unless the study says that bare is none of the kinds."""
    bare = by_id(toy(tmp_path))["land_use_class"]
    assert pd.isna(bare["P12"])
    complete = {"source": layers(tmp_path)["bodemgebruik"], "coverage": "complete"}
    told = by_id(toy(tmp_path, layers={"bodemgebruik": complete}))["land_use_class"]
    assert told["P12"] == bare["P09"]


def test_an_empty_layer_says_nothing_unless_the_study_says_it_does(tmp_path: Path) -> None:
    empty = layers(tmp_path)["natuur"].iloc[:0]
    assert set(by_id(toy(tmp_path, layers={"natuur": empty}))["verdict_nature"]) == {"unknown"}
    declared = {"source": empty, "coverage": "complete"}
    assert set(by_id(toy(tmp_path, layers={"natuur": declared}))["verdict_nature"]) == {"yes"}


def test_a_layer_of_half_the_town_is_unknown_for_the_other_half(tmp_path: Path) -> None:
    # nature's extent is x 0-300: the last column lies outside it
    verdicts = by_id(
        toy(
            tmp_path,
            layers={"natuur": {"source": layers(tmp_path)["natuur"], "coverage": "extent"}},
        )
    )["verdict_nature"]
    assert set(verdicts[["P05", "P06"]]) == {"yes"}
    assert verdicts["P07"] == "no"
    assert set(verdicts[["P04", "P08", "P12"]]) == {"unknown"}
    # land use fills the plane: what it does not cover is unknown without being told
    assert by_id(toy(tmp_path))["land_use_class"][["P08", "P12"]].isna().all()


def test_coverage_may_be_given_as_polygons(tmp_path: Path) -> None:
    frame([box(-100, -100, 150, 400)]).to_file(tmp_path / "covered.gpkg")
    source = {"source": layers(tmp_path)["natuur"], "coverage": str(tmp_path / "covered.gpkg")}
    verdicts = by_id(toy(tmp_path, layers={"natuur": source}))["verdict_nature"]
    # the soft rule reaches 20 m: within 150 - 20 all is known; P02, P06 and P10 lie half outside
    assert verdicts[["P01", "P05", "P09"]].tolist() == ["yes"] * 3
    assert verdicts[["P02", "P06", "P10"]].tolist() == ["unknown"] * 3


def test_an_unknown_never_beats_a_no(tmp_path: Path) -> None:
    before = by_id(toy(tmp_path))["status"]
    after = by_id(toy(tmp_path, layers={"plannen": None}))["status"]
    still = before[before == "excluded"].index.difference(
        ["P10", "P11"]
    )  # these two are excluded by their plans
    assert set(after[still]) == {"excluded"}


@pytest.mark.parametrize("rule", load_ruleset(RULESET).rules)
def test_a_softer_level_never_excludes(tmp_path: Path, rule: str) -> None:
    excluded = [
        set(
            by_id(toy(tmp_path, ruleset=changed_ruleset(rules={rule: {"level": level}})))
            .query("status == 'excluded'")
            .index
        )
        for level in Level
    ]
    assert excluded[3] == excluded[2] <= excluded[1] == excluded[0]


def test_an_override_holds_in_its_municipality_only(tmp_path: Path) -> None:
    ruleset = load_ruleset(RULESET).model_copy(
        update={"municipalities": {"B": {"rules": {"nature": {"level": "medium"}}}}}
    )
    halves = frame(
        [box(-50, -50, 200, 350), box(200, -50, 450, 350)], code=["A", "B"], naam=["West", "Oost"]
    )
    study = toy_study(tmp_path, ruleset=ruleset, municipalities=halves)
    assert by_id(assess(study.question, "B")).loc["P07", "status"] == "attention"
    assert by_id(assess(study.question, "A")).loc["P05", "buildable_m2"] == pytest.approx(5_000)


def test_asked_types_are_a_rule_like_any_other(tmp_path: Path) -> None:
    town = by_id(toy(tmp_path, placement={"site_types": ["field"]}))
    assert town.loc["P03", "status"] == "available"
    assert town.loc["P01", "reasons"] == "type_asked"
    assert (
        town.loc["P04", "verdict_type_asked"] == "unknown"
    )  # whether its building exists is not known


def test_a_distance_that_cannot_be_read_is_unknown_near_the_feature(tmp_path: Path) -> None:
    unread = layers(tmp_path)["leiding"].assign(afstand=None)
    verdicts = by_id(toy(tmp_path, layers={"leiding": unread}))["verdict_pipeline"]
    assert set(verdicts[IDS[8:]]) == {"unknown"}  # within 50 m, the distance that is taken then
    assert set(verdicts[IDS[:4]]) == {"yes"}


@pytest.mark.parametrize(("as_of", "years"), [("2023-12-31", 10), ("2024-01-01", 30)])
def test_the_studys_date_picks_the_regime(tmp_path: Path, as_of: str, years: float) -> None:
    assert by_id(toy(tmp_path, as_of=as_of)).loc["P01", "term_years"] == years


def test_a_placeholder_circle_is_not_believed(tmp_path: Path) -> None:
    circle = frame(
        [shapely.buffer(box(40, 40, 60, 60).centroid, 30)],
        plan=["rond"],
        status=["1A"],
        start=[2028],
    )
    row = by_id(toy(tmp_path, layers={"plannen": circle})).loc["P01"]
    assert row["verdict_hard_plan"] == "unknown"


def test_a_plan_status_that_no_list_has_is_unknown(tmp_path: Path) -> None:
    strange = layers(tmp_path)["plannen"].assign(status=["?", "x", "1A", "3"])
    town = toy(tmp_path, layers={"plannen": strange})
    verdicts = by_id(town)["verdict_hard_plan"]
    assert verdicts["P08"] == "unknown"  # "?" is in no list
    assert verdicts["P10"] == "yes"  # "x" is ignored
    assert town.unread_plans["plan status not in the ruleset's lists"] == 1


def decided(decision: str, parcel: str, date: str = "2025-06-01") -> pd.DataFrame:
    return pd.DataFrame(
        {"parcel_id": [parcel], "decision": [decision], "reason": ["raad"], "date": [date]}
    )


def test_decisions_and_their_precedence(tmp_path: Path) -> None:
    def status(decision: str, parcel: str, date: str = "2025-06-01") -> str:
        return str(
            by_id(toy(tmp_path, decisions=decided(decision, parcel, date))).loc[parcel, "status"]
        )

    assert status("out", "P12") == "excluded"
    assert status("in", "P02") == "attention"  # excluded by a hard rule
    assert status("in", "P08") == "attention"  # unknown
    assert status("in", "P07") == "excluded"  # a very hard rule stands
    assert status("out", "P12", "2026-06-01") == "attention"  # not in force yet
    row = by_id(toy(tmp_path, decisions=decided("in", "P02"))).loc["P02"]
    assert (row["decision"], row["decision_reason"], row["decision_date"]) == (
        "in",
        "raad",
        "2025-06-01",
    )
    assert row["reasons"] == "unbuilt;buildings"  # what speaks against it stays visible


def test_the_last_decision_counts(tmp_path: Path) -> None:
    both = pd.concat([decided("out", "P12", "2025-06-01"), decided("in", "P12", "2025-05-01")])
    assert by_id(toy(tmp_path, decisions=both)).loc["P12", "status"] == "excluded"


def test_a_score_does_not_depend_on_the_batch(tmp_path: Path) -> None:
    few = parcels().iloc[[2, 4, 11]]
    whole, part = by_id(toy(tmp_path)), by_id(toy(tmp_path, parcels=few))
    assert part["score"].tolist() == whole.loc[part.index, "score"].tolist()


def test_what_is_unknown_widens_the_range_and_nothing_else(tmp_path: Path) -> None:
    usual, less = by_id(toy(tmp_path)), by_id(toy(tmp_path, layers={"net": None}))
    assert (less["score_low"] <= less["score"].fillna(less["score_low"]) + 1e-9).all()
    assert (less["score_high"] >= less["score"].fillna(less["score_high"]) - 1e-9).all()
    assert (less["score_low"] <= usual["score_low"] + 1e-9).all()
    assert (less["score_high"] >= usual["score_high"] - 1e-9).all()


def test_todays_date_is_never_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class NoToday(dt.date):
        @classmethod
        def today(cls) -> NoToday:
            raise AssertionError("today's date was read")

    monkeypatch.setattr(dt, "date", NoToday)
    assert len(toy(tmp_path, as_of=NoToday(2026, 1, 1)).parcels) == 12


def test_a_study_with_another_question(tmp_path: Path) -> None:
    study = toy_study(tmp_path)
    softer = study.changed(
        rules={"nature": {"level": "medium"}}, placement={"required_years": 5}, as_of="2025-01-01"
    )
    assert by_id(assess(softer.question, "A")).loc["P07", "status"] == "attention"
    assert softer.question.ruleset.value("required_years") == 5
    assert study.question.ruleset.rules["nature"].level == Level.VERY_HARD
    with pytest.raises(FlexruimteError, match="no 'rule' to change; did you mean 'rules'"):
        study.changed(rule={})
    with pytest.raises(
        FlexruimteError, match="overrides something that does not exist; did you mean 'nature'"
    ):
        study.changed(rules={"natura": {"level": "soft"}})


NUMBERED = {f"P{number:02d}": number for number in range(1, 13)}


RETYPED: dict[str, tuple[Any, Any]] = {
    "real numbers": (float, str),
    "decimals in text": (str, lambda number: f"{number}.0"),
    "zeros in the table": (int, lambda number: f"{number:04d}"),
    "zeros in the parcels": (lambda number: f"{number:04d}", int),
    "blanks": (lambda number: f"{number:04d} ", lambda number: f" {number:04d}"),
}


@pytest.mark.parametrize("how", RETYPED)
def test_ids_may_be_written_in_any_way(tmp_path: Path, how: str) -> None:
    in_parcels, in_tables = RETYPED[how]

    def retyped(table: pd.DataFrame, write: Any) -> pd.DataFrame:
        return table.assign(parcel_id=[write(NUMBERED[parcel]) for parcel in table["parcel_id"]])

    tables = {
        key: retyped(data, in_tables)
        for key, data in layers(tmp_path).items()
        if key in ("eigendom", "afspraken")
    }
    usual = by_id(toy(tmp_path, decisions=decided("out", "P12")))
    other = by_id(
        toy(
            tmp_path,
            layers=tables,
            parcels=retyped(parcels(), in_parcels),
            decisions=retyped(decided("out", "P12"), in_tables),
        )
    )
    usual, other = (each.set_axis(range(12), axis=0) for each in (usual, other))
    pd.testing.assert_frame_equal(usual, other, check_exact=True)


@pytest.mark.parametrize("ending", ["gpkg", "parquet", "fgb", "geojson"])
def test_layers_may_come_in_any_format(tmp_path: Path, ending: str) -> None:
    def written(key: str, data: Any) -> Any:
        if not isinstance(data, gpd.GeoDataFrame):
            return data
        file = tmp_path / f"{key}.{ending}"
        if ending == "parquet":
            data.to_parquet(file, write_covering_bbox=True, row_group_size=2)
        else:
            data.to_file(file)
        return file

    files = {key: written(key, data) for key, data in layers(tmp_path).items()}
    pd.testing.assert_frame_equal(
        by_id(toy(tmp_path)), by_id(toy(tmp_path, layers=files)), check_exact=True
    )


@pytest.mark.parametrize(
    "form",
    [
        {"sep": ";", "decimal": ",", "encoding": "utf-8-sig"},
        {"sep": "\t", "encoding": "utf-16"},
        {"quoting": 1, "lineterminator": "\r\n"},
        {"sep": ";", "encoding": "cp1252"},
    ],
    ids=str,
)
def test_tables_may_come_in_any_form(tmp_path: Path, form: dict[str, Any]) -> None:
    files = {}
    for key in ("eigendom", "afspraken"):
        layers(tmp_path)[key].sample(frac=1, random_state=1).to_csv(
            tmp_path / f"{key}.csv", index=False, **form
        )
        files[key] = {"source": str(tmp_path / f"{key}.csv"), "id": "parcel_id"}
        if form.get("encoding") == "cp1252":
            files[key]["encoding"] = "cp1252"
    pd.testing.assert_frame_equal(
        by_id(toy(tmp_path)), by_id(toy(tmp_path, layers=files)), check_exact=True
    )
