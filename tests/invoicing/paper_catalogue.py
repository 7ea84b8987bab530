"""Papers of every kind between parties of many countries: what an e-invoice must be right for."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal

from saldo.agreements.rules.tax import TaxBook
from saldo.agreements.rules.tax_rates import EU
from saldo.invoicing.rules.paper import Account, Original, PaperFacts, PaperLine, Side
from saldo.invoicing.rules.references import reference_for
from tests.invoicing import paper_cases as cases

_DAY = date(2026, 4, 30)
_ORIGINAL = Original(number="2026-00471", issued_on=_DAY)
_IBAN = Account(iban="DE75512108001245126199", bic="SSKMDEMMXXX")
_CURRENCIES = {"SE": "SEK", "NO": "NOK", "DK": "DKK", "PL": "PLN", "IS": "ISK", "GB": "GBP", "CH": "CHF"}
_CREDITS = ("credit-note", "cancellation")

# Country, VAT number, number in the register, electronic address: of the right form, of nobody we know.
_PARTIES = (
    ("AT", "ATU13585627", "FN 123456a", "9914:ATU13585627"),
    ("BE", "BE0428759497", "0428.759.497", "0208:0428759497"),
    ("CH", "CHE116281710MWST", "CHE-116.281.710", "9927:CHE116281710"),
    ("DE", "DE136695976", "HRB 12345", "9930:DE136695976"),
    ("DK", "DK13585628", "13 58 56 28", "0184:13585628"),
    ("EE", "EE100931558", "10137319", "0191:10137319"),
    ("ES", "ESB58378431", "B58378431", "9920:ESB58378431"),
    ("FI", "FI20774740", "2077474-0", "0216:003720774740"),
    ("FR", "FR40303265045", "303265045", "0225:303265045"),
    ("GB", "GB980780684", "01234567", "9932:GB980780684"),
    ("IE", "IE6433435F", "123456", "9935:IE6433435F"),
    ("IS", "IS12345", "540269-6029", ""),
    ("IT", "IT00743110157", "00743110157", "0211:IT00743110157"),
    ("NL", "NL004495445B01", "12345678", "9944:NL004495445B01"),
    ("NO", "NO974760673MVA", "974 760 673", ""),
    ("PL", "PL8567346215", "0000012345", "9945:PL8567346215"),
    ("PT", "PT501964843", "501964843", "9946:PT501964843"),
    ("SE", "SE556677889901", "556677-8899", ""),
    ("SK", "SK2022749619", "36421928", "0245:2022749619"),
)
COUNTRIES = tuple(country for country, *_ in _PARTIES)


def side_in(country: str, *, is_seller: bool) -> Side:
    """A party of a country, with what is known of one when a document is made."""
    vat_id, registration, address = next(rest for code, *rest in _PARTIES if code == country)
    return Side(
        name=f"Fjordlys & Söner {'AS' if country == 'NO' else 'AB'}",
        country=country,
        number="" if is_seller else "10017",
        street="Storgatan 1\nPlan 3",
        postcode="111 22",
        city="Stad",
        vat_id=vat_id,
        registration=registration,
        electronic_address=address,
        contact="" if is_seller else "Åsa Öberg",
        email="faktura@fjordlys.example" if is_seller else "",
        phone="+46 8 555 00 10" if is_seller else "",
        has_f_tax=is_seller and country == "SE",
    )


def every_document() -> Iterator[tuple[str, PaperFacts]]:
    """Name and paper of every kind: sellers and buyers of all countries, then what is odd at home."""
    for seller in COUNTRIES:
        for buyer in dict.fromkeys((seller, "DE", "SE", "NO", "US")):
            for kind in ("invoice", *_CREDITS):
                yield f"{seller}-{buyer}-{kind}", _between(seller, buyer, kind)
    yield from _at_home()


def _between(seller: str, buyer: str, kind: str) -> PaperFacts:
    treatment, percent = _treated(seller, buyer)
    lines = [_line(treatment, percent), replace(_line(treatment, percent, 2), quantity=None, unit_price=None)]
    lines[1] = replace(lines[1], net=Decimal("-359.00"), subject="Microsoft 365 Business Premium")
    to = replace(side_in("GB", is_seller=False), country="US", vat_id="") if buyer == "US" else None
    currency = _CURRENCIES.get(seller, "EUR")
    return _made(
        lines,
        kind=kind,
        seller=side_in(seller, is_seller=True),
        buyer=to or side_in(buyer, is_seller=False),
        currency=currency,
        account=cases.GIRO if seller == "SE" else _IBAN,
        reference=reference_for(country=seller, currency=currency, number="2026-00471"),
    )


def _treated(seller: str, buyer: str) -> tuple[str, str]:
    if seller == buyer:
        row = TaxBook.of().rate_of(seller, "", _DAY)
        assert row is not None
        return "standard", f"{row.percent:f}"
    return ("reverse-charge", "0") if {seller, buyer} <= EU else ("export", "0")


def _at_home() -> Iterator[tuple[str, PaperFacts]]:
    full, exempt = _line("standard", "25"), _line("exempt", "0")
    back = replace(full, key="9", net=-full.net, quantity=Decimal(-25))
    for currency, net in (("JPY", "11175"), ("CLP", "11175"), ("HUF", "11175.55"), ("USD", "11175.55")):
        line = replace(full, net=Decimal(net), unit_price=Decimal(net) / 25)
        yield f"in-{currency}", _made([line], currency=currency, account=cases.IBAN)
    rates = [_line("standard", percent, number) for number, percent in enumerate(("25", "12", "6"), 1)]
    yield "three-rates-and-exempt", _made([*rates, exempt])
    yield "exempt", _made([exempt])
    yield "two-reasons-to-be-exempt", _two_reasons(_made([exempt]))
    yield "outside-the-scope", _made([_line("outside-scope", "0")])
    yield "reverse-charge-and-tax", _made([_line("reverse-charge", "0"), full], buyer=cases.GERMAN)
    yield "rate-of-nought", _made([_line("standard", "0"), full])
    yield "nothing-to-pay", _made([full, back])
    yield "less-than-nothing", _made([full, replace(back, net=2 * back.net, quantity=Decimal(-50))])
    yield "a-line-of-nothing", _made([full, replace(full, key="2", net=Decimal(0))])
    yield "nothing-at-all", _made([replace(full, net=Decimal(0))])
    yield "by-no-quantity", _made([full, replace(full, key="2", net=Decimal("12.00"), quantity=Decimal(0))])
    yield "credit-that-charges", _made([replace(full, net=Decimal("10.00"))], kind="credit-note")
    yield "credit-of-a-taken-over-invoice", _made([back], kind="credit-note", original=Original(number="A-17"))
    yield "no-account", _made([full], account=Account())
    yield "account-without-iban", _made([full], account=Account(number="1234-5 678"))
    yield "giro-and-euro", _made([full], currency="EUR")
    yield "no-reference", _made([full], reference="")
    yield "bare-address", _made([full], buyer=replace(cases.BUYER, street="", city="", postcode="", vat_id=""))
    yield "wrong-register", _made([full], buyer=replace(cases.BUYER, registration="55601257"))
    yield "seller-without-vat", _made([full], seller=replace(cases.SELLER, vat_id=""))
    yield "seller-nobody-can-ask", _made([full], seller=replace(cases.SELLER, email="", phone=""))
    yield "spaces-in-numbers", _made([full], buyer=replace(cases.BUYER, electronic_address="0007: 5560125790"))
    yield "order-and-group", _made([full], purchase_order='PO 1 <&> "x"', group="Kst 12")
    yield "replaces", _made([full], replaced=_ORIGINAL)
    yield "characters-of-no-xml", _made([replace(full, name="a\x0bb\x00", subject="\ufffe")])
    yield "long", _made([replace(full, name="N" * 600, subject="Ö" * 2000)])


def _two_reasons(paper: PaperFacts) -> PaperFacts:
    (tax,) = paper.taxes
    first = replace(tax, base=Decimal("5000.00"), reason="Exempt by certificate A")
    return replace(paper, taxes=(first, replace(tax, base=tax.base - first.base, reason="Exempt by certificate B")))


def _line(treatment: str, percent: str, number: int = 1) -> PaperLine:
    return cases._line(
        number, "Microsoft 365 E3", "25", "447.00", "11175.00", (1, 30), None, treatment=treatment, percent=percent
    )


def _made(
    lines: list[PaperLine],
    *,
    kind: str = "invoice",
    buyer: Side = cases.BUYER,
    currency: str = "SEK",
    account: Account = cases.GIRO,
    **more: object,
) -> PaperFacts:
    original = more.pop("original", None if kind == "invoice" else _ORIGINAL)
    if kind in _CREDITS and "original" not in more and sum(line.net for line in lines) > 0 and len(lines) > 1:
        minus = [(line, None if line.quantity is None else -line.quantity) for line in lines]
        lines = [replace(line, net=-line.net, quantity=quantity) for line, quantity in minus]
    paper = cases._paper(
        language="en",
        lines=tuple(lines),
        kind=kind,
        buyer=buyer,
        currency=currency,
        account=account,
        original=original,  # type: ignore[arg-type]
    )
    return replace(cases._totalled(replace(paper, seller=more.pop("seller", paper.seller))), **more)  # type: ignore[arg-type]
