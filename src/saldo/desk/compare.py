"""Page: two months of a customer side by side. Why did the cost change, reason by reason, with its rows."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import content_disposition_header

from saldo.core.identity import FileId
from saldo.core.periods import Month
from saldo.desk import figures
from saldo.desk.compare_page import Chain, ComparePage, chain_reasons, text_of
from saldo.desk.customer import compare_href
from saldo.desk.evidence import Panel, Proof, lay_out_evidence
from saldo.desk.exports import Cell, Sheet, write_csv, write_xlsx
from saldo.desk.paging import address
from saldo.desk.shown import Shown, show_customer
from saldo.desk.told import Told, tell_change
from saldo.doors.gate import gate

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@gate("explanation.read", customer="key")
def compare(request: HttpRequest, key: str) -> HttpResponse:
    """The whole comparison; the last two months where the address names none."""
    shown = show_customer(request, key)
    if len(shown.months) < 2:
        return render(request, "desk/compare/too_early.html", {"page": _too_early(shown)})
    before, after = _months(request, shown)
    told = tell_change(shown=shown, before=before, after=after)
    selected = _selected(request, told)
    page = _page(shown, told, before, after, selected)
    panel = _panel(shown, told, before, after, selected) if selected is not None else None
    return render(request, "desk/compare/page.html", {"page": page, "panel": panel})


@gate("explanation.read", customer="key")
def evidence(request: HttpRequest, key: str) -> HttpResponse:
    """The drawer of one reason alone, for the open page."""
    shown = show_customer(request, key)
    before, after = _months(request, shown)
    told = tell_change(shown=shown, before=before, after=after)
    selected = _selected(request, told)
    if selected is None:
        raise Http404(figures.say("pages.problem.no-reason"))
    if not request.headers.get("HX-Request"):
        return redirect(compare_href(shown, before, after, reason=selected))
    panel = _panel(shown, told, before, after, selected)
    return render(request, "desk/compare/evidence.html", {"panel": panel})


@gate("explanation.read", customer="key")
def compare_csv(request: HttpRequest, key: str) -> HttpResponse:
    """The comparison as CSV: one line per reason, totals first and last."""
    sheet, name = _sheet(request, key)
    return _download(write_csv(sheet), "text/csv; charset=utf-8", f"{name}.csv")


@gate("explanation.read", customer="key")
def compare_xlsx(request: HttpRequest, key: str) -> HttpResponse:
    """The same as an Excel workbook."""
    sheet, name = _sheet(request, key)
    return _download(write_xlsx(sheet), XLSX, f"{name}.xlsx")


def _months(request: HttpRequest, shown: Shown) -> tuple[Month, Month]:
    if not shown.months:
        raise Http404(figures.say("pages.problem.no-month", month=request.GET.get("to", "")[:20]))
    after = shown.month(request.GET["to"]) if "to" in request.GET else shown.months[-1]
    if "from" in request.GET:
        return shown.month(request.GET["from"]), after
    earlier = [month for month in shown.months if month < after]
    return (earlier[-1] if earlier else after), after


def _selected(request: HttpRequest, told: Told) -> int | None:
    said = request.GET.get("reason")
    if said is None:
        first = max(told.reasons, key=lambda one: (abs(one.amount or 0), -one.index), default=None)
        return first.index if first is not None else None
    if said == "none":
        return None
    if not (said.isascii() and said.isdigit() and len(said) < 6 and int(said) < len(told.reasons)):
        raise Http404(figures.say("pages.problem.no-reason"))
    return int(said)


def _chain(shown: Shown, told: Told, before: Month, after: Month, selected: int | None) -> Chain:
    facts = {"from": before, "to": after} | shown.currency_facts
    fragment = reverse("desk:compare-evidence", args=[shown.customer.key])
    return chain_reasons(
        told=told.reasons,
        totals=told.totals,
        selected=selected,
        href=lambda index: f"{compare_href(shown, before, after, reason=index)}#ev",
        fragment=lambda index: address(fragment, facts | {"reason": index}),
    )


def _page(shown: Shown, told: Told, before: Month, after: Month, selected: int | None) -> ComparePage:
    facts = {"from": before, "to": after} | shown.currency_facts
    key = shown.customer.key
    chain = _chain(shown, told, before, after, selected)
    return ComparePage(
        customer_name=shown.customer.name,
        customer_href=address(reverse("desk:customer", args=[key]), shown.currency_facts),
        action=reverse("desk:compare-months", args=[key]),
        imports_href=reverse("desk:imports") if shown.visitor.may_everywhere("buy.invoice.read") else "",
        xlsx_href=address(reverse("desk:compare-xlsx", args=[key]), facts),
        csv_href=address(reverse("desk:compare-csv", args=[key]), facts),
        months=shown.months[::-1],
        before=before,
        after=after,
        currency=shown.currency,
        currencies=shown.currencies,
        chain=chain,
        reason_count=len(told.reasons),
        as_text=text_of(customer=shown.customer.name, before=before, after=after, currency=shown.currency, chain=chain),
    )


def _panel(shown: Shown, told: Told, before: Month, after: Month, selected: int) -> Panel:
    reason = told.reasons[selected]
    by_place = {
        (line.file, line.row): Proof(line=line, month=month) for month, lines in told.lines.items() for line in lines
    }
    proofs = [by_place[place] for place in told.places(selected) if place in by_place]
    subscriptions = {proof.line.subscription for proof in proofs}
    same = [line for line in told.lines[after] if line.subscription in subscriptions] if len(subscriptions) == 1 else []
    return lay_out_evidence(
        reason=reason,
        proofs=proofs,
        subscription_lines=same,
        after=after,
        currency=shown.currency,
        row_href=_row_href if shown.sees_cost else _nowhere,
        original_href=_original_href if shown.sees_cost else _nowhere,
        closes=f"{address(reverse('desk:compare-months', args=[shown.customer.key]), _closed(shown, before, after))}",
    )


def _closed(shown: Shown, before: Month, after: Month) -> dict[str, object]:
    return {"from": before, "to": after, "reason": "none"} | shown.currency_facts


def _row_href(file: FileId, row: int) -> str:
    return reverse("desk:import-row", args=[file, row])


def _original_href(file: FileId, row: int) -> str:
    return reverse("desk:import-original", args=[file, row])


def _nowhere(file: FileId, row: int) -> str:
    return ""


def _sheet(request: HttpRequest, key: str) -> tuple[Sheet, str]:
    shown = show_customer(request, key)
    before, after = _months(request, shown)
    told = tell_change(shown=shown, before=before, after=after)
    chain = _chain(shown, told, before, after, None)
    rows = [*chain.rows, *(chain.fold.rows if chain.fold else ())]
    words = [figures.say(f"pages.compare.{name}") for name in ("reason", "subject", "explanation", "code")]
    name = f"saldo-{before}-{after}-{key[:36]}"
    if chain.totals is None:
        body = [(r.headline, r.subject, r.reason.sentence, r.reason.code, r.row_count) for r in rows]
        return Sheet(name=f"{before} {after}", head=(*words, figures.say("pages.rows")), rows=tuple(body)), name
    head = (*words, figures.say("pages.rows"), figures.say("pages.compare.change-in", currency=shown.currency))

    def total(text: str, value: Any) -> tuple[Cell, ...]:
        return (text, "", "", "", None, figures.plain(value, shown.currency))

    told_rows: list[tuple[Cell, ...]] = [total(figures.month(before), chain.totals.before)]
    for r in rows:
        amount = figures.plain(r.amount or Decimal(0), shown.currency)
        told_rows.append((r.headline, r.subject, r.reason.sentence, r.reason.code, r.row_count, amount))
    told_rows.append(total(figures.say("pages.compare.unexplained"), chain.totals.unexplained))
    told_rows.append(total(figures.month(after), chain.totals.after))
    return Sheet(name=f"{before} {after}", head=head, rows=tuple(told_rows)), name


def _too_early(shown: Shown) -> dict[str, Any]:
    return {
        "customer_name": shown.customer.name,
        "customer_href": reverse("desk:customer", args=[shown.customer.key]),
        "has_bill": bool(shown.months),
    }


def _download(content: bytes, kind: str, name: str) -> HttpResponse:
    safe = "".join(letter if letter.isalnum() or letter in "-._" else "-" for letter in name)
    disposition = content_disposition_header(as_attachment=True, filename=safe)
    return HttpResponse(content, content_type=kind, headers={"Content-Disposition": disposition})
