"""The sample data behind real servers on this machine: a PostGIS database, pygeoapi on top of it, MapServer on its files."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd
import psycopg
import pyogrio
import pytest
import rasterio

from open_data_server import Collection
from postgis import put
from sample_services import SAMPLE, sample_tables

MAPSERV = Path("/usr/lib/cgi-bin/mapserv")
_OWN_PYTHON = Path(__file__).parent.parent / ".cache" / "services" / "bin" / "python"
_PROGRAM = Path(__file__).parent / "services" / "one_port.py"
_RD = "http://www.opengis.net/def/crs/EPSG/0/28992"
_KINDS = {"Point": "POINT", "LineString": "LINE", "Polygon": "POLYGON"}


@dataclass
class RealServices:
    """What answers, and what it serves."""

    address: str
    database: psycopg.Connection[Any]
    collections: dict[str, Collection] = field(default_factory=dict)


def python_of_pygeoapi() -> str:
    """Return the Python that has pygeoapi: the one that `make test-services` made, or this one."""
    for python in (str(_OWN_PYTHON), sys.executable):
        if Path(python).is_file():
            done = subprocess.run(
                [python, "-c", "import pygeoapi, psycopg2, geoalchemy2"],
                capture_output=True,
                check=False,
            )
            if done.returncode == 0:
                return python
    pytest.skip("pygeoapi is not here; `make test-services` installs it")


def _layers() -> dict[str, tuple[Path, str]]:
    """Return file and layer of everything in the sample's GeoPackages, by name."""
    tables = sample_tables().values()
    return {
        one["layer"]: (SAMPLE / one["source"], one["layer"]) for one in tables if "layer" in one
    }


def _rasters() -> dict[str, Path]:
    paths = [SAMPLE / one["source"] for one in sample_tables().values()]
    return {path.stem: path for path in paths if path.suffix == ".tif"}


def fill(database: psycopg.Connection[Any]) -> dict[str, Collection]:
    """Put the sample into a database, a table for each layer and text file; return its layers."""
    found = {}
    for name, (path, layer) in _layers().items():
        rows = pyogrio.read_dataframe(path, layer=layer, fid_as_index=True)
        put(database, f'"{name}"', rows, key="fid", srid=rows.crs.to_epsg())
        found[name] = Collection(rows[~rows.geometry.isna()])
        # pygeoapi takes northing for easting where a coordinate system has it first, as EPSG:3035.
        put(database, f'"{name}_rd"', rows.to_crs("EPSG:28992"), key="fid")
    for path in sorted((SAMPLE / "data").glob("*.csv")):
        put(
            database, f'"{path.stem}"', pd.read_csv(path, dtype="string", sep=None, engine="python")
        )
    return found


def _write_pygeoapi(folder: Path, services: RealServices) -> Path:
    address, info = services.address, services.database.info
    data = {
        "host": info.host,
        "port": info.port,
        "dbname": info.dbname,
        "user": "postgres",
        "password": "postgres",
        "search_path": ["public"],
    }
    text = {"en": "sample"}
    resources = {
        name: {
            "type": "collection",
            "title": text,
            "description": text,
            "keywords": {"en": ["sample"]},
            "links": [],
            "extents": {
                "spatial": {
                    "bbox": [3, 50, 8, 54],
                    "crs": "http://www.opengis.net/def/crs/OGC/1.3/CRS84",
                }
            },
            "providers": [
                {
                    "type": "feature",
                    "name": "PostgreSQL",
                    "data": data,
                    "table": f"{name}_rd",
                    "id_field": "fid",
                    "geom_field": "geom",
                    "crs": [_RD],
                    "storage_crs": _RD,
                }
            ],
        }
        for name in services.collections
    }
    known = {"name": "sample", "url": address}
    settings = {
        "server": {
            "bind": {"host": "127.0.0.1", "port": 0},
            "url": f"{address}/ogc",
            "mimetype": "application/json; charset=UTF-8",
            "encoding": "utf-8",
            "languages": ["en-US"],
            "limits": {"default_items": 100, "max_items": 1000},
            "map": {"url": "https://tile.invalid/{z}/{x}/{y}.png", "attribution": "none"},
        },
        "logging": {"level": "ERROR"},
        "metadata": {
            "identification": {
                "title": text,
                "description": text,
                "keywords": {"en": ["sample"]},
                "keywords_type": "theme",
                "terms_of_service": "none",
                "url": address,
            },
            "license": known,
            "provider": known,
            "contact": {"name": "sample"},
        },
        "resources": resources,
    }
    path = folder / "pygeoapi.yml"
    # What is JSON is YAML.
    path.write_text(json.dumps(settings), encoding="utf-8")
    return path


