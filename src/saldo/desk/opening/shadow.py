"""Page: a month of ours beside what the old tool billed, line by line, with reasons."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from saldo.agreements.formats.sheet_files import LARGEST
from saldo.core.periods import Month
from saldo.core.problems import Refused
from saldo.desk import figures
from saldo.desk.downloads import download
from saldo.desk.exports import Sheet
from saldo.desk.fields import say_refusal
from saldo.desk.opening.preview import say_problem
from saldo.desk.paging import Window, address, read_page
from saldo.doors.gate import gate_everywhere
from saldo.doors.visitor import get_visitor
from saldo.invoicing.billed import list_billed_months
from saldo.invoicing.rules.shadow import COLUMNS, NEEDED, ShadowLine, ShadowReason, ShadowSide, ShadowSum
from saldo.invoicing.shadow import ShadowMonth, compare_month
from saldo.outbox.documents import keep, read

_SHOWN_FAULTS = 20
_SHOWN_DEBTORS = 15


@dataclass(frozen=True, slots=True, kw_only=True)
class LineShown:
    """One line of the comparison."""

    debtor: str
    product: str
    old_quantity: str
    new_quantity: str
    old: Decimal | None
    new: Decimal | None
    difference: Decimal
    currency: str
    numbers: str
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SumShown:
    """Sums of all, or of one debtor, with the difference by reason."""

    who: str
    currency: str
    old: Decimal
    new: Decimal
    difference: Decimal
    equal: str
    reasons: tuple[tuple[str, Decimal], ...]


@gate_everywhere("opening.take-over")
def shadow(request: HttpRequest) -> HttpResponse:
    """Ask for the old tool's invoices and a month; show the comparison."""
    if request.method == "POST":
        file = request.FILES.get("file")
        if file is None or (file.size or 0) > LARGEST:
            return _draw(request, None, figures.say("pages.opening.no-file"))
        said = {"file": keep(file.read()), "month": request.POST.get("month", "")}
        return redirect(address(reverse("desk:shadow"), said))
    if not request.GET.get("file"):
        return _draw(request, None, "")
    try:
        return _draw(request, _compared(request), "")
    except Refused as refused:
        return _draw(request, None, say_refusal(refused))
    except ValueError:
        return _draw(request, None, figures.say("pages.opening.no-month"))


@gate_everywhere("opening.take-over")
def shadow_csv(request: HttpRequest) -> HttpResponse:
    """The comparison as CSV."""
    return _download(request, "csv")


@gate_everywhere("opening.take-over")
def shadow_xlsx(request: HttpRequest) -> HttpResponse:
    """The comparison as an Excel workbook."""
    return _download(request, "xlsx")


def _compared(request: HttpRequest) -> ShadowMonth:
    month = Month.parse(request.GET.get("month", ""))
    data = read(request.GET.get("file", ""))
    return compare_month(company=get_visitor(request).company.id, data=data, month=month)


def _download(request: HttpRequest, form: Literal["csv", "xlsx"]) -> HttpResponse:
    try:
        found = _compared(request)
    except (Refused, ValueError):
        return redirect("desk:shadow")
    head = ("debtor", "product", "old_quantity", "new_quantity", "old", "new", "difference", "currency", "numbers")
    rows = tuple(
        (*(getattr(one, column) for column in head), "; ".join(one.reasons))
        for one in (_line(line, found) for line in found.lines)
    )
    titles = tuple(figures.say(f"pages.shadow.{column.replace('_', '-')}") for column in (*head, "reasons"))
    sheet = Sheet(name=figures.say("pages.shadow.title"), head=titles, rows=rows)
    return download(sheet, f"shadow-{found.month}", form)


def _draw(request: HttpRequest, found: ShadowMonth | None, fault: str) -> HttpResponse:
    months = list_billed_months(company=get_visitor(request).company.id, include_drafts=True)
    asked = request.GET.get("month", "") or request.POST.get("month", "")
    page: dict[str, Any] = {
        "fault": fault,
        "months": [(str(month), figures.month(month), str(month) == asked) for month in months],
        "columns": ", ".join(COLUMNS),
        "needed": ", ".join(NEEDED),
        "found": found is not None,
    }
    if found is not None:
        page |= _result(request, found)
    return render(request, "desk/opening/shadow.html", {"page": page})


