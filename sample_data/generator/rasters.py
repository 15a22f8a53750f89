"""Rasters: noise, air, flooding, groundwater, subsidence and terrain height."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import rasterio
import shapely
from numpy.typing import NDArray
from rasterio.features import rasterize
from rasterio.transform import from_origin
from scipy.ndimage import distance_transform_edt, gaussian_filter
from shapely.geometry.base import BaseGeometry

from . import landscape as land
from .access import Edge
from .parcels import Parcel

Grid = NDArray[np.floating]
CORNERS = (132_400.0, 452_400.0, 142_900.0, 458_900.0)  # west, south, east, north [m]


@dataclass(frozen=True)
class Sheet:
    """A raster sheet over the sample area."""

    cell: float

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns."""
        west, south, east, north = CORNERS
        return round((north - south) / self.cell), round((east - west) / self.cell)

    def mask(self, shapes: Sequence[BaseGeometry], touched: bool = False) -> NDArray[np.bool_]:
        """Cells whose centre (or any part) lies in the shapes."""
        kept = [s for s in shapes if not s.is_empty]
        if not kept:
            return np.zeros(self.shape, bool)
        burnt = rasterize(
            kept,
            self.shape,
            transform=from_origin(CORNERS[0], CORNERS[3], self.cell, self.cell),
            all_touched=touched,
            dtype="uint8",
        )
        return np.asarray(burnt, bool)

    def distance(self, shapes: Sequence[BaseGeometry]) -> Grid:
        """Distance to the shapes. [m]"""
        return np.asarray(distance_transform_edt(~self.mask(shapes, touched=True)) * self.cell)

    def design(self) -> tuple[Grid, Grid]:
        """Approximate design coordinates of the cell centres: the inverse of the rotation. [m]"""
        rows, cols = self.shape
        x = CORNERS[0] + (np.arange(cols) + 0.5) * self.cell - land.RD_ORIGIN[0] - land.PIVOT[0]
        y = CORNERS[3] - (np.arange(rows) + 0.5) * self.cell - land.RD_ORIGIN[1] - land.PIVOT[1]
        gx, gy = np.meshgrid(x, y)
        angle = np.radians(-land.ROTATION_DEG)
        return gx * np.cos(angle) - gy * np.sin(angle) + land.PIVOT[0], gx * np.sin(
            angle
        ) + gy * np.cos(angle) + land.PIVOT[1]


def _write(
    folder: Path,
    name: str,
    values: NDArray[np.generic],
    cell: float,
    nodata: float | None,
    south_east: tuple[int, int] | None = None,
) -> None:
    """Write one GeoTIFF, in full or only its first rows and columns."""
    if south_east:
        values = values[: south_east[0], : south_east[1]]
    real = values.dtype.kind == "f"
    profile = {
        "driver": "GTiff",
        "height": values.shape[0],
        "width": values.shape[1],
        "count": 1,
        "dtype": values.dtype.name,
        "crs": "EPSG:28992",
        "transform": from_origin(CORNERS[0], CORNERS[3], cell, cell),
        "nodata": nodata,
        "compress": "deflate",
        "zlevel": 9,
        "predictor": 3 if real else 2,
        "tiled": True,
        "blockxsize": 256,
        "blockysize": 256,
    }
    with rasterio.open(folder / f"{name}.tif", "w", **profile) as file:
        file.write(values, 1)


def _inside(sheet: Sheet, margin: float) -> NDArray[np.bool_]:
    """Cells of the municipalities and a margin around them."""
    whole = land.to_rd(shapely.union_all(list(land.municipalities().values())))
    return sheet.mask([whole.buffer(margin)])


def _ridge(x: Grid, y: Grid) -> Grid:
    """Give the old levee on which Veldrecht stands: 1 at its top, 0 in the polder."""
    return np.asarray(np.exp(-((x - 1800) ** 2) / (2 * 420**2) - (y - 1180) ** 2 / (2 * 190**2)))


