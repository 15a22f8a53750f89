"""What a check finds by reading: a part of every source fails, or surprises, before a run does."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import rasterio
import shapely

from flexruimte import LayerError, Study, StudyError, batch
from flexruimte.evidence.parcels import _joined_ids
from flexruimte.evidence.sources.raster import RasterSource
from flexruimte.evidence.sources.vector import VectorSource
from flexruimte.study.checks import CheckReport, check
from toy_files import write_toy_study
from toy_town import IDS, box, frame, toy_study


def looked_at(folder: Path, change: Callable[[Path], object]) -> CheckReport:
    study = write_toy_study(folder)
    change(folder)
    return check(Study.load(study).question)


def rewritten(layer: str, change: Callable[[gpd.GeoDataFrame], gpd.GeoDataFrame]) -> object:
    def rewrite(folder: Path) -> None:
        change(gpd.read_file(folder / "kaart.gpkg", layer=layer)).to_file(
            folder / "kaart.gpkg", layer=layer
        )

    return rewrite


def with_one_more(*shapes: shapely.Geometry | None, **values: object) -> object:
    """Add rows like the first one, with these shapes."""

    def add(rows: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
        more = rows.iloc[[0] * len(shapes)].copy().set_geometry(list(shapes), crs=rows.crs)
        return pd.concat([rows, more.assign(**values)], ignore_index=True)

    return add


FAR = shapely.Polygon([(100000, 400000), (100050, 400000), (1e300, 400050)])
FOUND = {
    "a row without a shape": (
        "natuur",
        with_one_more(None),
        "natuur.*1 of 4 features have no geom",
    ),
    "a vertex far away": (
        "natuur",
        with_one_more(FAR),
        "natuur.*1 of 4 features have a vertex outs",
    ),
    "a parcel elsewhere": (
        "perceel",
        with_one_more(box(9000, 0, 9010, 10), parcel_id="Z1"),
        "parcels.*1 of 13 parcels lie in no municipality",
    ),
    "a parcel on another": (
        "perceel",
        with_one_more(box(1, 1, 9, 9), parcel_id="Z1"),
        "parcels.*parcels lie on another one",
    ),
    "a name that is there twice": (
        "gemeente",
        with_one_more(box(9000, 0, 9010, 10), code="Z"),
        "more than one municipality is called Aadorp; name them by their codes",
    ),
}


@pytest.mark.parametrize("name", FOUND)
def test_what_vanishes_or_counts_twice_is_told(tmp_path: Path, name: str) -> None:
    layer, change, said = FOUND[name]
    report = looked_at(tmp_path, rewritten(layer, change))
    assert report.problems == []
    before = looked_at(tmp_path / "before", lambda _: None).warnings
    more = [warning for warning in report.warnings if warning not in before]
    assert pd.Series(more).str.contains(said).any(), more


def test_features_that_are_there_twice_are_told(tmp_path: Path) -> None:
    double = rewritten("natuur", lambda rows: pd.concat([rows, rows]))
    assert any(
        "natuur" in warning and "features are there twice" in warning
        for warning in looked_at(tmp_path, double).warnings
    )


def test_a_block_of_a_raster_that_cannot_be_read_is_found(tmp_path: Path) -> None:
    """The header is whole, and so are the first blocks: only reading the others tells."""

    def spoil(folder: Path) -> None:
        path = folder / "lden.tif"
        with rasterio.open(path) as raster:
            profile, cells = raster.profile, raster.read(1)
        cells = np.kron(cells, np.ones((64, 64), "float32"))
        place = profile["transform"] @ rasterio.Affine.scale(1 / 64)
        size = {"height": cells.shape[0], "width": cells.shape[1], "transform": place}
        options = {"compress": "deflate", "tiled": True, "blockxsize": 64, "blockysize": 64}
        with rasterio.open(path, "w", **{**profile, **size, **options}) as raster:
            raster.write(cells + np.random.default_rng(1).random(cells.shape, "float32"), 1)
        content = path.read_bytes()
        path.write_bytes(content[: len(content) // 2])

    (problem,) = looked_at(tmp_path, spoil).problems
    assert problem.startswith("lden (lden.tif) cannot be read: ")


NINE = {
    "parcel_id": ["P12", "P77"],
    "decision": ["out", "out"],
    "reason": ["a", "b"],
    "date": ["2025-01-01"] * 2,
}


def owners(ids: list[Any]) -> pd.DataFrame:
    return pd.DataFrame({"parcel_id": ids, "soort": "gemeente"})


def as_layer(table: pd.DataFrame, **settings: Any) -> dict[str, Any]:
    return {"source": table, "id": "parcel_id", **settings}


def test_ids_that_meet_no_parcel_are_told_everywhere(tmp_path: Path) -> None:
    study = toy_study(tmp_path, layers={"eigendom": owners([*IDS[:8], "P78", "P79"])})
    report = check(study.question)
    assert report.problems == []
    assert "eigendom (in memory): 2 of 10 ids meet no parcel (P78, P79)" in report.warnings
    ended = batch.run(study, ["A"], tmp_path / "out")
    assert {key: str(unmet) for key, unmet in ended.unmet_ids.items()} == {
        "eigendom": "2 of 10 ids meet no parcel (P78, P79)"
    }
    # The next run looks at no source again, and still says it.
    assert batch.run(study, ["A"], tmp_path / "out").unmet_ids == ended.unmet_ids
    assert study.rank("A").summary.unmet_ids == {"eigendom": 2}


def test_rows_without_an_id_are_told(tmp_path: Path) -> None:
    study = toy_study(tmp_path, layers={"eigendom": owners([*IDS[:8], None, " "])})
    said = "eigendom (in memory): 2 rows have no parcel id and are left out"
    assert said in check(study.question).warnings
    repairs = study.rank("A").summary.inputs["eigendom"].repairs
    assert repairs == {"rows in the whole source without a parcel id, left out": 2}


@pytest.mark.parametrize(
    ("ids", "setting", "problem"),
    [
        (["X1", "X2"], None, "2 of 2 ids meet no parcel (X1, X2), so the table says nothing"),
        (["P01", "X2"], "error", "1 of 2 ids meet no parcel (X2); correct them"),
        (["X1", "X2"], "ignore", None),
        (["P01", "X2"], "ignore", None),
        ([], None, None),
    ],
)
def test_a_table_of_which_no_id_meets_a_parcel_says_nothing(
    tmp_path: Path, ids: list[str], setting: str | None, problem: str | None
) -> None:
    table = owners(ids).astype({"parcel_id": "string"})
    study = toy_study(tmp_path, layers={"eigendom": as_layer(table, unknown_ids=setting)})
    report = check(study.question)
    assert [problem in said for said in report.problems] == ([True] if problem else [])
    told = ["has no row with a parcel id" in said for said in report.warnings if "eigendom" in said]
    assert told == ([] if ids else [True])
    if problem:
        with pytest.raises(LayerError, match="ids meet no parcel"):
            study.rank("A")


def test_a_filter_that_keeps_no_row_of_a_table_is_refused(tmp_path: Path) -> None:
    table = as_layer(owners(IDS), where="soort = 'gemente'")
    study = toy_study(tmp_path, layers={"eigendom": table})
    (problem,) = check(study.question).problems
    assert "eigendom (in memory): no row of 12 passes where = \"soort = 'gemente'\"" in problem
    assert "nearest to 'gemente' is 'gemeente'" in problem


def test_a_decision_on_an_id_that_is_nowhere_is_an_error(tmp_path: Path) -> None:
    study = toy_study(tmp_path, decisions=pd.DataFrame(NINE))
    (problem,) = check(study.question).problems
    assert "1 decisions are on a parcel that the study does not have: P77" in problem
    with pytest.raises(StudyError, match="P77"):
        batch.run(study, ["A"], tmp_path / "out")
    assert not (tmp_path / "out" / "A").exists()
    with pytest.raises(LayerError, match="P77"):
        study.rank("A")


def test_decisions_of_more_than_the_study_may_be_ignored(tmp_path: Path) -> None:
    path = write_toy_study(tmp_path)
    pd.DataFrame(NINE).to_csv(tmp_path / "besluiten.csv", index=False)
    text = path.read_text()
    path.write_text(f'{text}\n[decisions]\nsource = "besluiten.csv"\nunknown_ids = "ignore"\n')
    study = Study.load(path)
    assert check(study.question).problems == []
    ranking = study.rank("A")
    assert ranking.summary.unmet_ids == {"decisions": 1}
    assert [each.parcel_id for each in ranking.summary.decisions.applied] == ["P12"]


def test_parcels_that_cannot_be_used_are_the_only_problem(tmp_path: Path) -> None:
    double = frame([box(0, 0, 1, 1)] * 2, parcel_id=["P01", "P01"])
    study = toy_study(tmp_path, parcels=double, decisions=pd.DataFrame(NINE))
    (problem,) = check(study.question).problems
    assert "more than once" in problem


@pytest.mark.parametrize(
    ("layer", "setting", "value"),
    [
        ("natuur", "decimal", ","),
        ("natuur", "unknown_ids", "warn"),
        ("natuur", "band", 2),
        ("natuur", "encoding", "cp1252"),  # of rows in memory
        ("natuur", "layer", "n2000"),
        ("eigendom", "crs", "EPSG:28992"),
        ("eigendom", "layer", "eigendom"),
        ("lden", "where", "x = 1"),
        ("lden", "fields", {"x": "y"}),
        ("lden", "constants", {"x": 1}),
        ("lden", "layer", "lden"),
        ("lden", "unknown_ids", "ignore"),
        ("lden", "encoding", "cp1252"),
    ],
)
def test_a_setting_that_would_not_be_obeyed_is_refused(
    tmp_path: Path, layer: str, setting: str, value: Any
) -> None:
    sources: dict[str, Any] = {
        "natuur": frame([box(0, 0, 1, 1)], nr=[1], naam=["a"]),
        "eigendom": owners(IDS),
        "lden": tmp_path / "lden.tif",
    }
    with pytest.raises(LayerError, match=rf"^{layer} \(.*'{setting}' means nothing here"):
        toy_study(tmp_path, layers={layer: {"source": sources[layer], setting: value}})


@pytest.mark.parametrize(
    ("table", "line", "named"),
    [
        ("parcels", 'unknown_ids = "ignore"', "unknown_ids"),
        ("municipalities", 'fields = { x = "y" }', "fields"),
        ("municipalities", "constants = { x = 1 }", "constants"),
        ("parcels", 'decimal = ","', "decimal"),
    ],
)
def test_so_is_one_of_parcels_and_municipalities(
    tmp_path: Path, table: str, line: str, named: str
) -> None:
    path = write_toy_study(tmp_path)
    path.write_text(path.read_text().replace(f"[{table}]\n", f"[{table}]\n{line}\n"))
    with pytest.raises(LayerError, match=rf"^{table} \(.*'{named}' means nothing here"):
        Study.load(path)


@pytest.mark.parametrize(
    "as_of",
    [
        "2026-01-01",
        dt.date(2026, 1, 1),
        dt.datetime(2026, 1, 1, 23, 59),
        pd.Timestamp("2026-01-01T12:00+01:00"),
        np.datetime64("2026-01-01T12:00"),
    ],
    ids=repr,
)
def test_the_date_of_a_study_however_it_is_given(tmp_path: Path, as_of: Any) -> None:
    day = toy_study(tmp_path, as_of=as_of).question.as_of
    assert (type(day), day) == (dt.date, dt.date(2026, 1, 1))


@pytest.mark.parametrize("as_of", ["0226-01-01", "2300-01-01", "9999-12-31", "soon", 0, None])
def test_a_date_that_cannot_be_meant_is_refused(tmp_path: Path, as_of: Any) -> None:
    with pytest.raises(StudyError, match=r"as_of .*(cannot be meant|is not a date); write"):
        toy_study(tmp_path, as_of=as_of)


def replaced(old: str, new: str) -> Callable[[str], str]:
    return lambda text: text.replace(old, new, 1)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (replaced("2026-01-01", "0226-01-01"), r"study.as_of\] 0226-01-01 cannot be meant"),
        (replaced("2026-01-01", "2300-01-01"), r"study.as_of\] 2300-01-01 cannot be meant"),
        (replaced("2026-01-01", "9999-12-31"), r"study.as_of\] 9999-12-31 cannot be meant"),
        (replaced("2025-07-01", "0"), r"reference_date\] 0 is no date"),
        (replaced("2025-07-01", "0225-07-01"), r"reference_date\] 0225-07-01 cannot be meant"),
        (replaced("2025-07-01", "9999-12-31"), r"reference_date\] 9999-12-31 cannot be meant"),
    ],
)
def test_so_is_one_in_a_study_file(tmp_path: Path, change: Callable[[str], str], said: str) -> None:
    path = write_toy_study(tmp_path)
    path.write_text(change(path.read_text()))
    with pytest.raises(StudyError, match=said):
        Study.load(path)


def test_leases_that_nobody_filled_in_are_not_known(tmp_path: Path) -> None:
    path = write_toy_study(tmp_path)
    (tmp_path / "afspraken.csv").write_text("parcel_id,vrij_vanaf,vrij_tot\n")
    study = Study.load(path)
    (told,) = [text for text in check(study.question).warnings if "afspraken" in text]
    assert told == (
        "afspraken (afspraken.csv) has no row with a parcel id and says nothing, so its rules are "
        'unknown; if that means "none at all", say silence = "nothing", or leave it out'
    )
    parcels = study.rank("A").parcels
    # Nothing is known of the lease of any parcel, so of no term but those that a plan ends.
    known = parcels.set_index("parcel_id")["term_years"].dropna()
    assert known.to_dict() == {"P10": 1.0, "P11": 10.0}
    assert parcels["start_delay_years"].isna().all()
    path.write_text(
        path.read_text().replace(
            "[layers.afspraken]\n", '[layers.afspraken]\nsilence = "nothing"\n'
        )
    )
    sure = Study.load(path)
    assert not [text for text in check(sure.question).warnings if "afspraken" in text]
    # P01: no plan and no lease, so the longest term there is.
    terms = sure.rank("A").parcels.set_index("parcel_id")["term_years"]
    assert terms["P01"] == 30.0


def _large(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take every source for a national one."""
    for limit in (
        "study.layer_checks._READ_WHOLE",
        "study.reading._READ_IN_FULL",
        "evidence.judged_rows._MOST_ROWS",
        "evidence.parcels._MOST_IDS",
    ):
        monkeypatch.setattr(f"flexruimte.{limit}", 0)


