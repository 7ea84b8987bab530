"""An issued document as its paper says it: the frozen rows of this room put together, nothing looked up anew."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from saldo.core.identity import CompanyId
from saldo.core.money import ZERO, round_half_up
from saldo.core.periods import Month
from saldo.invoicing import models
from saldo.invoicing.queries import Invoice, InvoiceLine, find_invoice, list_lines_of
from saldo.invoicing.rules.paper import (
    Account,
    Cause,
    Change,
    LocalTax,
    Original,
    PaperFacts,
    PaperLine,
    PaperTax,
    Side,
    UnableToWritePaper,
    Usage,
    check_sums,
)
from saldo.invoicing.rules.paper_lines import USAGE, Billed, arrange
from saldo.parties.queries import name_customers

_KINDS = ("invoice", "credit-note", "cancellation", "statement")


def facts_of(*, company: CompanyId, number: str) -> PaperFacts:
    """Everything that the paper of an issued document says; its sums are held to each other.

    Refuses (UnableToWritePaper): invoicing.paper.unknown, and what `check_sums` refuses.
    """
    document = find_invoice(company=company, number=number)
    if document is None or document.kind not in _KINDS:
        raise UnableToWritePaper(code="invoicing.paper.unknown", facts={"number": number})
    facts = _facts(company, document)
    check_sums(facts)
    return facts


def _facts(company: CompanyId, document: Invoice) -> PaperFacts:
    if document.issued_on is None or document.issued_at is None:
        raise UnableToWritePaper(code="invoicing.paper.unknown", facts={"number": document.number})
    lines, usage = arrange_lines(company=company, document=document)
    return PaperFacts(
        kind=document.kind,  # type: ignore[arg-type]  # one of _KINDS
        number=document.number,
        month=document.month,
        language=document.language,
        currency=document.currency,
        issued_on=document.issued_on,
        issued_at=document.issued_at,
        due_on=document.due_on or document.issued_on,
        net_days=_net_days(document),
        seller=_seller(document.seller),
        buyer=_buyer(document.buyer),
        account=_account(document.seller, document.currency),
        lines=lines,
        taxes=tuple(_tax(row) for row in document.taxes),
        net=document.net,
        tax=document.tax,
        gross=document.gross,
        reference=document.reference,
        purchase_order=document.purchase_order,
        group=document.group,
        original=_named(company, document.mirrors),
        replaced=_named(company, document.replaces),
        local_tax=_local_tax(document),
        change=_change(company, document),
        usage=usage,
        has_due_day=document.due_on is not None,
    )


def arrange_lines(*, company: CompanyId, document: Invoice) -> tuple[tuple[PaperLine, ...], tuple[Usage, ...]]:
    """The lines and the usage that the paper of a document has, or that of a draft will have."""
    return arrange(_billed(company, document), currency=document.currency)


def find_paper(*, company: CompanyId, number: str, form: str) -> str | None:
    """The sha256 of the paper that is kept for a document in this form, or None."""
    rows = models.Paper.objects.filter(company_id=company, number=number, form=form)
    return rows.values_list("sha256", flat=True).first()


def list_without_paper(*, company: CompanyId, form: str = "pdf", limit: int | None = None) -> tuple[str, ...]:
    """The numbers of issued documents for which no paper is kept in this form, oldest first."""
    kept = models.Paper.objects.filter(company_id=company, form=form).values("number")
    rows = models.Invoice.objects.filter(company_id=company).exclude(number="").exclude(number__in=kept)
    return tuple(rows.order_by("year", "sequence").values_list("number", flat=True)[:limit])


def _billed(company: CompanyId, document: Invoice) -> list[Billed]:
    rows = list_lines_of(company=company, number=document.number, draft=None if document.number else document.id)
    tenants = {row.customer for row in rows}
    # Of one tenant the paper need not say whose each line is.
    names = name_customers(company=company, keys=tenants) if len(tenants) > 1 else {}
    return [_billed_row(row, names.get(row.customer, "")) for row in rows]


def _billed_row(row: InvoiceLine, tenant: str) -> Billed:
    is_usage = row.category == USAGE
    return Billed(
        key=str(row.id),
        name=row.product,
        product=row.product.partition(", ")[0] if is_usage else "",
        category=row.category,
        net=row.net,
        percent=row.tax_percent,
        treatment=row.tax_treatment or "standard",
        quantity=row.quantity,
        unit_price=row.unit_price,
        starts_on=row.starts_on,
        ends_on=row.ends_on,
        subscription=row.subscription,
        charge_type=row.charge_type,
        subject=tenant,
    )


def _net_days(document: Invoice) -> int:
    """As the days themselves say: a corrected document may keep the due day of the wrong one."""
    if document.due_on and document.issued_on:
        return max((document.due_on - document.issued_on).days, 0)
    return int(document.terms.get("net_days") or 0)


def _seller(said: Mapping[str, Any]) -> Side:
    return _side(
        said,
        name=said.get("legal_name") or said.get("name") or "",
        email=said.get("email", ""),
        phone=said.get("phone", ""),
        website=said.get("website", ""),
        has_f_tax=bool(said.get("has_f_tax")),
    )


def _buyer(said: Mapping[str, Any]) -> Side:
    emails: Sequence[Mapping[str, str]] = said.get("emails") or ()
    contact = said.get("contact") or next((one["name"] for one in emails if one.get("name")), "")
    return _side(said, name=said.get("name", ""), number=said.get("number", ""), contact=contact)


def _side(said: Mapping[str, Any], **own: Any) -> Side:
    same = ("country", "street", "postcode", "city", "region", "vat_id", "registration", "electronic_address")
    values: dict[str, Any] = {name: said.get(name) or "" for name in same}
    return Side(**values, **own)


def _account(seller: Mapping[str, Any], currency: str) -> Account:
    """Where to pay: the account in the document's currency, else one with an IBAN, else the first."""
    accounts: Sequence[Mapping[str, str]] = seller.get("accounts") or ()
    in_currency = [one for one in accounts if one.get("currency") == currency]
    anywhere = [one for one in accounts if one.get("iban")] or list(accounts)
    chosen = seller.get("account") or next(iter([*in_currency, *anywhere]), {})
    return Account(**{name: str(chosen.get(name) or "") for name in ("iban", "bic", "giro", "number")})


