"""What if, of a study in memory."""

from __future__ import annotations

from pathlib import Path

import matplotlib.pyplot as plt
import pytest

from flexruimte import Variant
from flexruimte.errors import FlexruimteError, RulesetError, StudyError
from flexruimte.study import what_if as in_memory
from toy_town import toy_study

SOFT = Variant("soft", {"rules": {"nature": {"level": "soft"}}}, "Zachte natuur")


def test_layers_are_read_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    surveyed: list[str] = []

    def noted(question: object, code: str, *others: object) -> object:
        surveyed.append(code)
        return survey(question, code, *others)

    survey = in_memory.survey
    monkeypatch.setattr(in_memory, "survey", noted)
    study = toy_study(tmp_path)
    distance = Variant("ring", {"rules": {"near_nature": {"distance_m": 10}}})
    found = study.what_if([SOFT, distance], municipalities=["Aadorp"])
    assert surveyed == ["A"]
    assert repr(found) == "<What if of 'Toy town': 1 municipality, 8 rules, 2 variants>"
    assert found.variants["title"].tolist() == ["De studie zoals die is", "Zachte natuur", "ring"]
    assert found.variants["note"].tolist() == ["", "", "needs a new survey"]
    again = study.what_if([SOFT, distance], municipalities=["A"], rules=[], new_surveys=True)
    assert surveyed == ["A", "A", "A"]
    assert again.variants["note"].tolist() == ["", "", ""]
    assert len(again.rules) == 0
    found.plot()
    plt.close("all")


def test_a_file_of_a_variant(tmp_path: Path) -> None:
    path = tmp_path / "soft.toml"
    path.write_text('[rules.nature]\nlevel = "soft"\n', encoding="utf-8")
    found = toy_study(tmp_path).what_if([path], municipalities=["A"], rules=["nature"])
    # tests/analyses/what_if/test_rules.py
    assert found.variants["homes"].tolist() == [146, 186]
    assert found.moves[["variant", "parcel_id"]].to_numpy().tolist() == [["soft", "P07"]]


@pytest.mark.parametrize(("changes", "error", "message"), [
    ({"rules": {"natur": {"level": "soft"}}}, RulesetError, r"variant 'x': .*\[rules.natur\] overrides something that does not exist; did you mean 'nature'"),
    ({"rules": {"nature": {"levl": "soft"}}}, RulesetError, "variant 'x': .*unknown key"),
    ({"rulez": {"nature": {"level": "soft"}}}, StudyError, "variant 'x': a study has no 'rulez'"),
    ({"target_groups": ["nobody"]}, StudyError, "variant 'x': target_groups: 'nobody'"),
    ({"placement": {"storey": 2}}, FlexruimteError, "variant 'x': .*storey"),
])  # fmt: skip
def test_a_variant_that_names_nothing_that_exists(
    tmp_path: Path, changes: dict[str, object], error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=message) as raised:
        toy_study(tmp_path).what_if([Variant("x", changes)])
    assert "\n" not in str(raised.value)


def test_a_rule_that_does_not_exist(tmp_path: Path) -> None:
    with pytest.raises(StudyError, match="rule 'natur' does not exist"):
        toy_study(tmp_path).what_if(municipalities=["A"], rules=["natur"])
