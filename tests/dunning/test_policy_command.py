"""`saldo policy check`: one document with --json, a time line for people, exit 1 when the policy is refuted."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from saldo.dunning.formats.policy_written import policy_text
from saldo.dunning.rules.policy import hash_of
from saldo.server.entry import main
from tests.dunning.mutants import mutants
from tests.dunning.policies import READY, ready

HASTY = """\
policy: hasty
names: {en: Hasty, sv: Hastig, zh-Hans: 仓促, pt-BR: Apressada, es: Apresurada}
steps:
  - step: warning
    when: ["days-late >= 3"]
    do: [{mail: reminder}]
    notice: 7 days

  - step: blocked
    when: ["days-late >= 30", "owed >= 100"]
    do: [{propose-suspension: [licences]}]
    release: person
"""


@pytest.fixture
def hasty(tmp_path: Path) -> Path:
    path = tmp_path / "hasty.yaml"
    path.write_text(HASTY, encoding="utf-8")
    return path


def asked(capsys, *words: str) -> tuple[int, str]:
    status = main(["policy", "check", *words])
    return status, capsys.readouterr().out


class TestTheDocument:
    @pytest.mark.parametrize("path", sorted(READY.glob("*.yaml")), ids=lambda path: path.stem)
    def test_a_ready_policy_is_valid(self, capsys, path: Path) -> None:
        status, said = asked(capsys, str(path), "--json", "--today", "2026-11-25")
        document = json.loads(said)
        assert status == 0
        assert (document["valid"], document["findings"]) == (True, [])
        assert document["hash"] == hash_of(path.read_text(encoding="utf-8"))

    def test_a_refuted_policy_says_where_and_shows_it(self, capsys, hasty: Path) -> None:
        status, said = asked(capsys, str(hasty), "--json", "--today", "2026-11-25")
        document = json.loads(said)
        assert (status, document["valid"]) == (1, False)
        (finding,) = document["findings"]
        assert (finding["code"], finding["step"], finding["line"]) == ("dunning.check.access-untold", "blocked", 9)
        assert [moment["what"] for moment in finding["counterexample"]] == ["invoice", "enters", "enters"]
        assert finding["counterexample"][0] == {
            "on": "2026-11-28",
            "what": "invoice",
            "amount": "150.00",
            "currency": "EUR",
            "due": "2026-12-28",
        }
        assert finding["counterexample"][2]["acts"] == ["propose-suspension licences"]

    def test_a_text_that_is_no_policy_says_where(self, capsys, tmp_path: Path) -> None:
        path = tmp_path / "no.yaml"
        path.write_text(HASTY.replace("7 days", "7 moons"), encoding="utf-8")
        status, said = asked(capsys, str(path), "--json")
        document = json.loads(said)
        assert (status, document["valid"]) == (1, False)
        assert document["findings"] == [
            {
                "code": "dunning.text.bad-period",
                "step": "",
                "counterexample": [{"line": 7, "column": 13, "seen": "7 moons"}],
                "line": 7,
                "message": "A notice is written as 7 days or 5 workdays.",
            }
        ]

    @pytest.mark.parametrize("content", [None, b"\xff\xfe\x00"])
    def test_a_file_that_cannot_be_read_is_wrong_usage(self, capsys, tmp_path: Path, content: bytes | None) -> None:
        path = tmp_path / "unread.yaml"
        if content is not None:
            path.write_bytes(content)
        with pytest.raises(SystemExit) as left:
            main(["policy", "check", str(path), "--json"])
        assert left.value.code == 2

    def test_the_country_of_the_company_says_whose_law(self, capsys, tmp_path: Path) -> None:
        path = tmp_path / "fee.yaml"
        text = (READY / "gentle.yaml").read_text(encoding="utf-8")
        path.write_text(
            text.replace("- mail: reminder", '- mail: reminder\n      - fee: {SEK: "60.00"}'), encoding="utf-8"
        )
        assert asked(capsys, str(path), "--country", "se")[0] == 0
        assert asked(capsys, str(path))[0] == 1


class TestForPeople:
    def test_a_sound_policy_is_one_line(self, capsys) -> None:
        assert asked(capsys, str(READY / "standard.yaml"), "--lang", "en") == (
            0,
            "The policy standard is proved sound.\n",
        )

    def test_a_refuted_one_tells_what_happens_day_by_day(self, capsys, hasty: Path) -> None:
        status, said = asked(capsys, str(hasty), "--lang", "en", "--today", "2026-11-25")
        assert status == 1
        assert said.splitlines() == [
            f"{hasty}:9: blocked: Access would stop without any notice that named it.",
            "    2026-11-28  An invoice of 150.00 EUR is issued, due on 2026-12-28.",
            "    2026-12-31  Step warning begins, days late: 3. It does: mail reminder.",
            "    2027-01-27  Step blocked begins, days late: 30. It does: propose-suspension licences.",
            "",
            "The policy hasty is refuted. Findings: 1.",
        ]

    @pytest.mark.parametrize("language", ["en", "sv", "zh-Hans", "pt-BR", "es"])
    def test_every_finding_of_the_bad_policies_has_words(self, capsys, tmp_path: Path, language: str) -> None:
        path = tmp_path / "bad.yaml"
        for mutant in mutants([ready("standard"), ready("strict")], seed=11, count=50):
            if any(amount < 0 for amount in mutant.policy.floor.values()):
                continue  # no text can say it
            path.write_text(policy_text(mutant.policy), encoding="utf-8")
            status, said = asked(capsys, str(path), "--lang", language, "--country", "SE", "--today", "2026-11-25")
            assert status == 1
            assert "dunning." not in said.replace(str(path), "")
            assert "%(" not in said
