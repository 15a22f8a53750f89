"""A study: made from arguments or from a study file, checked, and ready to be computed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Self, TypeAlias

import geopandas as gpd
import pandas as pd
from pydantic import ValidationError

from flexruimte.analyses.what_if import VariantLike
from flexruimte.assessment.capacity import layout_parameters
from flexruimte.assessment.pipeline import Progress, Question, assess
from flexruimte.assessment.question import unmet_ids
from flexruimte.assessment.sites import check_merge
from flexruimte.errors import StudyError, did_you_mean
from flexruimte.evidence.dates import as_days
from flexruimte.evidence.decisions import load_decisions
from flexruimte.evidence.fetching.provenance import with_provenance
from flexruimte.evidence.parcels import load_municipalities
from flexruimte.evidence.sources import Source, open_source, opened_as
from flexruimte.ranking import Ranking
from flexruimte.rules.documents import describe_validation_error
from flexruimte.rules.files import load_ruleset, with_changes
from flexruimte.rules.parts import Language
from flexruimte.rules.ruleset import Ruleset
from flexruimte.rules.study_file import (
    LayerSettings,
    MunicipalitySettings,
    ParcelSettings,
    StudyFile,
    TableSettings,
    check_as_of,
    read_study_file,
)
from flexruimte.study.lifted_rules import with_lifted_rules
from flexruimte.study.optional_layers import without_absent_layers
from flexruimte.study.placement import with_placement
from flexruimte.study.what_if import WhatIf, asked_by, what_if
from flexruimte.vocabulary import OWN_COLUMN_PREFIXES, OWN_COLUMNS

__all__ = ["Study"]

LayerData: TypeAlias = gpd.GeoDataFrame | pd.DataFrame | str | Path | Mapping[str, Any]

_IN_MEMORY = "in memory"
_PARCEL_ID_COLUMNS = ("parcel_id", "identificatie_lokaal_id")
_IDLE_SETTINGS = {
    "table": ("crs", "coverage", "precision_m"),
    "raster": ("unknown_ids", "coverage", "silence"),
}
"""Settings that mean nothing for a layer, by its geometry."""

_CHANGEABLE = ("as_of", "language", "name", "not_assessed", "target_groups", "placement", "ruleset")


@dataclass(frozen=True)
class _Parts:
    """A study as it was asked, before its parts are held against each other."""

    name: str
    as_of: dt.date
    language: Language
    ruleset: Ruleset
    placement: dict[str, Any]
    target_groups: list[str] | None
    not_assessed: list[str]
    parcels: Source
    municipalities: Source
    sources: dict[str, Source]
    decisions: Source | None
    file: Path | None = None
    gemeenten: tuple[str, ...] = ()


class Study:
    """A question about the parcels of one or more municipalities, with the evidence to answer it.

    Parameters
    ----------
    parcels
        Candidate polygons, in any coordinate reference system.
    municipalities
        Polygons that are ranked one by one.
    layers
        Evidence by the names that the ruleset uses: a GeoDataFrame, a DataFrame (a table that is
        joined on the parcel id), a path, or a mapping with the keys of a `[layers.NAME]` table of a
        study file, in which `source` may be a (Geo)DataFrame too.
    as_of
        The date from which every date rule counts.
    ruleset
        A built-in name, the path of a TOML file, or a Ruleset.
    name
        Shown in reports.
    parcel_id
        Column, or columns, with the parcel id; None takes `parcel_id` or `identificatie_lokaal_id`.
    municipality_code, municipality_name
        Columns with the code and the name.
    not_assessed
        Layers or rules that are left out knowingly.
    target_groups
        Which groups count; None is all of the ruleset.
    placement
        Overrides of the ruleset's placement parameters.
    decisions
        Decisions by people: columns parcel_id, decision ("in" or "out"), reason, date.
    language
        Of labels and reasons: "nl" or "en".

    Raises
    ------
    FlexruimteError
        When something that is named does not exist or cannot be used.

    Examples
    --------
    >>> from flexruimte.study.sample import sample_study_path
    >>> study = Study.load(sample_study_path())
    >>> study.codes
    ['GM9001', 'GM9002', 'GM9003']
    """

    def __init__(
        self,
        *,
        parcels: gpd.GeoDataFrame,
        municipalities: gpd.GeoDataFrame,
        layers: Mapping[str, LayerData],
        as_of: dt.date | str,
        ruleset: str | Path | Ruleset = "flexwonen-nl",
        name: str = "Study",
        parcel_id: str | Sequence[str] | None = None,
        municipality_code: str = "code",
        municipality_name: str = "naam",
        not_assessed: Sequence[str] = (),
        target_groups: Sequence[str] | None = None,
        placement: Mapping[str, Any] | None = None,
        decisions: pd.DataFrame | None = None,
        language: Language = "nl",
    ) -> None:
        folder = Path.cwd()
        id_columns = _id_columns(parcels, parcel_id)
        parcel_settings = ParcelSettings(source=_IN_MEMORY, id=id_columns)
        municipality_settings = MunicipalitySettings(
            source=_IN_MEMORY, code=municipality_code, name=municipality_name
        )
        self._parts = _Parts(
            name=name,
            as_of=_as_date(as_of),
            language=language,
            ruleset=ruleset if isinstance(ruleset, Ruleset) else load_ruleset(ruleset, folder),
            placement=dict(placement or {}),
            target_groups=None if target_groups is None else list(target_groups),
            not_assessed=list(not_assessed),
            parcels=open_source("parcels", parcel_settings, folder, parcels),
            municipalities=open_source(
                "municipalities", municipality_settings, folder, municipalities
            ),
            sources={key: _layer_source(key, data, folder) for key, data in layers.items()},
            decisions=None
            if decisions is None
            else open_source("decisions", TableSettings(source=_IN_MEMORY), folder, decisions),
        )
        self.question = _question(self._parts)

    @classmethod
    def load(cls, path: str | Path) -> Self:
        """Read a study file.

        Parameters
        ----------
        path
            Of a study.toml; what it names is relative to it.

        Raises
        ------
        FlexruimteError
            When the file, its ruleset, or what it names cannot be used.
        """
        path = Path(path)
        return cls._of(_parts_of_file(read_study_file(path), path.resolve()))

    @classmethod
    def _of(cls, parts: _Parts, before: Question | None = None) -> Self:
        study = cls.__new__(cls)
        study._parts, study.question = parts, _question(parts, before)
        return study

    def changed(self, **changes: Any) -> Self:
        """Return the same study with another question; the study itself stays as it is.

        Parameters
        ----------
        **changes
            `as_of`, `language`, `name`, `not_assessed`, `target_groups` and `placement` as for a
            new study (`placement` is added to what the study has), `ruleset`, or any table of a
            ruleset, such as ``rules={"natura2000": {"level": "soft"}}``.

        Raises
        ------
        FlexruimteError
            When a change names something that does not exist, or does not hold.

        Examples
        --------
        >>> from flexruimte.study.sample import sample_study_path
        >>> study = Study.load(sample_study_path())
        >>> softer = study.changed(rules={"natura2000": {"level": "soft"}})
        >>> softer.question.ruleset.rules["natura2000"].level.value
        'soft'
        """
        tables = {
            key: changes.pop(key)
            for key in list(changes)
            if key in Ruleset.model_fields and key not in _CHANGEABLE
        }
        unknown = [key for key in changes if key not in _CHANGEABLE]
        if unknown:
            meant = did_you_mean(unknown[0], [*_CHANGEABLE, *Ruleset.model_fields])
            raise StudyError(f"a study has no '{unknown[0]}' to change; {meant}")
        parts = self._parts
        ruleset = changes.pop("ruleset", parts.ruleset)
        ruleset = ruleset if isinstance(ruleset, Ruleset) else load_ruleset(ruleset)
        if "as_of" in changes:
            changes["as_of"] = _as_date(changes["as_of"])
        changes["placement"] = {**parts.placement, **changes.get("placement", {})}
        ruleset = with_changes(ruleset, tables) if tables else ruleset
        return self._of(replace(parts, ruleset=ruleset, **changes), self.question)

    @property
    def codes(self) -> list[str]:
        """Codes of the municipalities."""
        return list(self.question.municipalities.codes)

    @property
    def gemeenten(self) -> list[str]:
        """Codes or names of the municipalities that the study file asks for; empty is all."""
        return list(self._parts.gemeenten)

    def rank(self, municipality: str, progress: Progress = lambda _step: None) -> Ranking:
        """Judge and rank the parcels of one municipality.

        Parameters
        ----------
        municipality
            Its code, or its name.
        progress
            Told which step starts.

        Raises
        ------
        FlexruimteError
            When there is no such municipality, it has no parcels, or a layer cannot be used.
        """
        return Ranking(assess(self._with_unmet_ids(), municipality, progress))

    def what_if(
        self,
        variants: Sequence[VariantLike] = (),
        *,
        municipalities: Sequence[str] | None = None,
        rules: Sequence[str] | None = None,
        new_surveys: bool = False,
        progress: Progress = lambda _step: None,
    ) -> WhatIf:
        """Say what each excluding rule takes, and put variants of the study side by side.

        Each municipality is surveyed once; the layers around its parcels stay in memory meanwhile.

        Parameters
        ----------
        variants
            The study with other choices: a `Variant`, or the path of a TOML file.
        municipalities
            Their codes, or names; None is those that the study file asks for, and all where it
            names none.
        rules
            Ids of the excluding rules that are asked for; None is all, and an empty list none.
        new_surveys
            Whether to survey anew for variants that ask the layers something else, such as another
            distance; without it the tables say of these that they need a new survey.
        progress
            Told which step starts.

        Raises
        ------
        FlexruimteError
            When a variant or a rule does not exist, or a layer cannot be used.

        Examples
        --------
        >>> import flexruimte as fr
        >>> from flexruimte.study.sample import sample_study_path
        >>> study = fr.Study.load(sample_study_path())
        >>> soft = fr.Variant("nature soft", {"rules": {"nnn": {"level": "soft"}}})
        >>> found = study.what_if([soft], municipalities=["GM9003"], rules=["nnn"])
        >>> found.variants["variant"].tolist(), found.rules["rule"].tolist()
        (['as it is', 'nature soft'], ['nnn'])
        """
        known = self.question.municipalities
        codes = (self.gemeenten or known.codes) if municipalities is None else municipalities
        return what_if(
            self.question,
            [known.codes[known.position(code)] for code in codes],
            asked_by(variants, self.changed),
            rules,
            new_surveys=new_surveys,
            progress=progress,
        )

    def _with_unmet_ids(self) -> Question:
        """Return the question, with what of its tables and decisions meets no parcel."""
        if self.question.unmet_ids is None:
            self.question = replace(self.question, unmet_ids=unmet_ids(self.question))
        return self.question

    def __repr__(self) -> str:
        """Return a one-line description."""
        question = self.question
        counted = f"{len(self.codes)} municipalities, {len(question.sources)} layers"
        return f"<Study '{question.name}': {counted}, as of {question.as_of}>"


def _as_date(value: dt.date | str) -> dt.date:
    """Return the date of a study, also given as a moment of any kind."""
    day = as_days(pd.Series([value], dtype=object)).iloc[0]
    if pd.isna(day):
        raise StudyError(f"as_of {value!r} is not a date; write it as 2026-01-01")
    try:
        return check_as_of(dt.date(day.year, day.month, day.day))
    except ValueError as error:
        raise StudyError(f"as_of {error}") from None


def _id_columns(parcels: pd.DataFrame, named: str | Sequence[str] | None) -> str | list[str]:
    if named is not None:
        return named if isinstance(named, str) else list(named)
    for column in _PARCEL_ID_COLUMNS:
        if column in parcels:
            return column
    raise StudyError(
        "parcels: say which column holds the parcel id, with parcel_id=...; "
        f"there are: {', '.join(map(str, parcels.columns))}"
    )


def _layer_source(key: str, data: LayerData, folder: Path) -> Source:
    settings = dict(data) if isinstance(data, Mapping) else {"source": data}
    source = settings.get("source")
    if isinstance(source, pd.DataFrame):
        settings["source"] = _IN_MEMORY
        if not isinstance(source, gpd.GeoDataFrame) and "id" not in settings:
            settings["id"] = "parcel_id"
    elif isinstance(source, Path):
        settings["source"] = str(source)
    try:
        return open_source(
            key,
            LayerSettings.model_validate(settings),
            folder,
            source if isinstance(source, pd.DataFrame) else None,
        )
    except ValidationError as error:
        raise StudyError(
            f"layers['{key}']: {describe_validation_error(error, LayerSettings)}"
        ) from None


def _parts_of_file(file: StudyFile, path: Path) -> _Parts:
    folder = path.parent
    return _Parts(
        name=file.study.name,
        as_of=file.study.as_of,
        language=file.study.language,
        ruleset=load_ruleset(file.study.ruleset, folder),
        placement=dict(file.placement),
        target_groups=file.study.target_groups,
        not_assessed=file.study.not_assessed,
        parcels=open_source("parcels", with_provenance(file.parcels, folder), folder),
        municipalities=open_source(
            "municipalities", with_provenance(file.municipalities, folder), folder
        ),
        sources={
            key: open_source(key, with_provenance(settings, folder), folder)
            for key, settings in file.layers.items()
        },
        decisions=open_source("decisions", file.decisions, folder, geometry="table")
        if file.decisions
        else None,
        file=path,
        gemeenten=tuple(file.study.gemeenten or ()),
    )


def _refuse_idle_settings(parts: _Parts, sources: Mapping[str, Source]) -> None:
    """Refuse settings that would be read and not obeyed."""
    parts.parcels.check_settings("unknown_ids", "values")
    parts.municipalities.check_settings("unknown_ids", "fields", "constants", "values")
    if parts.decisions is not None:
        parts.decisions.check_settings("crs")
    for key, source in sources.items():
        geometry = parts.ruleset.layers[key].geometry
        source.check_settings(*_IDLE_SETTINGS.get(geometry, ("unknown_ids",)))


def _check_mapped_values(key: str, source: Source, ruleset: Ruleset) -> None:
    """Refuse values of a study that stand for nothing that the ruleset knows."""
    spec = ruleset.layers[key]
    for name, meanings in source.settings.values.items():
        if name not in spec.fields:
            raise StudyError(
                f"[layers.{key}] values: the layer has no field '{name}'; "
                f"{did_you_mean(name, spec.fields)}"
            )
        said = spec.field(name)
        for word, meaning in meanings.items():
            if said.values is not None and not said.knows(said.canonical(meaning)):
                raise StudyError(
                    f"[layers.{key}] values.{name}: '{word}' cannot stand for '{meaning}'; "
                    f"{did_you_mean(str(meaning), map(str, said.values))}"
                )


def _question(parts: _Parts, before: Question | None = None) -> Question:
    """Check what the parts of a study say about each other, and put them together.

    Municipalities and decisions of a question that came before, with the same sources, are not read
    again.
    """
    ruleset = parts.ruleset
    for key in parts.sources:
        if key not in ruleset.layers:
            raise StudyError(
                f"[layers.{key}] ruleset '{ruleset.name}' knows no such layer; "
                f"{did_you_mean(key, ruleset.layers)}"
            )
    for key, source in parts.sources.items():
        _check_mapped_values(key, source, ruleset)
    for left_out in parts.not_assessed:
        if left_out not in ruleset.layers and left_out not in ruleset.rules:
            meant = did_you_mean(left_out, [*ruleset.layers, *ruleset.rules])
            raise StudyError(
                f"not_assessed: '{left_out}' is no layer or rule of '{ruleset.name}'; {meant}"
            )
    for name in parts.parcels.settings.fields:
        if name in (*OWN_COLUMNS, *ruleset.measures) or name.startswith(OWN_COLUMN_PREFIXES):
            raise StudyError(
                f"[parcels] fields: '{name}' is a column that flexruimte itself makes; "
                "give the source's column another name"
            )
    for group in parts.target_groups or []:
        if group not in ruleset.groups:
            raise StudyError(
                f"target_groups: '{group}' is no group of '{ruleset.name}'; "
                f"{did_you_mean(group, ruleset.groups)}"
            )
    ruleset = with_lifted_rules(with_placement(ruleset, parts.placement), parts.as_of)
    ruleset = without_absent_layers(ruleset, [*parts.sources, *parts.not_assessed])
    layout_parameters(ruleset)  # refuses what contradicts itself
    check_merge(ruleset)
    sources = {
        key: opened_as(source, ruleset.layers[key].geometry)
        for key, source in parts.sources.items()
    }
    _refuse_idle_settings(parts, sources)
    return Question(
        name=parts.name,
        as_of=parts.as_of,
        language=parts.language,
        ruleset=ruleset,
        groups=list(ruleset.groups) if parts.target_groups is None else parts.target_groups,
        groups_named=parts.target_groups is not None,
        not_assessed=frozenset(parts.not_assessed),
        parcels=parts.parcels,
        municipalities=before.municipalities
        if before
        else load_municipalities(parts.municipalities),
        sources=sources,
        decisions=before.decisions if before else load_decisions(parts.decisions),
        file=parts.file,
    )
