"""A study of municipalities, with all that the catalogue can fetch for them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from flexruimte.assessment.question import layers_in_use
from flexruimte.errors import CatalogueError, redacted
from flexruimte.evidence.catalogue.model import Catalogue, Dataset, Service
from flexruimte.evidence.catalogue.municipalities import FoundMunicipality
from flexruimte.rules.parts import LayerSpec
from flexruimte.rules.ruleset import Ruleset
from flexruimte.study.new_study.draft import StudyDraft, TableDraft
from flexruimte.views.catalogue_table import not_known_without
from flexruimte.wording.labels import in_language
from flexruimte.wording.messages import Language, message
from flexruimte.wording.quantities import listed

__all__ = ["DATA_FOLDER", "TO_FILL_FOLDER", "draft_from_catalogue"]

DATA_FOLDER = "data"
"""Where `fetch` writes, beside the study file."""
TO_FILL_FOLDER = "to_fill"
"""Where the tables are that people fill in, beside the study file."""

_SHAPES = {
    "WKT": {"GEOM_POSSIBLE_NAMES": "WKT", "KEEP_GEOM_COLUMNS": "NO"},
    "x": {"X_POSSIBLE_NAMES": "x", "Y_POSSIBLE_NAMES": "y"},
}
"""By a column of a table to fill in: the options with which GDAL takes it as the shape."""
_PARCEL_ID = "parcel_id"
_MUNICIPALITY = {"code": "code", "name": "naam"}
"""The fields of a dataset of municipalities, by the key of a study's `[municipalities]`; the first
field of a dataset of parcels is their id."""


def draft_from_catalogue(
    catalogue: Catalogue,
    ruleset: Ruleset,
    municipalities: Sequence[FoundMunicipality],
    *,
    as_of: dt.date,
    ruleset_name: str = "flexwonen-nl",
    language: Language = "nl",
    catalogue_path: str | None = None,
) -> StudyDraft:
    """Return a study with every layer that can be fetched, and why the others are left out.

    Parameters
    ----------
    catalogue
        What can be fetched.
    ruleset
        The layers that it needs decide what stands in the study.
    municipalities
        For which the study is.
    as_of
        The day from which date rules count.
    ruleset_name, catalogue_path
        How the study file calls the ruleset, and a catalogue of the user's own.
    language
        Of the study, and of what is explained in it.

    Raises
    ------
    CatalogueError
        When the catalogue has no parcels or municipalities that can be fetched.
    """
    needed = layers_in_use(ruleset, frozenset())
    layers: dict[str, TableDraft] = {}
    not_assessed: dict[str, str] = {}
    to_fill: dict[str, list[str]] = {}
    for key, spec in ruleset.layers.items():
        dataset = catalogue.datasets.get(key)
        if dataset is not None and dataset.serves == "layer":
            if dataset.fetched:
                layers[key] = _fetched(key, dataset, spec, language)
                continue
            layers[key] = _asked(key, dataset, spec, language)
            if dataset.template:
                to_fill[key] = dataset.template
        if key in needed and not spec.optional:
            not_assessed[key] = _reason(ruleset, key, dataset, language)
    told = [message("study-file-merged", language, told=one.told) for one in municipalities]
    return StudyDraft(
        name=listed(list(dict.fromkeys(one.name for one in municipalities)), language),
        as_of=as_of,
        parcels=_only(catalogue, "parcels", language),
        municipalities=_only(catalogue, "municipalities", language),
        layers={key: table for key, table in layers.items() if table.settings or table.candidates},
        ruleset=ruleset_name,
        language=language,
        gemeenten=list(dict.fromkeys(one.code for one in municipalities)),
        catalogue=catalogue_path,
        not_assessed=not_assessed,
        to_fill=to_fill,
        head=[
            message("study-file-head", language),
            *(line for line, one in zip(told, municipalities, strict=True) if one.told),
        ],
    )


def _only(catalogue: Catalogue, serves: str, language: Language) -> TableDraft:
    """Return the table for the parcels, or for the municipalities."""
    found = {
        key: dataset
        for key, dataset in catalogue.datasets.items()
        if dataset.serves == serves and dataset.fetched
    }
    if len(found) != 1:
        raise CatalogueError(
            f"the catalogue has {len(found)} datasets that can be fetched as {serves}"
            f"{': ' if found else ''}{', '.join(found)}; a study needs one"
        )
    key, dataset = next(iter(found.items()))
    fields = list(_first(dataset).fields)
    wanted = _MUNICIPALITY if serves == "municipalities" else {"id": next(iter(fields), "...")}
    if not set(wanted.values()) <= set(fields):
        raise CatalogueError(
            f"catalogue: [datasets.{key}] serves {serves} and its fields are "
            f"{', '.join(fields) or 'none'}; give it {' and '.join(wanted.values())}"
        )
    settings = {"dataset": key, "source": _path(key, "gpkg"), **wanted}
    return TableDraft(settings, [_whose(dataset, language)])


def _first(dataset: Dataset) -> Service:
    """Return the service that is tried first of those that are trusted."""
    return next(
        service
        for service in dataset.services
        if service.may_be_fetched and service.confidence != "low"
    )


def _whose(dataset: Dataset, language: Language) -> str:
    service = _first(dataset)
    return message(
        "study-file-from",
        language,
        title=in_language(dataset.title, language),
        attribution=service.attribution,
        licence=service.licence,
    )


def _path(key: str, ending: str) -> str:
    return f"{DATA_FOLDER}/{key}.{ending}"


def _settings(key: str, dataset: Dataset, spec: LayerSpec) -> dict[str, Any]:
    """Return the table of a layer that `fetch` writes."""
    settings = {
        "dataset": key,
        "source": _path(key, "tif" if spec.geometry == "raster" else "gpkg"),
    }
    # A part of the country in which the service has nothing is a part where nothing is: without
    # this word a layer without features near says nothing.
    speaks_everywhere = dataset.complete and not spec.fills and spec.silence == "nothing"
    if speaks_everywhere and spec.geometry not in ("raster", "table"):
        settings["coverage"] = "complete"
    return settings


def _fetched(key: str, dataset: Dataset, spec: LayerSpec, language: Language) -> TableDraft:
    comments = [_whose(dataset, language)]
    settings = _settings(key, dataset, spec)
    if "coverage" in settings:
        silence = in_language(dataset.silence, language)
        comments.append(message("study-file-silence", language, silence=silence))
    return TableDraft(settings, comments)


def _asked(key: str, dataset: Dataset, spec: LayerSpec, language: Language) -> TableDraft:
    """Return the commented-out table of a layer: one to fill in, or one to try."""
    title = in_language(dataset.title, language)
    ask = in_language(dataset.ask, language) if dataset.ask else ""
    tried = [service for service in dataset.services if service.may_be_fetched]
    if dataset.template:
        file = f"{TO_FILL_FOLDER}/{key}.csv"
        said = message("study-file-fill", language, title=title, ask=ask, file=file, key=key)
        shape = next((name for name in _SHAPES if name in dataset.template), None)
        settings: dict[str, Any] = {"source": file}
        if shape is not None:
            settings |= {"crs": "EPSG:28992", "open_options": _SHAPES[shape]}
        if _PARCEL_ID in dataset.template:
            settings["id"] = _PARCEL_ID
        return TableDraft(comments=[said], candidates=[settings])
    if tried:
        said = message("study-file-try", language, title=title, how=tried[0].confirmed)
        return TableDraft(comments=[said], candidates=[_settings(key, dataset, spec)])
    return TableDraft()


def _reason(ruleset: Ruleset, key: str, dataset: Dataset | None, language: Language) -> str:
    """Return why a layer is left out, whom to ask, and what is not known without it."""
    title = in_language(ruleset.layers[key].title, language)
    if dataset is None:
        why = message("study-file-not-in-catalogue", language, title=title)
    elif dataset.ask is not None:
        ask = in_language(dataset.ask, language)
        why = message("study-file-no-service", language, title=title, ask=ask)
    elif not any(service.may_be_fetched for service in dataset.services):
        first = dataset.services[0]
        where = redacted(first.address)
        why = message(
            "study-file-forbidden", language, title=title, address=where, licence=first.licence
        )
    else:
        why = message("study-file-not-confirmed", language, title=title)
    rules = not_known_without(ruleset, key, language)
    if not rules:
        return why
    return f"{why} {message('study-file-without', language, rules='; '.join(rules))}"
