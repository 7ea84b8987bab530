"""What kind of product a row charges: the first rule of the table that fits decides."""

from __future__ import annotations

import pytest

from saldo.charges.rules.categories import category_of

LICENCE = {
    "term_text": "One-Year commitment for monthly/yearly billing",
    "has_end": True,
    "unit_type": "",
    "meter": "",
    "subscription_description": "Microsoft 365 E3",
    "publisher": "Microsoft Corporation",
    "billing_frequency": "Monthly",
}


@pytest.mark.parametrize(
    ("differs", "category"),
    [
        ({}, "licence"),
        ({"term_text": "Azure Reservation, One-Year"}, "reservation"),
        ({"term_text": "Savings Plan, Three-Year"}, "savings-plan"),
        ({"term_text": "1 Year Software Subscription"}, "software-subscription"),
        ({"term_text": "", "has_end": False}, "perpetual-software"),
        ({"term_text": "", "unit_type": "1 GB"}, "usage"),
        ({"term_text": "", "meter": "Data Transfer Out"}, "usage"),
        ({"term_text": "", "subscription_description": " Azure plan "}, "usage"),
        ({"term_text": "", "publisher": "Contoso AB"}, "marketplace"),
        ({"term_text": "", "publisher": " MICROSOFT "}, "licence"),
        ({"term_text": "", "billing_frequency": ""}, "usage"),
        ({"term_text": "Something new", "has_end": False}, "licence"),
    ],
)
def test_the_first_rule_that_fits_decides(differs: dict[str, str | bool], category: str) -> None:
    assert category_of(**(LICENCE | differs)) == category
