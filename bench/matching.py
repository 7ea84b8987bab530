"""10,000 bank entries booked and matched against 50,000 open invoices; the noise knows nothing of the matcher."""

from __future__ import annotations

import json
import os
import sys
import time
from decimal import Decimal
from typing import Any

from bench.installation import kept, stop

PAYERS = int(os.environ.get("SALDO_BENCH_PAYERS", "15000"))
PAPERS = int(os.environ.get("SALDO_BENCH_PAPERS", "50000"))
PAYMENTS = int(os.environ.get("SALDO_BENCH_PAYMENTS", "10000"))
MUST_SECONDS, MUST_SHARE = 20, Decimal("0.95")


def main() -> None:
    """Settle a town in, take its file, match, and compare every match with the truth."""
    with kept() as folder:
        home = folder / "home-of-matching"
        from saldo.server.setup import make_installation

        make_installation(home)
        try:
            figures = measure()
        finally:
            from django.db import connections

            connections.close_all()
            stop(home)
    print(json.dumps({"name": f"Matching {PAYMENTS:,} entries against {PAPERS:,} open items", "figures": figures}))


def measure() -> list[dict[str, Any]]:
    """The figures: seconds, share matched by themselves, wrong ones."""
    from saldo.flows.match_receipts import match_new
    from saldo.parties.actions import found_company
    from saldo.parties.company import company_context
    from saldo.receipts.actions.taking import take_file
    from tests.receipts.town import NOW, as_read, invent, settle_in, world

    town = invent(payers=PAYERS, papers=PAPERS, payments=PAYMENTS, seed=7)
    company = found_company(name="Bench AB", country="SE", currency="SEK", cloud="global", actor="bench", at=NOW)
    with company_context(company):
        settle_in(town, company)
    began = time.perf_counter()
    with company_context(company):
        take_file(
            company=company, read=as_read(town.payments), sha256="b" * 64, name="b", currency="SEK", by="bench", at=NOW
        )
    booked_in = time.perf_counter() - began
    counted = match_new(company=company, by="bench", world=world(), today=NOW.date())
    seconds = time.perf_counter() - began
    share = Decimal(counted.matched) / (counted.matched + counted.unallocated)
    wrong = count_wrong(company, town)
    return [
        figure("booked and matched", round(seconds, 1), "s", f"<= {MUST_SECONDS}", seconds <= MUST_SECONDS),
        figure("of it taking the file", round(booked_in, 1), "s", "", None),
        figure("matched by themselves", f"{share:.4f}", "", f">= {MUST_SHARE}", share >= MUST_SHARE),
        figure("matched wrongly", wrong, "", "= 0", wrong == 0),
    ]


def count_wrong(company: Any, town: Any) -> int:
    """Matches that are not what the payment was for."""
    from saldo.parties.company import company_context
    from saldo.receipts.match_queries import list_matches
    from saldo.receipts.queries import list_entries
    from tests.receipts.town import is_right, rest_of

    payments = {payment.bank_reference: payment for payment in town.payments}
    with company_context(company):
        entries = {entry.key: entry for entry in list_entries(company=company)}
        return sum(
            not is_right(
                payments[entries[match.entry].bank_reference],
                [(share.item, share.value) for share in match.shares],
                rest_of(match.differences),
            )
            for match in list_matches(company=company)
        )


def figure(what: str, value: Any, unit: str, must: str, reached: bool | None) -> dict[str, Any]:
    """One line of the bench."""
    return {"what": what, "value": value, "unit": unit, "must": must, "reached": reached}


if __name__ == "__main__":
    sys.exit(main())
