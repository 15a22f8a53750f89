"""Feeds lead to the newest file that is final."""

from __future__ import annotations

import pytest

from flexruimte import SourceError
from flexruimte.evidence.fetching.client import Client
from flexruimte.evidence.fetching.feed import file_of_feed, is_feed
from open_data_server import Server, serving


def feed(*links: str) -> bytes:
    entries = "".join(
        f'<entry><title>x</title><link rel="alternate" href="{link}"/></entry>' for link in links
    )
    return f'<feed xmlns="http://www.w3.org/2005/Atom"><link rel="self" href="index.xml"/>{entries}</feed>'.encode()


FILES = [
    "brp_2024.gpkg",
    "brp_2025.gpkg",
    "brp_concept_2026.gpkg",
    "brp_voorlopig_2026.gpkg",
    "brp_9.gpkg",
    "brp_2025.zip",
]


@pytest.fixture
def client() -> Client:
    return Client(pause_s=0.01, tries=2)


def test_two_levels_to_the_newest_final_file(client: Client) -> None:
    server = Server(
        files={
            "atom/index.xml": feed("brp.xml", "atom/other.xml"),
            "atom/brp.xml": feed(*FILES),
            "atom/atom/other.xml": feed("legend.pdf"),
        }
    )
    with serving(server):
        found = file_of_feed(f"{server.address}/files/atom/index.xml", "brp_*.gpkg", client, "brp")
        assert found == f"{server.address}/files/atom/brp_2025.gpkg"
        assert file_of_feed(
            f"{server.address}/files/atom/brp.xml", "*.zip", client, "brp"
        ).endswith("brp_2025.zip")


def test_what_is_not_there_is_told_with_what_is(client: Client) -> None:
    server = Server(files={"index.xml": feed("a_concept.gpkg", "index.xml")})
    with (
        serving(server),
        pytest.raises(
            SourceError, match=r"has no file '\*.gpkg' that is final \(it has: a_concept.gpkg\)"
        ),
    ):
        file_of_feed(f"{server.address}/files/index.xml", "*.gpkg", client, "brp")


def test_what_is_no_feed_is_told(client: Client) -> None:
    server = Server(files={"index.xml": b"<html/>"})
    with serving(server), pytest.raises(SourceError, match="something that is no feed: '<html/>'"):
        file_of_feed(f"{server.address}/files/index.xml", None, client, "brp")


def test_a_feed_by_its_name() -> None:
    assert is_feed("https://a.nl/atom/index.xml?x=1")
    assert not is_feed("https://a.nl/atom/bag.gpkg")
