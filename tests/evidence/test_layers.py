"""What is read of sources: the features of a window, in an order of their own, and the cells that stand for a value."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import rasterio
import shapely
from hypothesis import given
from hypothesis import strategies as st

from flexruimte.evidence.contents import contents_of_cells
from flexruimte.evidence.features import load_features
from flexruimte.evidence.parcels import load_municipalities, load_parcels
from flexruimte.evidence.search_area import CELL_M, search_area
from flexruimte.evidence.sources import Source, open_source
from flexruimte.kernels.threads import use_threads
from flexruimte.rules.parts import LayerSpec
from flexruimte.rules.study_file import LayerSettings, MunicipalitySettings, ParcelSettings
from toy_town import X, Y, box, frame, line

HERE = Path()
POLYGONS = LayerSpec.model_validate(
    {
        "title": {"nl": "x", "en": "x"},
        "source": "test",
        "basis": "assumption",
        "geometry": "polygon",
        "id": "nr",
        "fields": ["nr"],
    }
)
squares = st.lists(
    st.tuples(st.integers(0, 9), st.integers(0, 9), st.integers(1, 4), st.integers(1, 3)),
    min_size=1,
    max_size=12,
)
WHOLE = search_area(np.array([[X, Y, X + 20.0, Y + 20.0]]), 10.0)


def in_memory(rows: list[tuple[int, int, int, int]]) -> Source:
    boxes = [box(left, bottom, left + side, bottom + side) for left, bottom, side, _ in rows]
    return open_source(
        "natuur",
        LayerSettings(source="in memory", id="nr"),
        HERE,
        frame(boxes, nr=[number for *_, number in rows]),
    )


@given(squares, st.tuples(st.integers(-2, 12), st.integers(-2, 12), st.integers(0, 6)))
def test_a_window_of_what_is_in_memory_has_what_touches_it(
    rows: list[tuple[int, int, int, int]], window: tuple[int, int, int]
) -> None:
    left, bottom, side = window
    source = in_memory(rows)
    found = source.read(["nr"], (X + left, Y + bottom, X + left + side, Y + bottom + side))
    touches = source.data.intersects(box(left, bottom, left + side, bottom + side))
    assert found.index.tolist() == source.data.index[touches].tolist()


def test_a_window_has_no_rows_without_a_shape() -> None:
    rows = frame([box(0, 0, 1, 1), None, shapely.Polygon()], nr=[1, 2, 3])
    source = open_source("natuur", LayerSettings(source="in memory"), HERE, rows)
    assert source.read(["nr"], (X, Y, X + 5, Y + 5))["nr"].tolist() == [1]


@given(squares, st.randoms(use_true_random=False))
def test_features_come_in_the_order_of_what_they_are(
    rows: list[tuple[int, int, int, int]], random: object
) -> None:
    shuffled = random.sample(rows, len(rows))
    found = [
        load_features("natuur", POLYGONS, in_memory(some), ["nr"], WHOLE, WHOLE.window)
        for some in (rows, shuffled)
    ]
    assert (
        found[0].ids.tolist()
        == found[1].ids.tolist()
        == [str(number) for number in sorted(number for *_, number in rows)]
    )
    assert shapely.equals_exact(found[0].geometries, found[1].geometries).all()
    # An oracle: by id, then by bounds.
    ordered = sorted(rows, key=lambda row: (str(row[3]), row[0], row[1], row[0] + row[2]))
    assert shapely.bounds(found[0].geometries)[:, :2].tolist() == [
        [X + left, Y + bottom] for left, bottom, *_ in ordered
    ]


def test_shapes_in_memory_are_not_shared() -> None:
    source = in_memory([(0, 0, 1, 1), (3, 3, 2, 2)])
    found = load_features("natuur", POLYGONS, source, ["nr"], WHOLE, WHOLE.window)
    assert not {id(shape) for shape in found.geometries} & {
        id(shape) for shape in source.data.geometry
    }


def test_height_is_dropped_where_there_is_any() -> None:
    high = shapely.force_3d(box(3, 3, 5, 5), 7.0)
    source = open_source(
        "natuur",
        LayerSettings(source="in memory", id="nr"),
        HERE,
        frame([box(0, 0, 1, 1), high], nr=[1, 2]),
    )
    found = load_features("natuur", POLYGONS, source, ["nr"], WHOLE, WHOLE.window)
    assert not shapely.has_z(found.geometries).any()
    assert {what: tally.total for what, tally in found.contents.repairs.items()} == {
        "Z or M values dropped": 1
    }


def test_threads_find_the_same_parcels() -> None:
    # The border is at x 30.5: a parcel of one metre there lies half in A, and of equal shares the lowest code wins.
    towns = frame([box(0, 0, 30.5, 40), box(30.5, 0, 60, 40)], code=["A", "B"], naam=["A", "B"])
    lots = [box(x, y, x + 1, y + 1) for x in range(60) for y in range(40)] + [line((0, 0), (1, 1))]
    source = open_source(
        "parcels",
        ParcelSettings(source="in memory", id="nr"),
        HERE,
        frame(lots, nr=[f"{n:04d}" for n in range(len(lots))]),
    )
    municipalities = load_municipalities(
        open_source(
            "towns", MunicipalitySettings(source="in memory", code="code", name="naam"), HERE, towns
        )
    )
    found = []
    for threads in (1, 3):
        with use_threads(threads):
            found.append({code: load_parcels(source, municipalities, code) for code in "AB"})
    assert {code: len(some.ids) for code, some in found[0].items()} == {"A": 31 * 40, "B": 29 * 40}
    for code in "AB":
        assert found[0][code].ids.tolist() == found[1][code].ids.tolist()
        assert found[0][code].facts == found[1][code].facts


@pytest.mark.parametrize("missing", [-3.4028234663852886e38, -9999.0, 0.0, np.inf, np.nan])
def test_cells_that_stand_for_missing_are_those_that_numpy_calls_close(
    tmp_path: Path, missing: float
) -> None:
    values = np.array(
        [
            [
                missing,
                missing * (1 + 5e-7),
                missing * 1.001,
                0.0,
                -0.0,
                12.5,
                np.inf,
                -np.inf,
                np.nan,
                -9998.0,
            ]
        ]
    )
    path = tmp_path / "values.tif"
    place = rasterio.transform.Affine(1.0, 0.0, X, 0.0, -1.0, Y)
    shape = {"width": values.shape[1], "height": 1, "count": 1}
    with rasterio.open(
        path, "w", driver="GTiff", dtype="float64", crs="EPSG:28992", transform=place, **shape
    ) as file:
        file.write(values, 1)
    found = (
        open_source("values", LayerSettings(source=str(path)), tmp_path, geometry="raster")
        .read_grid(None, missing)
        .cells
    )
    expected = np.where(np.isclose(values, missing, rtol=1e-6, atol=0), np.nan, values)
    np.testing.assert_array_equal(found, expected)


def mixed(number: int) -> int:
    """MurmurHash3's finish, after adding the golden ratio: by whole numbers of Python, which do not overflow."""
    number = (number + 0x9E3779B97F4A7C15) % 2**64
    for factor in (0xFF51AFD7ED558CCD, 0xC4CEB9FE1A85EC53):
        number = (number ^ (number >> 33)) * factor % 2**64
    return number ^ (number >> 33)


