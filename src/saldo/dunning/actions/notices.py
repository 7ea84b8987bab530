"""What people say of a notice: posted, proved, failed, to be told again."""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import Any

from saldo.audit.log import record
from saldo.core.identity import CompanyId
from saldo.core.problems import Refused
from saldo.dunning import models
from saldo.dunning.actions.charging import charge_costs
from saldo.dunning.actions.proofs import Fate, begin_notice_days, fail_notice, let_ladder_wait_anew
from saldo.dunning.actions.tasks import drop_task
from saldo.dunning.rules.policy import PROOFS
from saldo.dunning.rules.proof import is_enough, is_handed_over

_WENT = "handed-over"
_AGAIN = re.compile(r"/again-\d+$")


class UnableToRecordNotice(Refused):
    """Something said of a notice that cannot be, or not yet."""


def record_posted(*, company: CompanyId, notice: str, on: date, evidence: str, by: str, at: datetime) -> None:
    """A person has posted the letter of a notice; ``evidence`` is the receipt's number or document.

    Refuses (UnableToRecordNotice): dunning.notice.unknown, .no-letter, .posted-already, .no-evidence, .ahead.
    """
    row = _locked(company, notice)
    letter = next((one for one in row.channels if one["channel"] == "letter"), None)
    if letter is None or not row.told:
        raise UnableToRecordNotice(code="dunning.notice.no-letter", facts={"notice": notice})
    if letter["state"] == _WENT:
        raise UnableToRecordNotice(code="dunning.notice.posted-already", facts={"notice": notice})
    _check_said(row, on, evidence)
    letter.update(state=_WENT, on=on.isoformat(), evidence=evidence)
    drop_task(company=company, key=f"letter:{row.key}", outcome="posted", by=by, at=at)
    facts = {"on": on.isoformat(), "evidence": evidence}
    record(company=company, code="dunning.letter-posted", actor=by, subject=row.key, at=at, facts=facts)
    settle_channels(company=company, row=row, by=by, at=at)


def settle_channels(*, company: CompanyId, row: models.Notice, by: str, at: datetime) -> bool:
    """Save a notice whose channels have changed; once all of them took it, its days may run. Returns whether so.

    A channel that failed keeps it failed, whatever the others did.
    """
    if row.state == "ordered" and is_handed_over(row.channels):
        row.state = _WENT
        charge_costs(company=company, row=row, by=by, at=at)
        on = max(date.fromisoformat(one["on"]) for one in row.channels)
        if is_enough(_WENT, row.proof):
            _prove(row, on, by, evidence="")
            begin_notice_days(company=company, fates=[Fate(row, on)])
    row.save(update_fields=["state", "channels", "told", "proved_on", "proved_by", "evidence"])
    return row.state in (_WENT, "proved")


def record_proof(
    *, company: CompanyId, notice: str, proof: str, evidence: str, on: date, by: str, at: datetime
) -> None:
    """A stronger proof came: seen in the portal, a registered letter's receipt, a word with a named person.

    The final notice needs both of its channels first (practice 20). Refuses (UnableToRecordNotice):
    dunning.notice.unknown, .unknown-proof, .proof-too-weak, .not-handed-over, .proved-already, .no-evidence, .ahead.
    """
    row = _locked(company, notice)
    if proof not in PROOFS or proof == "none":
        raise UnableToRecordNotice(code="dunning.notice.unknown-proof", facts={"proof": proof})
    if not is_enough(proof, row.proof):
        raise UnableToRecordNotice(code="dunning.notice.proof-too-weak", facts={"asked": row.proof, "seen": proof})
    if row.state == "proved":
        raise UnableToRecordNotice(code="dunning.notice.proved-already", facts={"notice": notice})
    needs_channels = proof == _WENT or row.letter == "final-notice"
    if not row.told or row.state == "recalled" or (needs_channels and not is_handed_over(row.channels)):
        raise UnableToRecordNotice(code="dunning.notice.not-handed-over", facts={"notice": notice})
    _check_said(row, on, evidence)
    _prove(row, on, by, evidence=evidence)
    row.save(update_fields=["state", "proved_on", "proved_by", "evidence"])
    begin_notice_days(company=company, fates=[Fate(row, on)])
    drop_task(company=company, key=f"notice-failed:{row.key}", outcome="proved", by=by, at=at)
    facts = {"proof": proof, "on": on.isoformat(), "evidence": evidence}
    record(company=company, code="dunning.notice-proved", actor=by, subject=row.key, at=at, facts=facts)


