"""Margin is read from sums that the database keeps: they equal the lines whatever is drafted, issued, taken back."""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal
from importlib import import_module

from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from saldo.charges.actions import withdraw_delivery
from saldo.charges.history import list_deliveries
from saldo.core.problems import Refused
from saldo.invoicing import models
from saldo.invoicing.actions.corrected import Corrections
from saldo.invoicing.actions.correcting import cancel_invoice, reissue
from saldo.invoicing.actions.crediting import issue_credit_note, propose_credit_note
from saldo.invoicing.margin_pages import By, Margin, find_margins_out_of_step, list_margins, total_margins
from tests.conftest import NOW
from tests.invoicing.months import MARCH, TODAY, Partner
from tests.microsoft_files import HAVSBRIS, SODER, seats, usage

ACT = {"today": TODAY, "by": "user:1", "at": NOW}
OTHER = "5a6b7c8d-0009-4000-8000-000000000009"
BYS: tuple[By, ...] = ("debtor", "product")


def bring(partner: Partner, number: int) -> None:
    """A document of Microsoft's: seats of two customers, one of them with usage, in one of two currencies."""
    document, currency = f"G00000000{number % 2 + 1}", ("SEK", "EUR")[number % 5 == 4]
    same = {"InvoiceNumber": document, "Currency": currency, "PricingCurrency": currency}
    rows = [seats(seats=number % 3 + 1, **same)]
    rows += [seats(customer=SODER, SubscriptionId=OTHER, seats=number % 4 + 1, **same)] if number % 2 else []
    rows += [usage(**same)] if number % 3 == 0 else []
    partner.bring(*rows)


def correct(partner: Partner, number: int) -> None:
    """Cancel, correct or credit one of the issued documents, or only propose to."""
    issued = [one for one in partner.documents() if one.number]
    if not issued:
        return
    document = issued[number % len(issued)]
    said = {"company": partner.company, "number": document.number, "reason": "wrong", **ACT}
    if number % 4 == 0:
        cancel_invoice(**said)
    elif number % 4 == 1:
        reissue(corrections=Corrections(nets={1: Decimal(number)}), **said)
    else:
        del said["today"]
        draft = propose_credit_note(nets={1: Decimal(1)}, **said)
        if number % 4 == 2:
            issue_credit_note(company=partner.company, draft=draft, **ACT)


def happen(partner: Partner, one: tuple[str, int]) -> None:
    """One step; what is refused changes nothing and is part of the story."""
    kind, number = one
    try:
        with transaction.atomic():
            if kind == "bring":
                bring(partner, number)
            elif kind == "close":
                partner.close(issue=number % 2 == 0)
            elif kind == "withdraw":
                found = list_deliveries(company=partner.company, limit=20)
                delivery = found[number % len(found)].id if found else 0
                withdraw_delivery(company=partner.company, delivery=delivery, reason="void", actor="test", at=NOW)
            else:
                correct(partner, number)
    except Refused:
        pass


def from_the_lines(partner: Partner, by: By) -> list[Margin]:
    """Margin as one would add it up by hand, the worst first."""
    lines: dict[tuple[str, str], list[models.Line]] = defaultdict(list)
    rows = models.Line.objects.filter(company_id=partner.company, month=MARCH.starts_on, invoice__isnull=False)
    for line in rows.select_related("invoice"):
        lines[line.invoice.debtor if by == "debtor" else line.product_id, line.invoice.currency].append(line)
    found = []
    for (key, currency), held in lines.items():
        costs = [
            None
            if line.cost and line.cost_currency != currency and line.rate == 1
            else line.cost * (1 if line.cost_currency == currency else line.rate)
            for line in held
        ]
        names = {line.invoice.buyer["name"] if by == "debtor" else line.product for line in held}
        found.append(
            Margin(
                key=key,
                name=max(names),
                currency=currency,
                lines=len(held),
                net=sum((line.net for line in held), Decimal(0)),
                cost=None if None in costs else sum((cost for cost in costs if cost is not None), Decimal(0)),
            )
        )
    return sorted(found, key=lambda one: (one.margin is None, one.margin or Decimal(0), one.key, one.currency))


def check(partner: Partner) -> None:
    """Every page and every sum says what the lines say."""
    assert find_margins_out_of_step(company=partner.company) == ()
    for by in BYS:
        wanted = from_the_lines(partner, by)
        assert list(list_margins(company=partner.company, month=MARCH, by=by)) == wanted
        paged = [
            one
            for offset in range(len(wanted) + 1)
            for one in list_margins(company=partner.company, month=MARCH, by=by, limit=1, offset=offset)
        ]
        assert paged == wanted
        totals = total_margins(company=partner.company, month=MARCH, by=by)
        assert sum(one.known + one.unknown for one in totals) == len(wanted)
        assert sum(one.negative for one in totals) == sum(one.is_negative for one in wanted)
        for total in totals:
            known = [one for one in wanted if one.currency == total.currency and one.cost is not None]
            assert (total.known, total.net) == (len(known), sum(one.net for one in known))
            assert total.cost == sum(one.cost or 0 for one in known)


class TestKeptMargins:
    @settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(
        story=st.lists(
            st.tuples(
                st.sampled_from(("bring", "close", "close", "correct", "correct", "withdraw")), st.integers(0, 30)
            ),
            min_size=3,
            max_size=9,
        )
    )
    def test_equal_the_lines_whatever_happens_to_a_month(self, partner: Partner, story: list[tuple[str, int]]) -> None:
        with transaction.atomic():
            for one in [("bring", 3), ("close", 1), *story, ("close", 1)]:
                happen(partner, one)
                check(partner)
            transaction.set_rollback(True)

    def test_go_through_every_kind_of_correction(self, partner: Partner) -> None:
        story = [("bring", 3), ("close", 1), ("bring", 5), ("close", 0), ("correct", 2), ("correct", 3), ("correct", 1)]
        for one in [*story, ("bring", 4), ("close", 0), ("correct", 4), ("withdraw", 0), ("close", 0)]:
            happen(partner, one)
            check(partner)
        kinds = {one.kind for one in partner.documents()}
        assert {"invoice", "cancellation", "credit-note"} <= kinds
        assert models.MarginSum.objects.filter(lines__lt=0).exists()

    def test_are_filled_for_an_older_installation(self, partner: Partner) -> None:
        for one in [("bring", 3), ("close", 0), ("bring", 4), ("close", 1)]:
            happen(partner, one)
        models.MarginSum.objects.all().delete()
        assert find_margins_out_of_step(company=partner.company) != ()
        with connection.cursor() as cursor:
            cursor.execute(import_module("saldo.invoicing.migrations.0004_margin_sums")._FILL)
            cursor.execute("SELECT set_config('saldo.company', %s, true)", [str(partner.company)])
        check(partner)

    def test_one_that_does_not_add_up_is_found(self, partner: Partner) -> None:
        partner.bring(seats(customer=HAVSBRIS))
        partner.close()
        models.MarginSum.objects.filter(by="product").update(cost=1)
        (place,) = find_margins_out_of_step(company=partner.company)
        assert place.startswith("2026-03 product ")
