"""A ranking: the result of one municipality, for people."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd

from flexruimte.assessment.pipeline import Assessment
from flexruimte.assessment.sites import OWNER
from flexruimte.errors import OutputError, did_you_mean, nearest_name
from flexruimte.evidence.identifiers import identifier
from flexruimte.kernels.threads import use_threads
from flexruimte.results.boundary import drawn_boundary
from flexruimte.results.findings import with_finding_text, write_findings
from flexruimte.results.funnel import funnel_table
from flexruimte.results.geojson import write_geojson
from flexruimte.results.geopackage import write_geopackage
from flexruimte.results.layouts import layout_table, write_layout_geojson
from flexruimte.results.outputs import OutputContent
from flexruimte.results.parquet import write_parquet
from flexruimte.results.qgis_project import write_qgis_project
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
from flexruimte.views.explore import MapPage, map_page
from flexruimte.views.funnel_chart import draw_funnel
from flexruimte.views.plot import draw_map
from flexruimte.views.ranking_page import ranking_page
from flexruimte.views.report import write_report_alone
from flexruimte.views.rule_chart import draw_rules, rule_hectares
from flexruimte.views.score_chart import draw_comparison, draw_score
from flexruimte.views.term_chart import draw_terms
from flexruimte.vocabulary import PARCEL_ID, PARCEL_IDS, SITE_ID, STATUS, Status
from flexruimte.wording.labels import in_language
from flexruimte.wording.messages import Language

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["Ranking"]

_MOST_SHOWN = 10


class Ranking:
    """The parcels of one municipality, judged and ranked.

    What `to_` methods write is whole or not there; they raise `OutputError` where they cannot,
    and `plot` methods where matplotlib is not installed.

    Parameters
    ----------
    assessment
        What was computed.
    timings
        Seconds per step, for the summary. [s]

    Examples
    --------
    `Study.rank` makes one.

    >>> import flexruimte as fr
    >>> from flexruimte.study.sample import sample_study_path
    >>> ranking = fr.Study.load(sample_study_path()).rank("GM9003")
    >>> ranking.name, ranking.locations.crs.to_epsg()
    ('Zandhoven', 28992)
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
        `left_free_m2` [m2], `applies`, `edge`, `feature_count`, `features` (the
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

        The geometry is the buildable part. Without any, the table is empty; rank and score are null
        of the unknown, and of what too little is known for a score. `findings` are sentences about
        what the rules found, hardest first, as in the GeoJSON.

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
        return self._content

    @cached_property
    def _content(self) -> OutputContent:
        return OutputContent(
            parcels=self._parcels,
            sites=self._no_sites if self._sites is None else self._sites,
            findings=self.findings,
            locations=self._explained,
            layout=self.layout,
            summary=self.summary,
            boundary=drawn_boundary(self._boundary),
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
        """Write the listed locations and all other parcels to a GeoPackage, styled for QGIS."""
        others = self.content().others
        write_geopackage(self._explained, others, self.layout, self.summary, path)

    def to_qgis_project(self, path: str | Path) -> None:
        """Write a project of QGIS that opens the GeoPackage of the same name beside it."""
        others = self.content().others
        write_qgis_project(self._explained, others, self.layout, self.summary, path)

    def to_layout_geojson(self, path: str | Path) -> None:
        """Write the layouts behind `homes_mid` to a GeoJSON file, in WGS 84."""
        with use_threads(self.assessment.question.threads):
            write_layout_geojson(self.layout, self.summary, path)

    def to_report(self, path: str | Path) -> None:
        """Write the report for the council to a file of HTML that holds everything.

        Examples
        --------
        >>> import tempfile
        >>> import flexruimte as fr
        >>> from flexruimte.study.sample import sample_study_path
        >>> path = Path(tempfile.mkdtemp()) / "report.html"
        >>> fr.Study.load(sample_study_path()).rank("GM9003").to_report(path)
        """
        write_report_alone(self.content(), path)

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
        """Draw a map: locations by class of priority, with their rank; needs matplotlib.

        Parameters
        ----------
        ax
            Where to draw; None makes a new figure.
        """
        others = (self._parcels[STATUS] == str(Status.EXCLUDED)) & self._parcels[SITE_ID].isna()
        shapes = np.asarray(self._parcels.geometry)[others.to_numpy()]
        return draw_map(self._locations, shapes, self._boundary, self.summary, ax)

    @property
    def _boundary(self) -> Any:
        known = self.assessment.question.municipalities
        return known.geometries[known.position(self.code)]

    def plot_score(self, parcel_id: str, ax: Axes | None = None) -> Axes:
        """Draw what the score of one location is made of; needs matplotlib.

        Parameters
        ----------
        parcel_id
            Which parcel or location.
        ax
            Where to draw; None makes a new figure.

        Raises
        ------
        OutputError
            When there is no such parcel in this municipality, or matplotlib is not installed.
        """
        return draw_score(self._row_of(identifier(parcel_id)), self.summary, ax)

    def plot_comparison(self, first_id: str, second_id: str, ax: Axes | None = None) -> Axes:
        """Draw the scores of two locations beside each other; needs matplotlib.

        Parameters
        ----------
        first_id, second_id
            Which parcels or locations.
        ax
            Where to draw; None makes a new figure.

        Raises
        ------
        OutputError
            When one is not in this municipality, both are the same, or matplotlib is not installed.
        """
        compared = self.compare(first_id, second_id)
        first, second = (self._row_of(each) for each in (compared.first, compared.second))
        return draw_comparison(first, second, self.summary, ax)

    def plot_terms(self, ax: Axes | None = None) -> Axes:
        """Draw from when until when the first locations are free; needs matplotlib.

        Parameters
        ----------
        ax
            Where to draw; None makes a new figure.
        """
        return draw_terms(self._locations, self.summary, ax)

    def plot_rules(self, ax: Axes | None = None) -> Axes:
        """Draw the hectares that each excluding rule takes, whatever others take; needs matplotlib.

        What comes free without a rule, `study.what_if().plot()` draws.

        Parameters
        ----------
        ax
            Where to draw; None makes a new figure.
        """
        taken = rule_hectares(self._parcels, self._findings, self.summary)
        return draw_rules(taken, self.summary, ax)

    def plot_funnel(self, ax: Axes | None = None) -> Axes:
        """Draw the hectares left after each condition, and suitable for whom; needs matplotlib.

        Parameters
        ----------
        ax
            Where to draw; None makes a new figure.
        """
        titles = {
            group: in_language(facts.title, self.language)
            for group, facts in self.summary.groups.items()
        }
        title = f"{self.name}: {self.assessment.question.name}"
        return draw_funnel(self.funnel(), titles, title, self.language, ax)

    def explore(self, height: int = 640, *, every_parcel: bool = True) -> MapPage:
        """Return the map that a run writes, for a notebook; it asks nothing of the internet.

        Parameters
        ----------
        height
            Of the frame. [pixel]
        every_parcel
            Whether parcels that are no location are there too; without them it takes less of the
            notebook.

        Raises
        ------
        OutputError
            When the package with MapLibre is not whole.
        """
        return map_page(
            self.content(), self.assessment, self._boundary, height=height, others=every_parcel
        )

    def __repr__(self) -> str:
        """Return a one-line description."""
        counts = ", ".join(
            f"{counts.parcels} {status}" for status, counts in self.summary.status.items()
        )
        return f"<Ranking of {self.name} ({self.code}): {counts}>"

    def _repr_html_(self) -> str:
        """Return what there is by class and the first locations, for a notebook."""
        owners = self._land.set_index(PARCEL_ID).get(OWNER)
        shown = self._locations
        if owners is not None:
            shown = shown.assign(**{OWNER: owners.reindex(shown[PARCEL_ID]).to_numpy()})
        return ranking_page(shown, self._parcels, self.findings, self.summary)
