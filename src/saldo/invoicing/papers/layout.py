"""What stands where on the paper: the facts as written texts, ready for the template."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.utils.safestring import SafeString, mark_safe

from saldo.core.money import ZERO, add_up
from saldo.core.written import MINUS, write_amount, write_day, write_month, write_number
from saldo.invoicing.papers.qr import payment_picture
from saldo.invoicing.papers.sides import write_address, write_foot
from saldo.invoicing.papers.wording import (
    fits_statement,
    say,
    say_many,
    say_marked,
    write_days,
    write_giro,
    write_iban,
    write_percent_of_tax,
    write_price,
)
from saldo.invoicing.rules.paper import SHOWN_CAUSES, Cause, PaperFacts, PaperLine, PaperTax, join_rates
from saldo.invoicing.rules.references import is_ocr, written_reference

_ON_PAGE = '<a class="on-page" href="#{where}"></a>'
NONE = "—"


def lay_out(paper: PaperFacts) -> dict[str, Any]:
    """Everything the template draws, in the language that is active; the caller activates the paper's own."""
    return {
        "lang": paper.language,
        "title": say(f"title.{paper.kind}", number=paper.number),
        "running": say("running", title=say(f"title.{paper.kind}", number=paper.number), buyer=paper.buyer.name),
        "issued_at": paper.issued_at.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "seller": paper.seller,
        "buyer": write_address(paper.buyer, paper.seller.country, paper.language),
        "facts": _facts(paper),
        "notes": _notes(paper),
        "currency": paper.currency,
        "lines": [_line(line, paper) for line in paper.lines],
        "sums": _sums(paper),
        "total": {"label": _total_label(paper), "amount": _amount(paper.gross, paper)},
        "reasons": _tax_reasons(paper),
        "payment": _payment(paper),
        "why": _why(paper),
        "usage": _usage(paper),
        "foot": write_foot(paper.seller, paper.language),
        "pages": say_marked(
            say("pages", page="{page}", pages="{pages}"),
            page='<span class="page"></span>',
            pages='<span class="pages"></span>',
        ),
    }


def _amount(value: Decimal, paper: PaperFacts, *, signed: bool = False) -> str:
    return write_amount(value, paper.currency, paper.language, signed=signed)


def _facts(paper: PaperFacts) -> list[tuple[str, str, bool]]:
    """Label, text and whether it is the one to look at."""
    lang = paper.language
    facts = [(say("issued-on"), write_day(paper.issued_on, lang), False)]
    if not paper.is_credit:
        if paper.has_due_day:
            facts.append((say("due-on"), write_day(paper.due_on, lang), True))
        facts.append((say("terms"), say_many("net-days", paper.net_days, lang), False))
    optional = (
        ("period", write_month(paper.month, lang)),
        ("customer-number", paper.buyer.number),
        ("your-reference", paper.buyer.contact),
        ("purchase-order", paper.purchase_order),
        ("for", paper.group),
    )
    return facts + [(say(code), text, False) for code, text in optional if text]


def _notes(paper: PaperFacts) -> list[str]:
    notes = []
    for code, document in ((f"original.{paper.kind}", paper.original), ("replaces", paper.replaced)):
        if document is not None:
            on = write_day(document.issued_on, paper.language) if document.issued_on else NONE
            notes.append(say(code, number=document.number, day=on))
    if paper.kind == "statement":
        notes.append(say("statement-note"))
    return notes


def _line(line: PaperLine, paper: PaperFacts) -> dict[str, Any]:
    lang = paper.language
    price = "" if line.unit_price is None else write_price(line.unit_price, paper.currency, lang)
    if price and line.share:
        price = f"{price} × {line.share[0]}/{line.share[1]}"
    return {
        "name": line.name,
        "under": _under(line, paper),
        "quantity": "" if line.quantity is None else write_number(line.quantity, lang),
        "price": price,
        "amount": _amount(line.net, paper),
    }


def _under(line: PaperLine, paper: PaperFacts) -> SafeString | str:
    days = write_days(line.starts_on, line.ends_on, paper.month.year, paper.language)
    if line.refunded is not None and line.charged is not None:
        days = say(
            "seats-changed",
            before=write_number(line.seats_before or ZERO, paper.language),
            after=write_number(line.seats_after or ZERO, paper.language),
            days=days,
            refund=_amount(line.refunded, paper),
            charge=_amount(line.charged, paper),
        )
    subject = f"{line.subject}, " if line.subject and days else line.subject
    if line.is_by_use and paper.usage:
        words = say("by-use", days=days, page="{page}") if days else say("by-use-without-days", page="{page}")
        return say_marked(subject + words, page=_ON_PAGE.replace("{where}", "usage"))
    return subject + days


