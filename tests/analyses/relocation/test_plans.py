"""Relocation plans: worked out on paper, against brute force, and replayed year by year."""

from __future__ import annotations

import pickle
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np
import pandas as pd
import pytest

from flexruimte.analyses import relocation
from flexruimte.analyses.relocation import (
    RelocationError,
    RelocationParameters,
    RelocationPlan,
    add_regions,
    move_cost_factors,
    place_by_rank,
    plan_relocation,
    replay,
)
from flexruimte.analyses.relocation.cuts import violated_cut
from flexruimte.analyses.relocation.network import build_network
from flexruimte.analyses.relocation.problem import prepare
from flexruimte.analyses.relocation.program import home_classes, relax, seed_routes
from flexruimte.analyses.relocation.routes import Routes
from flexruimte.errors import FlexruimteError


def site(name: str, start: int, end: int, homes: int = 15, **named: Any) -> dict[str, Any]:
    row = {
        "parcel_id": name,
        "gemeente_code": "GM01",
        "region": "R1",
        "province": "P1",
        "x": 0.0,
        "y": 0.0,
        "homes_mid": homes,
        "hectares": 0.5,
        "score": 50.0,
    }
    return (
        row | {"term_start": pd.Timestamp(start, 1, 1), "term_end": pd.Timestamp(end, 1, 1)} | named
    )


def placed(*rows: tuple[str, int, int]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["parcel_id", "year", "homes"])


def three_sites(**of_near: Any) -> pd.DataFrame:
    near = {"x": 10_000.0, "homes": 20} | of_near
    far = {"x": 50_000.0, "gemeente_code": "GM02", "region": "R2", "homes": 40}
    return pd.DataFrame(
        [
            site("A", 2027, 2042, 30),
            site("B", 2040, near.pop("end", 2060), **near),
            site("C", 2042, 2060, **far),
        ]
    )


HOMES_OF_A = placed(("A", 2027, 30))


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


def test_a_year_more_on_paper() -> None:
    # B ends in 2056, a year too soon for 15 years from 2042: all go to C. A year more would let B's 20 places save 10,520 each.
    plan = plan_relocation(three_sites(end=2056), placements=HOMES_OF_A)
    assert plan.moves["to_id"].tolist() == ["C", "C"]
    assert plan.locations["year_eur"].tolist() == pytest.approx([0, 20 * 10_520, 0])


def test_tables_by_year_on_paper() -> None:
    plan = plan_relocation(three_sites(), placements=HOMES_OF_A)
    flows = ["standing", "placed", "moved_in", "moved_out", "stranded"]
    own = plan.municipalities.query("gemeente_code == 'GM01'").set_index("year")[flows]
    assert own.loc[2027].tolist() == [30, 30, 0, 0, 0]
    assert own.loc[2041].tolist() == [30, 0, 0, 0, 0]
    assert own.loc[2042].tolist() == [15, 0, 15, 30, 0]
    assert plan.regions.query("region == 'R2'").set_index("year").loc[2042, flows].tolist() == [
        15,
        0,
        15,
        0,
        0,
    ]
    assert plan.successors[["from_id", "year", "to_id", "groups", "homes"]].values.tolist() == [
        ["A", 2042, "B", 1, 15],
        ["A", 2042, "C", 1, 15],
    ]


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
    assert plan_relocation(three_sites().assign(homes_mid=0)).groups.empty
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


