"""Parcels and municipalities: which parcel belongs to which municipality, and its id."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
import shapely

from flexruimte.errors import (
    EmptyMunicipalityError,
    LayerError,
    StudyError,
    did_you_mean,
    enumerate_some,
)
from flexruimte.evidence.columns import named_columns
from flexruimte.evidence.fetching.provenance import refuse_beyond_fetched
from flexruimte.evidence.identifiers import KnownIds, identifiers, in_natural_order
from flexruimte.evidence.layers import LayerFacts
from flexruimte.evidence.shapes import canonical_order, cleaned_shapes, counted_repairs
from flexruimte.evidence.sources import Source, Window
from flexruimte.evidence.sources.errors import reading_of
from flexruimte.kernels.overlap import index_features, index_geometries, overlaps
from flexruimte.kernels.threads import in_threads
from flexruimte.rules.study_file import MunicipalitySettings, ParcelSettings
from flexruimte.vocabulary import Booleans, Geometries, Integers

__all__ = [
    "Municipalities",
    "Parcels",
    "all_parcel_ids",
    "check_parcel_ids",
    "has_too_many_ids",
    "has_too_many_vertices",
    "load_municipalities",
    "load_parcels",
    "overlapping_municipalities",
]

_NO_OVERLAP_M2 = 1.0
"""Municipalities that share no more than this touch: no parcel fits in it. [m2]"""
_MOST_IDS = 1_000_000
"""Of more parcels than this, as a national file has, not all ids are read for one municipality."""
_ids_kept: dict[str, tuple[object, KnownIds]] = {}
"""The ids of all parcels in files, with the stamp of those, by what the study says of them."""


@dataclass(frozen=True)
class Municipalities:
    """The municipalities of a study, in the order of their codes."""

    codes: list[str]
    names: list[str]
    geometries: Geometries
    facts: LayerFacts
    doubts: tuple[str, ...] = ()
    """What to warn of."""

    def only(self, codes: Sequence[str]) -> Municipalities:
        """Return some of the municipalities, by code."""
        at = [position for position, code in enumerate(self.codes) if code in codes]
        names = [self.names[position] for position in at]
        return replace(
            self,
            codes=[self.codes[position] for position in at],
            names=names,
            geometries=self.geometries[at],
        )

    def position(self, code: str) -> int:
        """Return the position of a municipality, by code or by name.

        Raises
        ------
        StudyError
            When there is no such municipality.
        """
        for known in (self.codes, self.names):
            if known.count(code) > 1:
                same = [self.codes[at] for at, name in enumerate(known) if name == code]
                raise StudyError(
                    f"{self.facts.source} has {len(same)} municipalities called '{code}'; "
                    f"give the code: {enumerate_some(same)}"
                )
            if code in known:
                return known.index(code)
        raise StudyError(
            f"municipality '{code}' is not in {self.facts.source}; "
            f"{did_you_mean(code, [*self.codes, *self.names])}"
        )


@dataclass(frozen=True)
class Parcels:
    """The candidate parcels of one municipality, in the order of their ids."""

    ids: np.ndarray[Any, Any]
    geometries: Geometries
    table: pd.DataFrame
    """Columns that the study maps for reporting."""
    facts: LayerFacts

    def of(self, members: Integers) -> Parcels:
        """Return some of the parcels, by position. (k,) int"""
        table = self.table.iloc[members].reset_index(drop=True)
        return Parcels(self.ids[members], self.geometries[members], table, self.facts)


def load_municipalities(source: Source) -> Municipalities:
    """Read the municipalities; parts with the same code become one.

    Raises
    ------
    LayerError
        When the code or name column is missing, or a code is null.
    """
    with reading_of(source):
        return _municipalities(source)


def _municipalities(source: Source) -> Municipalities:
    settings = source.settings
    if not isinstance(settings, MunicipalitySettings):
        raise TypeError("municipalities are read with MunicipalitySettings")
    for column in (settings.code, settings.name):
        if column not in source.columns:
            raise LayerError(
                f"{source.label} has no column '{column}'; {did_you_mean(column, source.columns)}"
            )
    frame = source.read(list(dict.fromkeys([settings.code, settings.name])))
    coded = identifiers(frame[settings.code], source.label)
    if coded.isna().any():
        raise LayerError(
            f"{source.label} has rows without a value in '{settings.code}'; "
            f'leave them out with where = "{settings.code} IS NOT NULL"'
        )
    geometries, repairs = cleaned_shapes(frame.geometry.to_numpy(), "polygon")
    codes = coded.to_numpy(dtype=object)
    names = frame[settings.name].astype(str).str.strip().to_numpy()
    unique = sorted(set(codes))
    whole = np.array(
        [shapely.union_all(geometries[codes == code]) for code in unique], dtype=object
    )
    without = [code for code, shape in zip(unique, whole, strict=True) if shape.is_empty]
    if without:
        raise LayerError(
            f"{source.label} has no usable polygon for {enumerate_some(without)}; "
            "correct it, or leave it out with where = ..."
        )
    facts = LayerFacts(
        source.settings.source,
        settings.reference_date,
        settings.licence,
        "its polygons",
        len(frame),
        counted_repairs(repairs),
    )
    called = [str(names[codes == code][0]) for code in unique]
    return Municipalities(unique, called, whole, facts, tuple(_double_codes(codes, names)))


def _double_codes(codes: np.ndarray[Any, Any], names: np.ndarray[Any, Any]) -> Iterator[str]:
    """Yield which codes stand for municipalities of more than one name."""
    pairs = pd.DataFrame({"code": codes, "name": names}).drop_duplicates()
    for code, some in pairs[pairs["code"].duplicated(keep=False)].groupby("code")["name"]:
        yield (
            f"code {code} is that of {' and of '.join(some)}, which are taken as one municipality; "
            "leave one out with where = ..., or correct its code"
        )


def overlapping_municipalities(
    municipalities: Municipalities, windows: Sequence[Window]
) -> Iterator[str]:
    """Yield which municipalities with parcels share land, of which each parcel counts in one.

    Parameters
    ----------
    municipalities
        All of the study.
    windows
        Where there are parcels. [m]
    """
    shapes = municipalities.geometries
    parts = shapely.box(*np.array(windows).T) if len(windows) else np.empty(0, dtype=object)
    asked = np.unique(shapely.STRtree(shapes).query(parts)[1])
    one, other = shapely.STRtree(shapes[asked]).query(shapes[asked], predicate="intersects")
    one, other = asked[one[one < other]], asked[other[one < other]]
    shared = shapely.area(shapely.intersection(shapes[one], shapes[other]))
    for first, second, area in zip(one, other, shared, strict=True):
        if area > _NO_OVERLAP_M2:
            codes = municipalities.codes
            yield (
                f"{codes[first]} and {codes[second]} overlap over {area:.0f} m2; a parcel there "
                f"counts in the one that holds more of it, of equal shares in {codes[first]}; "
                "correct their boundaries"
            )


def load_parcels(source: Source, municipalities: Municipalities, code: str) -> Parcels:
    """Read the parcels of a municipality: those that share more area with it than with any other.

    Raises
    ------
    LayerError
        When an id is missing or double and the study does not ask to repair that, or when there are
        no parcels.
    """
    with reading_of(source):
        return _parcels(source, municipalities, code)


def _parcels(source: Source, municipalities: Municipalities, code: str) -> Parcels:
    settings = source.settings
    if not isinstance(settings, ParcelSettings):
        raise TypeError("parcels are read with ParcelSettings")
    id_columns = [settings.id] if isinstance(settings.id, str) else settings.id
    for column in [*id_columns, *settings.fields.values()]:
        if column not in source.columns:
            raise LayerError(
                f"{source.label} has no column '{column}'; {did_you_mean(column, source.columns)}"
            )
    position = municipalities.position(code)
    area = municipalities.geometries[position]
    window = tuple(shapely.bounds(area))
    refuse_beyond_fetched(source, window)
    frame = source.read(list(dict.fromkeys([*id_columns, *settings.fields.values()])), window)
    raw = frame.geometry.to_numpy()
    over = has_too_many_vertices(raw, settings)
    geometries, repairs = cleaned_shapes(_without_work(raw, over), "polygon")
    mine = np.flatnonzero(_belongs(geometries, municipalities, position))
    if not len(mine):
        raise EmptyMunicipalityError(
            f"municipality '{code}' has no parcels in {source.label}; "
            "leave it out, or correct 'source' or 'where' of [parcels]"
        )
    ids, id_repairs = _parcel_ids(
        frame.iloc[mine][id_columns], geometries[mine], source, settings.repair_ids
    )
    mine, ids = mine[ids != ""], ids[ids != ""]
    mine, ids, too_many = _within_budget(mine, ids, over, settings)
    order = canonical_order(in_natural_order(ids), geometries[mine])
    table = named_columns(frame, settings.fields, settings).iloc[mine[order]].reset_index(drop=True)
    facts = LayerFacts(
        source.settings.source,
        settings.reference_date,
        settings.licence,
        "its polygons",
        len(mine),
        {**counted_repairs(repairs), **id_repairs, **too_many},
    )
    return Parcels(ids[order], geometries[mine[order]], table, facts)


def has_too_many_vertices(geometries: Geometries, settings: ParcelSettings) -> Booleans:
    """Return which parcels are left out, as one of them could take the machine. (n,) bool

    To be asked of parcels as they were read: whether such an outline is valid may take minutes.
    """
    found: Booleans = shapely.get_num_coordinates(geometries) > settings.most_vertices
    return found


def _without_work(geometries: Geometries, over: Booleans) -> Geometries:
    """Return parcels, and of those that are left out the bounds, which tell where they lie."""
    light = geometries.copy()
    light[over] = shapely.box(*shapely.bounds(geometries[over]).T)
    return light


def _within_budget(
    mine: Integers, ids: np.ndarray[Any, Any], too_many: Booleans, settings: ParcelSettings
) -> tuple[Integers, np.ndarray[Any, Any], dict[str, int]]:
    """Return which parcels are computed, their ids, and how many are not, by what names them."""
    over = too_many[mine]
    if not over.any():
        return mine, ids, {}
    named = enumerate_some(sorted(ids[over]))
    if over.all():
        raise LayerError(
            f"{settings.source}: parcel {named} has more than {settings.most_vertices} vertices, "
            "and there are no others; simplify it, or allow it with most_vertices = ... "
            "under [parcels]"
        )
    what = f"more than {settings.most_vertices} vertices, left out: {named}"
    return mine[~over], ids[~over], {what: int(over.sum())}


def _belongs(geometries: Geometries, municipalities: Municipalities, position: int) -> Booleans:
    """Return which geometries share the largest area with one municipality.

    Of equal shares the lowest code wins.
    """
    area = municipalities.geometries[position]

    def located(some: Geometries) -> Booleans:
        own = shapely.force_2d(area)  # a copy, as threads must not prepare the same shape
        shapely.prepare(own)
        inside = shapely.contains_properly(own, some)
        meets = inside.copy()
        meets[~inside] = shapely.intersects(own, some[~inside])
        return np.stack([inside, meets], axis=1)

    found: Booleans = in_threads(located, geometries)
    belongs, meets = found[:, 0], found[:, 1]
    # Where another one holds the same land, a parcel may lie wholly inside both.
    twice = _shared_with_others(municipalities, position)
    if not shapely.is_empty(twice):
        shapely.prepare(twice)
        belongs &= ~shapely.intersects(twice, geometries)
    border = np.flatnonzero(meets & ~belongs)
    if not len(border):
        return belongs
    near = np.sort(
        shapely.STRtree(municipalities.geometries).query(
            shapely.box(*shapely.total_bounds(geometries[border]))
        )
    )
    shares = overlaps(
        index_geometries(geometries[border]), index_features(municipalities.geometries[near])
    )
    shared = np.zeros((len(border), len(near)))
    np.add.at(shared, (shares.shape, shares.feature), shares.area)
    shared = shared.round(6)  # equal shares are equal but for rounding
    belongs[border] = (near[shared.argmax(axis=1)] == position) & (shared.max(axis=1) > 0)
    return belongs


def _shared_with_others(municipalities: Municipalities, position: int) -> shapely.Geometry:
    """Return the land of a municipality that others hold too; empty where they only touch."""
    shapes = municipalities.geometries
    own = shapes[position]
    near = shapely.STRtree(shapes).query(own, predicate="intersects")
    shared = shapely.intersection(own, shapes[near[near != position]])
    return shapely.union_all(shared[shapely.area(shared) > _NO_OVERLAP_M2])


def has_too_many_ids(source: Source) -> bool:
    """Return whether there are more parcels than of which all ids are read."""
    return source.feature_count > _MOST_IDS


def check_parcel_ids(source: Source) -> None:
    """Read the ids of all parcels, without their shapes, and refuse what load_parcels would refuse.

    Of a national file that is left to load_parcels, which reads those of one municipality.

    Raises
    ------
    LayerError
        When an id is missing or double and the study does not ask to repair that.
    """
    settings = source.settings
    if not isinstance(settings, ParcelSettings) or has_too_many_ids(source):
        return
    if not settings.repair_ids:
        columns = [settings.id] if isinstance(settings.id, str) else settings.id
        _refuse_doubtful_ids(*_joined_ids(source.read_table(columns), source), source)


def all_parcel_ids(source: Source) -> KnownIds:
    """Return the ids of all parcels, those that `repair_ids` makes among them.

    Of parcels in files they are kept, as long as these are the same.
    """
    settings = source.settings
    if not isinstance(settings, ParcelSettings):
        raise TypeError("parcels are read with ParcelSettings")
    stamp = source.stamp() if source.rests_on_files else None
    name = f"{source.folder} {settings.model_dump_json()}"
    if stamp is not None and name in _ids_kept and _ids_kept[name][0] == stamp:
        return _ids_kept[name][1]
    columns = [settings.id] if isinstance(settings.id, str) else settings.id
    ids = pd.Series(_joined_ids(source.read_table(columns), source)[0], dtype=object)
    number = ids.groupby(ids).cumcount()
    numbered = ids.where(number == 0, ids + "#" + (number + 1).astype(str))
    known = KnownIds(pd.Index((numbered if settings.repair_ids else ids).unique(), dtype=object))
    if stamp is not None:
        _ids_kept.clear()
        _ids_kept[name] = stamp, known
    return known


def _joined_ids(
    columns: pd.DataFrame, source: Source
) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, np.dtype[np.bool_]]]:
    """Return ids made of one or more columns, and which rows miss a part ("?" in the id)."""
    parts = [identifiers(columns[name], source.label) for name in columns]
    texts = [part.fillna("?").to_numpy(dtype=object) for part in parts]
    ids = texts[0]
    for text in texts[1:]:
        ids = ids + "-" + text
    return ids, np.any([part.isna() for part in parts], axis=0)


def _refuse_doubtful_ids(
    ids: np.ndarray[Any, Any], missing: np.ndarray[Any, np.dtype[np.bool_]], source: Source
) -> None:
    if missing.any():
        raise LayerError(
            f"{source.label} has {int(missing.sum())} parcels without an id; "
            "choose other id columns, or number them with repair_ids = true"
        )
    series = pd.Series(ids)
    double = series[series.duplicated()].unique()
    if len(double):
        raise LayerError(
            f"{source.label} has parcel ids that are there more than once "
            f"({enumerate_some(double)}); "
            "choose other id columns, or number them with repair_ids = true"
        )


def _parcel_ids(
    columns: pd.DataFrame, geometries: Geometries, source: Source, repair: bool
) -> tuple[np.ndarray[Any, Any], dict[str, int]]:
    """Return unique ids ("" for a row that says the same as another), and what was repaired.

    Missing and double ids are numbered in the order of the parcels' positions, not of the rows.
    """
    ids, missing = _joined_ids(columns, source)
    if not repair:
        _refuse_doubtful_ids(ids, missing, source)
        return ids, {}
    order = canonical_order(ids, geometries)
    normal = shapely.to_wkb(shapely.normalize(geometries[order]))
    same = pd.DataFrame({"id": ids[order], "shape": normal}).duplicated().to_numpy()
    number = pd.Series(ids[order])[~same].groupby(ids[order][~same]).cumcount().to_numpy()
    repaired = ids.copy()
    repaired[order[same]] = ""
    numbered = order[~same][number > 0]
    repaired[numbered] = [
        f"{parcel}#{count + 1}"
        for parcel, count in zip(ids[numbered], number[number > 0], strict=True)
    ]
    repairs = {
        "parcel without id, numbered": int(missing.sum()),
        "double parcel id, numbered": len(numbered),
        "same parcel twice, one left out": int(same.sum()),
    }
    return repaired, {what: count for what, count in repairs.items() if count}
