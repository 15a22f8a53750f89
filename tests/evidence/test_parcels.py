"""Which parcel belongs to which municipality."""

from __future__ import annotations

from evidence.squares import HERE
from flexruimte.evidence.parcels import load_municipalities, load_parcels
from flexruimte.evidence.sources import open_source
from flexruimte.kernels.threads import use_threads
from flexruimte.rules.study_file import MunicipalitySettings, ParcelSettings
from toy_town import box, frame, line


def test_threads_find_the_same_parcels() -> None:
    # The border is at x 30.5: a parcel of one metre there lies half in A, and of equal shares the lowest code wins.
    towns = frame([box(0, 0, 30.5, 40), box(30.5, 0, 60, 40)], code=["A", "B"], naam=["A", "B"])
    lots = [box(x, y, x + 1, y + 1) for x in range(60) for y in range(40)] + [line((0, 0), (1, 1))]
    source = open_source(
        "parcels",
        ParcelSettings(source="in memory", id="nr"),
        HERE,
        frame(lots, nr=[f"{n:04d}" for n in range(len(lots))]),
    )
    municipalities = load_municipalities(
        open_source(
            "towns", MunicipalitySettings(source="in memory", code="code", name="naam"), HERE, towns
        )
    )
    found = []
    for threads in (1, 3):
        with use_threads(threads):
            found.append({code: load_parcels(source, municipalities, code) for code in "AB"})
    assert {code: len(some.ids) for code, some in found[0].items()} == {"A": 31 * 40, "B": 29 * 40}
    for code in "AB":
        assert found[0][code].ids.tolist() == found[1][code].ids.tolist()
        assert found[0][code].facts == found[1][code].facts
