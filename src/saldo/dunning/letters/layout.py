"""What stands where in a letter and its mail: the facts as written texts, in the language that is active.

The order is that of every letter of ours: what is owed, what happens on which day, how to object, whom to call.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from saldo.core.money import ZERO
from saldo.core.written import write_amount, write_day, write_number
from saldo.dunning.letters.wording import name_products, say
from saldo.dunning.rules.letter import LetterAhead, LetterFacts, LetterItem
from saldo.dunning.rules.policy import NAMES_ACCESS
from saldo.invoicing.papers.sides import write_address, write_foot
from saldo.invoicing.papers.wording import say as say_on_paper
from saldo.invoicing.papers.wording import (
    say_marked,
    write_giro,
    write_iban,
    write_percent_of_tax,
)
from saldo.invoicing.rules.references import is_ocr, written_reference

_PLACES = ("document", "due", "late", "reference")


def lay_out(facts: LetterFacts) -> dict[str, Any]:
    """Everything that the letter and its mail show; the caller activates the letter's own language."""
    title = say(f"title.{facts.letter}")
    return {
        "lang": facts.language,
        "title": title,
        "running": say_on_paper("running", title=title, buyer=facts.buyer.name),
        "written_at": facts.written_at.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "seller": facts.seller,
        "buyer_name": facts.buyer.name,
        "buyer": write_address(facts.buyer, facts.seller.country, facts.language),
        "facts": _facts(facts),
        "intro": _intro(facts),
        "labels": {name: say(f"column.{name}") for name in _PLACES},
        "to": say_on_paper("to"),
        "owed_heading": say("owed.heading"),
        "columns": _columns(facts),
        "items": [_item(one, facts) for one in facts.items],
        "sums": _sums(facts),
        "total": {"label": say("to-pay", currency=facts.currency), "amount": _amount(facts.owed, facts)},
        "costs": _costs(facts),
        "costs_note": _costs_note(facts),
        "payment": _payment(facts),
        "ahead": _ahead(facts),
        "ahead_heading": say("ahead.heading"),
        "object_heading": say("object.heading"),
        "object": _object(facts),
        "questions_heading": say("questions.heading"),
        "questions": say("questions", where=_where(facts)) if _where(facts) else "",
        "crossed": say("crossed"),
        "foot": write_foot(facts.seller, facts.language),
        "pages": say_marked(
            say_on_paper("pages", page="{page}", pages="{pages}"),
            page='<span class="page"></span>',
            pages='<span class="pages"></span>',
        ),
    }


def tell_one(entry: LetterAhead, lang: str) -> str:
    """One thing that will happen, as a sentence with its day: the same on page, letter and desk."""
    day, hour = write_day(entry.on, lang), entry.at.strftime("%H:%M")
    if entry.kind == "letter":
        return say(f"ahead.letter.{entry.letter}", day=day)
    if entry.kind in ("access", "end-of-term") and entry.products:
        products = name_products(entry.products, entry.more, lang)
        return say(f"ahead.{entry.kind}", products=products, day=day, time=hour)
    if entry.kind in ("access", "end-of-term"):
        return say(f"ahead.{entry.kind}-unnamed", day=day, time=hour)
    return say(f"ahead.{entry.kind}", day=day)


def _amount(value: Decimal, facts: LetterFacts) -> str:
    return write_amount(value, facts.currency, facts.language)


def _facts(facts: LetterFacts) -> list[tuple[str, str, bool]]:
    rows = [
        (say("written-on"), write_day(facts.on, facts.language), False),
        (say("pay-by"), write_day(facts.pay_by, facts.language), True),
        (say_on_paper("customer-number"), facts.buyer.number, False),
    ]
    return [row for row in rows if row[1]]


def _intro(facts: LetterFacts) -> list[str]:
    told = {"amount": _amount(facts.owed, facts), "currency": facts.currency}
    parts = [
        say(f"intro.{facts.letter}", day=write_day(facts.pay_by, facts.language), seller=facts.seller.name, **told)
    ]
    if facts.stops_new_orders:
        parts.append(say("now.stop-new-orders"))
    return parts


def _columns(facts: LetterFacts) -> list[str]:
    """Label of each column of figures; what is open stands beside what is asked only where they differ."""
    return [say("column.open")] * _shows_open(facts) + [say("column.to-pay", currency=facts.currency)]


def _shows_open(facts: LetterFacts) -> bool:
    return facts.open != facts.owed


def _item(one: LetterItem, facts: LetterFacts) -> dict[str, Any]:
    amounts = [one.open] * _shows_open(facts) + [one.owed]
    return {
        "document": one.document,
        "due": write_day(one.due_on, facts.language),
        "late": write_number(max(one.days_late, 0), facts.language),
        "reference": written_reference(one.reference) if one.reference else "",
        "amounts": [_amount(value, facts) for value in amounts],
    }


def _sums(facts: LetterFacts) -> list[tuple[str, str]]:
    """The principal by its name wherever there are costs beside it, and in every notice that the law looks at."""
    return [(say("principal"), _amount(facts.owed, facts))] if _splits(facts) else []


def _costs(facts: LetterFacts) -> list[tuple[str, str]]:
    """Interest and fee below what is to be paid now: they come later and are no part of it."""
    if not _splits(facts):
        return []
    return [
        (say("interest-next" if facts.interest else "interest"), _amount(facts.interest, facts)),
        (say("fee-next" if facts.fee else "fee"), _amount(facts.fee, facts)),
    ]


def _splits(facts: LetterFacts) -> bool:
    return bool(facts.interest + facts.fee) or facts.letter in NAMES_ACCESS


def _costs_note(facts: LetterFacts) -> list[str]:
    notes = []
    if facts.interest and facts.interest_until is not None:
        percent = write_percent_of_tax(facts.interest_percent, facts.language)
        notes.append(say("interest-note", percent=percent, day=write_day(facts.interest_until, facts.language)))
    if facts.open != facts.owed:
        notes.append(say("rest-not-asked", amount=_amount(facts.open - facts.owed, facts), currency=facts.currency))
    return notes


def _payment(facts: LetterFacts) -> list[tuple[str, str]]:
    account = facts.account
    is_giro = bool(account.giro) and facts.currency == "SEK"
    fields = [
        (say_on_paper("bankgiro"), write_giro(account.giro) if is_giro else ""),
        (say_on_paper("iban"), "" if is_giro else write_iban(account.iban)),
        (say_on_paper("bic"), "" if is_giro else account.bic),
        (say_on_paper("account"), "" if is_giro or account.iban else account.number),
        *_reference(facts),
        (say_on_paper("amount", currency=facts.currency), _amount(facts.owed, facts)),
        (say_on_paper("latest"), write_day(facts.pay_by, facts.language)),
    ]
    has_account = any(text for _, text in fields[:4])
    return [field for field in fields if field[1]] if has_account and facts.owed > ZERO else []


def _reference(facts: LetterFacts) -> list[tuple[str, str]]:
    """The reference of the only document; of several each stands in its row."""
    if len(facts.items) != 1 or not facts.items[0].reference:
        return []
    reference = facts.items[0].reference
    return [(say_on_paper("reference-ocr" if is_ocr(reference) else "reference"), written_reference(reference))]


def _ahead(facts: LetterFacts) -> list[str]:
    return [tell_one(entry, facts.language) for entry in facts.ahead]


def _object(facts: LetterFacts) -> str:
    where = _where(facts)
    return say("object", day=write_day(facts.pay_by, facts.language), where=where) if where else ""


def _where(facts: LetterFacts) -> str:
    return ", ".join(filter(None, (facts.seller.email, facts.seller.phone)))
