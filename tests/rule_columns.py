"""What rules found, beside the parcels: a column per rule and fact, for tests that look at many parcels."""

from __future__ import annotations

import numpy as np
import pandas as pd

from flexruimte.assessment.pipeline import Assessment

WITHOUT_A_ROW = {
    "verdict": "yes",
    "covered_m2": 0.0,
    "edge": False,
    "feature_count": 0,
    "features": "",
}


def with_rule_columns(assessment: Assessment) -> pd.DataFrame:
    """The parcels with `verdict_<rule>` of every rule that is assessed, and of rules on land the other facts."""
    parcels, findings = pd.DataFrame(assessment.parcels), assessment.findings
    ids = parcels["parcel_id"]
    columns = {}
    for rule in assessment.verdicts:
        rows = findings[findings["rule"] == rule].set_index("parcel_id")
        there = ids.isin(rows.index).to_numpy()
        on_land = rule in assessment.ruleset.land_rules
        for fact, otherwise in WITHOUT_A_ROW.items():
            if fact == "verdict" or on_land:
                values = np.full(len(ids), otherwise, dtype=object)
                values[there] = rows[fact].reindex(ids[there]).to_numpy(dtype=object)
                columns[f"{fact}_{rule}"] = pd.Series(values, index=parcels.index).infer_objects()
    return pd.concat([parcels, pd.DataFrame(columns)], axis=1)