def test_order_of_search() -> None:
    # Nearer is not sooner: the own municipality at 40 km, the region at 30, the province at 20, the country at 10.
    ring = [
        site("A", 2027, 2042, 60),
        site("B", 2040, 2060, x=40_000.0),
        site("C", 2040, 2060, x=30_000.0, gemeente_code="GM02"),
        site("D", 2040, 2060, x=20_000.0, gemeente_code="GM03", region="R2"),
        site("E", 2040, 2060, x=10_000.0, gemeente_code="GM04", region="R3", province="P2"),
    ]
    for homes in (15, 30, 45, 60):
        plan = plan_relocation(pd.DataFrame(ring), placements=placed(("A", 2027, homes)))
        assert sorted(plan.moves["to_id"]) == ["B", "C", "D", "E"][: homes // 15]
    assert plan.moves["level"].tolist() == ["municipality", "region", "province", "country"]


def test_what_getting_in_and_a_serviced_site_cost() -> None:
    # 0.35 x 22,500 = 7,875 for carrying, x (1 + 2) / 2 = 11,812.50; 14,625 for connections and site, half of it there already: 7,312.50
    hard = pd.DataFrame(
        [site("A", 2027, 2042), site("B", 2042, 2060, move_cost_factor=2.0, serviced_share=0.5)]
    )
    plan = plan_relocation(
        hard.fillna({"move_cost_factor": 1.0, "serviced_share": 0.0}),
        placements=placed(("A", 2027, 15)),
    )
    assert plan.money_eur == pytest.approx(15 * (11_812.5 + 7_312.5))


def test_too_far() -> None:
    plan = plan_relocation(three_sites(), RelocationParameters(farthest_km=20), HOMES_OF_A)
    assert plan.moves["to_id"].tolist() == ["B"]
    assert plan.stranded_by_year == {2042: 15}


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


@pytest.mark.parametrize(
    ("start", "end", "first", "until"),
    [
        ("2027-01-01", "2042-01-01", 2027, 2042),
        ("2027-01-02", "2042-06-30", 2028, 2042),
        ("2027-07-01", "2041-12-31", 2028, 2042),
        ("2027-07-01", "2041-12-30", 2028, 2041),
        ("2027-07-01", "2027-09-01", 2028, 2028),
        (None, None, 0, 0),
    ],
)
def test_terms_count_in_whole_years(
    start: str | None, end: str | None, first: int, until: int
) -> None:
    plan = plan_relocation(
        pd.DataFrame(
            [site("A", 2027, 2042), site("B", 2027, 2042) | {"term_start": start, "term_end": end}]
        ),
        placements=placed(),
    )
    assert plan.sites.loc[1, ["from_year", "until_year"]].tolist() == [first, until]


# ---- a first programme

RANKED = pd.DataFrame(
    [
        site("A", 2027, 2057, 30, score=90.0),
        site("B", 2027, 2057, 20, score=80.0, gemeente_code="GM02"),
        site("C", 2027, 2057, 10, score=70.0),
        site("D", 2030, 2060, 99, score=99.0),
        site("E", 2027, 2033, 99, score=98.0),
    ]
)


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ({}, [["A", 2027, 30]]),  # half of 60: D is not open, E not for 15 years
        ({"homes": 35}, [["A", 2027, 30], ["B", 2027, 5]]),
        ({"homes": 999}, [["A", 2027, 30], ["B", 2027, 20], ["C", 2027, 10]]),
        ({"homes": {"GM02": 5, "GM01": 40}}, [["A", 2027, 30], ["B", 2027, 5], ["C", 2027, 10]]),
        ({"homes": 12, "kept_free": ["A"]}, [["B", 2027, 12]]),
        ({"homes": 100, "year": 2030}, [["D", 2030, 99], ["A", 2030, 1]]),
        ({"homes": 0}, []),
    ],
)
def test_homes_are_placed_by_rank(arguments: dict[str, Any], expected: list[Any]) -> None:
    assert place_by_rank(RANKED, **arguments).values.tolist() == expected
    by_rank = RANKED.assign(rank=[3, 4, 5, 1, 2]).drop(columns="score")
    assert place_by_rank(by_rank, **arguments).values.tolist() == expected


def test_regions_are_looked_up() -> None:
    regions = pd.DataFrame(
        {"gemeente_code": ["GM01", "GM02"], "region": ["Noord", "Zuid"], "province": ["P", "P"]}
    )
    assert add_regions(RANKED, regions)["region"].tolist() == [
        "Noord",
        "Zuid",
        "Noord",
        "Noord",
        "Noord",
    ]
    with pytest.raises(RelocationError, match="no region is known of municipality GM02"):
        add_regions(RANKED, regions.iloc[:1])
    with pytest.raises(RelocationError, match="GM01 is in more than one region"):
        add_regions(RANKED, pd.concat([regions, regions.assign(region="Oost").iloc[:1]]))


# ---- bad input

