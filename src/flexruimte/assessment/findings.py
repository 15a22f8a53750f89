"""What a rule on land finds on parcels: areas and doubts, no verdict."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace

import numpy as np
import pandas as pd
from pandas.api.extensions import ExtensionArray

from flexruimte.vocabulary import Booleans, Floats, Integers

__all__ = ["FEATURES_NAMED", "NOT_COUNTED", "LandFinding"]

FEATURES_NAMED = 5
"""So many features are named as the cause of a finding; the others are counted."""


NOT_COUNTED = -1
"""Number of features where it is not known, or where there are cells and no features."""


@dataclass(frozen=True)
class LandFinding:
    """What a rule on land finds on n parcels, whatever its level and wherever it applies."""

    covered_m2: Floats
    """Area that the rule covers; NaN where the layer is absent. (n,) float64 [m2]"""
    buildable_m2: Floats
    """Area of the buildable part that the rule covers, none where it takes that; of the whole
    parcel where nothing is left. NaN where the layer is absent. (n,) float64 [m2]"""
    applies: Booleans
    """Whether the rule applies, where that was asked, or would cover nothing. (n,) bool"""
    edge: Booleans
    """Whether the overlap is no more than the edge of the map. (n,) bool"""
    nothing_left: Booleans
    """Whether the rule covers all of the parcel, but for the edge of the map. (n,) bool"""
    doubtful: Booleans
    """Whether the rule may cover more: its layer does not speak of the parcel, or a feature that
    meets the parcel may count or not. (n,) bool"""
    feature_count: Integers
    """Number of features that reach the parcel; `NOT_COUNTED` of a raster. (n,) int"""
    features: ExtensionArray
    """The first of them, the largest overlap first, as "a; b". (n,) str"""

    @classmethod
    def unknown(cls, count: int) -> LandFinding:
        """Return what a rule finds whose layer is absent."""
        return cls(
            covered_m2=np.full(count, np.nan),
            buildable_m2=np.full(count, np.nan),
            applies=np.ones(count, dtype=bool),
            edge=np.zeros(count, dtype=bool),
            nothing_left=np.zeros(count, dtype=bool),
            doubtful=np.ones(count, dtype=bool),
            feature_count=np.zeros(count, dtype=np.intp),
            features=pd.array(np.full(count, "", dtype=object), dtype="str"),
        )

    def without(self, does_not_apply: Booleans) -> LandFinding:
        """Return it covering nothing of some parcels, where it does not apply. (n,) bool"""
        nothing = does_not_apply & ((self.covered_m2 > 0) | self.edge)
        features = np.asarray(self.features, dtype=object)
        return replace(
            self,
            covered_m2=np.where(does_not_apply, 0.0, self.covered_m2),
            buildable_m2=np.where(does_not_apply, 0.0, self.buildable_m2),
            applies=~nothing,
            edge=self.edge & ~does_not_apply,
            feature_count=np.where(does_not_apply, 0, self.feature_count),
            features=pd.array(np.where(does_not_apply, "", features), dtype="str"),
        )

    def of(self, members: Integers) -> LandFinding:
        """Return what it finds on some of the parcels, by position. (k,) int"""
        # Of texts, `take` costs half of what an index does.
        parts = {each.name: getattr(self, each.name).take(members) for each in fields(self)}
        return LandFinding(**parts)
