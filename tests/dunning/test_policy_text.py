"""A policy's text: read with the line of every fault, refused without harm, written back the same."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import time
from decimal import Decimal
from hashlib import sha256
from pathlib import Path

import jsonschema
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from saldo.dunning.formats import policy_text as reader
from saldo.dunning.formats import policy_values
from saldo.dunning.formats.policy_text import lines_of, read_policy
from saldo.dunning.formats.policy_written import policy_text
from saldo.dunning.formats.yaml_nodes import MOST_BYTES, Fault
from saldo.dunning.rules.policy import Act, Hours, NoticePeriod, Policy, Step, hash_of
from tests.dunning.policies import READY, ready, ready_text, small_policies

SMALL = """\
policy: small
steps:
  - step: reminder
    when: ["days-late >= 3"]
    do:
      - mail: reminder
"""
SCHEMA = json.loads((Path(reader.__file__).parent / "policy.schema.json").read_text(encoding="utf-8"))


def faults(text: str) -> list[tuple[str, int, int]]:
    read = read_policy(text)
    assert not isinstance(read, Policy)
    return [(one.code.removeprefix("dunning.text."), one.line, one.column) for one in read]


class TestReading:
    def test_a_small_policy_says_what_stands_there_and_takes_the_rest_by_default(self) -> None:
        assert read_policy(SMALL) == Policy(
            code="small",
            steps=(
                Step(
                    code="reminder",
                    when=ready("standard").steps[1].when,
                    acts=(Act(kind="mail", letter="reminder"),),
                ),
            ),
        )

    def test_a_step_follows_the_one_before_it_and_waits_for_no_proof_of_nothing_sent(self) -> None:
        read = read_policy(SMALL + "  - step: phone\n    do: [call]\n")
        assert isinstance(read, Policy)
        assert [(step.follows, step.proof) for step in read.steps] == [
            (("clear",), "handed-over"),
            (("reminder",), "none"),
        ]

    def test_no_word_of_yaml_is_taken_for_anything_else(self) -> None:
        """Norway is no `false`, an hour no number in base sixty, a step may be called off."""
        text = SMALL.replace("reminder\n    when", "off\n    when")
        read = read_policy(text + "jurisdiction: NO\nsending: {from: 09:00, until: 17:30, on: [mon]}\n")
        assert isinstance(read, Policy)
        assert (read.jurisdiction, read.steps[0].code) == ("NO", "off")
        assert read.sending == Hours(opens=time(9), closes=time(17, 30), weekdays=(0,))

    def test_all_acts(self) -> None:
        acts = """\
      - letter: final-notice
      - call
      - fee: {SEK: "60.00", JPY: 500}
      - interest: "8.5"
      - stop-new-orders
      - propose-suspension: [add-ons, azure]
      - end-of-term
      - external-collection
      - propose-write-off
