"""The sample data behind services on this machine, with the catalogue and the study file that lead to them."""

from __future__ import annotations

import datetime as dt
import json
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Literal, TypeAlias

import pyogrio

from flexruimte.evidence.catalogue.model import Dataset, Service
from flexruimte.rules.parts import Text
from flexruimte.study.sample import sample_study_path
from open_data_server import Collection, Server

SAMPLE = sample_study_path().parent
Tables: TypeAlias = Sequence[str] | None
WORDS = Text(nl="niets", en="nothing")
CODES = {"GM9001": "Oudermeer", "GM9002": "Veldrecht", "GM9003": "Zandhoven"}


def sample_layer(file: str, layer: str) -> Any:
    return pyogrio.read_dataframe(SAMPLE / "data" / f"{file}.gpkg", layer=layer)


def service(**settings: Any) -> Service:
    return Service(
        **{
            "licence": "CC0",
            "confirmed": "made for this test",
            "confirmed_on": dt.date(2026, 11, 30),
            "confidence": "high",
            **settings,
        }
    )


def dataset(
    *services: Service, serves: Literal["layer", "parcels", "municipalities"] = "layer"
) -> Dataset:
    return Dataset(serves=serves, title=WORDS, silence=WORDS, services=list(services))


def sample_server(tables: Tables = None) -> Server:
    """A server of what the sample study reads, all of it or some tables."""
    server = Server()
    for settings in sample_tables(tables).values():
        path = SAMPLE / settings["source"]
        if path.suffix == ".gpkg":
            features = pyogrio.read_dataframe(path, layer=settings["layer"])
            server.collections[settings["layer"]] = Collection(
                features[~features.geometry.isna()].to_crs("EPSG:28992")
            )
        elif path.suffix == ".tif":
            server.coverages[path.stem] = path
    return server


def sample_tables(tables: Tables = None) -> dict[str, dict[str, Any]]:
    study = tomllib.loads(sample_study_path().read_text("utf-8"))
    found = {
        "parcels": study["parcels"],
        "municipalities": study["municipalities"],
        **study["layers"],
    }
    return {
        name: settings
        for name, settings in found.items()
        if tables is None or name in (*tables, "parcels", "municipalities")
    }


def sample_services(
    server: Server, protocol: str = "ogcapi", tables: Tables = None
) -> dict[str, dict[str, Any]]:
    """Per table of the study the dataset in which it is served, as a catalogue has it."""
    datasets: dict[str, dict[str, Any]] = {}
    for table, settings in sample_tables(tables).items():
        path = SAMPLE / settings["source"]
        served: dict[str, Any] = {
            "licence": settings["licence"],
            "reference_date": settings["reference_date"],
        }
        if path.suffix == ".gpkg":
            columns = list(server.collections[settings["layer"]].table)
            served |= {
                "protocol": protocol,
                "address": f"{server.address}/{'ogc' if protocol == 'ogcapi' else protocol}",
                "layer": settings["layer"],
            }
            served |= {"id": columns[0], "fields": {name: name for name in columns}}
        elif path.suffix == ".tif":
            served |= {"protocol": "wcs", "address": f"{server.address}/wcs", "layer": path.stem}
            served |= {"nodata": settings["nodata"]} if "nodata" in settings else {}
        else:
            continue
        serves = table if table in ("parcels", "municipalities") else "layer"
        of_nothing = path.suffix == ".gpkg" and server.collections[settings["layer"]].table.empty
        datasets[f"sample_{table}"] = {
            "serves": serves,
            **({"may_be_empty": "everywhere"} if of_nothing else {}),
            "services": [service(**served).model_dump(mode="json", exclude_unset=True)],
        }
    return datasets


def write_study(
    folder: Path, server: Server, protocol: str = "ogcapi", tables: Tables = None
) -> Path:
    """Write a study of the sample whose sources have to be fetched, and the catalogue beside it."""
    folder.mkdir(parents=True, exist_ok=True)
    text = {"nl": "niets", "en": "nothing"}
    datasets = {
        key: {"title": text, "silence": text, **value}
        for key, value in sample_services(server, protocol, tables).items()
    }
    towns = {code: {"name": name, "province": "Nergens"} for code, name in CODES.items()}
    (folder / "catalogue.toml").write_text(
        as_toml({"datasets": datasets, "municipalities": towns}), encoding="utf-8"
    )
    sample = tomllib.loads(sample_study_path().read_text("utf-8"))
    study: dict[str, Any] = {
        "study": {**sample["study"], "catalogue": "catalogue.toml"},
        "layers": {},
    }
    for table, settings in sample_tables(tables).items():
        kept = {
            name: settings[name]
            for name in (
                "id",
                "code",
                "name",
                "repair_ids",
                "coverage",
                "band",
                "reference_date",
                "licence",
            )
            if name in settings
        }
        source = SAMPLE / settings["source"]
        if source.suffix == ".csv":
            kept["source"] = str(source)
        else:
            kept |= {
                "dataset": f"sample_{table}",
                "source": f"data/{table}{'.tif' if source.suffix == '.tif' else '.gpkg'}",
            }
        (study if table in ("parcels", "municipalities") else study["layers"])[table] = kept
    study["decisions"] = {
        "source": str(SAMPLE / sample["decisions"]["source"]),
        "unknown_ids": "ignore",
    }
    path = folder / "study.toml"
    path.write_text(as_toml(study), encoding="utf-8")
    return path


def as_toml(document: Mapping[str, Any], head: str = "") -> str:
    """A document as TOML: tables of tables, with values that are dates, text, numbers, lists and small tables."""
    lines = []
    values = {
        key: value
        for key, value in document.items()
        if not isinstance(value, dict) or head.count(".") >= 1
    }
    if head:
        lines += [
            f"[{head}]",
            *(f"{key} = {_value(value)}" for key, value in values.items() if value is not None),
            "",
        ]
    for key, value in document.items():
        if isinstance(value, dict) and (key not in values or not head):
            lines.append(as_toml(value, f"{head}.{key}" if head else key))
    return "\n".join(lines)


def _value(value: Any) -> str:
    if isinstance(value, dict):
        return (
            "{ "
            + ", ".join(
                f'"{key}" = {_value(each)}' for key, each in value.items() if each is not None
            )
            + " }"
        )
    if isinstance(value, list):
        return "[" + ", ".join(map(_value, value)) + "]"
    return (
        value.isoformat() if isinstance(value, dt.date) else json.dumps(value, ensure_ascii=False)
    )
