"""How sure it is what one source is: each case with what makes it so."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pytest
import rasterio
import shapely
from affine import Affine

from flexruimte.rules.files import load_ruleset
from flexruimte.study.new_study.recognition.candidate import Candidate
from flexruimte.study.new_study.recognition.fields import words_of_lists
from flexruimte.study.new_study.recognition.files import files_in
from flexruimte.study.new_study.recognition.looks import looks_at
from flexruimte.study.new_study.recognition.weighing import candidates_for

RULESET = load_ruleset("flexwonen-nl")
WORDS = words_of_lists(RULESET)
POLYGON = shapely.box(100_000, 400_000, 100_010, 400_010)
SHAPES = {
    "polygon": POLYGON,
    "point": shapely.Point(100_000, 400_000),
    "line": shapely.LineString([(100_000, 400_000), (100_010, 400_000)]),
}


def candidates(
    folder: Path, name: str, shapes: str = "polygon", **columns: list[Any]
) -> list[Candidate]:
    """Return what a GeoPackage of this name and these columns may be."""
    count = len(next(iter(columns.values())))
    frame = gpd.GeoDataFrame(columns, geometry=[SHAPES[shapes]] * count, crs="EPSG:28992")
    frame.to_file(folder / f"{name}.gpkg", layer=name)
    return seen_in(folder)


def seen_in(folder: Path) -> list[Candidate]:
    (look,) = (look for file in files_in(folder, folder) for look in looks_at(file))
    assert look.why == ""
    return candidates_for(look, RULESET, WORDS)


def sure(found: list[Candidate]) -> dict[str, str]:
    return {candidate.dataset: candidate.sure for candidate in found}


def questions(candidate: Candidate) -> str:
    return "; ".join(each.text("en") for each in candidate.questions)


BAG = {
    "identificatie": ["0503100000000001", "0503100000000002"],
    "status": ["Pand in gebruik", "Bouw gestart"],
}


def test_name_columns_and_words(tmp_path: Path) -> None:
    (found,) = candidates(tmp_path, "bag_pand", **BAG)
    assert (found.dataset, found.sure) == ("bag_pand", "certain")
    assert [each.text("en") for each in found.reasons] == [
        "its name is one of that dataset",
        '"Bouw gestart" stands in it, which no other dataset has',
    ]


def test_words_without_a_name(tmp_path: Path) -> None:
    assert sure(candidates(tmp_path, "laag7", **BAG)) == {"bag_pand": "certain"}


def test_telling_columns_without_a_name(tmp_path: Path) -> None:
    found = candidates(tmp_path, "laag7", rijksmonum=[1], hoofdcateg=["Kerk"])
    assert sure(found) == {"rijksmonumenten": "certain"}


def test_one_telling_column_is_not_enough(tmp_path: Path) -> None:
    found = candidates(tmp_path, "laag7", nr=[1], naam_n2k=["Rijntakken"])
    assert sure(found) == {"natura2000": "unsure"}
    assert "its name does not tell" in questions(found[0])


@pytest.mark.parametrize("name", ["natura2000 oud", "buffer natura2000", "natura2000_selectie"])
def test_a_doubtful_word_is_asked_about(name: str, tmp_path: Path) -> None:
    (found,) = candidates(tmp_path, name, nr=[1], naam_n2k=["Rijntakken"], sitecode_h=["NL9"])
    assert (found.dataset, found.sure) == ("natura2000", "likely")
    assert "may mean that it is a part" in questions(found)


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("natura2000_wensbeeld", "its name says more than that: wensbeeld"),
        ("natura2000_nnn", "in its name stands that of nnn"),
        ("natura2000_buffer500", '"buffer" in its name'),
    ],
)
def test_a_name_that_says_more_is_asked_about(name: str, why: str, tmp_path: Path) -> None:
    found = candidates(tmp_path, name, nr=[1], naam_n2k=["Rijntakken"], sitecode_h=["NL9"])
    nature = next(each for each in found if each.dataset == "natura2000")
    assert nature.sure == "likely"
    assert why in questions(nature)


def test_a_part_that_was_saved_keeps_the_name_of_its_layer(tmp_path: Path) -> None:
    columns = {"nr": [1], "naam_n2k": ["Rijntakken"], "sitecode_h": ["NL9"]}
    frame = gpd.GeoDataFrame(columns, geometry=[POLYGON], crs="EPSG:28992")
    path = tmp_path / "natura2000_selectie.gpkg"
    frame.to_file(path, layer="natura2000")
    assert sure(seen_in(tmp_path)) == {"natura2000": "likely"}
    path.rename(tmp_path / "gekregen van Jan.gpkg")
    assert sure(seen_in(tmp_path)) == {"natura2000": "certain"}


def test_a_name_with_a_place_says_no_more(tmp_path: Path) -> None:
    candidates(tmp_path, "delft natura2000", nr=[1], naam_n2k=["Rijntakken"], sitecode_h=["NL9"])
    (look,) = (look for file in files_in(tmp_path, tmp_path) for look in looks_at(file))
    assert sure(candidates_for(look, RULESET, WORDS)) == {"natura2000": "likely"}
    assert sure(candidates_for(look, RULESET, WORDS, {"delft"})) == {"natura2000": "certain"}


def test_rows_of_two_datasets_in_one_layer_are_asked_about(tmp_path: Path) -> None:
    (found,) = candidates(
        tmp_path,
        "natura2000",
        nr=[1, None],
        naam_n2k=["Rijntakken", None],
        sitecode_h=["NL9", None],
        text=[None, "NNN"],
    )
    assert (found.dataset, found.sure) == ("natura2000", "likely")
    assert questions(found).startswith("50% of its rows have nothing in naam_n2k, sitecode_h")


def test_columns_that_were_swapped(tmp_path: Path) -> None:
    (found,) = candidates(
        tmp_path,
        "voorzieningen",
        "point",
        osm_id=["1", "2"],
        amenity=["supermarket", None],
        shop=[None, "school"],
    )
    assert found.sure == "likely"
    assert "column amenity has 'supermarket', which amenity cannot hold" in questions(found)


def test_days_that_were_swapped(tmp_path: Path) -> None:
    lease = "parcel_id,kind,free_from,free_until\n7,pacht,2031-01-01,2026-01-01\n"
    (tmp_path / "gebruiksafspraken.csv").write_text(lease)
    (found,) = seen_in(tmp_path)
    assert found.sure == "likely"
    assert "column free_from holds days after those in free_until" in questions(found)


@pytest.mark.parametrize(
    ("header", "is_asked"), [("free_from,free_until", False), ("free_until,free_from", True)]
)
def test_days_that_were_swapped_where_each_row_has_one(
    tmp_path: Path, header: str, *, is_asked: bool
) -> None:
    lease = f"parcel_id,kind,{header}\n7,pacht,2031-01-01,\n8,reservering,,2043-01-01\n"
    (tmp_path / "gebruiksafspraken.csv").write_text(lease)
    (found,) = seen_in(tmp_path)
    assert (found.sure == "likely") is is_asked
    said = "rows with pacht have no day in column free_from, which they ought to"
    assert (said in questions(found)) is is_asked


@pytest.mark.parametrize(
    ("crs", "x", "y"), [("EPSG:4326", 100_000, 400_000), ("EPSG:28992", 4, 52)]
)
def test_shapes_that_lie_nowhere_in_the_country(
    crs: str, x: float, y: float, tmp_path: Path
) -> None:
    frame = gpd.GeoDataFrame(BAG, geometry=[shapely.box(x, y, x + 1, y + 1)] * 2, crs=crs)
    frame.to_file(tmp_path / "bag_pand.gpkg")
    (found,) = seen_in(tmp_path)
    assert found.sure == "likely"
    assert "its coordinate reference system may be another" in questions(found)


def test_values_that_the_field_cannot_hold(tmp_path: Path) -> None:
    (found,) = candidates(tmp_path, "bag_pand", identificatie=["1", "2"], status=["1", "2"])
    assert (found.dataset, found.sure) == ("bag_pand", "likely")
    assert questions(found) == "column status has '1', '2', which status cannot hold"


def test_a_field_that_is_not_there(tmp_path: Path) -> None:
    (found,) = candidates(tmp_path, "bag_pand", identificatie=["0503100000000001"], bouwjaar=[1970])
    assert (found.sure, found.lost) == ("likely", ["status"])


def test_outlines_of_the_bgt_are_no_buildings_of_the_bag(tmp_path: Path) -> None:
    (found,) = candidates(
        tmp_path, "pand", lokaalID=["G1"], identificatieBAGPND=["0503100000000001"]
    )
    assert (found.dataset, found.sure, found.in_place) == ("bag_pand", "unsure", True)
    assert found.constants == {"status": "Pand in gebruik"}
    assert found.fields == {"identificatie": "identificatieBAGPND"}


def test_outlines_that_are_no_more_or_only_planned_are_left_out(tmp_path: Path) -> None:
    (found,) = candidates(
        tmp_path,
        "bgt_pand",
        identificatieBAGPND=["0503100000000001"] * 3,
        eindRegistratie=["2018-11-29", None, None],
        plus_status=["geenWaarde", "plan", "geenWaarde"],
    )
    where = found.extra["where"]
    assert where == (
        '"eindRegistratie" IS NULL AND '
        "(\"plus_status\" IS NULL OR \"plus_status\" NOT IN ('plan', 'historie'))"
    )
    assert len(gpd.read_file(tmp_path / "bgt_pand.gpkg", where=where)) == 1


def test_shapes_of_another_kind(tmp_path: Path) -> None:
    (found,) = candidates(tmp_path, "rijksmonumenten", "point", rijksmonum=[1], hoofdcateg=["Kerk"])
    assert found.sure == "likely"
    assert questions(found) == "its shapes are points, and polygons are needed"


def test_objects_that_are_no_more_are_asked_about(tmp_path: Path) -> None:
    (found,) = candidates(tmp_path, "bag_pand", **BAG, eindGeldigheid=["2010-05-05", None])
    assert (found.dataset, found.sure) == ("bag_pand", "likely")
    assert "some of its objects that they are no more" in questions(found)
    assert found.extra == {"where": '"eindGeldigheid" IS NULL'}


def test_an_end_that_is_nowhere_filled_says_nothing(tmp_path: Path) -> None:
    (found,) = candidates(tmp_path, "bag_pand", **BAG, eindGeldigheid=[None, None])
    assert found.sure == "certain"


def test_verges_are_no_road(tmp_path: Path) -> None:
    columns = {"lokaal_id": ["a", "b"], "functie": ["berm", "verkeerseiland"]}
    assert sure(candidates(tmp_path, "bgt_ondersteunendwegdeel", **columns)) == {}
    found = (
        candidates(tmp_path, "wegdeel", **columns)
        if not (tmp_path / "bgt_ondersteunendwegdeel.gpkg").unlink()
        else []
    )
    assert "certain" not in sure(found).values()


def test_municipalities_under_the_name_of_something_else(tmp_path: Path) -> None:
    found = candidates(
        tmp_path,
        "militair_terrein",
        identificatie=["GM0001"],
        naam=["Ergens"],
        code=["GM0001"],
        ligt_in_provincie_code=["PV26"],
        ligt_in_provincie_naam=["Utrecht"],
    )
    assert "certain" not in sure(found).values()
    assert {"militair_terrein", "gemeentegebied"} <= set(sure(found))


@pytest.mark.parametrize(
    ("codes", "certain"),
    [
        (["GM0363", "GM0599"], True),
        (["GM0363", "GM0363"], False),  # a map of quarters, or of land and water
        (["0363", "0599"], False),
    ],
)
def test_codes_of_municipalities(codes: list[str], certain: bool, tmp_path: Path) -> None:
    found = candidates(tmp_path, "gemeenten", gm_code=codes, gm_naam=["Een", "Twee"])
    assert (sure(found)["gemeentegebied"] == "certain") is certain


@pytest.mark.parametrize(
    ("ids", "sureness", "repair"),
    [
        ([str(84920229870000 + number) for number in range(200)], "certain", {}),
        (
            [str(84920229870000 + max(number, 1)) for number in range(200)],
            "certain",
            {"repair_ids": True},
        ),
        (["84920229870000"] * 200, "likely", {}),
    ],
)
def test_ids_of_parcels(
    ids: list[str], sureness: str, repair: dict[str, bool], tmp_path: Path
) -> None:
    number = list(range(200))
    found = candidates(
        tmp_path, "percelen", identificatie=ids, sectie=["A"] * 200, perceelnummer=number
    )
    parcels = next(each for each in found if each.dataset == "brk_perceel")
    assert (parcels.sure, parcels.id, parcels.extra) == (sureness, "identificatie", repair)


def test_a_table_of_several_things_is_asked_about(tmp_path: Path) -> None:
    (found,) = candidates(
        tmp_path,
        "osm_punten_2013",
        "point",
        osm_id=["1", "2"],
        amenity=["school", None],
        shop=[None, None],
        highway=[None, "bus_stop"],
    )
    assert (found.dataset, found.sure) == ("voorzieningen", "likely")
    assert "50% of its rows have nothing" in questions(found)


def raster(folder: Path, name: str, values: np.ndarray[Any, Any]) -> Candidate:
    profile = {
        "driver": "GTiff",
        "width": values.shape[1],
        "height": values.shape[0],
        "count": 1,
        "dtype": values.dtype,
        "crs": "EPSG:28992",
        "transform": Affine(25, 0, 100_000, 0, -25, 400_000),
    }
    with rasterio.open(folder / f"{name}.tif", "w", **profile) as file:
        file.write(values, 1)
    found = seen_in(folder)
    assert len(found) == 1
    return found[0]


NOISE = np.tile(np.linspace(46, 69, 40), (40, 1)).astype("float32")  # louder to the east


def test_a_raster_is_its_name_and_its_range(tmp_path: Path) -> None:
    found = raster(tmp_path, "rivm_20250801_Geluid_lden_wegverkeer_2022", NOISE)
    assert (found.dataset, found.sure) == ("rivm_lden_weg", "certain")
    assert found.reasons[-1].text("en") == "its cells lie within 30 to 95 dB Lden"


def test_a_raster_in_another_unit_is_asked_about(tmp_path: Path) -> None:
    found = raster(tmp_path, "rivm_lden_weg", NOISE * 10)
    assert found.sure == "likely"
    assert "lie outside 30 to 95 dB Lden" in questions(found)


def test_holes_that_were_filled_with_0_are_proposed_as_missing(tmp_path: Path) -> None:
    heights = np.where(np.arange(1600).reshape(40, 40) % 4 == 0, 0, 1.5).astype("float32")
    found = raster(tmp_path, "ahn_dtm", heights + np.float32(0))
    assert found.sure == "likely"
    assert found.extra == {"nodata": 0}


def test_a_raster_of_which_the_name_says_more_is_asked_about(tmp_path: Path) -> None:
    assert raster(tmp_path, "geluid wegverkeer nacht", NOISE).sure == "unsure"
