"""What the round ordered leaves the house: each notice is read anew, rendered, kept, and its mail ordered.

Order → commit → mail server → receipt, as every message. Rendering lies outside any transaction; killed anywhere, the
next run goes on where this one was, and nothing is sent twice, because the same notice is the same order.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta

from saldo.audit.log import SYSTEM
from saldo.core.identity import CompanyId
from saldo.dunning.actions.following import Followed, follow_messages
from saldo.dunning.actions.overtaken import recall_overtaken
from saldo.dunning.actions.writing import Rendered, fail_unreachable, recall_unwritten, write_notice
from saldo.dunning.looking import Look
from saldo.dunning.notice_facts import ToTell, read_unwritten
from saldo.dunning.rules.law import NOTICE_FIELDS, LawRow
from saldo.dunning.rules.letter import LetterFacts, leaves_at, untold
from saldo.dunning.rules.policy import NAMES_ACCESS
from saldo.flows.dunning_look import look_of
from saldo.invoicing.rules.paper import UnableToWritePaper
from saldo.invoicing.settings import get_settings
from saldo.outbox import documents
from saldo.parties.calendars import calendar_of
from saldo.parties.company import company_context
from saldo.parties.queries import list_companies
from saldo.ports.world import World

CHUNK = 100  # letters read at once: a whole round's would not fit in memory
LACKS = "dunning.notice.lacks."  # and what the law wants


@dataclass(frozen=True, slots=True, kw_only=True)
class Notices:
    """What became of the notices that were waiting. ``waiting``: kept back, or changed while they were written."""

    written: int = 0
    recalled: int = 0
    failed: int = 0
    waiting: int = 0


def send_notices(*, company: CompanyId, world: World, by: str = SYSTEM) -> Notices:
    """Write every notice that waits, oldest first; told twice, it writes nothing.

    A letter that cannot be made, or has nobody to go to, stops no other and becomes work for a person.
    """
    with company_context(company):
        look = look_of(company=company, world=world)
        recall_overtaken(look=look, by=by)
    counts: Counter[str] = Counter()
    after = 0
    while True:
        with company_context(company):
            told, last = read_unwritten(look=look, limit=CHUNK, after=after)
        if last is None:
            break
        after = last
        for one in told:
            counts[_write(look, one, world, by)] += 1
    waiting = counts["waiting"] + counts["changed"]
    return Notices(written=counts["written"], recalled=counts["recalled"], failed=counts["failed"], waiting=waiting)


def send_notices_everywhere(*, world: World) -> Notices:
    """The same for every company, by itself."""
    done = [send_notices(company=company.id, world=world) for company in list_companies()]
    return Notices(**{name: sum(getattr(one, name) for one in done) for name in Notices.__slots__})


def follow_notices(*, company: CompanyId, world: World) -> Followed:
    """Carry over what the mail server said of notices; nothing is sent here."""
    with company_context(company):
        return follow_messages(company=company, at=world.clock.now())


def follow_everywhere(*, world: World) -> None:
    """The same for every company."""
    for company in list_companies():
        follow_notices(company=company.id, world=world)


def _write(look: Look, told: ToTell, world: World, by: str) -> str:
    company, at = look.company, world.clock.now()
    if told.outcome == "gone":
        with company_context(company):
            return recall_unwritten(company=company, notice=told.key, by=by, at=at)
    letter = told.letter
    if told.outcome == "wait" or letter is None:
        return "waiting"
    lacking = told.reach.lacking or _untold(letter, told.law)
    if lacking:
        return _fail(look, letter, lacking, by, at)
    try:
        rendered = _render(look, told, letter, at)
    except UnableToWritePaper as refused:
        return _fail(look, letter, (refused.code,), by, at)
    with company_context(company):
        return write_notice(company=company, told=told, rendered=rendered, by=by, at=at)


def _fail(look: Look, letter: LetterFacts, lacking: tuple[str, ...], by: str, at: datetime) -> str:
    kind = "no-contact" if lacking[0].endswith("-address") else "notice-failed"
    with company_context(look.company):
        return fail_unreachable(
            company=look.company, notice=letter.key, lacking=lacking, on=letter.on, by=by, at=at, kind=kind
        )


def _untold(letter: LetterFacts, law: LawRow | None) -> tuple[str, ...]:
    """What the law demands of a formal notice and this one cannot say."""
    demanded = law.notice_fields if law is not None else NOTICE_FIELDS
    if letter.letter not in NAMES_ACCESS:
        return ()
    return tuple(f"{LACKS}{name}" for name in untold(letter, demanded))


def _render(look: Look, told: ToTell, letter: LetterFacts, at: datetime) -> Rendered:
    from saldo.dunning.letters.mail import file_name, mail_of
    from saldo.dunning.letters.pdf import render_pdf  # WeasyPrint, only where there is a letter to make

    assert told.policy is not None
    with company_context(look.company):
        recall = timedelta(minutes=get_settings(company=look.company).recall_minutes)
    subject, body = mail_of(letter)
    closed = calendar_of(told.country)
    return Rendered(
        sha256=documents.keep(render_pdf(letter)),
        file=file_name(letter),
        subject=subject,
        body=body,
        not_before=leaves_at(at=at + recall, hours=told.policy.sending, zone=letter.zone, closed=closed),
    )
