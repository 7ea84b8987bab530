"""How long it takes to explain why one customer's bill changed, words included, among a thousand customers."""

from __future__ import annotations

import json
import random
import time
from collections.abc import Callable
from typing import Any

from bench.installation import COMPANY, figure, opened, percentile, spread

ANSWERS = 400
LARGEST = 5
AGAIN = 20
MUST_MS = 50


def main() -> None:
    """A sample of customers and months, and the largest customers by themselves."""
    with opened() as made:
        figures = [*measure(), *made.figures()]
    print(json.dumps({"name": "Explaining one customer (PostgreSQL, row-level security)", "figures": figures}))


def measure() -> list[dict[str, Any]]:
    """The figures; each answer is one transaction of its company, as a request is."""
    from saldo.charges.queries import list_months, sum_by_customer
    from saldo.core.periods import Month
    from saldo.explain.queries import explain_months
    from saldo.explain.wording import headline, sentence
    from saldo.parties.company import company_context
    from saldo.parties.queries import get_company

    company = get_company(name=COMPANY)

    def answer(customer: Any, after: Month, lang: str) -> tuple[float, int]:
        began = time.perf_counter()
        with company_context(company.id):
            found = explain_months(
                company=company.id,
                customer=customer,
                before=after.plus(-1),
                after=after,
                currency=company.currency,
            )
        words = [(headline(reason, lang=lang), sentence(reason, lang=lang)) for reason in found.reasons]
        return time.perf_counter() - began, len(words)

    with company_context(company.id):
        months = sorted(list_months(company=company.id))
        totals = sum_by_customer(company=company.id, month=months[-1])
    asked = [(total.customer, month) for total in totals for month in months[1:]]
    largest = sorted(totals, key=lambda total: -total.lines)[:LARGEST]
    return _figures(answer, asked, [(total.customer, months[-1], total.lines) for total in largest])


def _figures(answer: Callable[..., tuple[float, int]], asked: list[Any], largest: list[Any]) -> list[dict[str, Any]]:
    chance = random.Random(1)
    languages = ("en", "sv", "zh-Hans", "pt-BR", "es")
    for lang in languages:  # a warm server has read its words
        answer(*asked[0], lang)
    found = [answer(*one, chance.choice(languages)) for one in chance.sample(asked, ANSWERS)]
    figures = spread("whole answer with its words", [seconds for seconds, _ in found], must_ms=MUST_MS)
    worst = [
        (percentile([answer(customer, month, "en")[0] for _ in range(AGAIN)], 0.95), lines)
        for customer, month, lines in largest
    ]
    slowest, lines = max(worst)
    figures.append(figure(f"slowest of the {LARGEST} largest customers ({lines} lines a month), p95", slowest))
    reasons = percentile([count for _, count in found], 0.5)
    return [*figures, {"what": "reasons told, median", "value": reasons, "unit": "", "must": "", "reached": None}]


if __name__ == "__main__":
    main()
