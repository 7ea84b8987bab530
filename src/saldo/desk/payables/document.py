"""Page: one document of Microsoft's, whether it adds up, who said yes, what was paid, and what belongs to it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from saldo.core.money import ZERO
from saldo.core.problems import Refused
from saldo.desk import figures
from saldo.desk.fields import say_refusal
from saldo.desk.payables import forms
from saldo.desk.payables.claim_rows import show_claim
from saldo.desk.payables.forms import Faults, Said, drawn
from saldo.desk.payables.people import list_approvers, name_actors
from saldo.desk.payables.shown import LOUD, payable_href, say_standing, show_row
from saldo.doors.gate import gate_everywhere
from saldo.doors.visitor import Visitor, get_visitor
from saldo.parties.debtors import OWN, list_bank_accounts
from saldo.payables.actions.deciding import UnableToApprove
from saldo.payables.pay_queries import list_claims, list_free_credits, list_payments
from saldo.payables.queries import PARTY, PayableShown, UnableToFind, get_payable, list_payables
from saldo.payables.rules.approval import object_to

APPROVE, RECORD = "buy.payable.approve", "buy.payment.record"


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One part of the sum that must add up; ``op`` stands before it."""

    op: str
    words: str
    detail: str
    amount: Decimal
    needs_work: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Related:
    """One document of the graph; ``depth`` 0 is what the others amend."""

    document: str
    href: str
    kind: str
    day: str
    gross: Decimal
    open: Decimal
    is_here: bool
    is_inner: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Yes:
    """One of the people needed: a name and when, or an empty place."""

    name: str
    when: str
    is_given: bool


@gate_everywhere("buy.invoice.read")
def payable(request: HttpRequest, document: str) -> HttpResponse:
    """The document with everything that belongs to it."""
    return draw(request, document)


def find_payable(visitor: Visitor, document: str) -> PayableShown:
    """The document of an address; an unknown one is 404 in words."""
    try:
        return get_payable(company=visitor.company.id, document=document, today=visitor.today)
    except UnableToFind as refused:
        raise Http404(say_refusal(refused)) from None


def draw(request: HttpRequest, document: str, said: Said = None, faults: Faults | None = None) -> HttpResponse:
    """The page; ``said`` and ``faults`` are those of the one form that could not be taken."""
    visitor = get_visitor(request)
    one = find_payable(visitor, document)
    row = show_row(one)
    page = {
        "row": row,
        "one": one,
        "standing": say_standing(one),
        "is_loud": one.level in LOUD,
        "is_loudest": one.level == "suspension-near",
        "source": figures.say(f"payables.source.{one.source}"),
        "invoiced": figures.day(one.invoiced_on),
        "parts": _parts(one),
        "tie_words": figures.say(one.tie_out.code, document=one.document, rest=_money(one, one.tie_out.rest))
        if one.tie_out.code
        else "",
        "lines": _named_lines(one),
        "graph": _graph(visitor, one),
        "payments": _payments(visitor, one),
        "claims": [
            show_claim(claim)
            for is_settled in (False, True)
            for claim in list_claims(company=visitor.company.id, today=visitor.today, is_settled=is_settled)
            if claim.about == one.document
        ],
    }
    page |= _approvals(visitor, one) | _forms(visitor, one, said, faults or {})
    return render(request, "desk/payables/document.html", {"page": page})


def _money(one: PayableShown, value: Decimal) -> str:
    return f"{figures.amount(value, one.currency)} {one.currency}"


def _parts(one: PayableShown) -> list[Part]:
    """Total = lines + named + tax + cuts + rest; parts that are nothing are left out, the rest never."""
    tie = one.tie_out
    tax = figures.say(f"payables.tax-from.{tie.tax_from}")
    rows = figures.say_many("pages.payables.rows", tie.row_count)
    parts = [
        Part(op="", words=figures.say("pages.payables.document-says"), detail="", amount=tie.total),
        Part(op="+", words=figures.say("pages.payables.notes-without-rows"), detail="", amount=tie.credit_notes),
        Part(op="=", words=figures.say("pages.payables.its-lines"), detail=rows, amount=tie.lines),
        Part(op="+", words=figures.say("pages.payables.entered-here"), detail="", amount=tie.named),
        Part(op="+", words=figures.say("pages.payables.tax"), detail=tax, amount=tie.tax),
        Part(op="+", words=figures.say("pages.payables.tax-cuts"), detail="", amount=tie.tax_cuts),
        Part(
            op="+",
            words=figures.say("pages.payables.rest"),
            detail="",
            amount=tie.rest,
            needs_work=bool(tie.rest),
        ),
    ]
    always = (0, 2, 4, 6)
    return [part for place, part in enumerate(parts) if part.amount or place in always]


def _named_lines(one: PayableShown) -> list[dict[str, Any]]:
    names = name_actors(line.by for line in one.named_lines)
    return [
        {"name": line.name, "net": line.net, "by": names[line.by], "at": figures.minute(line.at)}
        for line in one.named_lines
    ]


