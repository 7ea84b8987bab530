"""Pages: the match screen, its fragment while a person ticks, and the list to take away."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from saldo.desk import figures
from saldo.desk.downloads import download
from saldo.desk.exports import Sheet
from saldo.desk.paging import Window, address, read_page
from saldo.desk.receipts import entry_rows
from saldo.desk.receipts.match_page import lay_out, show_work
from saldo.desk.receipts.other_entries import is_matchable, show_done, show_money_out
from saldo.desk.receipts.said import name_accounts, say_why
from saldo.doors.gate import gate_everywhere
from saldo.doors.visitor import Visitor, get_visitor
from saldo.receipts.match_queries import list_matches
from saldo.receipts.queries import BankEntry, count_by_state, find_entry, list_entries, list_newest_files

_MOST_ROWS = 50_000


@gate_everywhere("receipt.read")
def receipts(request: HttpRequest) -> HttpResponse:
    """Entries left, the chosen one right with everything it may settle."""
    visitor = get_visitor(request)
    asked = _asked_entry(visitor, request.GET.get("entry", ""))
    show = _state(request.GET.get("show", "") or (asked.state if asked else ""))
    counts = count_by_state(company=visitor.company.id)
    window = Window(number=read_page(request.GET.get("page", "1")), total=counts.get(show, 0))
    facts: dict[str, object] = {
        "show": None if show == "open" else show,
        "page": window.number if window.number > 1 else None,
    }
    listed = list_entries(
        company=visitor.company.id, state=show, limit=window.size, offset=window.offset, newest_first=show != "open"
    )
    entry = asked or (listed[0] if listed else None)
    path = request.path
    page: dict[str, Any] = {
        "tabs": entry_rows.tabs(path=path, counts=counts, here=show),
        "show": show,
        "rows": entry_rows.rows(
            company=visitor.company.id,
            entries=listed,
            here=entry.key if entry else "",
            path=path,
            facts=facts,
            usual=visitor.company.currency,
        ),
        "count": counts.get(show, 0),
        "anything": sum(counts.values()),
        "position": _position(window, listed, entry),
        "newest": _newest(visitor),
        "done": _booked(visitor, request.GET.get("done", "")) or _put_aside(visitor, request.GET.get("aside", "")),
        "may_match": visitor.may_everywhere("receipt.match"),
    } | _around(path, facts, window, show)
    if entry is not None:
        page |= _pane(request, visitor, entry, facts, next_entry=_next(listed, entry))
    return render(request, "desk/receipts/page.html", {"page": page})


def _around(path: str, facts: dict[str, object], window: Window, show: str) -> dict[str, Any]:
    """Where the other pages of the list, its downloads, the files and the refunds are."""
    return {
        "range_text": window.words,
        "previous_href": window.previous and address(path, facts | {"page": window.previous}),
        "next_href": window.next and address(path, facts | {"page": window.next}),
        "csv_href": address(reverse("desk:receipts-csv"), {"show": show}),
        "xlsx_href": address(reverse("desk:receipts-xlsx"), {"show": show}),
        "files_href": reverse("desk:receipts-files"),
        "refunds_href": reverse("desk:refunds"),
    }


@require_POST
@gate_everywhere("receipt.match")
def preview(request: HttpRequest) -> HttpResponse:
    """What the ticks come to, as a fragment, or without scripts as the page itself; nothing is written."""
    visitor = get_visitor(request)
    if not request.headers.get("HX-Request"):
        asked = request.POST.copy()
        asked.pop("csrfmiddlewaretoken", None)
        return redirect(f"{reverse('desk:receipts')}?{asked.urlencode()}")
    entry = _asked_entry(visitor, request.POST.get("entry", ""))
    if entry is None or not is_matchable(entry):
        raise Http404(figures.say("pages.receipts.no-entry"))
    show = _state(request.POST.get("show", ""))
    facts: dict[str, object] = {"show": None if show == "open" else show, "page": request.POST.get("page") or None}
    page = _pane(request, visitor, entry, facts, next_entry=request.POST.get("next", ""))
    return render(request, "desk/receipts/_match.html", {"page": page | {"show": show, "may_match": True}})


@gate_everywhere("receipt.read")
def receipts_csv(request: HttpRequest) -> HttpResponse:
    """The list as CSV."""
    return _download(request, "csv")


@gate_everywhere("receipt.read")
def receipts_xlsx(request: HttpRequest) -> HttpResponse:
    """The list as an Excel workbook."""
    return _download(request, "xlsx")


def _state(said: str) -> str:
    return said if said in entry_rows.STATES else "open"


def _asked_entry(visitor: Visitor, key: str) -> BankEntry | None:
    if not key:
        return None
    entry = find_entry(company=visitor.company.id, key=key[:200])
    if entry is None:
        raise Http404(figures.say("pages.receipts.no-entry"))
    return entry


def _pane(
    request: HttpRequest, visitor: Visitor, entry: BankEntry, facts: dict[str, object], *, next_entry: str
) -> dict[str, Any]:
    said = request.POST if request.method == "POST" else request.GET
    accounts = name_accounts(visitor.company.id)
    shown: dict[str, Any] = {
        "entry": entry,
        "payer": entry_rows.say_payer(entry),
        "amount": figures.amount(entry.value, entry.currency),
        "account": accounts.get(entry.account, entry.account),
        "day": figures.day(entry.settles_on or entry.booked_on),
        "booked_on": figures.day(entry.booked_on),
        "state": entry.state,
        "because": say_why(entry.because),
        "settles_on": figures.day(entry.settles_on),
        "next": next_entry,
        "next_href": address(reverse("desk:receipts"), {**facts, "entry": next_entry or None}),
        "page_number": facts.get("page") or "",
    }
    path = reverse("desk:receipts")
    if is_matchable(entry):
        work = lay_out(company=visitor.company.id, entry=entry, said=said.dict(), ticked=said.getlist("item"))
        return shown | {"work": show_work(work=work, today=visitor.today, path=path, facts=facts)}
    if entry.state == "open":
        return shown | show_money_out(company=visitor.company.id, entry=entry)
    return shown | show_done(company=visitor.company.id, entry=entry)


def _position(window: Window, listed: tuple[BankEntry, ...], entry: BankEntry | None) -> str:
    place = next((i for i, one in enumerate(listed, start=1) if entry and one.key == entry.key), 0)
    if not place:
        return ""
    return figures.say(
        "pages.receipts.position",
        number=figures.number(window.offset + place),
        total=figures.number(window.total),
    )


def _next(listed: tuple[BankEntry, ...], entry: BankEntry) -> str:
    """The entry after this one, or the one before where it is the last."""
    keys = [one.key for one in listed]
    if entry.key not in keys:
        return keys[0] if keys else ""
    place = keys.index(entry.key)
    around = keys[place + 1 : place + 2] or keys[max(place - 1, 0) : place]
    return around[0] if around else ""


def _newest(visitor: Visitor) -> list[dict[str, Any]]:
    accounts = name_accounts(visitor.company.id)
    return [
        {
            "account": accounts.get(one.account, one.account),
            "words": figures.say("pages.receipts.newest", day=figures.day(one.booked_until, "short")),
            "is_old": (visitor.today - one.booked_until).days > 4,
        }
        for one in list_newest_files(company=visitor.company.id)
    ]


def _booked(visitor: Visitor, entry: str) -> dict[str, Any] | None:
    """The toast after booking: what, and the match that Undo takes back."""
    made = list_matches(company=visitor.company.id, entries=[entry[:200]], limit=1) if entry else ()
    if not made or made[0].undone_at is not None or made[0].is_automatic:
        return None
    found = find_entry(company=visitor.company.id, key=made[0].entry)
    if found is None:
        return None
    words = _say_done("booked", found, figures.amount(made[0].used, found.currency))
    undoing = {"match": made[0].key, "entry": found.key}
    return {"words": words, "action": reverse("desk:receipts-undo"), "undoing": undoing.items()}


def _put_aside(visitor: Visitor, entry: str) -> dict[str, Any] | None:
    """The toast after setting aside, whose Undo lets the entry wait again."""
    found = find_entry(company=visitor.company.id, key=entry[:200]) if entry else None
    if found is None or found.state != "set-aside":
        return None
    words = _say_done("put-aside", found, figures.amount(found.value, found.currency))
    return {"words": words, "action": reverse("desk:receipts-take-up"), "undoing": {"entry": found.key}.items()}


def _say_done(what: str, entry: BankEntry, amount: str) -> str:
    payer = entry_rows.say_payer(entry)
    return figures.say(f"pages.receipts.{what}", amount=amount, currency=entry.currency, payer=payer)


def _download(request: HttpRequest, form: Any) -> HttpResponse:
    visitor = get_visitor(request)
    show = _state(request.GET.get("show", ""))
    accounts = name_accounts(visitor.company.id)
    entries = list_entries(company=visitor.company.id, state=show, limit=_MOST_ROWS, newest_first=show != "open")
    columns = ("day", "account", "payer", "payer-account", "amount", "currency", "reference", "text", "why")
    head = tuple(figures.say(f"pages.receipts.column.{name}") for name in columns)
    rows = tuple(
        (
            entry.booked_on,
            accounts.get(entry.account, entry.account),
            entry.payer,
            entry.payer_account,
            figures.plain(entry.value, entry.currency),
            entry.currency,
            ", ".join(entry.references),
            entry.text,
            say_why(entry.because),
        )
        for entry in entries
    )
    sheet = Sheet(name=figures.say(f"pages.receipts.state.{show}"), head=head, rows=rows)
    return download(sheet, f"receipts-{show}", form)
