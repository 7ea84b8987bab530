"""Pages: everything that leaves the house, and what a person must look at first."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal
from urllib.parse import quote

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from saldo.desk import figures
from saldo.desk.downloads import download
from saldo.desk.exports import Sheet
from saldo.desk.outbox.shown import STATES, MessageRow, say_about, say_why, show_message, show_state
from saldo.desk.paging import Window, address, read_page
from saldo.doors.gate import gate_everywhere
from saldo.doors.visitor import Visitor, get_visitor
from saldo.doors.world import get_world
from saldo.outbox.documents import UnableToRead, read
from saldo.outbox.queries import (
    Message,
    MessageId,
    WorkItem,
    count_messages,
    count_work_items,
    find_message,
    find_work_item,
    get_channel,
    list_held_by_cap,
    list_messages,
    list_work_items,
)
from saldo.parties.debtors import name_debtors
from saldo.parties.queries import list_names

_SHOWN_WORK = 10
_MOST_ROWS = 50_000
_RECALLABLE = frozenset({"waiting", "held", "captured"})


@dataclass(frozen=True, slots=True, kw_only=True)
class StateTab:
    """One state as a filter, with how many are in it."""

    words: str
    href: str
    count: str
    is_here: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """A message that a person must look at, and what is the matter with it."""

    kind: str
    words: str
    mark: str
    row: MessageRow


@gate_everywhere("outbox.read")
def outbox(request: HttpRequest) -> HttpResponse:
    """Work first, then every message by state, newest first."""
    visitor = get_visitor(request)
    state = _state(request)
    counts = _counts(visitor)
    total = counts.get(state, 0) if state else sum(counts.values())
    window = Window(number=read_page(request.GET.get("page", "1")), total=total)
    found = list_messages(company=visitor.company.id, state=state, limit=window.size, offset=window.offset)
    at = get_world().clock.now()
    work = list_work_items(company=visitor.company.id, now=at, limit=_SHOWN_WORK)
    work_count = count_work_items(company=visitor.company.id, now=at)
    names = _names(visitor, [*found, *(item.message for item in work)])
    facts: dict[str, object] = {"state": state}
    page = {
        "is_rehearsal": not get_channel(company=visitor.company.id, kind="mail").is_open,
        "work": [_work(item, names) for item in work],
        "work_count": work_count,
        "work_more": work_count - len(work),
        "release": _release(visitor),
        "tabs": _tabs(request.path, counts, state),
        "rows": [show_message(one, names) for one in found],
        "total": sum(counts.values()),
        "state": state or "",
        "range_text": window.words,
        "previous_href": window.previous and address(request.path, facts | {"page": window.previous}),
        "next_href": window.next and address(request.path, facts | {"page": window.next}),
        "first_href": request.path,
        "csv_href": address(reverse("desk:outbox-csv"), facts),
        "xlsx_href": address(reverse("desk:outbox-xlsx"), facts),
        "settings_href": reverse("desk:company-settings") if visitor.may_everywhere("company.settings") else "",
    }
    return render(request, "desk/outbox/list.html", {"page": page})


@gate_everywhere("outbox.read")
def outbox_csv(request: HttpRequest) -> HttpResponse:
    """The list as CSV."""
    return _download(request, "csv")


@gate_everywhere("outbox.read")
def outbox_xlsx(request: HttpRequest) -> HttpResponse:
    """The list as an Excel workbook."""
    return _download(request, "xlsx")


@gate_everywhere("outbox.read")
def message(request: HttpRequest, message: int) -> HttpResponse:
    """One message: what it says, to whom, with which documents, and what came of it."""
    visitor = get_visitor(request)
    found = get_message(visitor, message)
    at = get_world().clock.now()
    item = find_work_item(company=visitor.company.id, message=found.id, now=at)
    may_act = visitor.may_everywhere("sell.invoice.issue")
    mark, state = show_state(found)
    page = {
        "message": found,
        "title": found.subject or figures.say("pages.outbox.no-subject"),
        "mark": mark,
        "state": state,
        "why": say_why(found),
        "work": _work(item, {}) if item else None,
        "about": say_about(found.about),
        "debtor": name_debtors(company=visitor.company.id, numbers=[found.debtor]).get(found.debtor, found.debtor),
        "way": figures.say(f"outbox.way.{found.channel}"),
        "facts": _facts(found),
        "files": [
            (one.name, reverse("desk:outbox-attachment", args=[found.id, place]))
            for place, one in enumerate(found.attachments)
        ],
        "may_recall": may_act and found.state in _RECALLABLE,
        "may_send_again": may_act and (found.state == "captured" or (item is not None and item.kind not in _HELD)),
        "may_settle": may_act and item is not None and item.kind in _SETTLED_BY_A_PERSON,
        "recipients_text": "; ".join([one.address for one in found.refusals] or found.recipients),
    }
    return render(request, "desk/outbox/message.html", {"page": page})


_HELD = frozenset({"held", "no-paper", "unreachable"})
_SETTLED_BY_A_PERSON = frozenset({"stuck", "refused", "partly-refused", "bounced"})


@gate_everywhere("outbox.read")
def attachment(request: HttpRequest, message: int, place: int) -> HttpResponse:
    """One of a message's documents, exactly as it is stored."""
    found = get_message(get_visitor(request), message)
    if place >= len(found.attachments):
        raise Http404(figures.say("pages.outbox.no-file"))
    document = found.attachments[place]
    try:
        data = read(document.sha256)
    except UnableToRead:
        raise Http404(figures.say("pages.outbox.no-file")) from None
    headers = {"Content-Disposition": f"attachment; filename*=UTF-8''{quote(document.name)}"}
    return HttpResponse(data, content_type=document.media_type, headers=headers)


