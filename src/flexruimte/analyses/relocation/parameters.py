"""What may be chosen in a relocation plan.

Every figure has a source or says that it is an assumption; all money is in euro per home.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, fields
from typing import Final

from flexruimte.errors import FlexruimteError

__all__ = ["BOUNDS", "RelocationError", "RelocationParameters"]

BOUNDS: Final[dict[str, tuple[float, float]]] = {
    "required_years": (1, 50),
    "longest_stay_years": (1, 100),
    "moves": (0, 10),
    "group_homes": (1, 1000),
    "first_year": (1900, 2500),
    "horizon_years": (1, 100),
    "build_cost_eur": (0, 1e7),
    "move_cost_share": (0, 1),
    "place_bound_share": (0, 1),
    "transport_eur_per_km": (0, 1e4),
    "detour_factor": (1, 5),
    "farthest_km": (0, 1e4),
    "region_step_eur": (0, 1e7),
    "province_step_eur": (0, 1e7),
    "country_step_eur": (0, 1e7),
    "stranded_eur": (0, 1e8),
    "stranded_eur_per_year": (0, 1e8),
    "accepted_gap": (0, 1),
    "time_limit_seconds": (0, 1e6),
}
"""Least and most that each may be."""
_WHOLE: Final = (
    "required_years",
    "longest_stay_years",
    "moves",
    "group_homes",
    "first_year",
    "horizon_years",
)
_OPTIONAL: Final = (
    "longest_stay_years",
    "first_year",
    "farthest_km",
    "stranded_eur",
    "stranded_eur_per_year",
    "time_limit_seconds",
)


class RelocationError(FlexruimteError):
    """Sites, placements or parameters of a relocation plan cannot be used."""


@dataclass(frozen=True, kw_only=True)
class RelocationParameters:
    """The choices of a relocation plan.

    Examples
    --------
    >>> RelocationParameters().home_move_eur
    22500.0
    >>> RelocationParameters(required_years=200)
    Traceback (most recent call last):
        ...
    flexruimte.analyses.relocation.parameters.RelocationError: required_years is 200; write a number
    from 1 to 50
    """

    required_years: int = 15
    """A next place must be open for at least this long when the homes arrive (PBL 4202: placed for
    at most 15 years). [year]"""
    longest_stay_years: int | None = None
    """Homes leave a place after this long, also where the site stays open; None: after
    `required_years`. A temporary structure is meant to stand at most 15 years at one place
    (Bouwbesluit 2012, 1.1; continued in the Bbl). [year]"""
    until_term_ends: bool = False
    """Whether homes stay until the term of the site ends, however long, as when a permit is renewed
    for as long as it can be. Then no longest stay counts."""
    moves: int = 2
    """Most moves of a home within the horizon (Wonen Limburg expects 2 moves in 30 years)."""
    group_homes: int = 15
    """Homes that move together (Den Bosch: groups of 15); what is left over of a location is a
    smaller group. [homes]"""
    first_year: int | None = None
    """First year of the plan; None: the year of the first placement. [calendar year]"""
    horizon_years: int = 30
    """Length of the plan; homes that stand on a site when it ends need no further place (contracts
    of 10, 15 or 30 years). [year]"""

    build_cost_eur: float = 75_000.0
    """New-build cost of a home, VAT included (Ons Doel, Leiden). [EUR per home]"""
    move_cost_share: float = 0.30
    """Cost of a move as a share of the build cost (Ons Doel, Leiden: about 30 %, EUR 22,500)."""
    place_bound_share: float = 0.65
    """Share of a move's cost for connections (0.15) and for making the new site ready (0.50);
    `serviced_share` of a site saves on it. The rest (0.35) is taking away, carrying and setting
    down, which `move_cost_factor` of both sites makes dearer (split by Ons Doel, Leiden)."""
    transport_eur_per_km: float = 10.0
    """Carrying one home, in its modules and there and back, on top of the move itself. An
    assumption; no figure found. [EUR per home per km]"""
    detour_factor: float = 1.3
    """Distance by road over distance as the crow flies. An assumption."""
    farthest_km: float | None = None
    """No move goes farther, as the crow flies; None: no limit. [km]"""

    region_step_eur: float = 5_000.0
    """Preference, not money: a place outside the own municipality but in its region counts as this
    much dearer. The order municipality, region, province, country is that of the re-placement
    guarantee (RTHF); the height of the steps is an assumption: more than any distance costs.
    [EUR per home]"""
    province_step_eur: float = 10_000.0
    """The same, outside the region but in the province. [EUR per home]"""
    country_step_eur: float = 20_000.0
    """The same, outside the province. [EUR per home]"""
    stranded_eur: float | None = None
    """Penalty for a home that has to leave and has no next place; None: twice the dearest route of
    the plan, so that a place is always better than none. [EUR per home]"""
    stranded_eur_per_year: float | None = None
    """Further penalty for each year until the horizon, so that a home is better without a place
    later than sooner; None: twice the dearest move over the required years.
    [EUR per home per year]"""

    accepted_gap: float = 1e-6
    """The search ends when the plan is proven to be within this share of the best possible one."""
    time_limit_seconds: float | None = None
    """After this long the search for whole groups ends with the best plan so far and its gap; it
    always gets some seconds. None: 45 s, or 0.14 s per site where that is more. Only a search that
    reaches this limit may differ between two runs. [s]"""

    def __post_init__(self) -> None:
        for name in (field.name for field in fields(self)):
            if name in BOUNDS:
                _check_number(name, getattr(self, name))
        steps = (self.region_step_eur, self.province_step_eur, self.country_step_eur)
        if list(steps) != sorted(steps):
            raise RelocationError(
                f"the steps region, province, country are {steps}; "
                "the own municipality comes first, so write them rising"
            )
        if self.longest_stay_years is not None and self.longest_stay_years < self.required_years:
            raise RelocationError(
                f"longest_stay_years ({self.longest_stay_years}) is less than "
                f"required_years ({self.required_years}); "
                "homes would have to leave before they may: raise the one or lower the other"
            )

    @property
    def longest_stay(self) -> int | None:
        """Longest stay at one place; None where only the site's term ends it. [year]"""
        if self.until_term_ends:
            return None
        return self.required_years if self.longest_stay_years is None else self.longest_stay_years

    @property
    def home_move_eur(self) -> float:
        """Cost of a move to an ordinary, unserviced site next door. [EUR per home]"""
        return self.build_cost_eur * self.move_cost_share

    @property
    def steps_eur(self) -> tuple[float, float, float, float]:
        """Steps of the search order: municipality, region, province, country. [EUR per home]"""
        return (0.0, self.region_step_eur, self.province_step_eur, self.country_step_eur)


def _check_number(name: str, value: object) -> None:
    if value is None and name in _OPTIONAL:
        return
    low, high = BOUNDS[name]
    if (
        isinstance(value, bool)
        or not isinstance(value, int | float)
        or math.isnan(value)
        or not low <= value <= high
    ):
        raise RelocationError(f"{name} is {value}; write a number from {low:g} to {high:g}")
    if name in _WHOLE and value != int(value):
        raise RelocationError(f"{name} is {value}; write a whole number")