@given(
    st.integers(1, 9),
    st.integers(1, 9),
    st.integers(-3, 3),
    st.sampled_from([25.0, 40.0, 100.0, 250.0]),
)
def test_what_is_seen_of_cells_is_what_a_plain_loop_says(
    rows: int, columns: int, corner: int, cell_m: float
) -> None:
    left, top = corner * 30.0, corner * -70.0
    values = np.random.default_rng(rows * columns).random((rows, columns))
    values[0, 0] = -0.0
    near = search_area(np.array([[left, top - 100.0, left + 90.0, top - 20.0]]), 5.0)
    sums: dict[tuple[int, int], list[int]] = {}
    for row in range(rows):
        for column in range(columns):
            x, y = left + (column + 0.5) * cell_m, top - (row + 0.5) * cell_m
            place = int(np.floor(y / CELL_M)), int(np.floor(x / CELL_M))
            inside = [place[axis] - near.first[axis] for axis in (0, 1)]
            if (
                all(
                    0 <= index < count
                    for index, count in zip(inside, near.cells.shape, strict=True)
                )
                and near.cells[tuple(inside)]
            ):
                east, north = (mixed(round(1000 * middle) % 2**64) for middle in (x, y))
                bits = int(np.array(values[row, column] + 0.0).view(np.uint64))
                sums.setdefault(place, []).append(mixed(bits ^ mixed((north + 3 * east) % 2**64)))
    expected = sorted((sum(cells) % 2**64, len(cells)) for cells in sums.values())
    found = contents_of_cells(values, left, top, (cell_m, cell_m), near).rows
    assert list(zip(found.keys.tolist(), found.numbers.tolist(), strict=True)) == expected
