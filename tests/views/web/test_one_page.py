"""The page of one municipality in one text: nothing is left outside, and nothing else may run."""

from __future__ import annotations

import base64
import hashlib
import re

import pytest

from flexruimte import Ranking
from flexruimte.views.web import one_page
from flexruimte.views.web.one_page import _with_all_inside
from toy_town import municipalities, toy_study
from web_page import told


@pytest.fixture(scope="module")
def ranking(tmp_path_factory: pytest.TempPathFactory) -> Ranking:
    return toy_study(tmp_path_factory.mktemp("toy")).rank("A")


def page_of(ranking: Ranking, *, others: bool = True) -> str:
    boundary = municipalities().geometry.iloc[0]
    return one_page(ranking.content(), ranking.assessment, boundary, others=others)


def test_it_asks_for_no_file(ranking: Ranking) -> None:
    page = page_of(ranking)
    assert re.findall(r"<script src=|<link rel=\"stylesheet\"", page) == []
    policy = re.findall(r'Content-Security-Policy" content="([^"]*)"', page)[0]
    assert "file:" not in policy.split("script-src")[1].split(";")[0]
    assert "'unsafe-inline'" not in policy.split("style-src")[0]


def test_its_policy_names_every_script_and_no_other(ranking: Ranking) -> None:
    page = page_of(ranking)
    digests = {
        base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
        for text in re.findall(r"<script>(.*?)</script>", page, re.DOTALL)
    }
    named = set(re.findall(r"'sha256-([^']+)'", page.split("style-src")[0]))
    assert named == digests
    assert len(digests) == page.count("<script>")


def test_its_data_are_those_of_the_municipality(ranking: Ranking) -> None:
    page = page_of(ranking)
    [line] = re.findall(r"^flexruimte\.municipality\(.*\);$", page, re.MULTILINE)
    assert told(line)["locations"]["id"] == ranking.locations["parcel_id"].tolist()
    [line] = re.findall(r"^flexruimte\.parcels\(.*\);$", page, re.MULTILINE)
    assert told(line)["id"] == ["P02", "P07", "P10", "P11"]
    [line] = re.findall(
        r"^flexruimte\.parcels\(.*\);$", page_of(ranking, others=False), re.MULTILINE
    )
    assert told(line)["id"] == []


def test_a_script_cannot_be_ended_by_what_it_says() -> None:
    page = '<meta content="script-src \'self\' file:"><script src="a.js"></script>'
    made = _with_all_inside({"index.html": page, "a.js": 'say("</script>")\r\n'})
    assert made.count("</script>") == 1
    assert 'say("<\\/script>")\n' in made
