"""Policies to choose from on a page: published versions, drafts and the ready ones, each by a short key."""

from __future__ import annotations

from dataclasses import dataclass

from saldo.core.identity import CompanyId
from saldo.desk import figures
from saldo.dunning.formats.policy_text import read_policy
from saldo.dunning.formats.ready_policies import READY, ready_policy
from saldo.dunning.publications import Draft, Published, list_drafts, list_versions
from saldo.dunning.rules.policy import Policy
from saldo.dunning.wording import name_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """One policy to choose: ``key`` is version:<code>:<n>, draft:<code> or ready:<code>."""

    key: str
    words: str
    text: str
    code: str
    version: int | None = None

    @property
    def policy(self) -> Policy | None:
        """What its text says; None where it cannot be read."""
        read = read_policy(self.text)
        return read if isinstance(read, Policy) else None


def list_choices(*, company: CompanyId) -> dict[str, Choice]:
    """Everything there is, the newest versions first, then drafts, then the ready ones."""
    found = [_version(one) for one in list_versions(company=company)]
    found += [_draft(one) for one in list_drafts(company=company)]
    found += [_ready(code) for code in READY]
    return {one.key: one for one in found}


def name_text(text: str, code: str) -> str:
    """What a policy's text calls itself in the reader's language; its code where it cannot be read."""
    read = read_policy(text)
    return name_of(read, figures.language()) if isinstance(read, Policy) else code


def _version(one: Published) -> Choice:
    words = figures.say("pages.policies.choice.version", name=name_text(one.text, one.code), version=one.version)
    return Choice(
        key=f"version:{one.code}:{one.version}", words=words, text=one.text, code=one.code, version=one.version
    )


def _draft(one: Draft) -> Choice:
    words = figures.say("pages.policies.choice.draft", name=name_text(one.text, one.code))
    return Choice(key=f"draft:{one.code}", words=words, text=one.text, code=one.code)


def _ready(code: str) -> Choice:
    text = ready_policy(code)
    words = figures.say("pages.policies.choice.ready", name=name_text(text, code))
    return Choice(key=f"ready:{code}", words=words, text=text, code=code)
