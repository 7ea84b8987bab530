"""Letters as they stand in the golden files: one debtor with two open documents, at each step of the ladder."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, time
from decimal import Decimal

from saldo.dunning.rules.letter import LetterAhead, LetterFacts, LetterItem, Product
from saldo.dunning.rules.policy import LETTERS, Letter
from saldo.invoicing.rules.paper import Account, Side

LANGUAGES = ("en", "sv", "zh-Hans", "pt-BR", "es")
E3 = Product("Microsoft 365 E3", Decimal(25), "licences")
PHONE = Product("Microsoft Teams Phone Standard", Decimal(1), "licences")
SELLER = Side(
    name="Fjordlys Cloud AB",
    country="SE",
    street="Kajgatan 3",
    postcode="211 20",
    city="Malmö",
    registration="556732-1707",
    vat_id="SE556732170701",
    email="ekonomi@fjordlys.example",
    phone="+46 40 000 00 00",
    has_f_tax=True,
)
BUYER = Side(
    name="Havsbris Hotell AB", number="10001", country="SE", street="Strandvägen 1", postcode="114 51", city="Stockholm"
)
_NEXT: dict[Letter, tuple[LetterAhead, ...]] = {
    "before-due": (LetterAhead(on=date(2026, 5, 25), at=time(8), kind="letter", letter="reminder"),),
    "reminder": (LetterAhead(on=date(2026, 6, 1), at=time(8), kind="letter", letter="second-reminder"),),
    "second-reminder": (LetterAhead(on=date(2026, 6, 11), at=time(8), kind="letter", letter="formal-notice"),),
    "formal-notice": (LetterAhead(on=date(2026, 6, 18), at=time(8), kind="letter", letter="final-notice"),),
    "final-notice": (),
}
_STOPS = (
    LetterAhead(on=date(2026, 6, 29), at=time(9), kind="access", products=(E3, PHONE), more=2),
    LetterAhead(on=date(2026, 7, 27), at=time(9), kind="end-of-term"),
    LetterAhead(on=date(2026, 7, 27), at=time(9), kind="external-collection"),
)


def letter_of(letter: Letter, language: str = "en") -> LetterFacts:
    """The letter of one step, with what comes after it."""
    late = {"before-due": -7, "reminder": 3, "second-reminder": 10, "formal-notice": 20, "final-notice": 27}[letter]
    on = date.fromordinal(date(2026, 5, 22).toordinal() + late)
    facts = LetterFacts(
        key=f"notice:10001:{letter}:SEK:{on.isoformat()}",
        letter=letter,
        language=language,
        currency="SEK",
        on=on,
        written_at=datetime(on.year, on.month, on.day, 6, 30, tzinfo=UTC),
        zone="Europe/Stockholm",
        seller=SELLER,
        buyer=BUYER,
        account=Account(giro="9912346", iban="SE4550000000058398257466", bic="ESSESESS"),
        items=(
            LetterItem(
                item="invoice:2026-00471",
                document="2026-00471",
                reference="2026004715",
                due_on=date(2026, 5, 22),
                days_late=late,
                open=Decimal("58476.83"),
                owed=Decimal("58476.83"),
            ),
            LetterItem(
                item="invoice:2026-00502",
                document="2026-00502",
                reference="2026005027",
                due_on=date(2026, 5, 22),
                days_late=late,
                open=Decimal("1200.00"),
                owed=Decimal("1200.00"),
            ),
        ),
        pay_by=date.fromordinal(on.toordinal() + 7),
        ahead=(*_NEXT[letter], *(_STOPS if letter in ("formal-notice", "final-notice") else _STOPS[:1])),
    )
    return replace(facts, stops_new_orders=letter == "formal-notice")


def with_costs(language: str = "en") -> LetterFacts:
    """A formal notice of which a part is contested, with interest and a fee."""
    facts = letter_of("formal-notice", language)
    contested = replace(facts.items[0], owed=Decimal("48476.83"))
    return replace(
        facts,
        items=(contested, facts.items[1]),
        interest=Decimal("302.66"),
        interest_percent=Decimal("10.5"),
        interest_until=facts.on,
        fee=Decimal("180.00"),
        law="Lag (1981:739)",
    )


def _of(letter: Letter) -> Callable[[str], LetterFacts]:
    return lambda language: letter_of(letter, language)


CASES: dict[str, Callable[[str], LetterFacts]] = {letter: _of(letter) for letter in LETTERS} | {"costs": with_costs}
