"""One document rendered in every form it may have; what a worker process does all day."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context

from saldo.core.problems import Refused
from saldo.invoicing.papers.pdf import render_pdf
from saldo.invoicing.papers.ubl import ubl_xml
from saldo.invoicing.rules.paper import PaperFacts

_AHEAD = 4  # papers that wait in each worker's queue: enough that none idles, few enough that memory stays flat
_PRELOADED = ["saldo.invoicing.papers.pdf", "saldo.invoicing.papers.ubl"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rendered:
    """What came of one document: its forms, or why there is none. ``without_ubl`` says why no XML is inside."""

    number: str
    pdf: bytes = b""
    ubl: bytes = b""
    refused: str = ""
    facts: dict[str, object] | None = None
    without_ubl: str = ""


def render(paper: PaperFacts) -> Rendered:
    """A document's PDF with its e-invoice inside where that can be made; a refusal is told as a value."""
    ubl, without = b"", ""
    try:
        ubl = ubl_xml(paper)
    except Refused as refused:
        without = refused.code
    try:
        pdf = render_pdf(paper, ubl=ubl or None)
    except Refused as refused:
        return Rendered(number=paper.number, refused=refused.code, facts=refused.facts)
    return Rendered(number=paper.number, pdf=pdf, ubl=ubl, without_ubl=without)


def render_many(
    papers: Sequence[PaperFacts], *, workers: int, tell: Callable[[int, int], None] = lambda done, of: None
) -> Iterator[Rendered]:
    """Documents rendered by several processes, each as it is ready; ``tell`` hears how many of how many are.

    Workers know no database: they are forked from a clean server process and get the facts alone.
    """
    if workers < 2 or len(papers) < 2:
        for done, paper in enumerate(papers, 1):
            yield render(paper)
            tell(done, len(papers))
        return
    context = get_context("forkserver")
    context.set_forkserver_preload(_PRELOADED)
    with ProcessPoolExecutor(workers, mp_context=context, initializer=_get_ready) as pool:
        waiting: list[Future[Rendered]] = []
        left = iter(papers)
        done = 0
        while True:
            for paper in left:
                waiting.append(pool.submit(render, paper))
                if len(waiting) >= workers * _AHEAD:
                    break
            if not waiting:
                return
            rendered = waiting.pop(0).result()
            done += 1
            tell(done, len(papers))
            yield rendered


def _get_ready() -> None:
    import django

    django.setup()
