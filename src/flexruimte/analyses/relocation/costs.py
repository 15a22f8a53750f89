"""Costs of a move between two sites: money, and a preference for sites that are near.

The money is for getting out, carrying and getting in. The preference, the step of the search order,
makes a site in the own municipality come before one in the region, the province, the country.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import pandas as pd

from flexruimte.analyses.relocation.parameters import RelocationParameters
from flexruimte.vocabulary import MUNICIPALITY_CODE, Floats, Integers

__all__ = ["SEARCH_LEVELS", "MoveCosts", "dearest_move"]

SEARCH_LEVELS: Final = ("municipality", "region", "province", "country")
_METRES_PER_KM: Final = 1000.0


class MoveCosts:
    """Costs between sites, which are given by position.

    Positions broadcast: a column and a row of them give a matrix.

    Parameters
    ----------
    sites
        As `check_sites` returns them. (n, ...)
    parameters
        The cost figures.
    """

    def __init__(self, sites: pd.DataFrame, parameters: RelocationParameters) -> None:
        self._parameters = parameters
        self._x: Floats = sites["x"].to_numpy(dtype=np.float64)
        self._y: Floats = sites["y"].to_numpy(dtype=np.float64)
        self._factor: Floats = sites["move_cost_factor"].to_numpy(dtype=np.float64)
        self._serviced: Floats = sites["serviced_share"].to_numpy(dtype=np.float64)
        self._areas = [
            pd.factorize(sites[name])[0] for name in ("province", "region", MUNICIPALITY_CODE)
        ]

    def distance(self, origin: Integers, destination: Integers) -> Floats:
        """Return distances as the crow flies. [m]."""
        return np.asarray(
            np.hypot(self._x[origin] - self._x[destination], self._y[origin] - self._y[destination])
        )

    def level(self, origin: Integers, destination: Integers) -> Integers:
        """Return the step of the search order: 0 municipality, 1 region, 2 province, 3 country."""
        result: Any = np.intp(3)
        for step, area in zip((2, 1, 0), self._areas, strict=True):
            result = np.where(area[origin] == area[destination], np.intp(step), result)
        return np.asarray(result, dtype=np.intp)

    def money(self, origin: Integers, destination: Integers) -> Floats:
        """Return what a move costs. [EUR per home]."""
        choices = self._parameters
        site_works = (
            choices.home_move_eur * choices.place_bound_share * (1 - self._serviced[destination])
        )
        carrying = (
            choices.home_move_eur
            * (1 - choices.place_bound_share)
            * (self._factor[origin] + self._factor[destination])
            / 2
        )
        per_metre = choices.transport_eur_per_km * choices.detour_factor / _METRES_PER_KM
        return np.asarray(site_works + carrying + per_metre * self.distance(origin, destination))

    def generalised(self, origin: Integers, destination: Integers) -> Floats:
        """Return money plus preference; infinite where a move is too far. [EUR per home]."""
        steps = np.array(self._parameters.steps_eur)
        result = self.money(origin, destination) + steps[self.level(origin, destination)]
        if self._parameters.farthest_km is not None:
            result = np.where(
                self.distance(origin, destination) > self._parameters.farthest_km * _METRES_PER_KM,
                np.inf,
                result,
            )
        return np.asarray(result)


def dearest_move(sites: pd.DataFrame, parameters: RelocationParameters) -> float:
    """Return a cost that no move between the sites exceeds. [EUR per home].

    It is that of a move over the whole extent, between the worst sites, with the last step; 0
    without sites.
    """
    if not len(sites):
        return 0.0
    diagonal = float(np.hypot(np.ptp(sites["x"].to_numpy()), np.ptp(sites["y"].to_numpy())))
    site_works = parameters.home_move_eur * parameters.place_bound_share
    carrying = (
        parameters.home_move_eur
        * (1 - parameters.place_bound_share)
        * float(sites["move_cost_factor"].max())
    )
    return (
        site_works
        + carrying
        + parameters.transport_eur_per_km * parameters.detour_factor * diagonal / _METRES_PER_KM
        + parameters.country_step_eur
    )
