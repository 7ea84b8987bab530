"""After issuing: each document gets its paper, rendered outside any transaction by several processes, kept once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from saldo.audit.log import SYSTEM
from saldo.core.identity import CompanyId
from saldo.flows.explain_documents import explain_documents
from saldo.invoicing.paper_facts import facts_of, list_without_paper
from saldo.invoicing.paper_keeping import keep_paper, read_paper
from saldo.invoicing.papers.rendering import Rendered, render_many
from saldo.invoicing.rules.paper import PaperFacts, UnableToWritePaper
from saldo.parties.company import company_context
from saldo.ports.world import World

Tell = Callable[[int, int], None]
WORKERS = 2
CHUNK = 100  # facts held at once: a year's wave would not fit in memory


@dataclass(frozen=True, slots=True, kw_only=True)
class Papers:
    """What came of it: how many were made, and which were refused, with their code."""

    made: int
    refused: tuple[tuple[str, str], ...]


def render_papers(
    *,
    company: CompanyId,
    world: World,
    numbers: Sequence[str] | None = None,
    by: str = SYSTEM,
    workers: int = WORKERS,
    tell: Tell = lambda done, of: None,
) -> Papers:
    """Make and keep the papers of these documents, or of all that lack one; told twice, it makes nothing.

    A refused one stops no other. Killed at any moment it leaves whole papers only, and goes on where it was.
    """
    with company_context(company):
        lacking = set(list_without_paper(company=company))
        wanted = [number for number in (numbers or sorted(lacking)) if number in lacking]
    made, refused = 0, list[tuple[str, str]]()
    for start in range(0, len(wanted), CHUNK):
        explain_documents(company=company, numbers=wanted[start : start + CHUNK], by=by, world=world)
        facts, unreadable = _facts(company, wanted[start : start + CHUNK])
        refused += unreadable
        rendered = render_many(facts, workers=workers, tell=_from(start, len(wanted), tell))
        for one in rendered:
            if one.refused:
                refused.append((one.number, one.refused))
            else:
                _keep(company, one, by, world)
                made += 1
    return Papers(made=made, refused=tuple(refused))


def paper_of(*, company: CompanyId, number: str, form: str, world: World, by: str = SYSTEM) -> bytes:
    """The kept paper of a document in a form, ``pdf`` or ``ubl``; rendered and kept first where none is yet.

    Refuses (UnableToWritePaper) as `facts_of`, `render_pdf` and `ubl_xml`.
    """
    from saldo.invoicing.papers.ubl import ubl_xml

    explain_documents(company=company, numbers=[number], by=by, world=world)
    with company_context(company):
        kept = read_paper(company=company, number=number, form=form)
        facts = None if kept is not None else facts_of(company=company, number=number)
    if kept is not None or facts is None:
        return kept or b""
    rendered = next(iter(render_many([facts], workers=1)))
    if rendered.refused:
        raise UnableToWritePaper(code=rendered.refused, facts=rendered.facts)
    if form == "ubl" and not rendered.ubl:
        return ubl_xml(facts)  # refuses, and says why
    _keep(company, rendered, by, world)
    return rendered.pdf if form == "pdf" else rendered.ubl


def _from(start: int, of: int, tell: Tell) -> Tell:
    return lambda done, _: tell(start + done, of)


def _facts(company: CompanyId, numbers: Sequence[str]) -> tuple[list[PaperFacts], list[tuple[str, str]]]:
    facts: list[PaperFacts] = []
    refused: list[tuple[str, str]] = []
    with company_context(company):
        for number in numbers:
            try:
                facts.append(facts_of(company=company, number=number))
            except UnableToWritePaper as unable:
                refused.append((number, unable.code))
    return facts, refused


def _keep(company: CompanyId, rendered: Rendered, by: str, world: World) -> None:
    with company_context(company):
        for form, data in (("pdf", rendered.pdf), ("ubl", rendered.ubl)):
            if data:
                keep_paper(company=company, number=rendered.number, form=form, data=data, by=by, at=world.clock.now())
