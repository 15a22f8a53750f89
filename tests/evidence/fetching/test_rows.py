"""What a service gives, as the ruleset names it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import pytest
import shapely

from flexruimte import SourceError
from flexruimte.evidence.fetching.rows import GEOMETRY, KEY, Page, Rows
from sample_services import service

WINDOW = (0.0, 0.0, 100.0, 100.0)
TEXT = pa.large_string()


def page(columns: dict[str, list[Any]], shapes: list[Any] | None = None) -> Page:
    count = len(next(iter(columns.values())))
    array = np.empty(count, dtype=object)
    array[:] = shapes if shapes is not None else [shapely.Point(at + 1, 1) for at in range(count)]
    return Page(columns, array)


def rows(types: dict[str, Any] | None = None, crs: str = "EPSG:28992", **settings: Any) -> Rows:
    made = service(
        **{"protocol": "ogcapi", "address": "https://example.org", "id": "nr", **settings}
    )
    return Rows(made, types or {}, crs, "bag_pand")


def test_fields_get_the_names_of_the_ruleset_and_the_id_stays() -> None:
    made = rows(fields={"status": "s", "jaar": "j"}).made_of(
        page({"nr": ["a", "b"], "s": ["x", "y"], "j": [1, None]}), WINDOW
    )
    assert made.schema.names == ["_order", "_key", "status", "jaar", "nr", "geom"]
    assert made.column("status").to_pylist() == ["x", "y"]
    assert made.column("jaar").to_pylist() == [1, None]
    assert made.column("nr").to_pylist() == ["a", "b"]


def test_an_id_that_is_a_field_is_there_once() -> None:
    made = rows(fields={"identificatie": "nr"}).made_of(page({"nr": ["a"]}), WINDOW)
    assert made.schema.names == ["_order", "_key", "identificatie", "geom"]


def test_values_are_translated_and_what_says_nothing_is_null() -> None:
    made = rows(
        fields={"status": "s", "jaar": "j"},
        values={"status": {"in gebruik": "Pand in gebruik", "1": "Pand gesloopt"}},
        missing={"jaar": [9999], "status": ["?"]},
    ).made_of(
        page(
            {
                "nr": list("abcd"),
                "s": ["In Gebruik", 1, "?", "anders"],
                "j": [1950, 9999, 9999.0, "9999"],
            }
        ),
        WINDOW,
    )
    assert made.column("status").to_pylist() == ["Pand in gebruik", "Pand gesloopt", None, "anders"]
    assert made.column("jaar").to_pylist() == [1950, None, None, None]


def test_only_what_is_wanted_is_kept() -> None:
    columns = {"nr": list("abc"), "s": ["ja", "Ja", "nee"], "h": [0, -1, 0]}
    kept = rows(fields={"s": "s"}, where={"s": ["ja"]}).made_of(page(columns), WINDOW)
    assert kept.column("nr").to_pylist() == ["a", "b"]
    kept = rows(fields={"s": "s"}, where_not={"h": [-1]}).made_of(page(columns), WINDOW)
    assert kept.column("nr").to_pylist() == ["a", "c"]


def test_constants_hold_for_all_and_an_empty_one_for_none() -> None:
    made = rows(constants={"a": 3, "b": "", "c": True}).made_of(page({"nr": ["a", "b"]}), WINDOW)
    assert made.column("a").to_pylist() == [3, 3]
    assert made.column("b").to_pylist() == [None, None]
    assert made.column("c").to_pylist() == [True, True]


def test_a_column_that_is_empty_on_a_page_has_the_type_of_the_service() -> None:
    types = {"nr": TEXT, "j": pa.int64(), "s": TEXT, "d": pa.float64()}
    made = rows(types, fields={"j": "j", "s": "s", "d": "d"})
    empty = made.made_of(page({"nr": ["a"], "j": [None], "s": [None], "d": [None]}), WINDOW)
    full = made.made_of(page({"nr": ["a"], "j": ["7"], "s": [7], "d": ["1,5"]}), WINDOW)
    assert empty.schema.field("j").type == pa.int64()
    assert empty.schema.field("s").type == TEXT
    assert full.column("s").to_pylist() == ["7"]
    assert full.column("j").to_pylist() == [7.0]
    assert full.column("d").to_pylist() == [1.5]
    assert made.none().schema == empty.schema


def test_a_value_that_is_not_of_its_type_is_an_error() -> None:
    with pytest.raises(
        SourceError,
        match=r"field 'j' of https://example.org holds 'onbekend', and the service says that it holds int64; name such values in `missing`",
    ):
        rows({"j": pa.int64()}, fields={"j": "j"}).made_of(
            page({"nr": ["a"], "j": ["onbekend"]}), WINDOW
        )


def test_decimals_of_what_is_said_to_be_whole_are_kept() -> None:
    made = rows({"nr": TEXT, "j": pa.int64()}, fields={"jaar": "j"})
    columns = {"nr": ["a", "b", "c"], "j": [1990.5, 3, None]}
    assert made.made_of(page(columns), WINDOW).column("jaar").to_pylist() == [1990.5, 3.0, None]
    whole = {"nr": ["a"], "j": [1990.0]}
    assert made.made_of(page(whole), WINDOW).column("jaar").type == pa.int64()


@pytest.mark.parametrize("said", [pa.int64(), pa.float64(), TEXT, None])
def test_ids_of_many_digits_stay_apart(said: pa.DataType | None) -> None:
    longest = 12345678901234567890
    made = rows({"nr": said} if said else {}).made_of(page({"nr": [longest, longest + 1]}), WINDOW)
    assert made.column("nr").to_pylist() == [str(longest), str(longest + 1)]
    assert len(set(made.column(KEY).to_pylist())) == 2


def test_an_id_that_is_said_to_be_text_has_no_decimals() -> None:
    made = rows({"nr": TEXT}).made_of(page({"nr": [90010044970000.0, 1.5, "x", None]}), WINDOW)
    assert made.column("nr").to_pylist() == ["90010044970000", "1.5", "x", None]


def test_several_numbers_are_not_one_with_decimals() -> None:
    made = rows({"nr": TEXT, "j": pa.int64()}, fields={"jaar": "j"})
    with pytest.raises(SourceError, match=r"holds \[1990, 2001\], and the service says .* int64"):
        made.made_of(page({"nr": ["a"], "j": [[1990, 2001]]}), WINDOW)
    one = made.made_of(page({"nr": ["a"], "j": [[1990]]}), WINDOW)
    assert one.column("jaar").to_pylist() == [1990]


def test_several_values_are_one_text() -> None:
    made = rows(fields={"s": "s"}).made_of(
        page({"nr": list("abc"), "s": [["woon", "winkel"], [], {"a": 1}]}), WINDOW
    )
    assert made.column("s").to_pylist() == ["woon,winkel", None, '{"a": 1}']


def test_shapes_are_flat_and_in_rd() -> None:
    flat = rows().made_of(page({"nr": ["a"]}, [shapely.Point(1, 2, 3)]), WINDOW)
    assert shapely.from_wkb(flat.column(GEOMETRY)[0].as_py()).wkt == "POINT (1 2)"
    # The tower of Amersfoort, from which RD is measured: 155 km, 463 km at 52.15517 N, 5.38720 E.
    tower = rows(crs="OGC:CRS84").made_of(
        page({"nr": ["a"]}, [shapely.Point(5.387205, 52.155172)]),
        (154_900, 462_900, 155_100, 463_100),
    )
    there = shapely.from_wkb(tower.column(GEOMETRY)[0].as_py())
    assert there.distance(shapely.Point(155_000, 463_000)) < 3


def test_what_lies_beside_the_window_is_left_out() -> None:
    shapes = [shapely.Point(50, 50), shapely.Point(150, 50), shapely.box(90, 90, 300, 300)]
    made = rows().made_of(page({"nr": list("abc")}, shapes), WINDOW)
    assert made.column("nr").to_pylist() == ["a", "c"]


def test_when_all_lies_elsewhere_the_service_does_not_obey() -> None:
    with pytest.raises(
        SourceError, match="features outside of the window that was asked for, such as one at 5, 52"
    ):
        rows().made_of(
            page({"nr": ["a"]}, [shapely.Point(5.4, 52.2)]), (150_000, 460_000, 160_000, 470_000)
        )


def test_one_feature_has_one_key() -> None:
    shapes = [shapely.Point(1, 1), shapely.Point(1, 1), shapely.Point(1, 1), shapely.Point(2, 1)]
    keys = (
        rows().made_of(page({"nr": ["a", "a", "b", "a"]}, shapes), WINDOW).column(KEY).to_pylist()
    )
    assert keys[0] == keys[1]
    assert len(set(keys)) == 3
    # A feature's own id is another one each time; where it is a field, it is an id.
    own = rows(id="id", fields={"s": "s"}).made_of(
        page({"id": list("abcd"), "s": ["x", "x", "y", "x"]}, shapes), WINDOW
    )
    assert len(set(own.column(KEY).to_pylist())) == 3
    field = rows({"id": TEXT}, id="id").made_of(page({"id": list("abcd")}, shapes), WINDOW)
    assert len(set(field.column(KEY).to_pylist())) == 4
    # Without an id, the values tell.
    keys = (
        rows(id=None, fields={"s": "s"})
        .made_of(page({"s": ["x", "x", "y", "x"]}, shapes), WINDOW)
        .column(KEY)
        .to_pylist()
    )
    assert keys[0] == keys[1]
    assert len(set(keys)) == 3


def test_what_has_no_shape_is_kept_as_nobody_knows_where_it_lies() -> None:
    shapes = [shapely.Point(5, 5), None, shapely.Polygon(), shapely.Point(500, 5)]
    made = rows().made_of(page({"nr": list("abcd")}, shapes), WINDOW)
    assert made.column("nr").to_pylist() == ["a", "b", "c"]
    assert made.column(GEOMETRY).null_count == 2