"""
        read = read_policy(SMALL + acts)
        assert isinstance(read, Policy)
        assert [act.kind for act in read.steps[0].acts] == [
            *("mail", "letter", "call", "fee", "interest", "stop-new-orders", "propose-suspension", "end-of-term"),
            *("external-collection", "propose-write-off"),
        ]
        assert read.steps[0].acts[3].net == {"SEK": Decimal("60.00"), "JPY": Decimal(500)}

    def test_the_lines_of_the_steps(self) -> None:
        assert lines_of(SMALL) == {"": 1, "reminder": 3}
        assert lines_of("[") == {"": 1}
        assert set(lines_of(ready_text("standard"))) == {"", *ready("standard").step_by_code}

    def test_the_hash_is_that_of_the_bytes(self) -> None:
        assert hash_of(SMALL) == sha256(SMALL.encode()).hexdigest()


class TestFaults:
    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            ("", [("not-yaml", 1, 1)]),
            ("\x00", [("not-yaml", 1, 1)]),
            ("policy: {a: b", [("not-yaml", 1, 14)]),
            ("a: 1\n---\nb: 1", [("not-yaml", 2, 1)]),
            ("- a", [("wrong-shape", 1, 1)]),
            ("policy: small", [("missing-key", 1, 1)]),
            (SMALL + "policy: again", [("duplicate-key", 7, 1)]),
            (SMALL + "colour: red", [("unknown-key", 7, 1)]),
            (SMALL + "    colour: red", [("unknown-key", 7, 5)]),
            (SMALL + "    notice: 5 fortnights", [("bad-period", 7, 13)]),
            (SMALL + "    proof: sworn", [("bad-choice", 7, 12)]),
            (SMALL + "    release: anybody", [("bad-choice", 7, 14)]),
            (SMALL + "      - mail: love-letter", [("bad-choice", 7, 15)]),
            (SMALL + "      - sing", [("bad-choice", 7, 9)]),
            (SMALL + "      - {mail: reminder, letter: reminder}", [("unknown-act", 7, 9)]),
            (SMALL + '      - fee: {SEK: "0.001"}', [("bad-number", 7, 20)]),
            (SMALL + "      - fee: {SEK: 0}", [("bad-number", 7, 20)]),
            (SMALL + "      - fee: {crowns: 5}", [("bad-currency", 7, 15)]),
            (SMALL + "      - propose-suspension: [azure, azure]", [("bad-choice", 7, 29)]),
            (SMALL + "  - step: reminder", [("duplicate-step", 7, 11)]),
            (SMALL + "  - step: clear", [("duplicate-step", 7, 11)]),
            (SMALL + "  - step: Über", [("bad-code", 7, 11)]),
            (SMALL + "  - step: two\n    follows: []", [("bad-code", 8, 14)]),
            (SMALL + "names: {de: Klein}", [("bad-language", 7, 9)]),
            (SMALL + "jurisdiction: Sweden", [("bad-country", 7, 15)]),
            (SMALL + "floor: {SEK: -1}", [("bad-number", 7, 14)]),
            (SMALL + "triage-days: soon", [("bad-number", 7, 14)]),
            (SMALL + 'sending: {from: "25:00"}', [("bad-hours", 7, 17)]),
            (SMALL + "sending: {on: [monday]}", [("bad-choice", 7, 16)]),
            (SMALL.replace(">= 3", "≥ 3"), [("bad-condition", 4, 12)]),
            (SMALL.replace("days-late", "moon"), [("bad-condition", 4, 12)]),
            (SMALL.replace("days-late >= 3", "segment > a"), [("bad-condition", 4, 12)]),
            ("policy: &x small\nsteps: *x", [("anchor", 1, 9)]),
            ("policy: !!python/object/apply:os.system [ls]", [("tag", 1, 9)]),
            ("[" * 40, [("too-deep", 1, 9)]),
            ("a: [" + "1, " * 9000 + "1]", [("too-deep", 1, 23996)]),
            ("# " + "x" * MOST_BYTES, [("too-large", 1, 1)]),
            ("policy: x\nsteps: []", [("steps", 2, 8)]),
        ],
    )
    def test_each_has_its_code_line_and_column(self, text: str, expected: list[tuple[str, int, int]]) -> None:
        assert faults(text) == expected

    def test_all_faults_are_told_at_once_in_the_order_of_lines(self) -> None:
        text = SMALL.replace(">=", "~") + "    notice: soon\nfloor: {SEK: much}\n"
        assert [code for code, _, _ in faults(text)] == ["bad-condition", "bad-period", "bad-number"]

    def test_thirty_steps_and_no_more(self) -> None:
        steps = "".join(f"  - step: s{place}\n" for place in range(31))
        assert faults("policy: long\nsteps:\n" + steps) == [("steps", 3, 3)]
        assert isinstance(read_policy("policy: long\nsteps:\n" + steps.replace("  - step: s30\n", "")), Policy)

    def test_a_hundred_aliases_of_aliases_are_not_followed(self) -> None:
        laughs = "a: &a [x]\n" + "".join(f"{name}: &{name} [*a, *a]\n" for name in "bcdefgh")
        assert [code for code, _, _ in faults(laughs)] == ["anchor"]

    @given(st.text(max_size=200))
    def test_no_text_at_all_makes_it_fall(self, text: str) -> None:
        read = read_policy(text)
        assert isinstance(read, Policy) or all(isinstance(one, Fault) and one.line >= 1 for one in read)

    @given(st.data())
    @settings(max_examples=150, deadline=None)
    def test_no_damaged_policy_makes_it_fall(self, data) -> None:
        text = ready_text(data.draw(st.sampled_from(["gentle", "standard", "strict"])))
        at = data.draw(st.integers(0, len(text)))
        cut = data.draw(st.integers(0, 12))
        damaged = text[:at] + data.draw(st.text(":-[]{}\"'&*!#> \nax0", max_size=6)) + text[at + cut :]
        read = read_policy(damaged)
        assert isinstance(read, Policy) or read
        lines_of(damaged)


class TestWriting:
    @pytest.mark.parametrize("name", ["gentle", "standard", "strict"])
    def test_the_ready_policies_come_back(self, name: str) -> None:
        assert read_policy(policy_text(ready(name))) == ready(name)

    @given(small_policies(), st.sampled_from(["", "SE", "NO", "EU"]), st.booleans())
    @settings(max_examples=100, deadline=None)
    def test_what_is_written_is_read_as_the_same(self, policy: Policy, country: str, alone: bool) -> None:
        whole = replace(policy, jurisdiction=country, fees_alone=alone, names={"sv": 'Å "ä" \\ #: [x]'})
        text = policy_text(whole)
        assert read_policy(text) == whole
        assert policy_text(read_policy(text)) == text

    def test_equal_policies_give_equal_text(self) -> None:
        one = replace(ready("standard"), floor={"SEK": Decimal("50"), "EUR": Decimal("5.0")})
        other = replace(ready("standard"), floor={"EUR": Decimal("5.00"), "SEK": Decimal("50.000")})
        assert policy_text(one) == policy_text(other)


class TestSchema:
    """The schema, which editors use, and the reader say the same as far as a schema can say it."""

    def says_yes(self, text: str) -> bool:
        plain = yaml.load(text, Loader=yaml.BaseLoader)
        return bool(jsonschema.Draft202012Validator(SCHEMA).is_valid(plain))

    def test_it_is_a_schema(self) -> None:
        jsonschema.Draft202012Validator.check_schema(SCHEMA)

    @pytest.mark.parametrize("path", sorted(READY.glob("*.yaml")), ids=lambda path: path.stem)
    def test_ready_policies(self, path: Path) -> None:
        text = path.read_text(encoding="utf-8")
        assert self.says_yes(text)
        assert self.says_yes(policy_text(ready(path.stem)))

    @pytest.mark.parametrize("case", range(37))
    def test_bad_ones(self, case: int) -> None:
        text, expected = TestFaults.test_each_has_its_code_line_and_column.pytestmark[0].args[1][case]
        beyond = {"not-yaml", "duplicate-key", "anchor", "tag", "too-large", "too-deep"}
        cannot_say = {("bad-number", 7, 20), ("duplicate-step", 7, 11)}
        if expected[0][0] not in beyond and expected[0] not in cannot_say:
            assert not self.says_yes(text)

    @given(small_policies())
    @settings(max_examples=50, deadline=None)
    def test_everything_that_is_written(self, policy: Policy) -> None:
        assert self.says_yes(policy_text(policy))

    @given(st.data())
    @settings(max_examples=200, deadline=None)
    def test_what_the_reader_takes_the_schema_takes(self, data) -> None:
        key, value = data.draw(
            st.sampled_from(
                [
                    *(("when", f'["{text}"]') for text in ("owed >= 1.5", "owed>=1", "items = 2", "currency = SEK")),
                    *(("when", f'["{text}"]') for text in ("segment = a_b", "days-late <= -3", "owed >= 1.2345")),
                    *(("notice", text) for text in ("1 day", "3 workdays", "1 workday", "1000 days", "-1 days")),
                    *(("follows", text) for text in ("clear", "[clear]", "[clear, clear]", "{a: b}", "X")),
                    *(("proof", text) for text in ("none", "spoken", "[none]", "")),
                    *(("do", text) for text in ("[]", "[call]", "[{fee: {SEK: 1}}]", "[{fee: {}}]", "[[call]]")),
                    *(("do", text) for text in ("[{interest: 8}]", "[{interest: 108}]", "[{propose-suspension: []}]")),
                ]
            )
        )
        text = f"policy: x\nsteps:\n  - step: one\n    {key}: {value}\n"
        assert isinstance(read_policy(text), Policy) is self.says_yes(text)

    def test_patterns_are_those_of_the_reader(self) -> None:
        written = json.dumps(SCHEMA)
        for name in ("CODE", "NAME", "COUNT", "AMOUNT", "CURRENCY", "JURISDICTION", "CLOCK", "PERIOD", "CONDITION"):
            assert json.dumps(getattr(policy_values, name)) in written, name

    def test_notice_units(self) -> None:
        read = read_policy(SMALL + "    notice: 5 workdays\n")
        assert isinstance(read, Policy)
        assert read.steps[0].notice == NoticePeriod(5, in_workdays=True)