def get_message(visitor: Visitor, message: int) -> Message:
    """The message of this number; an unknown one is 404 in words."""
    found = find_message(company=visitor.company.id, message=MessageId(message))
    if found is None:
        raise Http404(figures.say("pages.outbox.no-message"))
    return found


def _state(request: HttpRequest) -> str | None:
    said = request.GET.get("state", "")
    return said if said in STATES else None


def _counts(visitor: Visitor) -> dict[str, int]:
    counts: dict[str, int] = {}
    for (_, state), count in count_messages(company=visitor.company.id).items():
        counts[state] = counts.get(state, 0) + count
    return counts


def _tabs(path: str, counts: dict[str, int], state: str | None) -> list[StateTab]:
    every = StateTab(
        words=figures.say("pages.outbox.every-state"),
        href=path,
        count=figures.number(sum(counts.values())),
        is_here=state is None,
    )
    return [every] + [
        StateTab(
            words=figures.say(f"pages.outbox.state.{name}"),
            href=address(path, {"state": name}),
            count=figures.number(counts.get(name, 0)),
            is_here=state == name,
        )
        for name in STATES
        if counts.get(name) or state == name
    ]


def _names(visitor: Visitor, found: list[Message]) -> dict[str, str]:
    return dict(name_debtors(company=visitor.company.id, numbers={one.debtor for one in found}))


def _work(item: WorkItem, names: dict[str, str]) -> Work:
    mark = {"held": "hold", "unreachable": "warn", "no-paper": "warn"}.get(item.kind, "bad")
    words = figures.say(f"pages.outbox.work.{item.kind}")
    return Work(kind=item.kind, words=words, mark=mark, row=show_message(item.message, names))


def _release(visitor: Visitor) -> dict[str, object] | None:
    """What the daily cap holds, and whether this person may let it out; who ordered one of them may not."""
    held = list_held_by_cap(company=visitor.company.id)
    if not held:
        return None
    is_own = any(ordered_by == visitor.actor for _, ordered_by, _ in held)
    return {
        "count": sum(count for _, _, count in held),
        "channel": held[0][0],
        "may": visitor.may_everywhere("channel.first-run") and not is_own,
        "is_own": is_own,
    }


def _facts(found: Message) -> list[tuple[str, str]]:
    names = list_names(users=[int(found.ordered_by[5:])] if found.ordered_by.startswith("user:") else [])
    by = next(iter(names.values()), figures.say("pages.outbox.by-system"))
    told = [
        ("pages.outbox.to", ", ".join(found.recipients) or figures.say("pages.outbox.nobody")),
        ("pages.outbox.language", figures.say(f"pages.language.{found.language}")),
        ("pages.outbox.ordered", f"{figures.minute(found.ordered_at)} · {by}"),
        ("pages.outbox.not-before", figures.minute(found.not_before)),
        ("pages.outbox.tries", figures.number(found.attempts)),
        ("pages.outbox.sent-at", figures.minute(found.sent_at) if found.sent_at else ""),
        ("pages.outbox.id", found.message_id),
    ]
    return [(figures.say(code), text) for code, text in told if text]


def _download(request: HttpRequest, form: Literal["csv", "xlsx"]) -> HttpResponse:
    visitor = get_visitor(request)
    found = list_messages(company=visitor.company.id, state=_state(request), limit=_MOST_ROWS)
    names = _names(visitor, list(found))
    columns = ("when", "subject", "about", "debtor", "to", "channel", "state", "why")
    rows = tuple(
        (row.when, row.subject, row.about, row.debtor, row.recipients, row.channel, row.state, row.why)
        for row in (show_message(one, names) for one in found)
    )
    head = tuple(figures.say(f"pages.outbox.{column}") for column in columns)
    return download(Sheet(name=figures.say("doors.nav.outbox"), head=head, rows=rows), "outbox", form)
