"""A notice is written: what it told is frozen, its mail ordered, its letter put on somebody's desk to be posted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any, Literal

from saldo.audit.log import record
from saldo.core.identity import CompanyId
from saldo.dunning import models
from saldo.dunning.actions.following import PURPOSE
from saldo.dunning.actions.notices import told_anew
from saldo.dunning.actions.proofs import Fate, fail_notice
from saldo.dunning.actions.tasks import open_task
from saldo.dunning.notice_facts import ToTell
from saldo.dunning.rules.costs import Costs
from saldo.dunning.rules.letter import LetterAhead, LetterFacts
from saldo.ledger.queries import list_open_among
from saldo.outbox.actions import order_messages
from saldo.outbox.queries import get_channel
from saldo.outbox.rules.orders import Attachment, Order

Written = Literal["written", "changed", "recalled", "failed", "nothing"]
PDF = "application/pdf"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rendered:
    """A letter as it was rendered: its PDF in the store, and the mail that carries it, not before a moment."""

    sha256: str
    file: str
    subject: str
    body: str
    not_before: datetime


def write_notice(*, company: CompanyId, told: ToTell, rendered: Rendered, by: str, at: datetime) -> Written:
    """Freeze and order one notice, if its items are still what was rendered; ``changed`` otherwise.

    A notice that was written before is left alone: the same key is the same notice.
    """
    letter = told.letter
    row = _lock(company, told.key)
    if row is None or letter is None:
        return "nothing"
    if not _is_still_so(company, row, letter):
        return "changed"
    _split_kept(row, told.kept, by, at)
    row.language, row.owed = letter.language, letter.owed
    row.told = _told(row, told, letter, rendered)
    row.items = [_item(one, told.costs) for one in letter.items]
    _order(company, row, told, rendered, by, at)
    row.save()
    facts = {"step": row.step, "items": len(row.items), "sha256": rendered.sha256}
    record(company=company, code="dunning.notice-written", actor=by, subject=row.key, at=at, facts=facts)
    return "written"


def recall_unwritten(*, company: CompanyId, notice: str, by: str, at: datetime) -> Written:
    """Nothing of what it was about is left: the notice is taken back before anybody got it."""
    row = _lock(company, notice)
    if row is None:
        return "nothing"
    row.state = "recalled"
    row.save(update_fields=["state"])
    record(company=company, code="dunning.notice-recalled", actor=by, subject=row.key, at=at)
    return "recalled"


def fail_unreachable(
    *,
    company: CompanyId,
    notice: str,
    lacking: Sequence[str],
    on: date,
    by: str,
    at: datetime,
    kind: str = "no-contact",
) -> Written:
    """Nobody can be told as the step asks: work for a person, and the ladder waits (lessons A 14)."""
    row = _lock(company, notice)
    if row is None:
        return "nothing"
    row.told = {"lacking": list(lacking)}
    fail_notice(company=company, fate=Fate(row, on), code=lacking[0], by=by, at=at, kind=kind)
    return "failed"


def _lock(company: CompanyId, notice: str) -> models.Notice | None:
    """The notice, if it still waits to be written."""
    rows = models.Notice.objects.select_for_update().filter(company_id=company, key=notice, state="ordered", told={})
    found: models.Notice | None = rows.first()
    return found


def _is_still_so(company: CompanyId, row: models.Notice, letter: LetterFacts) -> bool:
    """Whether the items still stand on the step with the amounts that the letter says; held until the commit."""
    keys = [one.item for one in letter.items]
    standing = models.Collected.objects.select_for_update().filter(company_id=company, item__in=keys, step=row.step)
    if len(list(standing.order_by("id").values_list("id", flat=True))) < len(keys):
        return False
    still_open = list_open_among(company=company, keys=keys)
    return all(still_open.get(one.item) == one.open for one in letter.items)


def _split_kept(row: models.Notice, kept: Sequence[str], by: str, at: datetime) -> None:
    """What is kept back now gets a notice of its own, which waits until it may be told."""
    if not kept:
        return
    later = told_anew(row, on=row.on, by=by, at=at)
    later.items = [one for one in later.items if one["item"] in kept]
    later.save()


def _order(company: CompanyId, row: models.Notice, told: ToTell, rendered: Rendered, by: str, at: datetime) -> None:
    is_open = get_channel(company=company, kind="mail").is_open
    for channel in row.channels:
        channel["sha256"] = rendered.sha256
        if channel["channel"] == "mail":
            _order_mail(company, row, told, rendered, by, at)
            said = {"recipients": list(told.reach.recipients), "outside": list(told.reach.outside)}
            channel.update(state="waiting", message=f"{row.key}:mail", **said)
        elif is_open:
            _order_letter(company, row, rendered, at)
            channel.update(state="waiting")
        else:
            channel.update(state="captured")


def _order_mail(
    company: CompanyId, row: models.Notice, told: ToTell, rendered: Rendered, by: str, at: datetime
) -> None:
    order = Order(
        key=f"{row.key}:mail",
        channel="mail",
        purpose=PURPOSE,
        about=row.key,
        debtor=row.debtor,
        recipients=told.reach.recipients,
        language=row.language,
        subject=rendered.subject,
        body=rendered.body,
        not_before=rendered.not_before,
        attachments=(Attachment(name=rendered.file, media_type=PDF, sha256=rendered.sha256),),
    )
    order_messages(company=company, orders=[order], by=by, at=at)


def _order_letter(company: CompanyId, row: models.Notice, rendered: Rendered, at: datetime) -> None:
    open_task(
        company=company,
        key=f"letter:{row.key}",
        kind="letter",
        debtor=row.debtor,
        items=[one["item"] for one in row.items],
        facts={"notice": row.key, "letter": row.letter, "sha256": rendered.sha256, "language": row.language},
        due_on=row.on,
        at=at,
    )


def _item(one: Any, costs: Costs) -> dict[str, str]:
    return {
        "item": one.item,
        "document": one.document,
        "due_on": one.due_on.isoformat(),
        "open": f"{one.open:f}",
        "owed": f"{one.owed:f}",
        "interest": f"{costs.interest_of.get(one.item, 0):f}",
    }


def _told(row: models.Notice, told: ToTell, letter: LetterFacts, rendered: Rendered) -> dict[str, Any]:
    """Everything that it says, as it was said: read again by page, desk, audit and support."""
    return {
        "on": letter.on.isoformat(),
        "zone": letter.zone,
        "pay_by": letter.pay_by.isoformat(),
        "owed": f"{letter.owed:f}",
        "ahead": [_entry(one) for one in letter.ahead],
        "stops_new_orders": letter.stops_new_orders,
        "left_out": sorted({one["item"] for one in row.items} ^ {one.item for one in letter.items}),
        "charged": _charged(told.costs, letter),
        "not_charged": [asdict(one) for one in told.costs.not_charged],
        "subject": rendered.subject,
        "body": rendered.body,
        "sha256": rendered.sha256,
        "file": rendered.file,
    }


def _entry(one: LetterAhead) -> dict[str, Any]:
    products = [[product.name, None if product.seats is None else f"{product.seats:f}"] for product in one.products]
    return {
        "on": one.on.isoformat(),
        "at": one.at.isoformat("minutes"),
        "kind": one.kind,
        "letter": one.letter or "",
        "products": products,
        "more": one.more,
    }


def _charged(costs: Costs, letter: LetterFacts) -> Mapping[str, Any]:
    """What is charged once it is handed over; nothing where nothing is."""
    if not costs.fee and not costs.interest:
        return {}
    return {
        "items": [one.item for one in letter.items],
        "fee": f"{costs.fee:f}",
        "fee_kind": costs.fee_kind,
        "interest": f"{costs.interest:f}",
        "interest_percent": f"{costs.interest_percent:f}",
        "interest_since": costs.starts_on.isoformat() if costs.starts_on else "",
        "interest_until": costs.ends_on.isoformat() if costs.ends_on else "",
        "law": costs.law,
        "done": False,
    }
