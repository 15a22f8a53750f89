"""Marginal values of sites: what one more place, hectare or year of term would save, at most.

They follow from the duals (shadow prices) of the linear program in which homes move one by one. One
more place at a site saves at most the sum of its duals. One more year of term lets homes leave a
year later, or lets homes come for which the site was open too briefly. At the duals' prices, the
cheapest route that such a year makes possible is compared with what its homes cost now; the
difference, times the places of the site, is the most that the year can save (weak duality: with
this price on the extra year, the duals are feasible for the longer program). Both are first-order
values: true at the margin, an upper limit for a whole hectare or year.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from flexruimte.analyses.relocation.network import (
    Departures,
    Labels,
    Network,
    build_network,
    departures_of,
    label_nodes,
    stay_price,
)
from flexruimte.analyses.relocation.problem import Problem
from flexruimte.analyses.relocation.program import Classes, Relaxation
from flexruimte.vocabulary import HOMES, Booleans, Floats, Integers

__all__ = ["Values", "site_values"]


@dataclass(frozen=True)
class Values:
    """Marginal values by site. (n,) each."""

    home_place_eur: Floats
    """One more place for a home. [EUR]"""
    hectare_eur: Floats
    """One more hectare, at the homes per hectare of the site; NaN where it has no area. [EUR]"""
    year_eur: Floats
    """One more year of term. [EUR]"""
    next_place_eur: Floats
    """Cost of a next place, at the prices of the plan, for one more home that is placed on the site
    as soon as it is open; the penalty where it would find none; NaN where it does not have to leave
    within the plan. [EUR per home]"""


def site_values(network: Network, classes: Classes, relaxation: Relaxation) -> Values:
    """Return the values of all sites.

    Parameters
    ----------
    network
        The network.
    classes, relaxation
        Homes one by one, and the solved program.
    """
    problem = network.problem
    homes = problem.sites[HOMES].to_numpy(dtype=np.float64)
    hectares = problem.sites["hectares"].to_numpy(dtype=np.float64)
    room = relaxation.prices.home.sum(axis=1)
    density = np.divide(homes, hectares, out=np.full(len(homes), np.nan), where=hectares > 0)
    everywhere = build_network(problem, from_everywhere=True)
    labels = label_nodes(everywhere, relaxation.prices, 0)
    later = _onward_from(problem, labels, problem.end + 1)
    gain = _gain_of_origins(network, classes, relaxation, later[0])
    gain = np.maximum(gain, _gain_on_the_way(network, classes, relaxation, later))
    leaving = problem.first_leaving
    due = (
        (problem.end > problem.start)
        & (leaving >= problem.first_year)
        & (leaving < problem.end_year)
    )
    next_place = np.where(due, _onward_from(problem, labels, leaving)[0], np.nan)
    return Values(room, room * density, np.maximum(gain, 0.0) * homes, next_place)


def _onward_from(problem: Problem, labels: Labels, leaving: Integers) -> Floats:
    """Return the least cost onward from each site, left in a year of its own. (moves + 1, n).

    It is 0 after the plan, and infinite before it.
    """
    result = np.where(leaving >= problem.end_year, 0.0, np.inf) * np.ones((len(labels.value), 1))
    within = np.flatnonzero((leaving >= problem.first_year) & (leaving < problem.end_year))
    result[:, within] = labels.value[:, within, leaving[within] - problem.first_year]
    return result


def _gain_of_origins(
    network: Network, classes: Classes, relaxation: Relaxation, later: Floats
) -> Floats:
    """Return what homes save by leaving their first place a year later. [EUR per home] (n,)."""
    problem = network.problem
    site = problem.placements["site"].to_numpy(dtype=np.intp)[classes.origin]
    leaving = problem.placements["leaving"].to_numpy(dtype=np.intp)[classes.origin]
    extended = leaving == problem.end[site]
    longest = problem.parameters.longest_stay
    if longest is not None:
        extended &= (
            problem.placements["year"].to_numpy(dtype=np.intp)[classes.origin] + longest > leaving
        )
    result = np.zeros(len(problem.end))
    np.maximum.at(result, site[extended], (relaxation.duals - later[site])[extended])
    return result


def _gain_on_the_way(
    network: Network, classes: Classes, relaxation: Relaxation, later: Floats
) -> Floats:
    """Return what homes save that move to a site if its term is a year longer. [EUR per home] (n,).

    They leave it a year later, or can only then come to it.
    """
    problem, choices, first = (
        network.problem,
        network.problem.parameters,
        network.problem.first_year,
    )
    reach = np.full(network.needed.shape, np.inf)
    placed = problem.placements.iloc[classes.origin]
    at = placed["leaving"].to_numpy(dtype=np.intp) - first
    np.minimum.at(reach[0], (placed["site"].to_numpy(dtype=np.intp), at), -relaxation.duals)
    gain = np.zeros(len(problem.end))
    for year, departing in network.departures.items():
        nearly = departures_of(
            problem, network.costs, year, departing.rows, choices.required_years - 1
        )
        nearly = replace(
            nearly,
            columns=nearly.columns[
                problem.end[nearly.columns] - year == choices.required_years - 1
            ],
        )
        stay = stay_price(network, relaxation.prices, 0, year, departing.columns, departing.leaving)
        for made in range(choices.moves):
            start = reach[made, departing.rows, year - first]
            if not np.isfinite(start).any():
                continue
            if len(departing.columns):
                arrived = (departing.cost + start[:, None]).min(axis=0) + stay
                inside = departing.leaving < problem.end_year
                np.minimum.at(
                    reach[made + 1],
                    (departing.columns[inside], departing.leaving[inside] - first),
                    arrived[inside],
                )
                longer = _longer(network, year, departing) & inside
                np.maximum.at(
                    gain,
                    departing.columns[longer],
                    -(arrived + later[made + 1][departing.columns])[longer],
                )
            if len(nearly.columns):
                arrived = (nearly.cost + start[:, None]).min(axis=0) + _price_while_open(
                    network, relaxation, year, nearly.columns
                )
                np.maximum.at(gain, nearly.columns, -(arrived + later[made + 1][nearly.columns]))
    return gain


def _longer(network: Network, year: int, departing: Departures) -> Booleans:
    longest = network.problem.parameters.longest_stay
    bound = departing.leaving == network.problem.end[departing.columns]
    return np.asarray(bound if longest is None else bound & (year + longest > departing.leaving))


def _price_while_open(
    network: Network, relaxation: Relaxation, year: int, site: Integers
) -> Floats:
    end = np.maximum(network.problem.end[site], year)
    result = np.zeros(len(site))
    open_already = end > year
    result[open_already] = stay_price(
        network, relaxation.prices, 0, year, site[open_already], end[open_already]
    )
    return result