def _result(request: HttpRequest, found: ShadowMonth) -> dict[str, Any]:
    moved = [line for line in found.lines if line.reasons]
    shows_all = request.GET.get("all") == "yes"
    lines = sorted(found.lines if shows_all else moved, key=lambda one: -abs(one.difference))
    window = Window(number=read_page(request.GET.get("page", "1")), total=len(lines))
    facts = {"file": request.GET.get("file"), "month": request.GET.get("month")}
    more = facts | ({"all": "yes"} if shows_all else {})
    debtors = sorted((one for one in found.sums if one.debtor and one.reasons), key=lambda one: -abs(one.difference))
    return {
        "month": figures.month(found.month),
        "is_equal": found.is_equal,
        "sums": [_sum(one, found) for one in found.sums if not one.debtor],
        "debtors": [_sum(one, found) for one in debtors[:_SHOWN_DEBTORS]],
        "lines": [_line(line, found) for line in lines[window.rows]],
        "shows_all": shows_all,
        "moved": len(moved),
        "all": len(found.lines),
        "toggle_href": address(request.path, facts | ({} if shows_all else {"all": "yes"})),
        "faults": [(figures.number(one.place.row), say_problem(one)) for one in found.problems[:_SHOWN_FAULTS]],
        "fault_count": len(found.problems),
        "range_text": window.words,
        "previous_href": window.previous and address(request.path, more | {"page": window.previous}),
        "next_href": window.next and address(request.path, more | {"page": window.next}),
        "csv_href": address(reverse("desk:shadow-csv"), facts),
        "xlsx_href": address(reverse("desk:shadow-xlsx"), facts),
    }


def _sum(one: ShadowSum, found: ShadowMonth) -> SumShown:
    reasons = sorted(one.reasons.items(), key=lambda pair: -abs(pair[1]))
    return SumShown(
        who=found.names.get(one.debtor, one.debtor),
        currency=one.currency,
        old=one.old,
        new=one.new,
        difference=one.difference,
        equal=figures.say("pages.shadow.equal", equal=figures.number(one.equal), lines=figures.number(one.lines)),
        reasons=tuple((figures.say(f"invoicing.shadow.reason.{code}"), value) for code, value in reasons),
    )


def _line(line: ShadowLine, found: ShadowMonth) -> LineShown:
    return LineShown(
        debtor=found.names.get(line.debtor, line.debtor),
        product=line.product,
        old_quantity=figures.number(line.old.quantity.normalize()) if line.old else "",
        new_quantity=figures.number(line.new.quantity.normalize()) if line.new else "",
        old=_net(line.old, line.currency),
        new=_net(line.new, line.currency),
        difference=figures.plain(line.difference, line.currency),
        currency=line.currency,
        numbers=", ".join((*(line.old.numbers if line.old else ()), *(line.new.numbers if line.new else ()))),
        reasons=tuple(_reason(reason, line) for reason in line.reasons) or (figures.say("pages.shadow.same"),),
    )


def _net(side: ShadowSide | None, currency: str) -> Decimal | None:
    return None if side is None else figures.plain(side.net, currency)


def _reason(reason: ShadowReason, line: ShadowLine) -> str:
    words = figures.say(f"invoicing.shadow.reason.{reason.code}")
    told = f"{words} {figures.signed(reason.amount, line.currency)}"
    old, new = str(reason.facts.get("old", "")), str(reason.facts.get("new", ""))
    if old and new:
        told += f" ({figures.number(Decimal(old))} → {figures.number(Decimal(new))})"
    rules = str(reason.facts.get("rules", ""))
    if reason.code == "price" and rules:
        usual = figures.say("pages.shadow.list-price")
        told += " · " + ", ".join(usual if one == "default" else one for one in rules.split(", "))
    return told
