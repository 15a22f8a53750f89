"""A ranking: the result of one municipality, for people."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd

from flexruimte.assessment.pipeline import Assessment
from flexruimte.errors import OutputError, did_you_mean
from flexruimte.kernels.threads import use_threads
from flexruimte.results.geojson import write_geojson
from flexruimte.results.geopackage import write_geopackage
from flexruimte.results.layouts import layout_table, write_layout_geojson
from flexruimte.results.parquet import write_parquet
from flexruimte.results.sentences import with_sentences
from flexruimte.results.summary import summarise, write_summary
from flexruimte.results.tables import (
    BUILDABLE_GEOMETRY,
    listed_ids,
    location_table,
    locations_of,
    parcel_table,
    site_table,
)
from flexruimte.views.explore import web_map
from flexruimte.views.plot import draw_map
from flexruimte.vocabulary import (
    BUILDABLE_AREA,
    HOMES_HIGH,
    HOMES_LOW,
    HOMES_MID,
    LISTED_STATUSES,
    PARCEL_ID,
    RANK,
    RANKED_STATUSES,
    TERM_YEARS,
    Status,
)
from flexruimte.wording.explanation import Explanation, explain
from flexruimte.wording.labels import (
    COLUMNS,
    STATUSES,
    Language,
    in_language,
    label,
    listed,
    number_text,
)

if TYPE_CHECKING:
    import folium
    from matplotlib.axes import Axes

__all__ = ["Ranking"]

_MOST_SHOWN = 10


class Ranking:
    """The parcels of one municipality, judged and ranked.

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
        """Every parcel by id, in RD New, with measures, verdicts, scores and reasons; `buildable` is a second geometry."""
        return parcel_table(self.assessment)

    @cached_property
    def sites(self) -> gpd.GeoDataFrame | None:
        """The locations of several parcels by id, in the columns of `parcels`; None where the study asks for none, or there are none."""
        return site_table(self.assessment)

    @cached_property
    def _land(self) -> gpd.GeoDataFrame:
        return locations_of(self.parcels, self.sites)

    @cached_property
    def _locations(self) -> gpd.GeoDataFrame:
        return location_table(self._land, self.assessment.question.groups)

    @property
    def locations(self) -> gpd.GeoDataFrame:
        """The ranked locations by rank, then the unknown by parcel id, in RD New; the geometry is the buildable part."""
        return self._locations.drop(columns="parcel")

    @cached_property
    def _explained(self) -> gpd.GeoDataFrame:
        return with_sentences(self._locations, self.summary)

    @cached_property
    def layout(self) -> gpd.GeoDataFrame:
        """The layouts behind `homes_mid`: modules, roads, their paving and paths, in RD New; empty where homes are by density."""
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
    def summary(self) -> dict[str, Any]:
        """Counts, hectares and homes, the evidence used, what is missing and left out, and the rules."""
        return summarise(self.assessment, self.parcels, self._land, self._timings)

    def explain(self, parcel_id: str, language: Language | None = None) -> Explanation:
        """Explain what is said of one parcel.

        Parameters
        ----------
        parcel_id
            Which parcel.
        language
            nl or en; None is the language of the study.

        Raises
        ------
        OutputError
            When there is no such parcel in this municipality.
        """
        found = np.flatnonzero(self.parcels[PARCEL_ID] == parcel_id)
        if not len(found):
            known = self.parcels[PARCEL_ID].tolist()
            near = did_you_mean(str(parcel_id), known)
            remedy = (
                near
                if near.startswith("did") or len(known) <= _MOST_SHOWN
                else "copy an id from .parcels"
            )
            raise OutputError(f"parcel '{parcel_id}' is not in {self.name}; {remedy}")
        row = self.parcels.drop(columns=["geometry", BUILDABLE_GEOMETRY]).iloc[int(found[0])]
        return explain({str(name): value for name, value in row.items()}, self.summary, language)

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
        write_parquet(self.parcels, path)

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
        return draw_map(
            self.parcels, f"{self.name}: {self.assessment.question.name}", self.language, ax
        )

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
        counts = {str(status): self.summary["status"][str(status)]["parcels"] for status in Status}
        return f"<Ranking of {self.name} ({self.code}): {', '.join(f'{number} {status}' for status, number in counts.items())}>"

    def _repr_html_(self) -> str:
        """Return headline counts, the first ten, and what is missing, for a notebook."""
        heading = f"<b>{escape(self.name)}</b> ({escape(self.code)}), {escape(self.assessment.question.name)}, {self.assessment.question.as_of}"
        return f"<div>{heading}{self._html_of_statuses()}{self._html_of_first()}{self._html_of_gaps()}</div>"

    def _label(self, column: str) -> str:
        return escape(label(COLUMNS, column, self.language))

    def _html_of_statuses(self) -> str:
        head = "".join(
            f"<th>{self._label(name)}</th>"
            for name in (RANK, "parcels", "hectares", BUILDABLE_AREA, "homes")[1:]
        )
        rows = []
        for status in Status:
            counts = self.summary["status"][str(status)]
            homes = "-"
            if status in RANKED_STATUSES:
                homes = " / ".join(
                    number_text(counts[name], 0, self.language)
                    for name in (HOMES_LOW, HOMES_MID, HOMES_HIGH)
                )
            hectares = [
                number_text(counts[name], 1, self.language)
                for name in ("hectares", "buildable_hectares")
            ]
            numbers = [
                number_text(counts["parcels"], 0, self.language),
                hectares[0],
                f"{hectares[1]} ha",
                homes,
            ]
            cells = "".join(f"<td>{text}</td>" for text in numbers)
            rows.append(
                f"<tr><th>{escape(label(STATUSES, str(status), self.language))}</th>{cells}</tr>"
            )
        return (
            f"<table><thead><tr><th></th>{head}</tr></thead><tbody>{''.join(rows)}</tbody></table>"
        )

    def _html_of_first(self) -> str:
        ranked = self._locations[self._locations[RANK].notna()].head(_MOST_SHOWN)
        if not len(ranked):
            return f"<p>{'Geen enkel perceel is beschikbaar.' if self.language == 'nl' else 'No parcel is available.'}</p>"
        titles = {
            facts["id"]: in_language(facts["title"], self.language)
            for facts in self.summary["rules"]
        }
        columns = (RANK, PARCEL_ID, "score", TERM_YEARS, HOMES_MID, BUILDABLE_AREA, "attention")
        head = "".join(f"<th>{self._label(name)}</th>" for name in columns)
        body = ""
        for rank, parcel_id, *values, attention in ranked[list(columns)].itertuples(
            index=False, name=None
        ):
            numbers = [number_text(float(value), 1, self.language) for value in values]
            cells = [
                str(rank),
                parcel_id,
                *numbers,
                ", ".join(titles[rule_id] for rule_id in listed_ids(attention)),
            ]
            body += "<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in cells) + "</tr>"
        return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"

    def _html_of_gaps(self) -> str:
        """Return what was left out, what is absent and what was approximated."""
        dutch = self.language == "nl"
        said = {
            "not_assessed": "Bewust niet beoordeeld" if dutch else "Knowingly not assessed",
            "absent": "Kaartlagen die ontbreken" if dutch else "Layers that are absent",
        }
        lines = []
        for key, words in said.items():
            names = [in_language(entry["title"], self.language) for entry in self.summary[key]]
            if names:
                lines.append(f"{words}: {escape(listed(names, self.language))}.")
        if self.summary["approximated"]:
            titles = [
                in_language(entry["title"], self.language)
                for entry in self.summary["approximated"].values()
            ]
            lines.append(
                f"{'Benaderd' if dutch else 'Approximated'}: {escape(listed(titles, self.language))}."
            )
        listed_parcels = self.parcels[
            self.parcels["status"].isin([str(status) for status in LISTED_STATUSES])
        ]
        if len(listed_parcels):
            share = number_text(float(listed_parcels["known_share"].mean()) * 100, 0, self.language)
            known = (
                "Gemiddeld is op {}% van de vragen een antwoord bekend."
                if dutch
                else "On average {}% of the questions have an answer."
            )
            lines.append(known.format(share))
        return "".join(f"<p><small>{line}</small></p>" for line in lines)
