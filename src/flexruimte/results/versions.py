"""Which software made a result."""

from __future__ import annotations

from functools import cache
from importlib.metadata import PackageNotFoundError, version

import pyogrio
import pyproj
import shapely

__all__ = ["software_versions"]

_PACKAGES = (
    "flexruimte",
    "geopandas",
    "shapely",
    "pyogrio",
    "pyproj",
    "rasterio",
    "numpy",
    "pandas",
    "pyarrow",
)


def software_versions() -> dict[str, str]:
    """Return the versions of flexruimte and of what it computes with."""
    versions = {name: _version(name) for name in _PACKAGES}
    return {
        **versions,
        "GEOS": shapely.geos_version_string,
        "GDAL": str(pyogrio.__gdal_version_string__),
        "PROJ": pyproj.proj_version_str,
    }


@cache
def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:  # a checkout that is not installed
        return "0+unknown"
