"""Past production beside the yearly target."""

from __future__ import annotations

from flexruimte.analyses.targets import compare, load_targets
from target_cases import AS_OF, LOCATIONS


def test_production_stands_beside_the_yearly_target() -> None:
    production = compare(load_targets("targets-minister-2021"), LOCATIONS, AS_OF).production
    delivered = production[
        (production["what"] == "delivered") & production["year"].notna()
    ].set_index("year")
    assert delivered["homes"].to_dict() == {
        2017: 1200,
        2020: 5000,
        2021: 1840,
        2022: 3400,
        2023: 5140,
        2024: 6478,
    }
    assert delivered["share_of_target"].round(3).to_dict() == {
        2017: 0.08,
        2020: 0.333,
        2021: 0.123,
        2022: 0.227,
        2023: 0.343,
        2024: 0.432,
    }
    # "ruim 5.000", and another count than the permits of that year
    assert delivered["precision"][2020] == "at_least"
    permitted = production[production["what"] == "permitted"]
    assert permitted[["homes", "plus_minus"]].to_numpy().tolist() == [
        [2726, 81],
        [2168, 68],
        [1372, 56],
    ]
