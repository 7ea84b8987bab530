"""The sums of a month's lines are kept beside them; whatever writes lines, they are the sums over the lines."""

from __future__ import annotations

import random
from collections import defaultdict
from datetime import date
from decimal import Decimal

import pytest
from django.db import transaction

from saldo.core.identity import CompanyId
from saldo.core.periods import Month
from saldo.invoicing import models
from saldo.invoicing.actions.correcting import cancel_invoice
from saldo.invoicing.margins import BucketSum, sum_buckets
from tests.conftest import NOW
from tests.invoicing.months import MARCH, TODAY, Partner
from tests.microsoft_files import SODER, seats, usage

OTHER = "5a6b7c8d-0009-4000-8000-000000000009"
MONTHS = (date(2026, 2, 1), date(2026, 3, 1))


def added_up(company: CompanyId, month: Month) -> tuple[BucketSum, ...]:
    """The same from the lines themselves."""
    found: dict[tuple[str, str, str], list[Decimal]] = defaultdict(list)
    rows = models.Line.objects.filter(company_id=company, month=month.starts_on).exclude(file="")
    for bucket, because, currency, cost in rows.values_list("bucket", "because", "cost_currency", "cost"):
        found[bucket, because, currency].append(cost)
    return tuple(
        BucketSum(bucket=bucket, because=because, currency=currency, lines=len(costs), cost=sum(costs, Decimal(0)))
        for (bucket, because, currency), costs in sorted(found.items())
    )


def a_line(chance: random.Random, company: CompanyId, row: int) -> models.Line:
    bucket = chance.choice(("rated", "held", "unmatched", "not-billed"))
    return models.Line(
        company_id=company,
        month=chance.choice(MONTHS),
        bucket=bucket,
        because="" if bucket == "rated" else chance.choice(("a", "b")),
        file=chance.choice(("f" * 64, "f" * 64, "")),  # a fee of our own has no source and no cost at Microsoft's
        row=row,
        customer="x",
        product="y",
        cost=Decimal(chance.randrange(-500, 900)) / 100,
        cost_currency=chance.choice(("SEK", "EUR")),
    )


@pytest.mark.parametrize("seed", range(4))
def test_whatever_is_written_changed_and_removed(company: CompanyId, seed: int) -> None:
    chance = random.Random(seed)
    for step in range(25):
        rows = models.Line.objects.filter(company_id=company)
        some = chance.sample(sorted(rows.values_list("id", flat=True)), min(rows.count(), chance.randrange(6)))
        what = chance.random()
        if what < 0.5:
            models.Line.objects.bulk_create(a_line(chance, company, 100 * step + n) for n in range(chance.randrange(9)))
        elif what < 0.7:
            rows.filter(id__in=some).update(bucket="rated", because="", month=chance.choice(MONTHS))
        elif what < 0.8:
            rows.filter(id__in=some).update(cost=Decimal("1.50"), cost_currency="SEK")
        elif what < 0.9:
            rows.filter(id__in=some).delete()
        else:
            with transaction.atomic():  # begun and given up
                rows.delete()
                transaction.set_rollback(True)
        for month in map(Month.of, MONTHS):
            assert sum_buckets(company=company, month=month) == added_up(company, month)


def test_of_a_month_that_is_closed_closed_again_and_corrected(partner: Partner) -> None:
    partner.bring(
        seats(),
        seats(SubscriptionId=OTHER, seats=2, EffectiveUnitPrice="-36.00"),
        usage(customer=SODER, CustomerId=SODER, CustomerName="Söder & Co"),
    )
    partner.close()
    first = sum_buckets(company=partner.company, month=MARCH)
    assert {one.bucket for one in first} == {"rated", "held"}
    assert first == added_up(partner.company, MARCH)
    partner.close(issue=True)
    assert sum_buckets(company=partner.company, month=MARCH) == first == added_up(partner.company, MARCH)
    document = next(one for one in partner.documents() if one.number)
    asked = {"number": document.number, "reason": "goodwill", "today": TODAY, "by": "user:1", "proposed_by": "user:2"}
    cancel_invoice(company=partner.company, at=NOW, **asked)  # type: ignore[arg-type]
    assert sum_buckets(company=partner.company, month=MARCH) == added_up(partner.company, MARCH)


def test_another_company_has_none_of_them(partner: Partner) -> None:
    partner.bring(seats())
    partner.close()
    assert sum_buckets(company=CompanyId(partner.company + 1), month=MARCH) == ()
