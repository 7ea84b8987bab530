"""Before mail leaves: each mail that carries a document gets the document's paper, made now if nobody made it yet."""

from __future__ import annotations

from datetime import timedelta

from saldo.core.identity import CompanyId
from saldo.outbox import sending
from saldo.outbox.queries import Message, list_awaiting_paper
from saldo.outbox.rules.orders import Attachment
from saldo.parties.company import company_context
from saldo.ports.world import World

_AHEAD = timedelta(minutes=10)
_AT_ONCE = 40  # a few more than a mailbox takes in a minute
_ABOUT = "invoice:"


def attach_papers(*, company: CompanyId, world: World) -> int:
    """Attach what is due soon, as PDF with the e-invoice inside; returns how many mails may leave now.

    A paper that cannot be made stops its own mail only, which becomes work for a person.
    """
    at = world.clock.now()
    with company_context(company):
        waiting = list_awaiting_paper(company=company, due_before=at + _AHEAD, limit=_AT_ONCE)
    if not waiting:
        return 0
    from saldo.flows.render_papers import render_papers  # WeasyPrint, only where there is a paper to make

    numbers = {message.id: message.about.removeprefix(_ABOUT) for message in waiting}
    made = render_papers(company=company, world=world, numbers=sorted(numbers.values()), workers=1)
    refused = dict(made.refused)
    return sum(_attach(company, message, numbers[message.id], refused, world) for message in waiting)


def _attach(company: CompanyId, message: Message, number: str, refused: dict[str, str], world: World) -> bool:
    from saldo.invoicing.paper_facts import find_paper

    at = world.clock.now()
    with company_context(company):
        sha256 = find_paper(company=company, number=number, form="pdf")
        if sha256 is None:
            code = refused.get(number, "outbox.document.unknown")
            sending.note_no_paper(company=company, message=message, code=code, at=at)
            return False
        paper = Attachment(name=f"{number}.pdf", media_type="application/pdf", sha256=sha256)
        sending.attach_paper(company=company, message=message, attachments=[paper], at=at)
    return True