def _sums(paper: PaperFacts) -> list[tuple[str, str]]:
    sums = [(say("net"), _amount(paper.net, paper))]
    for tax in join_rates(paper.taxes):
        percent = write_percent_of_tax(tax.percent, paper.language)
        sums.append((say("tax", percent=percent, base=_amount(tax.base, paper)), _amount(tax.tax, paper)))
    return sums


def _total_label(paper: PaperFacts) -> str:
    return say("total-credit" if paper.is_credit or paper.gross < ZERO else "total", currency=paper.currency)


def _tax_reasons(paper: PaperFacts) -> list[str]:
    """Why a rate is nought, by law on the document; and the tax in the seller's own money."""
    reasons = [reason_of(tax) for tax in join_rates(paper.taxes) if tax.treatment != "standard"]
    local = paper.local_tax
    if local is not None:
        facts = {
            "currency": local.currency,
            "tax": write_amount(local.tax, local.currency, paper.language),
            "base": local.base,
            "quote": local.quote,
            "rate": write_number(local.rate, paper.language),
            "day": write_day(local.on, paper.language),
            "source": local.source.upper() or NONE,
        }
        reasons.append(say("local-tax", **facts))
    return list(dict.fromkeys(filter(None, reasons)))


def reason_of(tax: PaperTax) -> str:
    """The text of the law for a rate of nought: the document's own, or the usual one of its treatment."""
    # A code says why we charge so, to ourselves; the paper says it in the words of the law.
    return tax.reason if " " in tax.reason else say(f"reason.{tax.treatment}")


def _payment(paper: PaperFacts) -> dict[str, Any] | None:
    if paper.is_credit or not paper.to_pay:
        return None
    account, reference = paper.account, paper.reference
    is_giro = bool(account.giro) and paper.currency == "SEK"
    fields = [
        (say("bankgiro"), write_giro(account.giro) if is_giro else ""),
        (say("iban"), "" if is_giro else write_iban(account.iban)),
        (say("bic"), "" if is_giro else account.bic),
        (say("account"), "" if is_giro or account.iban else account.number),
        (say("reference-ocr" if is_ocr(reference) else "reference"), written_reference(reference)),
        (say("amount", currency=paper.currency), _amount(paper.to_pay, paper)),
        (say("latest"), write_day(paper.due_on, paper.language) if paper.has_due_day else ""),
    ]
    picture = mark_safe(payment_picture(paper))
    return {"fields": [field for field in fields if field[1]], "picture": picture, "caption": say("scan")}


def _why(paper: PaperFacts) -> dict[str, Any] | None:
    if paper.change is None or paper.is_credit:
        return None
    difference = paper.net - paper.change.net_before
    causes = list(paper.change.causes)
    rest = difference - add_up(cause.amount for cause in causes)
    if rest:
        causes.append(Cause(text=say("not-explained"), amount=rest))
    shown, more = causes[:SHOWN_CAUSES], causes[SHOWN_CAUSES:]
    rows = [_cause(cause, paper, is_short=bool(more)) for cause in shown]
    if more:
        words = say_many("other-causes", len(more), paper.language, page="{page}")
        text = say_marked(words, page=_ON_PAGE.replace("{where}", "causes"))
        rows.append(_delta(text, add_up(cause.amount for cause in more), paper))
    direction = "higher" if difference > ZERO else "lower" if difference < ZERO else "equal"
    form = "why-statement" if paper.kind == "statement" else "why"
    heading = say(
        f"{form}.{direction}",
        amount=_amount(abs(difference), paper),
        month=write_month(paper.change.month, paper.language),
    )
    return {
        "heading": heading,
        "rows": rows,
        "all": [_cause(cause, paper) for cause in causes] if more else [],
        "difference": _delta(say("difference"), difference, paper),
    }


def _cause(cause: Cause, paper: PaperFacts, *, is_short: bool = False) -> dict[str, Any]:
    """A cause and its amount; in short where the whole sentence stands on a page of its own."""
    text = cause.title or cause.text if is_short else cause.text
    if paper.kind == "statement" and not fits_statement(text, paper.language):
        text = cause.subject or say("change")
    return _delta(text, cause.amount, paper)


def _delta(text: str, amount: Decimal, paper: PaperFacts) -> dict[str, Any]:
    written = _amount(amount, paper, signed=True)
    return {"text": text, "amount": written, "tone": "down" if written.startswith(MINUS) else "up" if amount else ""}


def _usage(paper: PaperFacts) -> list[dict[str, Any]]:
    groups: dict[str, list[Any]] = {}
    for row in paper.usage:
        groups.setdefault(row.group, []).append(row)
    return [
        {
            "name": name,
            "rows": [
                {
                    "name": row.name,
                    "days": write_days(row.starts_on, row.ends_on, paper.month.year, paper.language),
                    "quantity": "" if row.quantity is None else write_number(row.quantity, paper.language),
                    "amount": _amount(row.net, paper),
                }
                for row in rows
            ],
            "sum": _amount(add_up(row.net for row in rows), paper),
        }
        for name, rows in groups.items()
    ]
