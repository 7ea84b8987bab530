"""Papers of invented documents, one function per case, that tests, goldens and the bench draw."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

from saldo.core.money import add_up, round_half_up
from saldo.core.periods import Month
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
    Usage,
)
from saldo.invoicing.rules.references import reference_for

LANGUAGES = ("en", "sv", "zh-Hans", "pt-BR", "es")
APRIL = Month(2026, 4)

SELLER = Side(
    name="Fjordlys Cloud AB",
    country="SE",
    street="Kajgatan 1",
    postcode="111 30",
    city="Stockholm",
    vat_id="SE556677889901",
    registration="556677-8899",
    electronic_address="0007:5566778899",
    email="support@fjordlys.example",
    phone="+46 8 555 00 10",
    has_f_tax=True,
)
BUYER = Side(
    name="Havsbris Hotell AB",
    country="SE",
    number="10017",
    street="Strandvägen 7",
    postcode="114 56",
    city="Stockholm",
    vat_id="SE556012579001",
    registration="556012-5790",
    electronic_address="0007:5560125790",
    contact="Karin Wallgren",
)
GERMAN = Side(
    name="Küstenwind Logistik GmbH",
    country="DE",
    number="10044",
    street="Hafenstraße 12",
    postcode="20457",
    city="Hamburg",
    vat_id="DE136695976",
    electronic_address="9930:DE136695976",
    contact="Jörg Überschär",
)
GIRO = Account(giro="50501055", iban="SE3550000000054910000003", bic="ESSESESS")
IBAN = Account(iban="SE3550000000054910000003", bic="ESSESESS")

_LINES = (
    ("Microsoft 365 Business Premium", "42", "245.00", "10290.00", (1, 30), None),
    ("Microsoft 365 E3", "25", "447.00", "11175.00", (1, 30), None),
    ("Microsoft 365 Copilot", "10", "372.00", "3720.00", (1, 30), None),
    ("Microsoft Teams Phone Standard", "12", "96.00", "576.00", (16, 30), (15, 30)),
    ("Visio Plan 2", "3", "178.00", "534.00", (1, 30), None),
)
_USED = (
    ("Azure Backup, protected instances", "38", "6120.4"),
    ("Backup storage, LRS", "4210.55", "3318.29"),
    ("D4s v5, Sweden Central", "1440", "5410.02"),
    ("D8s v5, Sweden Central", "240.5", "2610.08"),
    ("Bandwidth, inter-region", "812.003", "880"),
)
_CAUSES = (
    ("Azure used more: backup storage and two virtual machines", "2906.26"),
    ("8 seats of Business Premium added on 11 April", "1306.67"),
    ("Exchange Online Plan 1 ended on 31 March", "-864.00"),
    ("Teams Phone, new on 16 April", "576.00"),
    ("Copilot: the introductory discount ended", "480.00"),
    ("Credit for the outage of 9 March", "-359.00"),
    ("Visio Plan 2, one seat more", "178.00"),
    ("Service agreement: new price", "200.00"),
    ("Microsoft 365 E3: three seats more since March", "135.62"),
)


def hotel(language: str = "en") -> PaperFacts:
    """The invoice of the mock-up: seats, a change of seats, proration, usage, a credit and a fee."""
    lines = [_line(number, *line, treatment="standard", percent="25") for number, line in enumerate(_LINES, 1)]
    lines.insert(1, _seat_change())
    lines += [
        _plain("6", "Azure plan", "18338.79", starts=1, is_by_use=True),
        _plain("7", "Credit for the outage of 9 March", "-359.00", subject="Microsoft 365 Business Premium"),
        _line(8, "Service agreement", "1", "1200.00", "1200.00", (1, 30), None, treatment="standard", percent="25"),
    ]
    usage = tuple(
        Usage(
            group="Azure plan",
            name=name,
            quantity=Decimal(quantity),
            net=Decimal(net),
            starts_on=date(2026, 4, 1),
            ends_on=date(2026, 4, 30),
        )
        for name, quantity, net in _USED
    )
    change = Change(
        month=Month(2026, 3),
        net_before=Decimal("42221.91"),
        causes=tuple(Cause(text=text, amount=Decimal(amount)) for text, amount in _CAUSES),
    )
    return _totalled(_paper(language=language, lines=tuple(lines), usage=usage, change=change, account=GIRO))


def german(language: str = "en") -> PaperFacts:
    """Euro to Germany: reverse charge, IBAN with RF reference and a square to scan."""
    lines = tuple(
        _line(number, *line, treatment="reverse-charge", percent="0") for number, line in enumerate(_LINES, 1)
    )
    paper = _paper(
        language=language, lines=lines, buyer=GERMAN, currency="EUR", account=IBAN, purchase_order="4500-881"
    )
    return _totalled(paper)


def foreign_currency(language: str = "en") -> PaperFacts:
    """Euro inside Sweden: 25 % with the tax again in kronor, by the rate of a day."""
    paper = _totalled(replace(hotel(language), currency="EUR", account=IBAN, usage=(), change=None, lines=_no_usage()))
    rate = Decimal("11.1935")
    local = LocalTax(
        currency="SEK",
        tax=round_half_up(paper.tax * rate, "SEK"),
        base="EUR",
        quote="SEK",
        rate=rate,
        on=date(2026, 4, 30),
        source="ecb",
    )
    return replace(paper, local_tax=local)


def credit_note(language: str = "en") -> PaperFacts:
    """A credit for part of an invoice, with its reference to it."""
    lines = (_plain("1", "Credit for the outage of 9 March", "-359.00", subject="Microsoft 365 Business Premium"),)
    original = Original(number="2026-00471", issued_on=date(2026, 4, 30))
    paper = _paper(language=language, lines=lines, kind="credit-note", number="2026-00502", original=original)
    return _totalled(paper)


def cancellation(language: str = "en") -> PaperFacts:
    """The mirror of a whole invoice."""
    lines = tuple(
        replace(line, net=-line.net, quantity=None if line.quantity is None else -line.quantity)
        for line in hotel().lines
        if line.refunded is None and not line.is_by_use
    )
    original = Original(number="2026-00471", issued_on=date(2026, 4, 30))
    paper = _paper(language=language, lines=lines, kind="cancellation", number="2026-00503", original=original)
    return _totalled(paper)


def export(language: str = "en") -> PaperFacts:
    """To a buyer outside the EU: no tax, with the reason."""
    buyer = Side(
        name="海风酒店管理（上海）有限公司",
        country="CN",
        number="10090",
        street="中山东一路 20 号",
        postcode="200002",
        city="上海",
        electronic_address="",
        contact="王小明",
    )
    lines = tuple(_line(number, *line, treatment="export", percent="0") for number, line in enumerate(_LINES, 1))
    return _totalled(_paper(language=language, lines=lines, buyer=buyer, currency="USD", account=IBAN))


def mixed(language: str = "en") -> PaperFacts:
    """Two rates and an exempt line on one paper."""
    lines = (
        _line(1, "Microsoft 365 E3", "25", "447.00", "11175.00", (1, 30), None, treatment="standard", percent="25"),
        _line(2, "Printed manual", "10", "100.00", "1000.00", (1, 30), None, treatment="standard", percent="6"),
        _line(3, "Training", "2", "400.00", "800.00", (7, 8), None, treatment="exempt", percent="0"),
    )
    return _totalled(_paper(language=language, lines=lines, account=GIRO))


def statement(language: str = "en") -> PaperFacts:
    """Where an authority issues the fiscal document: ours says what is charged, and never calls itself one."""
    base = hotel(language)
    seller = replace(SELLER, name="Fjordlys Nuvem Ltda", country="BR", has_f_tax=False, vat_id="", city="São Paulo")
    lines = tuple(replace(line, treatment="outside-scope", percent=Decimal(0)) for line in base.lines)
    account = Account(number="341 / 1234 / 56789-0")
    paper = replace(base, kind="statement", seller=seller, lines=lines, currency="BRL", account=account)
    return _totalled(replace(paper, reference=reference_for(country="BR", currency="BRL", number=paper.number)))


def long_paper(language: str = "en") -> PaperFacts:
    """Many lines, long names, several pages."""
    name = (
        "Microsoft Dynamics 365 Customer Insights Attach for qualifying Dynamics 365 base products, annual commitment"
    )
    lines = tuple(
        _line(number, f"{name} {number}", "3", "178.00", "534.00", (1, 30), None, treatment="standard", percent="25")
        for number in range(1, 61)
    )
    buyer = replace(
        BUYER,
        name="Aktiebolaget Svenska Havsbrisens Hotell- och Konferensanläggningar i Norra Skärgården med Dotterbolag",
    )
    usage = hotel().usage
    lines += (_plain("61", "Azure plan", "18338.79", starts=1, is_by_use=True),)
    return _totalled(_paper(language=language, lines=lines, buyer=buyer, usage=usage, account=GIRO))


CASES = {
    "hotel": hotel,
    "german": german,
    "foreign-currency": foreign_currency,
    "credit-note": credit_note,
    "cancellation": cancellation,
    "export": export,
    "mixed": mixed,
    "statement": statement,
}


def _paper(
    *,
    language: str,
    lines: tuple[PaperLine, ...],
    kind: str = "invoice",
    number: str = "2026-00471",
    buyer: Side = BUYER,
    currency: str = "SEK",
    account: Account = GIRO,
    usage: tuple[Usage, ...] = (),
    change: Change | None = None,
    original: Original | None = None,
    purchase_order: str = "",
) -> PaperFacts:
    return PaperFacts(
        kind=kind,  # type: ignore[arg-type]
        number=number,
        month=APRIL,
        language=language,
        currency=currency,
        issued_on=date(2026, 4, 30),
        issued_at=datetime(2026, 4, 30, 9, 15, tzinfo=UTC),
        due_on=date(2026, 5, 30),
        net_days=30,
        seller=SELLER,
        buyer=buyer,
        account=account,
        lines=lines,
        taxes=(),
        net=Decimal(0),
        tax=Decimal(0),
        gross=Decimal(0),
        reference=reference_for(country="SE", currency=currency, number=number),
        purchase_order=purchase_order,
        original=original,
        usage=usage,
        change=change,
    )


def _totalled(paper: PaperFacts) -> PaperFacts:
    bases: dict[tuple[str, Decimal], list[Decimal]] = {}
    for line in paper.lines:
        bases.setdefault((line.treatment, line.percent), []).append(line.net)
    taxes = tuple(
        PaperTax(
            treatment=treatment,
            percent=percent,
            base=add_up(nets),
            tax=round_half_up(add_up(nets) * percent / 100, paper.currency),
        )
        for (treatment, percent), nets in bases.items()
    )
    net, tax = add_up(tax.base for tax in taxes), add_up(tax.tax for tax in taxes)
    return replace(paper, taxes=taxes, net=net, tax=tax, gross=net + tax)


def _line(
    number: int,
    name: str,
    quantity: str,
    price: str,
    net: str,
    days: tuple[int, int],
    share: tuple[int, int] | None,
    *,
    treatment: str,
    percent: str,
) -> PaperLine:
    return PaperLine(
        key=str(number),
        name=name,
        quantity=Decimal(quantity),
        unit_price=Decimal(price),
        net=Decimal(net),
        starts_on=date(2026, 4, days[0]),
        ends_on=date(2026, 4, days[1]),
        share=share,
        treatment=treatment,
        percent=Decimal(percent),
    )


def _plain(
    key: str, name: str, net: str, *, starts: int | None = None, is_by_use: bool = False, subject: str = ""
) -> PaperLine:
    return PaperLine(
        key=f"plain-{key}",
        name=name,
        net=Decimal(net),
        starts_on=date(2026, 4, starts) if starts else None,
        ends_on=date(2026, 4, 30) if starts else None,
        is_by_use=is_by_use,
        subject=subject,
        treatment="standard",
        percent=Decimal(25),
    )


def _seat_change() -> PaperLine:
    line = _line(9, _LINES[0][0], "8", "245.00", "1306.67", (11, 30), (20, 30), treatment="standard", percent="25")
    return replace(
        line,
        refunded=Decimal("-6860.00"),
        charged=Decimal("8166.67"),
        seats_before=Decimal(42),
        seats_after=Decimal(50),
    )


def _no_usage() -> tuple[PaperLine, ...]:
    return tuple(line for line in hotel().lines if not line.is_by_use)
