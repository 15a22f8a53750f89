"""What names say."""

from __future__ import annotations

import pytest

from flexruimte.study.new_study.recognition.known import known
from flexruimte.study.new_study.recognition.names import cut_off, evidence_of_name, same_name


@pytest.mark.parametrize(
    ("name", "dataset"),
    [
        ("bag:pand", "bag_pand"),
        ("BAG_PAND_2019", "bag_pand"),
        ("bagPand", "bag_pand"),
        ("rev_public:ev_pr10_6", "rev_pr10_6"),
        ("rivm_20220601_Geluid_lden_wegverkeer_2020", "rivm_lden_weg"),
        ("rivm_Geluid_lden_allebronnen_actueel", "rivm_lden_alle"),
        ("natura2000:natura2000", "natura2000"),
        ("brpgewaspercelen_definitief_2025", "brp_gewaspercelen"),
        ("bgt_begroe", "bgt_begroeidterreindeel"),  # ten letters of a shapefile
        ("TOP10NL_WEGDEEL_HARTLIJN", "top10nl_wegdeel"),
        ("nwbwegen:wegvakken", "nwb_wegvakken"),
        (
            "LIWO_Basis__Overstromingsgevoelige_gebieden_grote_en_regionale_wateren",
            "liwo_overstromingsgevoelig",
        ),
        ("pm2.5", "rivm_pm25"),
    ],
)
def test_whole_names(name: str, dataset: str) -> None:
    assert evidence_of_name(name).whole == {dataset}


@pytest.mark.parametrize(
    "name",
    [
        "pr10_8",  # the contour of 10-8 is not that of 10-6
        "bbg2017",
        "ahn_dsm",
        "rivm_Geluid_lden_vliegverkeer_2020",
        "bgt_ondersteunendwegdeel",
        "pm10",
        "buurten",
        "gebouwen_1832",
        "bodemdaling_2020_2100laag",
        "laag 12",
    ],
)
def test_names_of_something_else(name: str) -> None:
    assert not evidence_of_name(name).whole & set(known().datasets)


def test_ten_letters_of_several_names_are_several() -> None:
    # rivm_lden_alle, rivm_lden_weg, ... are one name to a shapefile
    assert len(evidence_of_name("rivm_lden_").whole) == 4


def test_a_longer_name_hides_the_shorter_one_in_it() -> None:
    assert evidence_of_name("rand om bgt_ondersteunend_wegdeel").part == {"ondersteunendwegdeel"}


def test_doubtful_words() -> None:
    assert evidence_of_name("bag_pand_gesloopt").doubtful == ("gesloopt",)
    assert evidence_of_name("bag_pand").doubtful == ()


def test_a_number_behind_a_word_changes_no_doubt() -> None:
    assert evidence_of_name("natura2000_buffer500").doubtful == ("buffer",)


def test_words_beside_a_name_say_more_but_for_places_and_makers() -> None:
    assert evidence_of_name("bag_pand_krimpscenario").more == ("krimpscenario",)
    places = frozenset({"delft"})
    for name in ("delft_bag_pand", "bag_pand delft 2024 v2", "levering kadaster bag_pand 03"):
        assert evidence_of_name(name, places).more == ()
    assert evidence_of_name("bag_pand").more == ()


def test_every_name_that_is_known_is_found_by_itself() -> None:
    for key, dataset in known().datasets.items():
        for name in (key, *dataset.names):
            assert key in evidence_of_name(name).whole, name


def test_columns() -> None:
    assert same_name("relatieveHoogteligging", "relatieve_hoogteligging")
    assert not same_name("plan_status", "status")
    assert cut_off("fysiek_voo", "fysiek_voorkomen")
    assert cut_off("FYSIEK_VOO", "fysiek_voorkomen")
    assert not cut_off("fysiek", "fysiek_voorkomen")
    assert not cut_off("fysiek_vor", "fysiek_voorkomen")
