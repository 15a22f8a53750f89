"""A simulation that replays a plan, year by year, from its tables alone.

It shares no code with the program that made the plan.
"""

from __future__ import annotations

from collections import defaultdict
from typing import Any

import pandas as pd

from flexruimte.analyses.relocation.tables import RelocationPlan
from flexruimte.vocabulary import HOMES, PARCEL_ID, TERM_END, TERM_START

__all__ = ["replay"]


def replay(plan: RelocationPlan) -> list[str]:
    """Return what is wrong with a plan, by replaying it year by year.

    Wrong is a site that holds more homes than places or holds them outside its term, a group that
    stands on two sites or on none, and a move that the parameters do not allow.

    Parameters
    ----------
    plan
        The plan; of its tables, `sites`, `groups`, `moves` and `stranded` are read.

    Returns
    -------
    list of str
        One line per fault; empty where the plan is sound.
    """
    first = int(plan.parameters.first_year or 0)
    simulation = _Simulation(plan)
    for year in range(
        min([first, *plan.groups["year"].tolist()]), first + plan.parameters.horizon_years
    ):
        simulation.leave(year)
        simulation.come(year)
        simulation.check(year)
    return simulation.problems + _unknown_groups(plan)


def _unknown_groups(plan: RelocationPlan) -> list[str]:
    known = set(plan.groups["group_id"])
    strange = sorted((set(plan.moves["group_id"]) | set(plan.stranded["group_id"])) - known)
    twice = sorted(set(plan.groups.loc[plan.groups["group_id"].duplicated(), "group_id"]))
    return [f"{group}: moves but does not exist" for group in strange] + [
        f"{group}: exists twice" for group in twice
    ]


def _rows(table: pd.DataFrame) -> list[Any]:
    return list(table.itertuples())


class _Simulation:
    """Where every group stands, as the years go by."""

    def __init__(self, plan: RelocationPlan) -> None:
        self.problems: list[str] = []
        self._choices = plan.parameters
        self._sites = plan.sites.set_index(PARCEL_ID)[[HOMES, TERM_START, TERM_END]].to_dict(
            "index"
        )
        self._first = int(plan.parameters.first_year or 0)
        self._homes: dict[str, int] = {row.group_id: int(row.homes) for row in _rows(plan.groups)}
        self._standing: dict[str, list[tuple[str, int]]] = defaultdict(list)
        self._moved: dict[str, int] = defaultdict(int)
        self._given_up: set[str] = set()
        self._placed: dict[int, list[Any]] = defaultdict(list)
        self._moves: dict[int, list[Any]] = defaultdict(list)
        self._stranded: dict[int, list[Any]] = defaultdict(list)
        for row in _rows(plan.groups):
            self._placed[int(row.year)].append(row)
        for row in _rows(plan.moves):
            self._moves[int(row.year)].append(row)
        for row in _rows(plan.stranded):
            self._stranded[int(row.year)].append(row)

    def leave(self, year: int) -> None:
        """Take away, on 1 January, all that leave: with a next place or without."""
        for row, site in [(row, row.from_id) for row in self._moves[year]] + [
            (row, row.parcel_id) for row in self._stranded[year]
        ]:
            here = [stay for stay in self._standing[row.group_id] if stay[0] == site]
            if not here:
                self._report(year, row.group_id, f"leaves {site}, where it does not stand")
                continue
            if int(row.homes) != self._homes.get(row.group_id):
                self._report(
                    year,
                    row.group_id,
                    f"leaves with {row.homes} homes, not {self._homes.get(row.group_id)}",
                )
            if not self._had_to_leave(site, here[0][1], year):
                self._report(year, row.group_id, f"leaves {site} before it has to")
            self._standing[row.group_id].remove(here[0])
        self._given_up.update(row.group_id for row in self._stranded[year])

    def come(self, year: int) -> None:
        """Set down all that come."""
        for row in self._placed[year]:
            self._standing[row.group_id].append((row.parcel_id, year))
        for row in self._moves[year]:
            self._standing[row.group_id].append((row.to_id, year))
            self._moved[row.group_id] += 1
            if self._moved[row.group_id] > self._choices.moves:
                self._report(year, row.group_id, f"moves more than {self._choices.moves} times")
            if row.to_id in self._sites and not self._open(
                row.to_id, year, year + self._choices.required_years
            ):
                self._report(
                    year,
                    row.group_id,
                    f"comes to {row.to_id}, "
                    f"which is not free for {self._choices.required_years} years",
                )

    def check(self, year: int) -> None:
        """Check who stands where during a year."""
        total: dict[str, int] = defaultdict(int)
        for group in self._homes:
            stays = self._standing[group]
            if len(stays) > 1:
                self._report(year, group, f"stands in {len(stays)} places")
            if (
                not stays
                and group not in self._given_up
                and any(row.group_id == group for past in self._past(year) for row in past)
            ):
                self._report(year, group, "stands nowhere and is not stranded")
            for site, since in stays:
                total[site] += self._homes[group]
                longest = self._choices.longest_stay
                if longest is not None and year - since >= longest:
                    self._report(year, group, f"stays on {site} for longer than {longest} years")
        for site, homes in total.items():
            if site not in self._sites:
                self.problems.append(f"{year}: {site} is no site")
            elif year >= self._first and not self._open(site, year, year + 1):
                self.problems.append(f"{year}: {site} holds {homes} homes outside its term")
            elif homes > self._sites[site][HOMES]:
                self.problems.append(
                    f"{year}: {site} holds {homes} homes in {self._sites[site][HOMES]} places"
                )

    def _past(self, year: int) -> list[list[Any]]:
        return [rows for placed, rows in self._placed.items() if placed <= year]

    def _open(self, site: str, start: int, end: int) -> bool:
        """Return whether a site is free from one 1 January to another.

        A term that ends on 31 December has its last year whole.
        """
        term = self._sites[site]
        if pd.isna(term[TERM_START]):
            return False
        return bool(
            term[TERM_START] <= pd.Timestamp(start, 1, 1)
            and term[TERM_END] >= pd.Timestamp(end, 1, 1) - pd.Timedelta(days=1)
        )

    def _had_to_leave(self, site: str, since: int, year: int) -> bool:
        """Return whether homes that came to a site in one year have to leave it in another."""
        longest = self._choices.longest_stay
        return (
            site not in self._sites
            or not self._open(site, since, year + 1)
            or (longest is not None and year - since >= longest)
        )

    def _report(self, year: int, group: str, what: str) -> None:
        self.problems.append(f"{year}: {group} {what}")
