"""What a study file wants of the catalogue: which files, of which datasets, and how far around."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from flexruimte.errors import StudyError, did_you_mean
from flexruimte.evidence.catalogue.model import Catalogue, Dataset
from flexruimte.evidence.sources.addresses import locate
from flexruimte.rules.files import for_municipality, load_ruleset
from flexruimte.rules.rules import DistanceByField
from flexruimte.rules.ruleset import Ruleset
from flexruimte.rules.study_file import StudyFile, TableSettings
from flexruimte.study.lifted_rules import with_lifted_rules
from flexruimte.study.optional_layers import without_absent_layers
from flexruimte.study.placement import with_placement

__all__ = ["MUNICIPALITIES", "PARCELS", "WantedTable", "wanted_tables"]

MUNICIPALITIES, PARCELS = "municipalities", "parcels"
_STATED_M: Final = 1000.0
"""How far features matter that state a distance of their own in a text, which is not known before
they are fetched. The zones of the layers that do so are narrower; chosen here. [m]"""
_CELL_M: Final = 100.0
"""Size of the cells of a raster whose service does not say it, at most; chosen here. [m]"""
_CELLS_AROUND: Final = 2
"""A raster is read so many cells around the parcels."""


@dataclass(frozen=True)
class WantedTable:
    """A table of the study whose source is fetched."""

    table: str
    """`municipalities`, `parcels`, or the key of the layer."""
    dataset_key: str
    dataset: Dataset
    target: Path
    is_raster: bool = False
    reach_m: float = 0.0
    """How far around the parcels it is read. [m]"""
    unanswered: tuple[str, ...] = ()
    """Ids of the rules and the criteria that have no answer without it."""


def wanted_tables(
    file: StudyFile, folder: Path, target: Path, catalogue: Catalogue, codes: Sequence[str]
) -> list[WantedTable]:
    """Return the tables of a study that name a dataset, municipalities first and parcels next.

    Tables with one source are one, which reaches as far as any of them.

    Parameters
    ----------
    folder
        What the ruleset is relative to.
    target
        What sources are relative to.
    codes
        Municipalities whose own rules count too.

    Raises
    ------
    StudyError
        When a dataset is not in the catalogue or holds something else than the table is for, a
        source is no file or promises another format, or two datasets have one.
    """
    rulesets = _rulesets(file, folder, codes)
    found: dict[Path, WantedTable] = {}
    for table, settings in _tables(file):
        if settings.dataset is None:
            continue
        wanted = _wanted(table, settings, target, catalogue, rulesets)
        other = found.get(wanted.target)
        if other is not None and other.dataset_key != wanted.dataset_key:
            raise StudyError(
                f"[{table}] and [{other.table}] have one source and two datasets, "
                f"{wanted.dataset_key} and {other.dataset_key}; give each a source of its own"
            )
        if other is not None:
            wanted = replace(
                other,
                reach_m=max(other.reach_m, wanted.reach_m),
                unanswered=(*other.unanswered, *wanted.unanswered),
            )
        found[wanted.target] = wanted
    return list(found.values())


def _tables(file: StudyFile) -> Iterator[tuple[str, TableSettings]]:
    yield MUNICIPALITIES, file.municipalities
    yield PARCELS, file.parcels
    yield from file.layers.items()


def _wanted(
    table: str,
    settings: TableSettings,
    target: Path,
    catalogue: Catalogue,
    rulesets: Sequence[Ruleset],
) -> WantedTable:
    key = str(settings.dataset)
    if key not in catalogue.datasets:
        raise StudyError(
            f"[{table}] dataset '{key}' is not in the catalogue; "
            f"{did_you_mean(key, catalogue.datasets)}"
        )
    path = locate(settings.source, target)
    if settings.source.startswith("/vsi") or not Path(path).is_relative_to(target):
        raise StudyError(
            f"[{table}] source '{settings.source}' cannot be fetched to: "
            "write a path relative to the study, such as data/file.gpkg"
        )
    wanted = WantedTable(table, key, catalogue.datasets[key], Path(path))
    _check_what_it_serves(table, wanted, catalogue, rulesets[0])
    if table in (MUNICIPALITIES, PARCELS):
        _check_ending(wanted)
        return wanted
    specs = [ruleset.layers[table] for ruleset in rulesets if table in ruleset.layers]
    if not specs:
        raise StudyError(
            f"[layers.{table}] ruleset '{rulesets[0].name}' knows no such layer; "
            f"{did_you_mean(table, rulesets[0].layers)}"
        )
    is_raster = specs[0].geometry == "raster"
    first = rulesets[0]
    unanswered = [
        *(
            name
            for name, rule in first.enabled_rules.items()
            if table in first.layers_of_rule(rule)
        ),
        *(
            name
            for name, criterion in first.criteria.items()
            if table in first.layers_of_measure(criterion.measure)
        ),
    ]
    _check_ending(replace(wanted, is_raster=is_raster))
    return replace(
        wanted,
        is_raster=is_raster,
        reach_m=_raster_reach_m(wanted.dataset)
        if is_raster
        else max(_reach_m(ruleset, table) for ruleset in rulesets),
        unanswered=tuple(dict.fromkeys(unanswered)),
    )


def _check_what_it_serves(
    table: str, wanted: WantedTable, catalogue: Catalogue, ruleset: Ruleset
) -> None:
    """Refuse a dataset that holds something else than the table is for.

    A layer of the user's own may be made of any dataset of features; one that has a dataset in the
    catalogue itself is not meant to be made of that of another layer.
    """
    key, meant = wanted.dataset_key, table if table in (MUNICIPALITIES, PARCELS) else "layer"
    serves = wanted.dataset.serves
    if serves != meant:
        fitting = [name for name, each in catalogue.datasets.items() if each.serves == meant]
        raise StudyError(
            f"[{table}] dataset '{key}' serves {serves}; "
            f"{did_you_mean(table if meant == 'layer' else key, fitting)}"
        )
    if key != table and key in ruleset.layers and table in catalogue.datasets:
        raise StudyError(
            f"[layers.{table}] dataset '{key}' is that of another layer; write dataset = "
            f'"{table}", or give it a key of its own in a catalogue of your own'
        )


def _check_ending(wanted: WantedTable) -> None:
    """Refuse a name that promises another format than is written."""
    endings = (".tif", ".tiff") if wanted.is_raster else (".gpkg",)
    if wanted.target.suffix.lower() not in endings:
        raise StudyError(
            f"[{wanted.table}] source '{wanted.target.name}' is fetched as "
            f"{'GeoTIFF' if wanted.is_raster else 'GeoPackage'}; let its name end in {endings[0]}"
        )


def _rulesets(file: StudyFile, folder: Path, codes: Sequence[str]) -> list[Ruleset]:
    """Return the ruleset as the study changes it, and as it holds in each municipality."""
    ruleset = with_placement(load_ruleset(file.study.ruleset, folder), dict(file.placement))
    ruleset = with_lifted_rules(ruleset, file.study.as_of)
    known = [*file.layers, *file.study.not_assessed]
    ruleset = without_absent_layers(ruleset, known)
    return [ruleset, *(for_municipality(ruleset, code) for code in codes)]


def _reach_m(ruleset: Ruleset, key: str) -> float:
    """Return how far around the parcels a layer of features is read. [m]"""
    distances = [ruleset.reach_m(key)]
    for rule in ruleset.land_rules.values():
        if rule.layer == key and isinstance(rule.distance_m, DistanceByField):
            classes = rule.distance_m.classes
            distances += [_STATED_M] if classes is None else [*classes.values()]
    return max(distances) + 1.0


def _raster_reach_m(dataset: Dataset) -> float:
    sizes = [service.resolution_m or _CELL_M for service in dataset.services]
    return _CELLS_AROUND * max(sizes, default=_CELL_M)
