"""How long the papers of invoices take: one after the other in one process, and by two workers with progress."""

from __future__ import annotations

import json
import os
import sys
import time
from dataclasses import replace

from saldo.invoicing.rules.paper import PaperFacts

PAPERS = 100
WORKERS = 2
MUST_RATIO = 0.6


def papers(count: int) -> list[PaperFacts]:
    """Invoices of one page to three in five languages, Swedish kronor and euro in turn."""
    from tests.invoicing.paper_cases import LANGUAGES, german, hotel

    made = []
    for number in range(1, count + 1):
        case = hotel if number % 2 else german
        made.append(replace(case(LANGUAGES[number % 5]), number=f"2026-{number:05d}"))
    return made


def main() -> None:
    """Render the same papers both ways; both begin with a process that has read its fonts once."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "saldo.server.settings")
    import django

    django.setup()
    from saldo.invoicing.papers.rendering import render, render_many

    facts = papers(PAPERS)
    for paper in papers(10):
        render(paper)
    began = time.perf_counter()
    singly = [render(paper) for paper in facts]
    single = time.perf_counter() - began
    told: list[int] = []
    began = time.perf_counter()
    together = list(render_many(facts, workers=WORKERS, tell=lambda done, of: told.append(done)))
    double = time.perf_counter() - began
    if any(one.refused for one in (*singly, *together)) or told != list(range(1, PAPERS + 1)):
        sys.exit("a paper was refused, or progress was not told for each")
    ratio = double / single
    figures = [
        {
            "what": f"{PAPERS} invoice PDFs with e-invoice by {WORKERS} workers, of {PAPERS} single renderings",
            "value": round(ratio, 3),
            "unit": "x",
            "must": f"<= {MUST_RATIO} x",
            "reached": ratio <= MUST_RATIO,
        },
        {
            "what": "one rendering, mean",
            "value": round(single / PAPERS, 3),
            "unit": "s",
            "must": "-",
            "reached": True,
        },
    ]
    print(json.dumps({"name": "Papers", "figures": figures}))


if __name__ == "__main__":
    main()