def record_failed(*, company: CompanyId, notice: str, channel: str, code: str, on: date, by: str, at: datetime) -> None:
    """One channel did not reach anybody (a letter came back): the notice is failed and its ladder waits.

    Refuses (UnableToRecordNotice): dunning.notice.unknown, .no-channel.
    """
    row = _locked(company, notice)
    found = next((one for one in row.channels if one["channel"] == channel), None)
    if found is None or not row.told:
        raise UnableToRecordNotice(code="dunning.notice.no-channel", facts={"notice": notice, "channel": channel})
    found.update(state="failed", code=code)
    fail_notice(company=company, fate=Fate(row, on), code=code, by=by, at=at)


def settle_failed(*, company: CompanyId, notice: str, on: date, by: str, at: datetime) -> str:
    """The address was mended, or the rehearsal is over: the same step is told again, by a notice of its own.

    ``on`` is the debtor's day. Gives the key of the new one, which `send_notices` writes out. Refuses
    (UnableToRecordNotice): dunning.notice.unknown, .nothing-to-settle.
    """
    row = _locked(company, notice)
    rehearsed = any(one["state"] == "captured" for one in row.channels)
    if row.state != "failed" and not (row.state == "ordered" and rehearsed):
        raise UnableToRecordNotice(code="dunning.notice.nothing-to-settle", facts={"notice": notice})
    fresh = told_anew(row, on=on, by=by, at=at)
    fresh.save()
    row.state = "recalled"
    row.save(update_fields=["state"])
    let_ladder_wait_anew(company=company, fates=[Fate(fresh, on)])
    for kind in ("notice-failed", "no-contact", "letter"):
        drop_task(company=company, key=f"{kind}:{row.key}", outcome="told-again", by=by, at=at)
    record(company=company, code="dunning.notice-again", actor=by, subject=row.key, at=at, facts={"as": fresh.key})
    return fresh.key


def told_anew(row: models.Notice, *, on: date, by: str, at: datetime) -> models.Notice:
    """The same step to the same debtor, as if the round had ordered it now; not saved."""
    root = _AGAIN.sub("", row.key)
    count = models.Notice.objects.filter(company_id=row.company_id, key__startswith=f"{root}/again-").count()
    return models.Notice(
        company_id=row.company_id,
        key=f"{root}/again-{count + 1}",
        debtor=row.debtor,
        currency=row.currency,
        policy=row.policy,
        version=row.version,
        step=row.step,
        letter=row.letter,
        on=on,
        owed=row.owed,
        items=[{name: one[name] for name in ("item", "due_on", "open", "owed")} for one in row.items],
        channels=[{"channel": one["channel"], "state": "ordered"} for one in row.channels],
        proof=row.proof,
        ordered_at=at,
        ordered_by=by,
    )


def _locked(company: CompanyId, notice: str) -> models.Notice:
    row: Any = models.Notice.objects.select_for_update().filter(company_id=company, key=notice).first()
    if row is None:
        raise UnableToRecordNotice(code="dunning.notice.unknown", facts={"notice": notice})
    found: models.Notice = row
    return found


def _check_said(row: models.Notice, on: date, evidence: str) -> None:
    if not evidence.strip():
        raise UnableToRecordNotice(code="dunning.notice.no-evidence", facts={"notice": row.key})
    if on < row.on:
        facts = {"notice": row.key, "on": on.isoformat(), "since": row.on.isoformat()}
        raise UnableToRecordNotice(code="dunning.notice.ahead", facts=facts)


def _prove(row: models.Notice, on: date, by: str, *, evidence: str) -> None:
    row.state, row.proved_on, row.proved_by, row.evidence = "proved", on, by, evidence
