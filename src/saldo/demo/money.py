"""The second half of the story: a price is agreed, a month closed, an invoice explained, money comes, Microsoft waits.

Like the first half it speaks to Saldo only with commands and their JSON.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from saldo.core.periods import Month
from saldo.core.written import write_amount
from saldo.generator.bank_files import camt_053
from saldo.generator.bank_town import Payment, Truth

IBAN = "SE3550000000054910000003"
MARKUP = "18"

Program = Callable[[Sequence[str]], Mapping[str, Any]]
"""Runs one command of Saldo with ``--json`` and gives its document."""
Say = Callable[[str], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class ToldMoney:
    """What the second half found, as the commands' JSON says it."""

    issued: int
    totals: Mapping[str, str]
    invoice: str
    invoice_reasons: tuple[Mapping[str, Any], ...]
    invoice_unexplained: str
    matched: int
    unallocated: int
    owed: Mapping[str, str]  # by customer
    payables: tuple[Mapping[str, Any], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """Where the story happens: a folder for its files, the currency, the two months that are closed, the language."""

    folder: Path
    currency: str
    before: Month
    after: Month
    lang: str
    program: Program
    say: Say

    def amount(self, value: str, *, signed: bool = False) -> str:
        """An amount as people write it."""
        return write_amount(Decimal(value), self.currency, self.lang, signed=signed)

    @property
    def issued_on(self) -> date:
        """The day on which the later month is closed."""
        return self.after.plus(1).starts_on + timedelta(days=8)

    @property
    def paid_on(self) -> date:
        """The day on which customers pay."""
        return self.issued_on + timedelta(days=20)


def tell_money(*, setting: Setting, movers: Sequence[Mapping[str, str]]) -> ToldMoney:
    """Go on with the customers of the first half, the one who moved furthest first; say each step at once."""
    say, program = setting.say, setting.program
    say(f"\n5. A price: everybody pays what Microsoft charges and {MARKUP} % more")
    _agree_price(setting)
    say(f"\n6. Invoices: {setting.before} and {setting.after} are closed")
    closed = _close(setting)
    say(f"\n7. What does {movers[0]['customer']} ask? Why is the invoice of {setting.after} another one?")
    explained = _explain_invoice(setting, movers[0]["id"])
    say("\n8. The bank's file: one customer pays all, one too little, one nothing")
    owed = {mover["id"]: _owed(setting, mover["id"], setting.issued_on) for mover in movers}
    file = program(["receive", str(_bank_file(setting, movers, owed)), "--today", f"{setting.paid_on}"])["files"][0]
    say(f"   {file['entries']} payments, {file['matched']} booked by themselves, {file['unallocated']} wait")
    say("\n9. Who still owes?")
    left = _say_owed(setting, movers)
    say("\n10. What do we owe Microsoft?")
    payables = _say_payables(setting)
    return ToldMoney(
        issued=closed["issued"],
        totals=closed["total"],
        invoice=owed[movers[0]["id"]][-1][0],
        invoice_reasons=tuple(explained["reasons"]),
        invoice_unexplained=explained["unexplained"],
        matched=file["matched"],
        unallocated=file["unallocated"],
        owed=left,
        payables=payables,
    )


def _agree_price(setting: Setting) -> None:
    sheet = setting.folder / "prices.csv"
    sheet.write_text(
        "code,level,method,percent,starts_on\n"
        f"everybody,company,markup-on-cost,{MARKUP},{setting.before.plus(-24).starts_on}\n",
        encoding="utf-8",
    )
    preview = setting.program(["settings", str(sheet)])
    for row in preview["rows"]:
        told = ", ".join(f"{cell['column']} {cell['after']}" for cell in row["cells"])
        setting.say(f"   {row['state']:<9} {row['key']}: {told}")
    setting.program(["settings", str(sheet), "--confirm", preview["fingerprint"]])


def _close(setting: Setting) -> Mapping[str, Any]:
    closed: Mapping[str, Any] = {}
    for month in (setting.before, setting.after):
        on = month.plus(1).starts_on + timedelta(days=8)
        closed = setting.program(
            ["close", "--month", str(month), "--issue", "--today", f"{on}", "--lang", setting.lang]
        )
        totals = ", ".join(write_amount(Decimal(one), code, setting.lang) for code, one in closed["total"].items())
        setting.say(f"   {month}: {closed['issued']} documents issued, {totals} with tax")
        for problem in closed["problems"]:
            setting.say(f"   {problem['message']}")
    return closed


def _explain_invoice(setting: Setting, customer: str) -> Mapping[str, Any]:
    asked = ["--customer", customer, "--from", str(setting.before), "--to", str(setting.after), "--side", "price"]
    answer = setting.program(["explain", *asked, "--lang", setting.lang])
    for reason in sorted(answer["reasons"], key=lambda reason: -abs(Decimal(reason["amount"]))):
        setting.say(f"   {setting.amount(reason['amount'], signed=True):>16}   {reason['text']}")
    rest = setting.amount(answer["unexplained"], signed=True)
    setting.say(f"   {setting.amount(answer['change'], signed=True):>16}   in all; unexplained: {rest}")
    return answer


def _owed(setting: Setting, customer: str, on: date) -> list[tuple[str, Decimal]]:
    """A customer's invoices as their statement lists them."""
    statement = setting.program(["statement", "--customer", customer, "--today", f"{on}"])
    return [
        (movement["document"], Decimal(movement["amount"]))
        for one in statement["currencies"]
        for movement in one["movements"]
        if Decimal(movement["amount"]) > 0
    ]


def _bank_file(
    setting: Setting, movers: Sequence[Mapping[str, str]], owed: Mapping[str, Sequence[tuple[str, Decimal]]]
) -> Path:
    """The first pays every invoice, the second the last one less a hundred, the others nothing."""
    payments = [_payment(setting, number, movers[0], *paper) for number, paper in enumerate(owed[movers[0]["id"]], 1)]
    document, amount = owed[movers[1]["id"]][-1]
    payments.append(_payment(setting, len(payments) + 1, movers[1], document, amount - 100))
    path = setting.folder / "bank.xml"
    path.write_bytes(
        camt_053(
            payments=payments,
            account=IBAN,
            currency=setting.currency,
            opening=Decimal(0),
            made_on=setting.paid_on,
        )
    )
    return path


def _payment(setting: Setting, number: int, payer: Mapping[str, str], document: str, value: Decimal) -> Payment:
    return Payment(
        number=number,
        on=setting.paid_on,
        currency=setting.currency,
        value=value,
        truth=Truth(story="demo", debtor=payer["id"]),
        payer=payer["customer"],
        text=document,
        bank_reference=f"DEMO{number:06d}",
    )


def _say_owed(setting: Setting, movers: Sequence[Mapping[str, str]]) -> Mapping[str, str]:
    left = {}
    for mover in movers:
        statement = setting.program(["statement", "--customer", mover["id"], "--today", f"{setting.paid_on}"])
        closing = sum((Decimal(one["closing"]) for one in statement["currencies"]), Decimal(0))
        left[mover["customer"]] = f"{closing:.2f}"
        setting.say(f"   {setting.amount(f'{closing}'):>16}   {mover['customer']}")
    return left


def _say_payables(setting: Setting) -> tuple[Mapping[str, Any], ...]:
    listed = setting.program(["payables", "--today", f"{setting.issued_on}"])["payables"]
    for one in listed:
        if Decimal(one["open"]):
            ties = "ties out" if one["ties_out"] else "does not tie out"
            setting.say(
                f"   {setting.amount(one['open']):>16}   {one['document']}, due {one['due']}, "
                f"to be sent by {one['last_safe']}; {ties}"
            )
    return tuple(listed)