def test_of_large_sources_only_the_municipalities_that_are_asked_for_are_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither `check` of one municipality nor its run reads all of a source, or looks in another municipality."""
    _large(monkeypatch)
    asked: list[tuple[str, Any]] = []
    for kind, name in ((VectorSource, "read"), (RasterSource, "read_grid")):
        usual = getattr(kind, name)

        def noted(source: Any, *given: Any, usual: Any = usual, name: str = name) -> Any:
            asked.append((source.name, given[1] if name == "read" and len(given) > 1 else given[0]))
            return usual(source, *given)

        monkeypatch.setattr(kind, name, noted)
    monkeypatch.setattr("flexruimte.evidence.parcels._joined_ids", _ids_of_some(_joined_ids))
    study = Study.load(_with_far_town(tmp_path))
    asked.clear()  # the municipalities themselves are read whole
    report = check(study.question, ["A", "B"])
    assert not report.problems
    assert any("not held against so many parcels" in line for line in report.lines)
    batch.run(study, ["A"], tmp_path / "out")
    assert {name for name, _ in asked} >= {"parcels", "pand", "natuur", "lden", "hoogte", "haltes"}
    for name, window in asked:
        assert window is not None, name
        assert window[0] < 150_000, name
    asked.clear()
    check(study.question)
    assert any(window[0] > 150_000 for _, window in asked)


def _ids_of_some(usual: Callable[..., Any]) -> Callable[..., Any]:
    """Refuse to join the ids of all 13 parcels."""

    def joined(columns: pd.DataFrame, source: Any) -> Any:
        assert len(columns) < 13
        return usual(columns, source)

    return joined


def _with_far_town(folder: Path) -> Path:
    """Write the toy town, and another municipality with one parcel 100 km to the east."""
    path = write_toy_study(folder)
    for layer, name in (
        ("perceel", {"parcel_id": "Q01"}),
        ("gemeente", {"code": "Q", "naam": "Ver"}),
    ):
        rows = gpd.read_file(folder / "kaart.gpkg", layer=layer)
        more = frame(
            [box(100_000, 0, 100_100, 100)], **{key: [value] for key, value in name.items()}
        )
        pd.concat([rows, more], ignore_index=True).to_file(folder / "kaart.gpkg", layer=layer)
    return path


def test_an_empty_table_of_decisions_is_told(tmp_path: Path) -> None:
    path = write_toy_study(tmp_path)
    named = tmp_path / "empty.csv"
    named.write_text("parcel_id,decision,reason,date\n")
    text = re.sub(r"\[decisions\]\n(?:[^\[\n].*\n)*", "", path.read_text())
    path.write_text(text + '\n[decisions]\nsource = "empty.csv"\n')
    (said,) = [said for said in check(Study.load(path).question).warnings if "decisions" in said]
    assert said.startswith("decisions (empty.csv): 0 decisions; ")


def test_what_is_wrong_with_the_parcels_is_told_once(tmp_path: Path) -> None:
    path = write_toy_study(tmp_path)
    parcels = gpd.read_file(tmp_path / "kaart.gpkg", layer="perceel")
    with pytest.warns(UserWarning, match="'crs' was not provided"):
        parcels.set_crs(None, allow_override=True).to_file(tmp_path / "bare.gpkg", layer="perceel")
    text = path.read_text()
    start = text.index("[parcels]")
    end = text.index("kaart.gpkg", start)
    path.write_text(text[:end] + "bare.gpkg" + text[end + len("kaart.gpkg") :])
    problems = check(Study.load(path).question).problems
    assert [text for text in problems if "no coordinate reference system" in text] == problems
    assert len(problems) == 1


def test_a_star_is_named_and_a_coast_is_not(tmp_path: Path) -> None:
    path = write_toy_study(tmp_path)
    rows = gpd.read_file(tmp_path / "kaart.gpkg", layer="natuur")
    shapes = rows.geometry.to_list()
    angle = np.linspace(0, 2 * np.pi, 6000, endpoint=False)
    middle = shapes[0].centroid
    for reach, is_told in ((np.where(np.arange(6000) % 2, 2500, 900), True), (2500.0, False)):
        around = np.c_[middle.x + reach * np.cos(angle), middle.y + reach * np.sin(angle)]
        changed = rows.set_geometry([shapely.Polygon(around), *shapes[1:]], crs=rows.crs)
        changed.to_file(tmp_path / "kaart.gpkg", layer="natuur")
        told = [said for said in check(Study.load(path).question).warnings if "to and fro" in said]
        assert [f"1 of {len(rows)} features (number 1)" in said for said in told] == [
            True
        ] * is_told


def test_it_tells_how_far_it_is(tmp_path: Path) -> None:
    question, told = toy_study(tmp_path).question, []
    report = check(question, progress=told.append)
    every = len(question.sources)
    assert told == [f"looked at {number} of {every} layers" for number in range(1, every + 1)]
    assert report.sources == every