BAD_SITES: dict[str, tuple[dict[str, Any], str]] = {
    "negative capacity": (
        {"homes_mid": [30, -1, 40]},
        "B has a homes_mid that is no number from 0",
    ),
    "broken capacity": ({"homes_mid": [30, 1.5, 40]}, "B has a homes_mid that is not whole"),
    "no capacity": ({"homes_mid": [30, None, 40]}, "B has a homes_mid"),
    "capacity in words": ({"homes_mid": ["30", "many", "40"]}, "B has a homes_mid"),
    "negative area": ({"hectares": -1.0}, "A, B, C has a hectares"),
    "ends before it starts": (
        {"term_end": pd.Timestamp(2020, 1, 1)},
        "A, B, C has a term that ends before it starts",
    ),
    "half a term": (
        {"term_end": [pd.NaT, *[pd.Timestamp(2060, 1, 1)] * 2]},
        "A has only one of term_start and term_end",
    ),
    "no date": (
        {"term_end": ["soon", "2060-01-01", "2060-01-01"]},
        "A has a term_end that is no date",
    ),
    "unknown region": ({"region": ["R1", None, " "]}, "B, C has no region"),
    "unknown province": ({"province": [np.nan, "P1", "P1"]}, "A has no province"),
    "nowhere": ({"x": [0.0, np.inf, np.nan]}, "B, C has a x"),
    "negative factor": ({"move_cost_factor": -0.1}, "move_cost_factor"),
    "serviced twice": ({"serviced_share": 2.0}, "serviced_share"),
    "same id": ({"parcel_id": ["A", "B", "B"]}, "B, B stands twice|B stands twice"),
}


@pytest.mark.parametrize("case", BAD_SITES)
def test_bad_sites(case: str) -> None:
    columns, message = BAD_SITES[case]
    with pytest.raises(RelocationError, match=message):
        plan_relocation(three_sites().assign(**columns), placements=placed())