def _map(name: str, address: str, *parts: str) -> str:
    """Return a map of MapServer, in RD New."""
    return "\n".join(
        [
            f'MAP NAME "{name}" SIZE 100 100 MAXSIZE 16384 EXTENT 0 300000 280000 620000',
            'UNITS METERS PROJECTION "init=epsg:28992" END',
            f'WEB METADATA "ows_title" "{name}" "ows_srs" "EPSG:28992" "ows_enable_request" "*"',
            f'"wfs_onlineresource" "{address}/wfs?" "wcs_onlineresource" "{address}/wcs?" END END',
            *parts,
            "END\n",
        ]
    )


def _of_features(name: str, path: Path, layer: str) -> str:
    said = pyogrio.read_info(path, layer=layer)
    kind = _KINDS[str(said["geometry_type"]).removeprefix("Multi").split()[0]]
    return (
        f'LAYER NAME "{name}" TYPE {kind} STATUS ON CONNECTIONTYPE OGR CONNECTION "{path}" '
        f'DATA "{layer}" PROJECTION "init={said["crs"].lower()}" END\n'
        f'METADATA "ows_title" "{name}" "gml_include_items" "all" "gml_types" "auto" END END'
    )


def _of_raster(name: str, path: Path) -> tuple[str, str]:
    """Return the kind of output of a raster, and its layer."""
    with rasterio.open(path) as raster:
        kind = {"uint8": "BYTE", "int16": "INT16"}.get(raster.dtypes[0], "FLOAT32")
        missing = None if raster.nodata is None else f"{raster.nodata:.17g}"
    option = "" if missing is None else f' FORMATOPTION "NULLVALUE={missing}"'
    return (
        f'OUTPUTFORMAT NAME "cells" DRIVER "GDAL/GTiff" MIMETYPE "image/tiff" IMAGEMODE {kind} '
        f'EXTENSION "tif"{option} END',
        f'LAYER NAME "{name}" TYPE RASTER STATUS ON DATA "{path}"\n'
        f'PROJECTION "init=epsg:28992" END METADATA "ows_title" "{name}" '
        '"wcs_formats" "cells" "wcs_nativeformat" "cells" END END',
    )


def _write_mapserver(folder: Path, address: str) -> Path:
    features = [_of_features(name, path, layer) for name, (path, layer) in _layers().items()]
    maps = {"sample": _map("sample", address, *features)}
    for name, path in _rasters().items():
        maps[name] = _map(name, address, *_of_raster(name, path))
    for name, text in maps.items():
        (folder / f"{name}.map").write_text(text, encoding="utf-8")
    named = "\n".join(f'{name} "{folder / name}.map"' for name in maps)
    settings = folder / "mapserver.conf"
    settings.write_text(f"CONFIG\nMAPS\n{named}\nEND\nEND\n", encoding="utf-8")
    return settings


@contextmanager
def real_services(folder: Path, database: psycopg.Connection[Any]) -> Iterator[RealServices]:
    """Start servers of the sample; skips the test where they are not installed."""
    if not MAPSERV.is_file():
        pytest.skip("MapServer is not here; on Debian: apt-get install cgi-mapserver")
    python = python_of_pygeoapi()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    address = f"http://127.0.0.1:{port}"
    services = RealServices(address, database, fill(database))
    described = folder / "openapi.yml"
    environment = {
        **{
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("GDAL_", "PROJ_", "PYTHON"))
        },
        "PYGEOAPI_CONFIG": str(_write_pygeoapi(folder, services)),
        "PYGEOAPI_OPENAPI": str(described),
        "MAPSERVER_CONFIG_FILE": str(_write_mapserver(folder, address)),
    }
    pygeoapi = [python, "-c", "from pygeoapi import cli; cli()"]
    made = subprocess.run(
        [
            *pygeoapi,
            "openapi",
            "generate",
            environment["PYGEOAPI_CONFIG"],
            "--output-file",
            str(described),
        ],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert made.returncode == 0, made.stderr[-2000:]
    log = folder / "log"
    with log.open("w") as said:
        process = subprocess.Popen(
            [python, str(_PROGRAM), str(port), str(MAPSERV)],
            env=environment,
            stdout=said,
            stderr=said,
        )
    try:
        _wait_for(address, process, log)
        yield services
    finally:
        process.terminate()
        process.wait(10)


def _wait_for(address: str, process: subprocess.Popen[bytes], log: Path) -> None:
    for _ in range(600):
        assert process.poll() is None, log.read_text()[-2000:]
        try:
            urllib.request.urlopen(f"{address}/ogc/conformance?f=json", timeout=5).close()
        except urllib.error.HTTPError:
            raise
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise TimeoutError(log.read_text()[-2000:])
