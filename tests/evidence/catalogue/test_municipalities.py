"""A municipality is found by what people write, or what they wrote is explained."""

from __future__ import annotations

import pytest

from flexruimte.errors import CatalogueError
from flexruimte.evidence.catalogue.model import Catalogue
from flexruimte.evidence.catalogue.municipalities import find_municipality
from flexruimte.evidence.catalogue.reading import read_catalogue

CATALOGUE = read_catalogue()


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("GM0363", "GM0363"),
        ("gm0363", "GM0363"),
        ("0363", "GM0363"),
        ("363", "GM0363"),
        (" Amsterdam ", "GM0363"),
        ("amsterdam", "GM0363"),
        ("'s-Gravenhage", "GM0518"),
        ("s gravenhage", "GM0518"),
        ("Den Haag", "GM0518"),
        ("Súdwest-Fryslân", "GM1900"),
        ("sudwest fryslan", "GM1900"),
        ("Bergen (L.)", "GM0893"),
        ("bergen (nh)", "GM0373"),
        ("Bergen NH.", "GM0373"),
        ("Bergen, Limburg", "GM0893"),
        ("gemeente Delft", "GM0503"),
        ("0503 Delft", "GM0503"),
        ("Bergen (GM0373)", "GM0373"),
        ("GM0893, Bergen", "GM0893"),
        ("Hengelo", "GM0164"),
        ("Nuenen", "GM0820"),
        ("Zevenaar", "GM0299"),
    ],
)
def test_by_code_or_by_name(text: str, code: str) -> None:
    found = find_municipality(CATALOGUE, text)
    assert (found.code, found.told) == (code, "")
    assert found.name == CATALOGUE.municipalities[code].name


@pytest.mark.parametrize(
    ("text", "code", "told"),
    [
        ("GM0756", "GM1982", "Boxmeer (GM0756) went into Land van Cuijk (GM1982) on 2022-01-01"),
        ("weesp", "GM0363", "Weesp (GM0457) went into Amsterdam (GM0363) on 2022-03-24"),
        (
            "Ubbergen",
            "GM1945",
            "Ubbergen (GM0282) went into Groesbeek (GM0241) on 2015-01-01, "
            "which went into Berg en Dal (GM1945) on 2016-01-01",
        ),
    ],
)
def test_merged_since(text: str, code: str, told: str) -> None:
    found = find_municipality(CATALOGUE, text)
    assert (found.code, found.told) == (code, told)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Amsterdm", r"no municipality 'Amsterdm'; near are Amsterdam \(GM0363\)"),
        ("Bergen", r"Bergen \(NH.\) in Noord-Holland \(GM0373\) or Bergen \(L.\) in Limburg"),
        ("GM9999", r"no municipality with the code GM9999; near are GM1992 Voorne aan Zee"),
        ("Haaren", r"divided over Boxtel \(GM0757\), Oisterwijk .* on 2021-01-01; give the one"),
        ("Echt", r"no municipality 'Echt'; near are Echt-Susteren \(GM1711\), "),
        ("Millingen", r"near are Millingen aan de Rijn \(GM0265\), "),
        (
            "Delft (GM0363)",
            r"does not fit together: GM0363 is Amsterdam; give the code or the name",
        ),
        ("qqq", r"no municipality 'qqq'; give its code, or add it to a catalogue of your own"),
        ("", r"no municipality ''"),
        ("12345", r"no municipality '12345'"),
        ("\x1b[31mDelft", r"no municipality"),
    ],
)
def test_what_is_not_one_municipality_is_explained(text: str, said: str) -> None:
    with pytest.raises(CatalogueError, match=said):
        find_municipality(CATALOGUE, text)


@pytest.mark.parametrize(
    "code", [code for code, one in CATALOGUE.municipalities.items() if len(one.into) > 1]
)
def test_what_was_divided_leads_nowhere(code: str) -> None:
    with pytest.raises(CatalogueError, match="was divided over"):
        find_municipality(CATALOGUE, code)


def test_every_other_municipality_that_was_leads_to_one_that_is() -> None:
    whole = [code for code, one in CATALOGUE.municipalities.items() if len(one.into) == 1]
    assert len(whole) == 128
    for code in whole:
        found = find_municipality(CATALOGUE, code)
        assert CATALOGUE.municipalities[found.code].until is None


def test_a_circle_is_a_mistake_of_the_catalogue() -> None:
    circle = Catalogue.model_validate(
        {
            "municipalities": {
                "GM0001": {"name": "A", "until": "2020-01-01", "into": ["GM0002"]},
                "GM0002": {"name": "B", "until": "2021-01-01", "into": ["GM0001"]},
            }
        }
    )
    with pytest.raises(CatalogueError, match="GM0001 leads back to itself"):
        find_municipality(circle, "A")


def test_no_municipality_is_named_twice_as_near() -> None:
    with pytest.raises(CatalogueError) as caught:
        find_municipality(CATALOGUE, "nergens")
    near = str(caught.value).partition("near are ")[2].partition(";")[0].split(", ")
    assert len(near) == len(set(near)) == 3
