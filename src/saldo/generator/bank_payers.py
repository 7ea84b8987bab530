"""Who owes and who pays: invented debtors of five languages, some alike, some in groups, and their open papers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from random import Random

from saldo.generator.bank_slips import ocr, rf


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


_BEGINNINGS = _words(
    "Gran Älv Björk Mört Östan Tall Sjö Fågel Ek Lind Hassel Kvarn Bruks Norr Söder Väster Öster "
    "Sten Berg Skogs Ström Ån Käll Mo Hed Lund Äng Åker Sten Säter Vik Udd Näs Holm Ö Strand Sand "
    "Ler Torp Gård"
)
_ENDINGS = _words(
    "viken sunda haga näs fors åsen hamra mara dala berga torp stad by vallen lund mo kulla ryd hult "
    "bro ån bäck sjö tjärn myr hed ås backen strand sund holmen ö nora skär vik fjärd udden lid böle "
    "arp"
)
_TRADES = _words(
    "Bygg Redovisning Fastigheter Åkeri Tandvård Elteknik Plåt Konsult Måleri Skolor Livs VVS Golv Snickeri Bageri"
)
_FORMS = {"SE": ("AB", "AB", "AB", "HB"), "US": ("LLC", "Inc."), "BR": ("Ltda.", "S.A."), "ES": ("S.L.", "S.A.")}
_TOWNS = ("Göteborg", "Umeå", "Örebro", "Malmö", "Kiruna", "Visby")
_COUNTRIES = ("SE",) * 12 + ("US", "BR", "ES", "CN")
_LIST_PRICES = tuple(Decimal(text) for text in ("1250.00", "625.00", "2500.00", "312.50", "4990.00"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Payer:
    """A debtor: its number with us, the name on our books, where it is, who stands above it, its bank account."""

    number: str
    name: str
    town: str
    country: str
    account: str
    parent: str = ""
    chinese: str = ""  # the name in its own script; banks write ``name``
    withholding: Decimal = Decimal(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Owed:
    """An open paper of ours: an invoice (positive) or a credit note (negative)."""

    number: str
    debtor: str
    reference: str
    issued_on: date
    due_on: date
    currency: str
    net: Decimal
    gross: Decimal

    @property
    def is_credit(self) -> bool:
        """Whether we owe it."""
        return self.gross < 0


def invent_payers(*, count: int, seed: int) -> list[Payer]:
    """So many debtors: one in forty has the name of another in another town, one in ten belongs to a group."""
    random = Random(f"payers {seed}")
    payers: list[Payer] = []
    taken: set[str] = set()
    while len(payers) < count:
        number = str(10001 + len(payers))
        if payers and random.random() < 0.025:
            payers.append(_alike(random.choice(payers), number, random))
            continue
        country = random.choice(_COUNTRIES)
        name = _name(country, random)
        if name in taken:
            continue
        taken.add(name)
        parent = random.choice(payers).number if len(payers) > 20 and random.random() < 0.1 else ""
        withholding = Decimal(15) if country == "BR" and random.random() < 0.5 else Decimal(0)
        payers.append(
            Payer(
                number=number,
                name=name,
                town=random.choice(_TOWNS),
                country=country,
                account=_account(country, random),
                parent=parent if not _has_parent(payers, parent) else "",
                withholding=withholding,
            )
        )
    return payers


def _has_parent(payers: Sequence[Payer], number: str) -> bool:
    return bool(number) and bool(payers[int(number) - 10001].parent)


def _alike(other: Payer, number: str, random: Random) -> Payer:
    towns = [town for town in _TOWNS if town != other.town]
    return Payer(
        number=number,
        name=other.name,
        town=random.choice(towns),
        country=other.country,
        account=_account(other.country, random),
    )


def _name(country: str, random: Random) -> str:
    if country == "CN":
        syllables = ("Yun", "Ling", "Qing", "He", "Hai", "Chuan", "Ming", "Xi", "Rui", "Song", "Xing", "Qiao")
        place = "".join(random.choice(syllables) for _ in range(3)).capitalize()
        return f"{place} {random.choice(('Technology', 'Trading', 'Logistics'))} Co., Ltd."
    place = f"{random.choice(_BEGINNINGS)}{random.choice(_ENDINGS)}".capitalize()
    extra = f" & {random.choice(_ENDINGS).capitalize()}" if random.random() < 0.3 else ""
    return f"{place}{extra} {random.choice(_TRADES)} {random.choice(_FORMS[country])}"


def _account(country: str, random: Random) -> str:
    return f"{country}{random.randrange(10, 99)}{random.randrange(10**19, 10**20)}"


def invent_papers(*, payers: Sequence[Payer], count: int, seed: int, until: date) -> list[Owed]:
    """So many open papers, mostly invoices of the last months; every tenth debtor pays list prices that others pay too.

    One in thirty is a credit note; debtors abroad owe in euro with an ISO 11649 reference, the others in kronor.
    """
    random = Random(f"papers {seed}")
    papers = []
    for index in range(count):
        payer = payers[index % len(payers)] if index < len(payers) else random.choice(payers)
        number = f"{until.year}-{index + 1:05d}"
        issued_on = until - timedelta(days=random.randrange(5, 95))
        is_credit = random.random() < 1 / 30
        net = _net(payer, random)
        if is_credit:
            net = -min(net, Decimal(random.randrange(50, 400)))
        rate = Decimal("0.25") if payer.country == "SE" else Decimal(0)
        currency = "SEK" if payer.country == "SE" else "EUR"
        papers.append(
            Owed(
                number=number,
                debtor=payer.number,
                reference=ocr(number) if currency == "SEK" else rf(number),
                issued_on=issued_on,
                due_on=issued_on + timedelta(days=30),
                currency=currency,
                net=net,
                gross=(net * (1 + rate)).quantize(Decimal("0.01"), ROUND_HALF_UP),
            )
        )
    return papers


def _net(payer: Payer, random: Random) -> Decimal:
    if int(payer.number) % 10 == 0:
        return random.choice(_LIST_PRICES)
    return Decimal(random.randrange(20_000, 9_000_000)) / 100
