"""Every parcel that is no location, with what excludes it in words: for who asks "why not?"."""

from __future__ import annotations

from typing import Final

import geopandas as gpd
import numpy as np
import pandas as pd

from flexruimte.assessment.sites import OWNER
from flexruimte.results.findings import findings_told
from flexruimte.results.summary_model import Summary
from flexruimte.vocabulary import (
    AREA,
    BUILDABLE_AREA,
    CRS,
    DECISION,
    FINDINGS_OF_LOCATION,
    LISTED_STATUSES,
    MUNICIPALITY_CODE,
    MUNICIPALITY_NAME,
    PARCEL_ID,
    SITE_ID,
    STATUS,
    VERDICT,
)
from flexruimte.wording.labels import label

__all__ = ["other_parcels"]

_COLUMNS: Final = (
    PARCEL_ID,
    MUNICIPALITY_CODE,
    MUNICIPALITY_NAME,
    STATUS,
    AREA,
    BUILDABLE_AREA,
    OWNER,
    "reasons",
    DECISION,
    "decision_reason",
    "decision_date",
)
_TOLD: Final = ("objection", "attention")


def other_parcels(
    parcels: gpd.GeoDataFrame, findings: pd.DataFrame, summary: Summary
) -> gpd.GeoDataFrame:
    """Return the parcels that are no location and part of none.

    Parameters
    ----------
    parcels
        As `flexruimte.results.tables.parcel_table` makes it. (n, ...)
    findings
        As `flexruimte.results.findings.with_finding_text` makes it.
    summary
        Of the municipality.

    Returns
    -------
    geopandas.GeoDataFrame
        By parcel id, in RD New: who they are, `status_label`, and `findings`, the sentences of what
        excludes them and calls for attention, hardest first. (m, ...)
    """
    listed = parcels[STATUS].isin([str(status) for status in LISTED_STATUSES])
    others = parcels[~listed & parcels[SITE_ID].isna()]
    # Those that do not know exclude nothing, and are many.
    told = findings_told(others, findings[findings[VERDICT] == "no"], summary)
    sentences = [
        " ".join(dict.fromkeys(each.sentence for each in found if each.kind in _TOLD))
        for found in told
    ]
    rows = pd.DataFrame(others).reindex(columns=list(_COLUMNS))
    labels = {
        status: label("status", status, summary.study.language) for status in set(rows[STATUS])
    }
    table = rows.assign(
        status_label=pd.array([labels[status] for status in rows[STATUS]], dtype="string"),
        **{OWNER: rows[OWNER].astype("string")},
        **{FINDINGS_OF_LOCATION: pd.array(sentences, dtype="string")},
    )
    shapes = np.asarray(others.geometry)
    return gpd.GeoDataFrame(table.reset_index(drop=True), geometry=shapes, crs=CRS)
