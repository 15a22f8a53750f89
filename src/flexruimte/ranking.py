"""A ranking: the result of one municipality, for people."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd

from flexruimte.assessment.pipeline import Assessment
from flexruimte.errors import OutputError, did_you_mean, nearest_name
from flexruimte.evidence.identifiers import identifier
from flexruimte.kernels.threads import use_threads
from flexruimte.results.findings import findings_told, with_finding_text, write_findings
from flexruimte.results.funnel import funnel_table
from flexruimte.results.geojson import write_geojson
from flexruimte.results.geopackage import write_geopackage
from flexruimte.results.layouts import layout_table, write_layout_geojson
from flexruimte.results.outputs import OutputContent
from flexruimte.results.parquet import write_parquet
from flexruimte.results.read import ParcelResults
from flexruimte.results.rule_text import known_value
from flexruimte.results.sentences import with_explanations, with_sentences
from flexruimte.results.stamp import stamp_of
from flexruimte.results.summary import summarise, write_summary
from flexruimte.results.summary_model import Summary
from flexruimte.results.tables import (
    BUILDABLE_GEOMETRY,
    finding_table,
    location_table,
    locations_of,
    parcel_table,
    site_table,
    with_lists,
)
from flexruimte.views.comparison import Comparison, compare
from flexruimte.views.explanation import Explanation, explain
from flexruimte.views.explore import web_map
from flexruimte.views.funnel_chart import draw_funnel
from flexruimte.views.html import render
from flexruimte.views.plot import draw_map
from flexruimte.vocabulary import (
    ATTENTION,
    BUILDABLE_AREA,
    HOMES,
    LISTED_STATUSES,
    PARCEL_ID,
    PARCEL_IDS,
    PRIORITY,
    RANK,
    RANKED_STATUSES,
    SITE_ID,
    STATUS,
    TERM_YEARS,
)
from flexruimte.wording.labels import in_language, label
from flexruimte.wording.messages import Language, message
from flexruimte.wording.quantities import listed, number_text

if TYPE_CHECKING:
    import folium
    from matplotlib.axes import Axes

__all__ = ["Ranking"]

_MOST_SHOWN = 10


class Ranking:
    """The parcels of one municipality, judged and ranked.

    What `to_` methods write is whole or not there; they raise `OutputError` where they cannot.

    Parameters
    ----------
    assessment
        What was computed.
    timings
        Seconds per step, for the summary. [s]
    """

    def __init__(self, assessment: Assessment, timings: Mapping[str, float] | None = None) -> None:
        self.assessment = assessment
        self._timings = dict(timings or {})

    @property
    def code(self) -> str:
        """Code of the municipality."""
        return self.assessment.code

    @property
    def name(self) -> str:
        """Name of the municipality."""
        return self.assessment.name

    @property
    def language(self) -> Language:
        """Language of labels and sentences."""
        return self.assessment.question.language

    @cached_property
    def parcels(self) -> gpd.GeoDataFrame:
        """Every parcel by id, in RD New: measures, scores, status, term, homes and decisions.

        `buildable` is a second geometry, null where nothing is left. What each rule found is in
        `findings`. `docs/outputs.md` lists the columns, with types and units.
        """
        return with_lists(self._parcels)

    @cached_property
    def _parcels(self) -> gpd.GeoDataFrame:
        return parcel_table(self.assessment)

    @cached_property
    def sites(self) -> gpd.GeoDataFrame | None:
        """The locations of several parcels by id, in the columns of `parcels`.

        None where the study asks for none, or there are none.
        """
        return None if self._sites is None else with_lists(self._sites)

    @cached_property
    def _sites(self) -> gpd.GeoDataFrame | None:
        return site_table(self.assessment)

    @property
    def _no_sites(self) -> gpd.GeoDataFrame:
        return self._parcels.iloc[:0].assign(**{PARCEL_IDS: pd.array([], dtype="string")})

    @cached_property
    def _findings(self) -> pd.DataFrame:
        return finding_table(self.assessment)

    @cached_property
    def findings(self) -> pd.DataFrame:
        """What every rule found: a row per parcel or site and rule that is more than a plain "yes".

        By parcel id and then in the order of the ruleset: `parcel_id`, `rule`, `level`, `verdict`
        ("no", "unknown" or "yes"), `covered_m2` [m2], `covered_buildable_m2` [m2],
        `applies`, `edge`, `feature_count`, `features` (the
        first five by covered area, as "a; b") and `finding`, a sentence in the study's language.
        A parcel and rule without a row: the rule says yes and covers nothing, or it is left out
        for all parcels, which `summary.rules` says. Of rules on a measure `covered_m2` and
        `feature_count` are null.

        Examples
        --------
        >>> import flexruimte as fr
        >>> from flexruimte.study.sample import sample_study_path
        >>> findings = fr.Study.load(sample_study_path()).rank("GM9003").findings
        >>> nature = findings[findings["rule"] == "nnn"]
        >>> nature["verdict"].value_counts().to_dict()
        {'no': 98, 'yes': 26}
        >>> print(findings.loc[findings["rule"] == "dwellings", "finding"].iloc[0])
        Er staat 1 woning op het perceel.
        """
        parcels, sites = self._parcels, self._sites
        everywhere = parcels if sites is None else pd.concat([parcels, sites])
        return with_finding_text(self._findings, everywhere, self.summary)

    @cached_property
    def _land(self) -> gpd.GeoDataFrame:
        return locations_of(self._parcels, self._sites)

    @cached_property
    def _locations(self) -> gpd.GeoDataFrame:
        return location_table(self._land, self.assessment.question.groups)

    @property
    def locations(self) -> gpd.GeoDataFrame:
        """The ranked locations by rank, then the unknown by parcel id, in RD New.

        The geometry is the buildable part. `findings` are sentences about what the rules found,
        hardest first, as in the GeoJSON.

        Examples
        --------
        >>> import flexruimte as fr
        >>> from flexruimte.study.sample import sample_study_path
        >>> best = fr.Study.load(sample_study_path()).rank("GM9003").locations.iloc[0]
        >>> print(best["findings"][1])
        Natura 2000 ligt op 7,2 km: een stikstofberekening is nodig.
        """
        return with_lists(self._told.drop(columns="parcel"))

    @cached_property
    def _told(self) -> gpd.GeoDataFrame:
        """The locations with their findings; only those are put into words."""
        here = self._findings[PARCEL_ID].isin(self._locations[PARCEL_ID])
        findings = with_finding_text(self._findings[here], self._land, self.summary)
        return with_sentences(self._locations, findings, self.summary)

    @cached_property
    def _explained(self) -> gpd.GeoDataFrame:
        return with_explanations(self._locations, self.findings, self.summary)

    @cached_property
    def layout(self) -> gpd.GeoDataFrame:
        """The layouts behind `homes_mid`: modules, roads, their paving and paths, in RD New.

        Empty where homes are by density.
        """
        assessment = self.assessment
        of_parcels = layout_table(
            np.asarray(assessment.parcels[PARCEL_ID]), assessment.layouts, self.language
        )
        if assessment.sites is None:
            return of_parcels
        alone = of_parcels[of_parcels[PARCEL_ID].isin(self._land[PARCEL_ID])]
        of_sites = layout_table(
            np.asarray(assessment.sites.table[PARCEL_ID]), assessment.sites.layouts, self.language
        )
        return gpd.GeoDataFrame(pd.concat([alone, of_sites], ignore_index=True), crs=alone.crs)

    @cached_property
    def summary(self) -> Summary:
        """Counts, hectares and homes, the layers used, what is missing or left out, and the rules.

        It is a model whose fields are attributes, as in `ranking.summary.total.hectares`.
        """
        found = self._findings[self._findings[PARCEL_ID].isin(self._parcels[PARCEL_ID])]
        return summarise(self.assessment, self._parcels, self._land, found, self._timings)

    def funnel(self) -> pd.DataFrame:
        """Return hectares after each condition, suitable for whom, and sites and homes.

        A row for all land, and for each kind of owner; the same for each target group, whose rows
        are about the same land and do not add up. `docs/outputs.md` lists the columns.

        Examples
        --------
        >>> import flexruimte as fr
        >>> from flexruimte.study.sample import sample_study_path
        >>> funnel = fr.Study.load(sample_study_path()).rank("GM9003").funnel()
        >>> funnel[["target_group", "owner_class"]].iloc[0].tolist()
        ['all', 'all']
        """
        return funnel_table(self.summary)

    def content(self) -> OutputContent:
        """Return what the files of the municipality are made of."""
        return OutputContent(
            parcels=self._parcels,
            sites=self._no_sites if self._sites is None else self._sites,
            findings=self.findings,
            locations=self._explained,
            layout=self.layout,
            summary=self.summary,
        )

    def explain(self, parcel_id: str, language: Language | None = None) -> Explanation:
        """Explain what is said of one parcel, or of one location of several.

        Parameters
        ----------
        parcel_id
            Which parcel or location.
        language
            nl or en; None is the language of the study.

        Raises
        ------
        OutputError
            When there is no such parcel in this municipality.
        """
        found = self._results_of(parcel_id)
        return explain(found.row, found.findings, found.summary, language, found.site)

    def compare(
        self, first_id: str, second_id: str, language: Language | None = None
    ) -> Comparison:
        """Put two locations side by side: class, scores, homes, term, and what decides.

        Parameters
        ----------
        first_id, second_id
            Which parcels or locations.
        language
            nl or en; None is the language of the study.

        Raises
        ------
        OutputError
            When one is not in this municipality, or both are the same.
        """
        return compare(self._results_of(first_id), self._results_of(second_id), language)

    def _results_of(self, parcel_id: str) -> ParcelResults:
        row = self._row_of(identifier(parcel_id))
        findings = self._findings[self._findings[PARCEL_ID] == row[PARCEL_ID]]
        site_id = known_value(row, SITE_ID)
        site = None if site_id is None else self._row_of(site_id)
        return ParcelResults(row, findings, self.summary, site)

    def _row_of(self, parcel_id: str) -> dict[str, Any]:
        """Return what the table of parcels, or of locations of several, says of one."""
        for rows in [self._parcels, *([] if self._sites is None else [self._sites])]:
            found = np.flatnonzero(rows[PARCEL_ID] == parcel_id)
            if len(found):
                row = rows.drop(columns=["geometry", BUILDABLE_GEOMETRY]).iloc[int(found[0])]
                return {str(name): value for name, value in row.items()}
        known = self._parcels[PARCEL_ID].tolist()
        few = len(known) <= _MOST_SHOWN or nearest_name(parcel_id, known) is not None
        remedy = did_you_mean(parcel_id, known) if few else "copy an id from .parcels"
        raise OutputError(f"parcel '{parcel_id}' is not in {self.name}; {remedy}")

    def to_geojson(self, path: str | Path) -> None:
        """Write the listed locations to a GeoJSON file, in WGS 84."""
        with use_threads(self.assessment.question.threads):
            write_geojson(self._explained, self.summary, path)

    def to_geopackage(self, path: str | Path) -> None:
        """Write the listed locations to a GeoPackage in RD New, with styles for QGIS."""
        write_geopackage(self._explained, self.layout, self.summary, path)

    def to_layout_geojson(self, path: str | Path) -> None:
        """Write the layouts behind `homes_mid` to a GeoJSON file, in WGS 84."""
        with use_threads(self.assessment.question.threads):
            write_layout_geojson(self.layout, self.summary, path)

    def to_parquet(self, path: str | Path) -> None:
        """Write every parcel to a GeoParquet file in RD New."""
        write_parquet(self._parcels, path, stamp_of(self._parcels, self.findings))

    def to_findings(self, path: str | Path) -> None:
        """Write what every rule found to a Parquet file."""
        write_findings(self.findings, path, stamp_of(self._parcels, self.findings))

    def to_summary(self, path: str | Path) -> None:
        """Write the summary to a JSON file."""
        write_summary(self.summary, path)

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw a map; needs matplotlib.

        Parameters
        ----------
        ax
            Where to draw; None makes a new figure.

        Raises
        ------
        OutputError
            When matplotlib is not installed.
        """
        title = f"{self.name}: {self.assessment.question.name}"
        return draw_map(self._parcels, title, self.language, ax)

    def plot_funnel(self, ax: Axes | None = None) -> Axes:
        """Draw the hectares left after each condition, and suitable for whom; needs matplotlib.

        Parameters
        ----------
        ax
            Where to draw; None makes a new figure.

        Raises
        ------
        OutputError
            When matplotlib is not installed.
        """
        titles = {
            group: in_language(facts.title, self.language)
            for group, facts in self.summary.groups.items()
        }
        title = f"{self.name}: {self.assessment.question.name}"
        return draw_funnel(self.funnel(), titles, title, self.language, ax)

    def explore(self) -> folium.Map:
        """Return a map that can be moved and clicked; needs folium.

        Raises
        ------
        OutputError
            When folium is not installed.
        """
        return web_map(self._explained, self.summary)

    def __repr__(self) -> str:
        """Return a one-line description."""
        counts = ", ".join(
            f"{counts.parcels} {status}" for status, counts in self.summary.status.items()
        )
        return f"<Ranking of {self.name} ({self.code}): {counts}>"

    def _repr_html_(self) -> str:
        """Return headline counts, the first ten, and what is missing, for a notebook."""
        question = self.assessment.question
        return render(
            "ranking",
            name=self.name,
            code=self.code,
            study=question.name,
            as_of=question.as_of,
            statuses=self._status_table(),
            priorities=self._priority_table(),
            first=self._first_table(),
            empty=message(self._why_empty(), self.language),
            remarks=self._remarks(),
        )

    def _head(self, columns: Iterable[str]) -> list[str]:
        return [label("column", column, self.language) for column in columns]

    def _number(self, number: float, decimals: int) -> str:
        return number_text(number, decimals, self.language)

    def _status_table(self) -> tuple[list[str], list[list[str]]]:
        """Return head and rows of the table of statuses: parcels, hectares and homes."""
        rows = []
        for status, counts in self.summary.status.items():
            row = [
                label("status", status, self.language),
                self._number(counts.parcels, 0),
                self._number(counts.hectares, 1),
                f"{self._number(counts.buildable_hectares, 1)} ha",
                self._number(counts.homes, 0) if status in RANKED_STATUSES else "-",
            ]
            rows.append(row)
        return self._head(["", "parcels", "hectares", BUILDABLE_AREA, "homes"]), rows

    def _first_table(self) -> tuple[list[str], list[list[str]]] | None:
        """Return head and rows of the table of the first locations; None where none is ranked."""
        ranked = self._locations[self._locations[RANK].notna()].head(_MOST_SHOWN)
        if not len(ranked):
            return None
        shown = [RANK, PARCEL_ID, "score", TERM_YEARS, HOMES, BUILDABLE_AREA]
        told = findings_told(ranked, self.findings, self.summary)
        rows = []
        for found, (priority, rank, parcel_id, *values) in zip(
            told, ranked[[PRIORITY, *shown]].itertuples(index=False, name=None), strict=True
        ):
            numbers = [self._number(float(value), 1) for value in values]
            attention = " ".join(each.sentence for each in found if each.kind == "attention")
            named = [self._priority(priority)] if self.summary.priorities else []
            rows.append([*named, str(rank), parcel_id, *numbers, attention])
        head = [*shown, ATTENTION]
        return self._head([PRIORITY, *head] if self.summary.priorities else head), rows

    def _priority(self, name: str) -> str:
        """Return the title of a class of priority."""
        return in_language(self.summary.priorities[name].title, self.language)

    def _priority_table(self) -> tuple[list[str], list[list[str]]] | None:
        """Return head and rows of the table of priorities; None where the ruleset has none."""
        rows = [
            [
                self._priority(name),
                self._number(facts.locations, 0),
                self._number(facts.hectares, 1),
                self._number(facts.homes, 0),
            ]
            for name, facts in self.summary.priorities.items()
        ]
        return (self._head([PRIORITY, "locations", "hectares", HOMES]), rows) if rows else None

    def _why_empty(self) -> str:
        """Return which message says why no location is ranked."""
        return "ranking-too-little-known" if self.summary.without_score else "ranking-empty"

    def _remarks(self) -> list[str]:
        """Return what was left out, is absent or was approximated, and how much is known."""
        summary, remarks = self.summary, []
        for message_id, parts in (
            ("ranking-left-out", summary.not_assessed),
            ("ranking-absent", summary.absent),
            ("ranking-approximated", summary.approximated.values()),
        ):
            names = [in_language(part.title, self.language) for part in parts]
            if names:
                text = message(message_id, self.language, names=listed(names, self.language))
                remarks.append(text)
        shown = self._parcels[STATUS].isin([str(status) for status in LISTED_STATUSES])
        if shown.any():
            share = float(self._parcels.loc[shown, "known_share"].mean())
            text = message("ranking-known", self.language, share=self._number(share * 100, 0))
            remarks.append(text)
        return remarks