def _tax(row: Mapping[str, Any]) -> PaperTax:
    return PaperTax(
        treatment=row["treatment"],
        percent=Decimal(str(row["percent"])),
        base=Decimal(str(row["base"])),
        tax=Decimal(str(row["tax"])),
        reason=row.get("reason") or "",
    )


def _local_tax(document: Invoice) -> LocalTax | None:
    """The tax in the seller's currency by the frozen rate, whichever way round it is written."""
    own = document.seller.get("currency") or ""
    if not document.tax or own in ("", document.currency):
        return None
    for row in (*_own_rate(document, own), *document.rates):
        pair, rate = (row["base"], row["quote"]), Decimal(str(row["rate"]))
        if pair == (document.currency, own):
            tax = document.tax * rate
        elif pair == (own, document.currency) and rate:
            tax = document.tax / rate
        else:
            continue
        return LocalTax(
            currency=own,
            tax=round_half_up(tax, own),
            base=row["base"],
            quote=row["quote"],
            rate=rate,
            on=_day(row["on"]),
            source=row.get("source") or "",
        )
    return None


def _own_rate(document: Invoice, own: str) -> list[dict[str, Any]]:
    """The rate of the tax's day, kept with the terms: the document's other rates need not have this pair."""
    said = document.terms.get("tax_in_own_currency")
    if not isinstance(said, Mapping) or said.get("currency") != own:
        return []
    source = next((row.get("source") for row in document.rates if row.get("source")), "")
    return [{"base": document.currency, "quote": own, "rate": said["rate"], "on": said["on"], "source": source}]


def _named(company: CompanyId, number: str) -> Original | None:
    if not number:
        return None
    found = find_invoice(company=company, number=number)  # none: taken over from the books before us
    return Original(number=number, issued_on=found.issued_on if found else None)


def _change(company: CompanyId, document: Invoice) -> Change | None:
    row = models.Explanation.objects.filter(company_id=company, number=document.number).exclude(before="").first()
    before = find_invoice(company=company, number=row.before) if row else None
    if row is None or before is None:
        return None
    causes = [_cause(reason) for reason in row.reasons]
    return Change(
        month=Month.of(before.month.starts_on),
        net_before=before.net,
        causes=tuple(sorted((cause for cause in causes if cause.amount), key=lambda cause: -abs(cause.amount))),
    )


def _cause(reason: Mapping[str, Any]) -> Cause:
    amount = Decimal(str(reason.get("amount") or ZERO))
    said = {name: str(reason.get(name) or "") for name in ("text", "subject", "title")}
    return Cause(amount=amount, **said)


def _day(said: Any) -> date:
    if isinstance(said, datetime):
        return said.date()
    return said if isinstance(said, date) else date.fromisoformat(str(said)[:10])
