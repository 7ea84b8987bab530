"""The price list of the synthetic partner: Microsoft's products by shape and price, close to the real ones."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Product:
    """One product and SKU; ``dollars`` is its monthly list price in USD, ``parts`` the rows an event takes."""

    product_id: str
    sku_id: str
    availability_id: str
    product_name: str
    sku_name: str
    dollars: Decimal
    publisher: str = "Microsoft Corporation"
    is_priced_in_dollars: bool = False  # marketplace, reservations and savings plans are, in every country


def _seat(product_id: str, sku_id: str, name: str, dollars: str) -> Product:
    availability = f"CFQ7TTC0{product_id[-3:]}{sku_id[-1]}"
    return Product(
        product_id=product_id,
        sku_id=sku_id,
        availability_id=availability,
        product_name=name,
        sku_name=name,
        dollars=Decimal(dollars),
    )


BASIC = _seat("CFQ7TTC0LH18", "0001", "Microsoft 365 Business Basic", "6.00")
STANDARD = _seat("CFQ7TTC0LDPB", "0001", "Microsoft 365 Business Standard", "12.50")
PREMIUM = _seat("CFQ7TTC0LCHC", "0002", "Microsoft 365 Business Premium", "22.00")
TRIAL = _seat("CFQ7TTC0LCHC", "0003", "Microsoft 365 Business Premium Trial", "22.00")
E5 = (
    _seat("CFQ7TTC0LFLZ", "0002", "Microsoft 365 E5", "54.75"),
    _seat("CFQ7TTC0LFLZ", "0004", "Microsoft 365 E5 Calling Services", "2.25"),
)
"""A licence with a telco part: two rows an event (reference 7.1)."""

SEATS = (
    BASIC,
    STANDARD,
    PREMIUM,
    _seat("CFQ7TTC0LFLX", "0001", "Microsoft 365 E3", "36.00"),
    _seat("CFQ7TTC0LF8Q", "0001", "Office 365 E1", "10.00"),
    _seat("CFQ7TTC0LF8R", "0001", "Office 365 E3", "23.00"),
    _seat("CFQ7TTC0LGZT", "0001", "Exchange Online (Plan 1)", "4.00"),
    _seat("CFQ7TTC0LHSF", "0001", "Power BI Pro", "10.00"),
    _seat("CFQ7TTC0HL8W", "0001", "Power BI Premium Per User", "20.00"),
    _seat("CFQ7TTC0HDB0", "0001", "Visio Plan 2", "15.00"),
    _seat("CFQ7TTC0HD32", "0002", "Planner and Project Plan 3", "30.00"),
    _seat("CFQ7TTC0LCH4", "0002", "Microsoft Intune Plan 1", "8.00"),
    _seat("CFQ7TTC0LFLS", "0002", "Microsoft Entra ID P1", "6.00"),
    _seat("CFQ7TTC0LFJ1", "0004", "Dynamics 365 Sales Enterprise", "95.00"),
)
SOFTWARE = _seat("DG7GMGF0D5RK", "0005", "Windows Server 2022 Standard - 16 Core License Pack", "1069.00")


def _dollar(product_id: str, name: str, sku: str, dollars: str, publisher: str = "Microsoft Corporation") -> Product:
    return Product(
        product_id=product_id,
        sku_id="0001",
        availability_id=f"DZH318Z0{product_id[-4:]}",
        product_name=name,
        sku_name=sku,
        dollars=Decimal(dollars),
        publisher=publisher,
        is_priced_in_dollars=True,
    )


RESERVATION = _dollar("DZH318Z0BQ4W", "Reserved VM Instance, Standard_D4s_v5, EU West", "Standard_D4s_v5", "61.40")
SAVINGS_PLAN = _dollar("DZH318Z08JKR", "Compute Savings Plan, 1 Year", "Compute Savings Plan", "438.00")
MARKETPLACE = (
    _dollar("DZH318Z0C1XQ", "Mailhaven Backup for Microsoft 365", "Per mailbox", "3.10", "Mailhaven Software GmbH"),
    _dollar("DZH318Z0D7LM", "Signwell eSignature", "Business", "14.90", "Signwell Oy"),
)

DOLLAR_WORTH = {
    "SEK": "10.43", "EUR": "0.92", "USD": "1", "GBP": "0.79", "NOK": "10.71", "DKK": "6.87",
    "BRL": "5.12", "CHF": "0.89", "JPY": "151", "CNY": "7.21", "AUD": "1.52", "CAD": "1.36",
}  # fmt: skip
"""What a dollar costs on the first day, by billing currency; a currency that is not here is refused."""