def _graph(visitor: Visitor, one: PayableShown) -> dict[str, Any]:
    """What it amends, and all that amends the same; nothing where it stands alone."""
    found = list_payables(company=visitor.company.id, today=visitor.today)
    by_number = {other.document: other for other in found}
    root = one.document
    seen = {root}
    while (up := by_number[root].amends if root in by_number else "") in by_number and up not in seen:
        root = up
        seen.add(up)
    members = _below(root, found)
    if len(members) < 2:
        return {}
    related = [
        Related(
            document=other.document,
            href=payable_href(other.document),
            kind=figures.say(f"payables.kind.{other.kind}"),
            day=figures.day(other.invoiced_on),
            gross=other.gross,
            open=other.open,
            is_here=other.document == one.document,
            is_inner=other.document != root,
        )
        for other in members
    ]
    same = [other for other in members if other.currency == one.currency]
    return {
        "rows": related,
        "gross": sum((other.gross for other in same), ZERO),
        "open": sum((other.open for other in same), ZERO),
    }


def _below(root: str, found: Sequence[PayableShown]) -> list[PayableShown]:
    members, names = [], {root}
    for other in sorted(found, key=lambda other: (other.document != root, other.invoiced_on, other.document)):
        if other.document in names or other.amends in names:
            names.add(other.document)
            members.append(other)
    return members


def _payments(visitor: Visitor, one: PayableShown) -> list[dict[str, Any]]:
    return [
        {
            "place": place,
            "key": payment.key,
            "day": figures.day(payment.paid_on),
            "account": payment.account or figures.say("pages.payables.microsoft-says"),
            "value": payment.value,
            "withheld": payment.withheld,
            "certificate": payment.certificate,
            "run": payment.run,
            "seen": figures.say("pages.payables.gone", day=figures.day(payment.gone_on))
            if payment.gone_on
            else figures.say("pages.payables.not-gone", day=figures.day(payment.chase_on)),
            "is_late": payment.gone_on is None and payment.chase_on <= visitor.today,
        }
        for place, payment in enumerate(list_payments(company=visitor.company.id, document=one.document))
    ]


def _approvals(visitor: Visitor, one: PayableShown) -> dict[str, Any]:
    names = name_actors(given.by for given in one.approvals)
    given = [Yes(name=names[yes.by], when=figures.minute(yes.at), is_given=True) for yes in one.approvals]
    empty = [
        Yes(
            name=figures.say("pages.payables.somebody-else" if given else "pages.payables.somebody"),
            when="",
            is_given=False,
        )
        for _ in range(one.people_needed - len(given))
    ]
    is_mine = visitor.actor in {yes.by for yes in one.approvals}
    may_ask = visitor.may_everywhere(APPROVE) and one.open > 0 and not one.is_approved
    objection = _objection(visitor, one) if may_ask else None
    return {
        "people": given + empty if one.open > 0 or given else [],
        "is_approved": one.is_approved,
        "may_approve": may_ask and objection is None,
        "may_withdraw": is_mine and not one.run and visitor.may_everywhere(APPROVE),
        "objection": "" if objection is None else say_refusal(objection),
        "who": "" if one.is_approved or one.open <= 0 else _who(visitor, one),
    }


def _objection(visitor: Visitor, one: PayableShown) -> Refused | None:
    payee = list_bank_accounts(company=visitor.company.id, owner=PARTY, usable_on=visitor.today)
    found = object_to(
        person=visitor.actor,
        approvals=[yes.by for yes in one.approvals],
        namers=[line.by for line in one.named_lines],
        tie_out=one.tie_out,
        has_payee=any(account.currency == one.currency for account in payee),
    )
    if found is None:
        return None
    facts = {"document": one.document} | found.facts
    if "rest" in facts:
        facts["rest"] = _money(one, one.tie_out.rest)
    return UnableToApprove(code=found.code, facts=facts)


def _who(visitor: Visitor, one: PayableShown) -> str:
    """The sentence that names who can say yes."""
    said = {yes.by for yes in one.approvals} | {line.by for line in one.named_lines}
    names = list_approvers(visitor, but=said)
    if not names:
        return figures.say("pages.payables.who-nobody")
    return figures.say("pages.payables.who-can", names=", ".join(names))


def _forms(visitor: Visitor, one: PayableShown, said: Said, faults: Faults) -> dict[str, Any]:
    """The forms that this person may use, each only where it makes sense."""
    if not visitor.may_everywhere(RECORD):
        return {}
    company = visitor.company.id
    accounts = [each for each in list_bank_accounts(company=company, owner=OWN) if each.state == "active"]
    free = [
        each
        for each in list_free_credits(company=company, today=visitor.today)
        if each.currency == one.currency and each.document != one.document
    ]
    is_owed = one.open > 0
    today = visitor.today.isoformat()
    wanted = {
        "line": forms.line_fields(one),
        "read": forms.read_fields(one),
        "pay": forms.payment_fields(one, accounts, today) if accounts and one.gross > 0 else (),
        "dispute": forms.dispute_fields(one) if one.gross > 0 else (),
        "credit": forms.credit_fields(one, free) if free and is_owed else (),
    }
    made = {f"{name}_form": drawn(fields, said, faults) for name, fields in wanted.items() if fields}
    return made | {"may_record": True, "has_accounts": bool(accounts)}
