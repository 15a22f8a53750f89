"""Relocation plans: worked out on paper, against brute force, and replayed year by year."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd
import pytest

from flexruimte.analyses import relocation
from flexruimte.analyses.relocation import (
    RelocationParameters,
    move_cost_factors,
    plan_relocation,
    replay,
)
from relocation_cases import HOMES_OF_A, SEEDS, placed, site, small_case, small_plan, three_sites


def test_three_sites_on_paper() -> None:
    # Two groups leave A in 2042. B, in the own municipality, holds one of them (20 places), C takes the other.
    # A move costs 0.30 x 75,000 = 22,500 and 1.3 x 10 = 13 per km as the crow flies.
    # To B: 22,500 + 130 = 22,630; to C: 22,500 + 650 = 23,150, and a step of 10,000 (outside the region, in the province).
    plan = plan_relocation(three_sites(), placements=HOMES_OF_A)
    assert plan.moves[["year", "homes", "from_id", "to_id", "level"]].values.tolist() == [
        [2042, 15, "A", "B", "municipality"],
        [2042, 15, "A", "C", "province"],
    ]
    assert plan.moves["cost_eur"].tolist() == pytest.approx([15 * 22_630, 15 * 23_150])
    assert plan.moves["distance_m"].tolist() == [10_000, 50_000]
    assert plan.money_eur == pytest.approx(686_700)
    assert plan.objective_eur == pytest.approx(836_700)
    assert (plan.status, plan.gap, plan.secured_share) == (
        "optimal",
        pytest.approx(0, abs=1e-6),
        1.0,
    )
    assert plan.stranded.empty
    assert replay(plan) == []
    # One by one, 20 homes go to B and 10 to C: a further place in B saves 33,150 - 22,630. B has 40 places per hectare.
    values = plan.locations.set_index("parcel_id")
    assert values["home_place_eur"].tolist() == pytest.approx([0, 10_520, 0])
    assert values["hectare_eur"].tolist() == pytest.approx([0, 40 * 10_520, 0])
    # A further home on A would go to C. On B it would leave in 2055, when C is too short for 15 years; on C it would stay to the end of the plan.
    penalty = (plan.parameters.stranded_eur or 0) + 2 * (plan.parameters.stranded_eur_per_year or 0)
    assert values["next_place_eur"].tolist() == pytest.approx(
        [33_150, penalty, np.nan], nan_ok=True
    )
    assert values["secured_share"].tolist() == pytest.approx([1, np.nan, np.nan], nan_ok=True)


def test_no_next_place_is_an_answer() -> None:
    # B and C are gone: 30 homes have nowhere to go.
    plan = plan_relocation(three_sites().iloc[:1], placements=HOMES_OF_A)
    assert plan.moves.empty
    assert plan.successors.empty
    assert plan.stranded_by_year == {2042: 30}
    assert plan.secured_share == 0
    assert set(plan.stranded["reason"]) == {"no_open_site"}
    assert "30 homes have no next place in 2042." in plan.describe()
    assert plan.locations["next_place_eur"].tolist() == pytest.approx(
        [(plan.parameters.stranded_eur or 0) + 15 * (plan.parameters.stranded_eur_per_year or 0)]
    )
    assert replay(plan) == []


def test_too_little_room() -> None:
    plan = plan_relocation(three_sites().query("parcel_id != 'C'"), placements=HOMES_OF_A)
    assert (plan.stranded_by_year, plan.secured_share, plan.stranded["reason"].tolist()) == (
        {2042: 15},
        0.5,
        ["no_room"],
    )
    assert plan.locations.set_index("parcel_id").loc["A", "secured_share"] == 0.5


def test_nobody_has_to_leave() -> None:
    plan = plan_relocation(three_sites(), RelocationParameters(horizon_years=15), HOMES_OF_A)
    assert plan.moves.empty
    assert np.isnan(plan.secured_share)
    assert "No home has to leave its place within the plan." in plan.describe()
    assert plan.municipalities.query("gemeente_code == 'GM01'")["standing"].tolist() == [30] * 15
    # A year more, and 2042 is in the plan.
    assert (
        len(
            plan_relocation(three_sites(), RelocationParameters(horizon_years=16), HOMES_OF_A).moves
        )
        == 2
    )


def test_no_sites_and_no_homes() -> None:
    empty = plan_relocation(three_sites().iloc[:0])
    assert empty.groups.empty
    assert empty.status == "optimal"
    nobody = plan_relocation(three_sites(), placements=placed())
    assert nobody.municipalities["standing"].sum() == 0
    assert replay(nobody) == []
    # no years are named in which nothing happens
    for plan in (empty, nobody):
        (said,) = plan.describe()
        assert said.startswith("There is no home to find a next place for")
    assert plan_relocation(three_sites().assign(homes=0)).groups.empty
    assert plan_relocation(three_sites().assign(term_start=pd.NaT, term_end=pd.NaT)).groups.empty


@pytest.mark.parametrize(
    ("moves", "stranded"), [(0, {2032: 15}), (1, {2037: 15}), (2, {2042: 15}), (3, {})]
)
def test_at_most_so_many_moves(moves: int, stranded: dict[int, int]) -> None:
    chain = pd.DataFrame(
        [site("A", 2027, 2032), site("B", 2032, 2037), site("C", 2037, 2042), site("D", 2042, 2060)]
    )
    plan = plan_relocation(
        chain,
        RelocationParameters(moves=moves, required_years=5, until_term_ends=True),
        placed(("A", 2027, 15)),
    )
    assert plan.moves["to_id"].tolist() == ["B", "C", "D"][:moves]
    assert plan.stranded_by_year == stranded
    assert set(plan.stranded["reason"]) <= {"moves_used"}
    assert replay(plan) == []


def test_homes_leave_after_the_longest_stay_or_with_the_term() -> None:
    sites = pd.DataFrame([site("A", 2027, 2070), site("B", 2027, 2070)])
    assert plan_relocation(sites, placements=placed(("A", 2027, 15))).moves["year"].tolist() == [
        2042
    ]
    longer = RelocationParameters(longest_stay_years=20)
    assert plan_relocation(sites, longer, placed(("A", 2027, 15))).moves["year"].tolist() == [2047]
    assert plan_relocation(
        sites, RelocationParameters(until_term_ends=True), placed(("A", 2027, 15))
    ).moves.empty


def test_groups_stay_together_and_fill_places() -> None:
    # 37 homes are groups of 15, 15 and 7. B holds 22 (15 + 7), C 15; D is far but would hold all.
    sites = pd.DataFrame(
        [
            site("A", 2027, 2042, 37),
            site("B", 2042, 2060, 22),
            site("C", 2042, 2060, 15, x=1000.0),
            site("D", 2042, 2060, 90, x=90_000.0),
        ]
    )
    plan = plan_relocation(sites, placements=placed(("A", 2027, 37)))
    assert sorted(zip(plan.moves["homes"], plan.moves["to_id"], strict=True)) == [
        (7, "B"),
        (15, "B"),
        (15, "C"),
    ]
    assert sorted(plan.groups["homes"]) == [7, 15, 15]


def test_public_names() -> None:
    assert all(hasattr(relocation, name) for name in relocation.__all__)
    assert move_cost_factors(pd.Series([100.0, 0.0])).tolist() == [1, 2]


def brute_force(sites: pd.DataFrame, choices: RelocationParameters, first: pd.DataFrame) -> float:
    """Try every route of every group; the cheapest that fits."""
    place = sites.set_index("parcel_id").to_dict("index")
    end_of_plan = 2027 + choices.horizon_years
    longest = 999 if choices.until_term_ends else choices.longest_stay_years or 0

    def price(origin: str, destination: str) -> float:
        here, there = place[origin], place[destination]
        carrying = 7_875 * (here["move_cost_factor"] + there["move_cost_factor"]) / 2
        same = [here[area] == there[area] for area in ("gemeente_code", "region", "province")]
        step = (0, 5_000, 10_000, 20_000)[[*same, True].index(True)]
        return float(14_625 + carrying + 0.013 * abs(here["x"] - there["x"]) + step)

    def routes(
        at: str, leaving: int, made: int
    ) -> Iterator[tuple[float, list[tuple[str, int, int]]]]:
        if leaving >= end_of_plan:
            yield 0.0, []
            return
        yield (
            (choices.stranded_eur or 0)
            + (choices.stranded_eur_per_year or 0) * (end_of_plan - leaving),
            [],
        )
        for name, facts in place.items() if made < choices.moves else ():
            end = facts["term_end"].year
            if (
                name != at
                and facts["term_start"].year <= leaving
                and end - leaving >= choices.required_years
            ):
                until = min(end, leaving + longest)
                for cost, stays in routes(name, until, made + 1):
                    yield price(at, name) + cost, [(name, leaving, until), *stays]

    groups, used = [], {(name, year): 0 for name in place for year in range(2027, 2080)}
    for name, year, homes in first.itertuples(index=False):
        until = min(place[name]["term_end"].year, year + longest)
        for standing in range(year, until):
            used[name, standing] += homes
        groups += [
            (size, sorted(routes(name, until, 0)))
            for size in [3] * (homes // 3) + ([homes % 3] if homes % 3 else [])
        ]

    def best(number: int, spent: float, least: float) -> float:
        if spent + sum(size * options[0][0] for size, options in groups[number:]) >= least:
            return least
        if number == len(groups):
            return spent
        size, options = groups[number]
        for cost, stays in options:
            cells = [
                (name, year)
                for name, start, end in stays
                for year in range(start, min(end, end_of_plan))
            ]
            if all(used[cell] + size <= place[cell[0]]["homes"] for cell in cells):
                for cell in cells:
                    used[cell] += size
                least = best(number + 1, spent + size * cost, least)
                for cell in cells:
                    used[cell] -= size
        return least

    return best(0, 0.0, float("inf"))


@pytest.mark.parametrize("seed", SEEDS)
def test_brute_force_finds_nothing_better(seed: int) -> None:
    sites, _, first = small_case(seed)
    plan = small_plan(seed)
    assert plan.objective_eur == pytest.approx(brute_force(sites, plan.parameters, first), rel=2e-6)
    assert plan.status == "optimal"
    assert plan.bound_eur <= plan.objective_eur * (1 + 1e-9)
    assert replay(plan) == []


def test_the_small_cases_are_not_too_easy() -> None:
    plans = [small_plan(seed) for seed in SEEDS]
    assert sum(not plan.stranded.empty for plan in plans) > 5
    assert sum(plan.secured_share == 1 for plan in plans) > 3
    assert sum((plan.moves["move"] > 1).any() for plan in plans) > 5
    assert {reason for plan in plans for reason in plan.stranded["reason"]} == {
        "moves_used",
        "no_open_site",
        "no_room",
    }


@pytest.mark.parametrize("seed", range(5))
def test_same_sites_same_plan(seed: int) -> None:
    sites, parameters, first = small_case(seed)
    again = plan_relocation(sites.sample(frac=1, random_state=seed), parameters, first.iloc[::-1])
    for name in ("groups", "moves", "stranded", "locations", "municipalities", "regions"):
        pd.testing.assert_frame_equal(getattr(small_plan(seed), name), getattr(again, name))