def test_a_missing_column() -> None:
    with pytest.raises(RelocationError, match="column region is missing"):
        plan_relocation(three_sites().drop(columns="region"))
    with pytest.raises(RelocationError, match="'score' or 'rank' is needed"):
        plan_relocation(three_sites().drop(columns="score"))
    with pytest.raises(RelocationError, match="column homes is missing"):
        plan_relocation(three_sites(), placements=placed().drop(columns="homes"))


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ([("A", 2027, 31)], "A gets more homes than it holds"),
        ([("A", 2027, 20), ("A", 2030, 11)], "A gets more homes than it holds"),
        ([("A", 2026, 1)], "A is not open"),
        ([("A", 2042, 1)], "A is not open"),
        ([("A", 2027, -1)], "A has a 'homes'"),
        ([("A", 2027, 1.5)], "A has a 'homes'"),
        ([("A", None, 1)], "A has a 'year'"),
        ([("X", 2027, 1)], "placements: X is not among the sites"),
        ([("A", 2027, 1), ("C", 2058, 1)], "C gets its homes after the plan"),
    ],
)
def test_bad_placements(rows: list[Any], message: str) -> None:
    with pytest.raises(RelocationError, match=message):
        plan_relocation(three_sites(), placements=placed(*rows))


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"required_years": 0}, "required_years is 0; write a number from 1 to 50"),
        ({"required_years": 200}, "required_years is 200"),
        ({"required_years": 10.5}, "required_years is 10.5; write a whole number"),
        ({"required_years": "15"}, "required_years is 15"),
        ({"moves": -1}, "moves is -1"),
        ({"group_homes": 0}, "group_homes"),
        ({"horizon_years": float("nan")}, "horizon_years"),
        ({"longest_stay_years": 10}, "less than required_years"),
        ({"region_step_eur": 20_000}, "write them rising"),
        ({"move_cost_share": None}, "move_cost_share"),
    ],
)
def test_bad_parameters(arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(RelocationError, match=message):
        RelocationParameters(**arguments)


def test_a_penalty_that_is_less_than_a_route_is_refused() -> None:
    with pytest.raises(RelocationError, match="stranded_eur is 100, less than"):
        plan_relocation(three_sites(), RelocationParameters(stranded_eur=100))


def test_unknown_names_in_a_programme() -> None:
    with pytest.raises(
        RelocationError, match="homes: GM99 is not among the sites; known are: GM01, GM02"
    ):
        place_by_rank(RANKED, {"GM99": 5})
    with pytest.raises(RelocationError, match="homes to place is -1"):
        place_by_rank(RANKED, -1)
    with pytest.raises(RelocationError, match="kept_free: Z is not"):
        place_by_rank(RANKED, kept_free=["Z"])


def test_errors_survive_the_way_between_processes() -> None:
    error = pickle.loads(pickle.dumps(RelocationError("what, where, what to do")))
    assert isinstance(error, FlexruimteError)
    assert str(error) == "what, where, what to do"


def test_public_names() -> None:
    assert all(hasattr(relocation, name) for name in relocation.__all__)
    assert move_cost_factors(pd.Series([100.0, 0.0])).tolist() == [1, 2]


# ---- brute force

SEEDS = range(40)


def small_case(seed: int) -> tuple[pd.DataFrame, RelocationParameters, pd.DataFrame]:
    """A few sites, groups of 3, and so much scarcity that sizes, years and places all matter."""
    random = np.random.default_rng(seed)
    count = int(random.integers(3, 6))
    rows = []
    for number in range(count):
        start = 2027 if number < 2 else int(random.integers(2027, 2036))
        area = int(random.integers(0, 4))
        rows.append(
            site(
                f"S{number}",
                start,
                start + int(random.integers(4, 14)),
                int(random.integers(2, 10)),
                x=float(random.integers(0, 90)) * 1000,
                gemeente_code=f"GM{area}",
                region=f"R{area // 2}",
                province="P1" if area < 3 else "P2",
                move_cost_factor=float(random.uniform(1, 2)),
            )
        )
    sites = pd.DataFrame(rows)
    first = [
        (f"S{number}", 2027, int(random.integers(1, sites.loc[number, "homes_mid"] + 1)))
        for number in range(2)
    ]
    parameters = RelocationParameters(
        group_homes=3, required_years=int(random.integers(2, 6)), longest_stay_years=int(random.integers(6, 9)), until_term_ends=bool(random.integers(0, 2)),
        moves=int(random.integers(1, 4)), horizon_years=int(random.integers(8, 18)), time_limit_seconds=60,
    )  # fmt: skip
    return sites, parameters, placed(*first)


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
            if all(used[cell] + size <= place[cell[0]]["homes_mid"] for cell in cells):
                for cell in cells:
                    used[cell] += size
                least = best(number + 1, spent + size * cost, least)
                for cell in cells:
                    used[cell] -= size
        return least

    return best(0, 0.0, float("inf"))


@cache
def small_plan(seed: int) -> RelocationPlan:
    sites, parameters, first = small_case(seed)
    return plan_relocation(sites, parameters, first)


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


@pytest.mark.parametrize("seed", SEEDS)
def test_tables_add_up(seed: int) -> None:
    plan = small_plan(seed)
    table = plan.regions.groupby("year")[
        ["standing", "placed", "moved_in", "moved_out", "stranded"]
    ].sum()
    assert (table["moved_in"] == table["moved_out"]).all()
    before = table["standing"].shift(fill_value=0)
    assert (
        table["standing"]
        == before + table["placed"] + table["moved_in"] - table["moved_out"] - table["stranded"]
    ).all()
    assert table["stranded"].sum() == plan.stranded["homes"].sum()
    assert table["standing"].iloc[-1] + table["stranded"].sum() == plan.groups["homes"].sum()
    assert (plan.locations["left"] == plan.locations["secured"] + plan.locations["stranded"]).all()
    assert plan.locations["fullest_share"].le(1).all()
    penalties = sum(
        homes
        * (
            (plan.parameters.stranded_eur or 0)
            + (plan.parameters.stranded_eur_per_year or 0)
            * (2027 + plan.parameters.horizon_years - year)
        )
        for year, homes in plan.stranded_by_year.items()
    )
    assert plan.moves["cost_eur"].sum() + plan.moves["step_eur"].sum() + penalties == pytest.approx(
        plan.objective_eur
    )
    pd.testing.assert_frame_equal(
        plan.municipalities.groupby("year")["standing"].sum().to_frame(),
        plan.regions.groupby("year")["standing"].sum().to_frame(),
    )


@pytest.mark.parametrize("seed", range(5))
def test_same_sites_same_plan(seed: int) -> None:
    sites, parameters, first = small_case(seed)
    again = plan_relocation(sites.sample(frac=1, random_state=seed), parameters, first.iloc[::-1])
    for name in ("groups", "moves", "stranded", "locations", "municipalities", "regions"):
        pd.testing.assert_frame_equal(getattr(small_plan(seed), name), getattr(again, name))


def one_by_one(sites: pd.DataFrame, parameters: RelocationParameters, first: pd.DataFrame) -> float:
    routes = Routes(build_network(prepare(sites, first, parameters)))
    seed_routes(routes)
    return relax(routes, home_classes(routes), lambda _text: None).bound_eur


@pytest.mark.parametrize("seed", range(25))
def test_more_room_or_time_never_saves_more_than_its_value(seed: int) -> None:
    sites, parameters, first = small_case(seed)
    plan = small_plan(seed)
    parameters = replace(
        parameters,
        stranded_eur=plan.parameters.stranded_eur,
        stranded_eur_per_year=plan.parameters.stranded_eur_per_year,
    )
    cost = one_by_one(sites, parameters, first)
    assert cost <= plan.objective_eur * (1 + 1e-9)
    for number in range(len(sites)):
        roomier, longer = sites.copy(), sites.copy()
        roomier.loc[number, "homes_mid"] += 1
        longer.loc[number, "term_end"] += pd.DateOffset(years=1)
        assert (
            cost - one_by_one(roomier, parameters, first)
            <= plan.locations.loc[number, "home_place_eur"] + 1
        )
        assert (
            cost - one_by_one(longer, parameters, first)
            <= plan.locations.loc[number, "year_eur"] + 1
        )


# ---- the replay


def test_the_replay_finds_planted_faults() -> None:
    plan = plan_relocation(three_sites(), placements=HOMES_OF_A)
    moves, groups = plan.moves, plan.groups

    def with_moves(change: Callable[[pd.DataFrame], pd.DataFrame]) -> str:
        return "; ".join(replay(replace(plan, moves=change(moves.copy()))))

    assert "B holds 30 homes in 20 places" in with_moves(lambda table: table.assign(to_id="B"))
    assert "leaves A before it has to" in with_moves(lambda table: table.assign(year=2040))
    assert "outside its term" in with_moves(lambda table: table.assign(year=2043))
    assert "stays on A for longer than 15 years" in with_moves(
        lambda table: table.assign(year=2043)
    )
    assert "C, which is not free for 15 years" in with_moves(lambda table: table.assign(year=2041))
    assert "stands nowhere" in with_moves(
        lambda table: table.assign(year=[2042, 9999])
    ) or "outside its term" in with_moves(lambda t: t.assign(year=[2042, 9999]))
    assert "leaves B, where it does not stand" in with_moves(
        lambda table: table.assign(from_id="B")
    )
    assert "stands in 2 places" in with_moves(lambda table: table.assign(from_id="B"))
    assert "leaves with 14 homes, not 15" in with_moves(lambda table: table.assign(homes=14))
    assert "Z is no site" in with_moves(lambda table: table.assign(to_id="Z"))
    assert "ghost: moves but does not exist" in with_moves(
        lambda table: table.assign(group_id=["ghost", table.loc[1, "group_id"]])
    )
    assert "exists twice" in "; ".join(
        replay(replace(plan, groups=pd.concat([groups, groups.iloc[:1]])))
    )
    assert "moves more than 0 times" in "; ".join(
        replay(replace(plan, parameters=replace(plan.parameters, moves=0)))
    )
    full = replace(plan, sites=plan.sites.assign(homes_mid=[29, 20, 40]))
    assert replay(full)[0] == "2027: A holds 30 homes in 29 places"
    assert len(replay(full)) == 15
    stranded = plan_relocation(three_sites().iloc[:1], placements=HOMES_OF_A)
    assert any(
        "outside its term" in problem
        for problem in replay(replace(stranded, stranded=stranded.stranded.iloc[:0]))
    )


# ---- cuts


@pytest.mark.parametrize("seed", range(60))
def test_cuts_hold_for_every_filling(seed: int) -> None:
    random = np.random.default_rng(seed)
    room, largest = int(random.integers(3, 50)), 15
    standing = np.zeros(largest + 1)
    chosen = random.choice(np.arange(1, largest + 1), 3, replace=False)
    share = random.dirichlet(np.ones(3)) * room
    standing[chosen] = share / chosen
    weights = violated_cut(room, standing)
    if weights is None:
        return
    assert weights @ standing > 1
    heaviest = np.zeros(room + 1)
    for places in range(1, room + 1):
        heaviest[places] = max(
            [
                heaviest[places - 1],
                *(
                    heaviest[places - size] + weights[size]
                    for size in range(1, min(largest, places) + 1)
                ),
            ]
        )
    assert heaviest[room] <= 1 + 1e-6