def _terrain(sheet: Sheet) -> Grid:
    """Ground level without buildings: peat low in the west, sand high in the east. [m NAP]"""
    x, y = sheet.design()
    noise = np.random.default_rng(land.SEED + 7)
    rough = [
        gaussian_filter(noise.normal(size=sheet.shape), s / sheet.cell) * s / sheet.cell
        for s in (40, 220)
    ]
    polder = -1.3 - 0.5 * np.clip((y - 1200) / 1500, 0, 1)
    town = 0.55 - 0.9 * np.clip((y - 2400) / 1200, 0, 1)
    sand = 2.6 + 4.2 * np.clip((y - 1200) / 2400, 0, 1) + 2.0 * np.clip((x - 7600) / 2000, 0, 1)
    level = (
        polder
        + (town - polder) / (1 + np.exp(-(x - 3550) / 120))
        + (sand - town) / (1 + np.exp(-(x - 6350) / 170))
    )
    level += 0.9 * np.exp(-(np.hypot(x - land.CENTRE[0], y - land.CENTRE[1]) ** 2) / (2 * 230**2))
    level += 1.15 * _ridge(x, y)
    level += rough[0] * 0.035 + rough[1] * np.where(x > 6600, 0.55, 0.1)
    outside = sheet.mask(
        [land.to_rd(shapely.Polygon([(-400, -900), *land.DIKE.coords, (6500, 200), (6500, -900)]))]
    )
    level = np.where(outside, 2.4 + rough[0] * 0.05, level)
    crest = np.clip(1 - (sheet.distance([land.to_rd(land.DIKE)]) - 6) / 16, 0, 1)
    level = np.maximum(level, level + (6.3 - level) * crest)
    bank = np.clip(1 - (sheet.distance([land.to_rd(land.MOTORWAY)]) - 18) / 16, 0, 1)
    hump = np.clip(
        1 - sheet.distance([land.to_rd(land.PROVINCIAL.intersection(land.MOTORWAY))]) / 420, 0, 1
    )
    return np.asarray(level + bank * (1.0 + 4.5 * hump))


def _source(distance: Grid, at_edge: float, edge: float, slope: float) -> Grid:
    """Noise of one source by distance. [dB Lden]"""
    return np.asarray(at_edge - slope * np.log10(np.maximum(distance, edge) / edge))


def noise(folder: Path, edges: list[Edge]) -> None:
    """Give the four Lden rasters; that of industry stops short, as a trap."""
    sheet = Sheet(25)
    lines = {
        k: [land.to_rd(e.line) for e in edges if e.road.kind == k]
        for k in ("motorway", "regional", "local", "street")
    }
    far = {k: sheet.distance(list(v)) for k, v in lines.items()}
    road = np.maximum.reduce(
        [
            _source(far["motorway"], 77, 20, 15),
            _source(far["regional"], 68, 14, 16),
            _source(far["local"], 60, 12, 16),
            _source(far["street"], 52, 12, 16),
        ]
    )
    train = _source(sheet.distance([land.to_rd(land.RAIL)]), 69, 20, 17)
    parks = [land.to_rd(z.area) for z in land.zones() if z.style in ("business", "smallbusiness")]
    industry = _source(sheet.distance(list(parks)) + 30, 57, 30, 17)
    every = 10 * np.log10(10 ** (road / 10) + 10 ** (train / 10) + 10 ** (industry / 10))
    inside = _inside(sheet, 120)
    half_of_zandhoven = land.to_rd(shapely.Point(8100, 2000)).x
    columns = int((half_of_zandhoven - CORNERS[0]) / sheet.cell)
    for name, level in (
        ("rivm_lden_alle", every),
        ("rivm_lden_weg", road),
        ("rivm_lden_trein", train),
        ("rivm_lden_industrie", industry),
    ):
        decibels = np.where(level < 45, 0, np.round(level)).astype("uint8")
        decibels[~inside] = 128
        if name == "rivm_lden_industrie":
            west = sheet.mask([land.to_rd(land.municipalities()["GM9002"])])
            decibels[west] = 128
        _write(
            folder,
            name,
            decibels,
            sheet.cell,
            128,
            (sheet.shape[0], columns) if name == "rivm_lden_industrie" else None,
        )


