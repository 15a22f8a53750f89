"""Sites, each in some of the directions that its rows may have, and what it holds in each."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import shapely

from flexruimte.kernels.layout.parameters import LayoutParameters
from flexruimte.kernels.layout.planner import Arrangement, Planner
from flexruimte.kernels.layout.segments import links_between, street_segments
from flexruimte.kernels.layout.street_search import StreetSearch
from flexruimte.kernels.rectangles.bands import Edges, Frames, edges
from flexruimte.vocabulary import Floats, Geometries, Integers

__all__ = ["Candidates", "arrangements", "best_per_site", "estimated_stacks", "promising"]

_COARSE_POSITIONS, _FINE_POSITIONS = 48, 144
"""Positions where a street may start: for an estimate, and for a layout."""
_CHUNK = 20_000
"""Bands at a time: twice as many or more no longer fit the cache, and take twice as long."""
_LEAST_CANDIDATES, _MOST_CANDIDATES, _NEAR_SHARE, _NEAR_STACKS = 2, 8, 0.95, 1.0
"""Directions whose estimate comes this near to the best are worked out, in these numbers."""


@dataclass(frozen=True)
class Candidates:
    """Sites, each in one or more frames whose x axis is a direction that its rows may have."""

    sites: Geometries
    """(s,) object"""
    inner: Geometries
    """What is left of each site inside the setback. (s,) object"""
    site: Integers
    """Position of the site of each candidate, rising. (c,) int"""
    frames: Frames
    """The frame of each candidate. (c,)"""

    def where(self, chosen: Integers | slice) -> Candidates:
        """Return some of the candidates."""
        return Candidates(self.sites, self.inner, self.site[chosen], self.frames[chosen])

    def edges(self) -> tuple[Edges, Edges]:
        """Return the edges of the sites and of what is inside the setback."""
        return edges(self.sites, self.site, self.frames), edges(self.inner, self.site, self.frames)


def best_per_site(site: Integers, *quality: Floats) -> Integers:
    """Return the position of the best candidate of each site.

    Parameters
    ----------
    site
        Site of each candidate. (c,) int
    *quality
        More is better; later ones decide between candidates that are equal so far. (c,) float64
    """
    order = np.lexsort((*quality[::-1], site))
    return order[np.flatnonzero(np.diff(site[order], append=-1))]


def promising(site: Integers, value: Floats) -> Integers:
    """Return the candidates whose value comes near the best of their site.

    Parameters
    ----------
    site
        Site of each candidate. (c,) int
    value
        Estimate of what it holds. (c,) float64

    Returns
    -------
    Integers
        Their positions, rising. (k,) int
    """
    order = np.lexsort((-value, site))
    first = np.searchsorted(site[order], site[order], "left")
    number = np.arange(len(order)) - first
    near = value[order] >= value[order][first] * _NEAR_SHARE - _NEAR_STACKS
    return np.sort(order[(number < _LEAST_CANDIDATES) | (near & (number < _MOST_CANDIDATES))])


def estimated_stacks(candidates: Candidates, parameters: LayoutParameters) -> Floats:
    """Return about how many stacks each candidate holds, by a coarse search. (c,) float64."""
    found = np.zeros(len(candidates.site))
    for chunk in _chunks(len(found), _COARSE_POSITIONS):
        some = candidates.where(chunk)
        search = StreetSearch(some.edges(), len(some.site), parameters, _COARSE_POSITIONS)
        found[chunk] = search.value
    return found


def arrangements(candidates: Candidates, parameters: LayoutParameters) -> list[Arrangement]:
    """Return the layout of each candidate, in order."""
    area = shapely.area(candidates.sites)[candidates.site]
    found: list[Arrangement] = []
    for chunk in _chunks(len(candidates.site), _FINE_POSITIONS):
        some = candidates.where(chunk)
        outer, inner = some.edges()
        count = len(some.site)
        streets = StreetSearch((outer, inner), count, parameters, _FINE_POSITIONS).streets()
        segments = street_segments(streets, outer, inner, count)
        links = links_between(streets, outer, segments)
        for land, own, candidate_links in zip(area[chunk].tolist(), segments, links, strict=True):
            found.append(Planner(land, own, candidate_links, parameters).arrange())
    return found


def _chunks(count: int, positions: int) -> Iterator[slice]:
    """Return slices of candidates whose bands, one per position, fit the cache."""
    step = max(1, _CHUNK // positions)
    return (slice(start, start + step) for start in range(0, count, step))
