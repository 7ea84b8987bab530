"""Writing and publishing a policy: what is refused, what is kept, who may press."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import ProgrammingError, transaction

from saldo.audit.queries import list_entries
from saldo.core.identity import CompanyId
from saldo.dunning import models
from saldo.dunning.actions.assigning import assign_policy
from saldo.dunning.actions.publishing import (
    UnableToPublish,
    drop_policy_draft,
    publish_policy,
    save_policy_draft,
)
from saldo.dunning.formats.policy_written import policy_text
from saldo.dunning.formats.ready_policies import ready_policy
from saldo.dunning.links import DebtorLink, debtor_path, read_token
from saldo.dunning.publications import count_held, find_draft, list_chosen, list_versions
from saldo.dunning.rules.policy import hash_of
from tests.conftest import NOW
from tests.dunning.policies import ready

TODAY = date(2026, 5, 12)
GENTLE, STANDARD = ready_policy("gentle"), ready_policy("standard")


def save(company: CompanyId, text: str, *, code: str = "gentle", by: str = "user:1") -> bool:
    return save_policy_draft(company=company, code=code, text=text, by=by, at=NOW)


def publish(company: CompanyId, text: str, *, code: str = "gentle", by: str = "user:2", **others: Any) -> int:
    facts = {"starts_on": TODAY, "country": "SE", "today": TODAY, "at": NOW} | others
    return publish_policy(company=company, code=code, text=text, by=by, **facts)


def refusal(company: CompanyId, text: str, **others: Any) -> UnableToPublish:
    with pytest.raises(UnableToPublish) as caught:
        publish(company, text, **others)
    return caught.value


class TestDraft:
    def test_is_kept_byte_for_byte_whatever_it_says(self, company: CompanyId) -> None:
        text = "policy: gentle\n  # half written ünd\ttabbed\n"
        assert save(company, text)
        draft = find_draft(company=company, code="gentle")
        assert draft is not None
        assert (draft.text, draft.edited_by) == (text, "user:1")

    def test_stays_its_editors_when_somebody_saves_the_same_text(self, company: CompanyId) -> None:
        save(company, GENTLE)
        assert not save(company, GENTLE, by="user:2")
        draft = find_draft(company=company, code="gentle")
        assert draft is not None
        assert draft.edited_by == "user:1"

    def test_is_refused_when_longer_than_a_policy_can_be(self, company: CompanyId) -> None:
        with pytest.raises(UnableToPublish) as caught:
            save(company, "x" * 70_000)
        assert caught.value.code == "dunning.policy.too-long"

    def test_is_thrown_away_once(self, company: CompanyId) -> None:
        save(company, GENTLE)
        assert drop_policy_draft(company=company, code="gentle", by="user:1", at=NOW)
        assert not drop_policy_draft(company=company, code="gentle", by="user:1", at=NOW)


class TestPublishing:
    def test_keeps_the_text_its_hash_and_writes_it_down(self, company: CompanyId) -> None:
        save(company, GENTLE)
        assert publish(company, GENTLE) == 1
        (one,) = list_versions(company=company)
        assert (one.text, one.sha256, one.starts_on) == (GENTLE, hash_of(GENTLE), TODAY)
        entry = list_entries(company=company, code="dunning.policy.published")[0]
        assert (entry.actor, entry.facts["sha256"]) == ("user:2", hash_of(GENTLE))
        assert find_draft(company=company, code="gentle") is None

    def test_counts_versions_up(self, company: CompanyId) -> None:
        for number in (1, 2, 3):
            text = GENTLE + f"# {number}\n"
            save(company, text)
            assert publish(company, text) == number

    def test_refuses_what_the_check_refutes_with_its_findings(self, company: CompanyId) -> None:
        text = policy_text(replace(ready("gentle"), bank_hours=9000))
        save(company, text)
        refused = refusal(company, text)
        assert refused.code == "dunning.policy.refuted"
        assert [one.code for one in refused.findings] == ["dunning.check.bank-hours"]
        assert refused.findings[0].line > 0
        assert list_versions(company=company) == ()

    def test_refuses_what_cannot_be_read_or_is_called_otherwise(self, company: CompanyId) -> None:
        save(company, "policy: [")
        assert refusal(company, "policy: [").code == "dunning.policy.unreadable"
        save(company, STANDARD)
        assert refusal(company, STANDARD).code == "dunning.policy.other-code"

    def test_refuses_a_text_that_is_not_the_draft(self, company: CompanyId) -> None:
        assert refusal(company, GENTLE).code == "dunning.policy.no-draft"
        save(company, GENTLE + "# later\n")
        assert refusal(company, GENTLE).code == "dunning.policy.draft-changed"

    def test_refuses_a_day_that_is_over_and_one_before_the_last_version(self, company: CompanyId) -> None:
        save(company, GENTLE)
        assert refusal(company, GENTLE, starts_on=TODAY - timedelta(1)).code == "dunning.policy.starts-in-past"
        publish(company, GENTLE, starts_on=TODAY + timedelta(10))
        save(company, GENTLE + "# 2\n")
        assert refusal(company, GENTLE + "# 2\n").code == "dunning.policy.starts-in-past"

    def test_refuses_the_same_text_again(self, company: CompanyId) -> None:
        save(company, GENTLE)
        publish(company, GENTLE)
        save(company, GENTLE)
        assert refusal(company, GENTLE).code == "dunning.policy.same-text"

    def test_needs_a_second_person_where_access_is_touched(self, company: CompanyId) -> None:
        save(company, STANDARD, code="standard")
        assert refusal(company, STANDARD, code="standard", by="user:1").code == "dunning.policy.second-person"
        assert refusal(company, STANDARD, code="standard", by="command").code == "dunning.policy.not-a-person"
        assert publish(company, STANDARD, code="standard", by="user:2") == 1

    def test_needs_nobody_else_where_only_letters_are_written(self, company: CompanyId) -> None:
        save(company, GENTLE)
        assert publish(company, GENTLE, by="user:1") == 1

    def test_can_never_be_changed_afterwards(self, company: CompanyId) -> None:
        save(company, GENTLE)
        publish(company, GENTLE)
        for act in (lambda rows: rows.update(text="other"), lambda rows: rows.delete()):
            with pytest.raises(ProgrammingError), transaction.atomic():
                act(models.PolicyVersion.objects.filter(company_id=company))


class TestHolding:
    def test_counts_whom_a_policy_holds_for(self, company: CompanyId, make_debtor: Any) -> None:
        for number, segment in (("1", ""), ("2", "care"), ("3", "care"), ("4", "")):
            make_debtor(number, segment)
        for code, text in (("gentle", GENTLE), ("standard", STANDARD)):
            save(company, text, code=code)
            publish(company, text, code=code)
        for scope, subject, policy in (("company", "", "standard"), ("segment", "care", "gentle"), ("debtor", "3", "")):
            assign_policy(
                company=company,
                scope=scope,  # type: ignore[arg-type]
                subject=subject,
                policy=policy,
                starts_on=TODAY,
                by="user:1",
                today=TODAY,
                at=NOW,
            )
        chosen = list_chosen(company=company, on=TODAY)
        assert count_held(company=company, chosen=chosen, on=TODAY) == {"standard": 2, "gentle": 2}

    @pytest.fixture
    def make_debtor(self, company: CompanyId) -> Any:
        from saldo.parties.models import Debtor

        def make(number: str, segment: str) -> None:
            Debtor.objects.create(
                company_id=company, number=number, name=f"D {number}", segment=segment, country="SE", first_seen_at=NOW
            )

        return make


class TestLinks:
    LINK = DebtorLink(company=CompanyId(7), debtor="D-17", policy="gentle", version=2, until=date(2026, 11, 8))

    def test_say_whose_they_are_until_their_last_day(self) -> None:
        token = debtor_path(self.LINK, language="sv").rpartition("/")[2]
        assert read_token(token, today=date(2026, 11, 8)) == self.LINK
        assert read_token(token, today=date(2026, 11, 9)) is None

    def test_say_nothing_when_a_letter_was_changed(self) -> None:
        token = debtor_path(self.LINK, language="sv").rpartition("/")[2]
        for place in (0, 5, len(token) // 2, len(token) - 2):
            other = token[:place] + ("A" if token[place] != "A" else "B") + token[place + 1 :]
            assert read_token(other, today=TODAY) is None
        assert read_token("", today=TODAY) is None
