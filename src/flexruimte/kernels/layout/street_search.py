"""Where the streets of a site lie: dynamic programming over the positions at which they may start.

Streets that do not overlap and hold most modules are a case of weighted interval scheduling
(Kleinberg and Tardos 2006, section 6.1): exact for the positions that are tried.

References
----------
J. Kleinberg and E. Tardos (2006). Algorithm design. Addison-Wesley.
"""

from __future__ import annotations

import numpy as np

from flexruimte.kernels.layout.parameters import TOLERANCE_M, LayoutParameters
from flexruimte.kernels.layout.streets import DOUBLE, ROW_ABOVE, ROW_BELOW, Streets, street_extent_m
from flexruimte.kernels.rectangles.bands import MARGIN_M, Blocked, Edges, blocked, free_intervals
from flexruimte.vocabulary import Floats, Integers

__all__ = ["StreetSearch"]

_ANCHOR_M = TOLERANCE_M / 2
"""Rows that start at the edge stay this far from it, so that what fits exactly fits. [m]"""
_POSITIONS_PER_CHAIN = 24
"""Of so many positions one is part of each chain of streets, row upon row from an edge."""
_STREET_COST, _SINGLE_STREET_COST = 0.01, 0.2
"""In modules: of layouts with as many modules, the one with fewer streets counts as better, and
the one with rows on both sides of them."""


class StreetSearch:
    """The best set of streets for each candidate, out of those that start at some positions.

    Parameters
    ----------
    site_edges
        Edges of the sites, and of what is inside the setback, in the frames of c candidates.
    count
        The number of candidates, c.
    parameters
        What a layout must observe.
    positions
        At how many positions p across each site a street may start.

    Attributes
    ----------
    value : Floats
        Modules that the best streets of each candidate hold, less a little per street. (c,) float64
    """

    def __init__(
        self,
        site_edges: tuple[Edges, Edges],
        count: int,
        parameters: LayoutParameters,
        positions: int,
    ) -> None:
        self.outer, self.inner = site_edges
        self.parameters = parameters
        self.count = count
        self.start = self._starts(positions)
        self.value, self.choice, self.next = self._best_streets()

    def _starts(self, positions: int) -> Floats:
        """Return where streets may start, rising. (c, p) float64 [m].

        Evenly spaced, and row upon row from both edges.
        """
        parameters = self.parameters
        bottom, top = np.full(self.count, np.inf), np.full(self.count, -np.inf)
        np.minimum.at(bottom, self.inner.frame, self.inner.y_bottom)
        np.maximum.at(top, self.inner.frame, self.inner.y_top)
        bottom, top = bottom[:, None] + _ANCHOR_M, top[:, None] - _ANCHOR_M
        yard, length = parameters.yard_m, parameters.module_length_m
        ahead = parameters.front_m + parameters.road_width_m
        double, single = street_extent_m(DOUBLE, parameters), street_extent_m(ROW_BELOW, parameters)
        low, high = bottom - max(yard, ahead), top - length - min(yard, ahead)
        high = np.maximum(low, high)
        chain = np.arange(positions // _POSITIONS_PER_CHAIN) * double
        starts = [
            low + (high - low) * np.linspace(0, 1, positions - 4 * len(chain)),
            np.clip(bottom - yard + chain, low, high),
            np.clip(bottom - ahead + single + chain, low, high),
            np.clip(top + yard - double - chain, low, high),
            np.clip(top - length - ahead - chain, low, high),
        ]
        return np.sort(np.concatenate(starts, axis=1), axis=1)

    def _best_streets(self) -> tuple[Floats, Integers, Integers]:
        """Solve the dynamic program, from the last position back to the first.

        Returns
        -------
        value : Floats
            Value of the best set of streets of each candidate. (c,) float64
        choice : Integers
            Kind of the street that best starts at each position, -1 for none. (c, p) int
        after : Integers
            First position where the next street may start, per kind. (3, c, p) int
        """
        count, positions = self.start.shape
        gain = self._modules()
        cost = np.array([_STREET_COST, _SINGLE_STREET_COST, _SINGLE_STREET_COST])
        gain -= np.where(gain > 0, cost[:, None, None], 1.0)
        after = np.stack([self._next_starts(kind) for kind in (DOUBLE, ROW_BELOW, ROW_ABOVE)])
        best = np.zeros((count, positions + 1))
        choice = np.full((count, positions), -1)
        row = np.arange(count)
        for position in range(positions - 1, -1, -1):
            total = gain[:, :, position] + best[row, after[:, :, position]]
            kind = total.argmax(axis=0)
            reached = total[kind, row]
            better = reached > best[:, position + 1]
            best[:, position] = np.where(better, reached, best[:, position + 1])
            choice[:, position] = np.where(better, kind, -1)
        return best[:, 0], choice, after

    def _next_starts(self, kind: int) -> Integers:
        """Return the first position behind a street that starts at each position. (c, p) int."""
        count, positions = self.start.shape
        # All candidates side by side on one line: one search answers for all of them.
        stride = 4 * float(np.abs(self.start).max(initial=0.0)) + 1000.0
        base = np.arange(count)[:, None]
        key = self.start + base * stride
        end = key + street_extent_m(kind, self.parameters) - MARGIN_M
        found = np.searchsorted(key.ravel(), end.ravel()).reshape(count, positions)
        return np.asarray(np.minimum(found - base * positions, positions))

    def _modules(self) -> Floats:
        """Return how many modules a street of each kind would hold at each position. (3, c, p)."""
        frame = np.repeat(np.arange(self.count), self.start.shape[1])
        double, below, above = (
            Streets(frame, np.full(len(frame), kind), self.start.ravel(), self.parameters)
            for kind in (DOUBLE, ROW_BELOW, ROW_ABOVE)
        )
        # The lower row lies in the same place with and without a row on the other side of the
        # street.
        lower, wide = blocked(self.inner, double.row(False)), blocked(self.outer, double.street())
        upper, single = blocked(self.inner, double.row(True)), blocked(self.inner, above.row(True))
        modules = [
            self._fitting(lower, wide) + self._fitting(upper, wide),
            self._fitting(lower, blocked(self.outer, below.street())),
            self._fitting(single, blocked(self.outer, above.street())),
        ]
        return np.stack(modules).reshape(3, *self.start.shape)

    def _fitting(self, row: Blocked, street: Blocked) -> Floats:
        """Return how many modules stand in each row where the street before it is free. (c p,)."""
        rows = free_intervals([row, street], self.parameters.module_width_m)
        fitting = np.floor((rows.high - rows.low + self.parameters.gap_m) / self.parameters.pitch_m)
        return np.bincount(rows.band, fitting, minlength=self.start.size).astype(np.float64)

    def streets(self) -> Streets:
        """Return the best streets, ordered by candidate and from the bottom up."""
        count, positions = self.start.shape
        at = np.zeros(count, dtype=np.intp)
        columns: list[tuple[Integers, Integers, Floats]] = []
        row = np.arange(count)
        while len(row):
            kind = self.choice[row, at[row]]
            takes = row[kind >= 0]
            columns.append((takes, kind[kind >= 0], self.start[takes, at[takes]]))
            at[row] = np.where(kind >= 0, self.next[np.maximum(kind, 0), row, at[row]], at[row] + 1)
            row = row[at[row] < positions]
        frame, kind, start = (
            (np.concatenate(parts) for parts in zip(*columns, strict=True))
            if columns
            else (np.empty(0, np.intp),) * 3
        )
        order = np.lexsort((start, frame))
        return Streets(frame[order], kind[order], start[order].astype(np.float64), self.parameters)