def air(folder: Path, edges: list[Edge]) -> None:
    """NO2 and fine dust."""
    sheet = Sheet(50)
    inside = _inside(sheet, 200)
    motorway = sheet.distance([land.to_rd(e.line) for e in edges if e.road.kind == "motorway"])
    regional = sheet.distance([land.to_rd(e.line) for e in edges if e.road.kind == "regional"])
    for name, base, extra in (("rivm_no2", 11.0, 14.0), ("rivm_pm25", 7.2, 1.4)):
        level = base + extra * np.exp(-motorway / 140) + 0.4 * extra * np.exp(-regional / 70)
        _write(
            folder,
            name,
            np.where(inside, np.round(level, 1), -9999).astype("float32"),
            sheet.cell,
            -9999,
        )


def flooding(folder: Path) -> None:
    """Where water can come, and how deep it gets."""
    sheet = Sheet(25)
    x, _ = sheet.design()
    ground = _terrain(sheet)
    inside = _inside(sheet, 120)
    outside_dikes = sheet.mask(
        [land.to_rd(shapely.Polygon([(-400, -900), *land.DIKE.coords, (6500, 200), (6500, -900)]))]
    )
    surface = np.interp(x, [0, 3300, 4200, 6300, 6900], [0.95, 0.85, 0.8, 0.7, 0.0])
    depth = np.where(outside_dikes, np.maximum(5.2 - ground, 0), np.maximum(surface - ground, 0))
    kind = np.select([outside_dikes, (depth > 0) & (x < 3500), depth > 0], [1, 2, 3], 0).astype(
        "uint8"
    )
    kind[~inside] = 255
    _write(folder, "liwo_overstromingsgevoelig", kind, sheet.cell, 255)
    _write(
        folder,
        "liwo_maxdiepte",
        np.where(inside, np.round(depth, 1), -9999).astype("float32"),
        sheet.cell,
        -9999,
    )


def ground(folder: Path, parcels: list[Parcel]) -> None:
    """Groundwater, subsidence and the terrain model with holes at buildings and water."""
    sheet = Sheet(50)
    x, y = sheet.design()
    noise_ = gaussian_filter(np.random.default_rng(land.SEED + 9).normal(size=sheet.shape), 3) * 6
    level = (
        np.interp(x, [0, 3300, 3700, 6200, 6700, 9800], [26, 30, 62, 80, 130, 190])
        - 10 * (y > 2400) * (x < 3400)
        + 60 * (y > 2700) * (x > 6900)
        + 45 * _ridge(x, y)
        + noise_ * 4
    )
    inside = _inside(sheet, 150)
    depth = np.clip(np.round(level), 2, 254).astype("uint8")
    depth[~inside] = 255
    _write(folder, "wur_ghg", depth, sheet.cell, 255)
    sinking = np.interp(x, [0, 3300, 3800, 6300, 6600], [0.22, 0.18, 0.05, 0.02, 0.0]) + 0.1 * (
        y > 2000
    ) * (x < 3400)
    _write(
        folder,
        "kea_bodemdaling",
        np.where(inside & (x < 8200), np.round(sinking, 2), -1).astype("float32"),
        sheet.cell,
        None,
    )
    fine = Sheet(10)
    holes = fine.mask(
        [b for p in parcels for b in p.buildings if b.area > 60]
        + [p.area for p in parcels if p.use in ("river", "canal", "wetering")]
    )
    height = np.round(_terrain(fine) / 0.05) * 0.05
    height = np.where(_inside(fine, 40) & ~holes, height, 3.4028234663852886e38)
    _write(folder, "ahn_dtm", height.astype("float32"), fine.cell, 3.4028234663852886e38)


def rasters(folder: Path, parcels: list[Parcel], edges: list[Edge]) -> None:
    """Write all rasters."""
    noise(folder, edges)
    air(folder, edges)
    flooding(folder)
    ground(folder, parcels)
