"""Everything by which a partner would notice that something is wrong: each place in which Saldo names it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

from saldo.charges.history import get_delivery, list_deliveries, list_fruitless_attempts
from saldo.core.identity import CompanyId
from saldo.core.periods import Month
from saldo.flows.import_files import FileResult
from saldo.flows.month_close import Closed
from saldo.flows.receive_files import ReceivedFile
from saldo.invoicing.margin_pages import list_margins
from saldo.invoicing.margins import list_buckets, list_leaks
from saldo.invoicing.queries import list_drafts, list_invoices
from saldo.ledger.queries import list_open_items
from saldo.ledger.seals import find_items_out_of_step
from saldo.parties.company import company_context
from saldo.payables.queries import PayableShown, list_payables
from saldo.receipts.match_queries import as_money_in, list_matches, list_proposals_of, load_book
from saldo.receipts.queries import list_entries
from saldo.receipts.rules.matching import propose
from saldo.receipts.rules.proposals import Difference


class Finding(NamedTuple):
    """One thing that Saldo says: where it says so, what is the matter, and what it names (a file's row, a number)."""

    place: str
    code: str
    named: str


def of_import(results: Iterable[FileResult]) -> set[Finding]:
    """What an import says of its files at once: refused, had already, took the place of another."""
    found = set()
    for result in results:
        if result.state != "accepted":
            name = result.path.rpartition("/")[2]
            found.add(Finding("import", f"{result.state} {result.code}".strip(), name))
            if result.facts and result.facts.get("row"):
                cell = f"{name} row {result.facts['row']} {result.facts['column']}"
                found.add(Finding("import-cell", str(result.facts["why"]), cell))
        if result.outcome:
            found |= {
                Finding("import-cell", one.code, f"{result.outcome.document} row {one.row} {one.column}")
                for one in result.outcome.problems
            }
    return found


def of_close(closed: Closed) -> set[Finding]:
    """What closing the month says needs a person."""
    return {
        Finding("close", one["code"], ", ".join(str(fact) for fact in one["facts"].values())) for one in closed.problems
    }


def of_checks(company: CompanyId) -> set[Finding]:
    """Failed checks of the deliveries that count, each failed row by its document and number."""
    found = set()
    for seen in list_deliveries(company=company, limit=500):
        if seen.state != "counts" or not seen.failed_checks:
            continue
        for check in get_delivery(company=company, delivery=seen.id).checks:
            if check.failed:
                found.add(Finding("check", check.code, seen.document))
                found |= {
                    Finding("check-row", check.code, f"{seen.document} row {sample['row']}")
                    for sample in check.samples
                    if sample.get("row")
                }
    return found


def of_payables(company: CompanyId, today: date) -> set[Finding]:
    """Documents of Microsoft's that do not come to what their rows say, with what is left over."""
    return {
        Finding("payables", one.tie_out.code, f"{one.document} {one.tie_out.rest:f}" if _is_rest(one) else one.document)
        for one in list_payables(company=company, today=today)
        if not one.tie_out.ties
    }


def _is_rest(payable: PayableShown) -> bool:
    return payable.tie_out.code == "payables.tie-out.rest"


def of_month(company: CompanyId, month: Month) -> set[Finding]:
    """The work queue, the leaks and the margins of a month."""
    found = {
        Finding("queue", f"{one.bucket} {one.because}", f"{one.document} row {one.row}")
        for one in list_buckets(company=company, month=month)
    }
    found |= {
        Finding("leak", one.because, f"{one.customer} {one.value:f}")
        for one in list_leaks(company=company, month=month)
    }
    documents = [*list_invoices(company=company, month=month)]
    documents += [one.invoice for one in list_drafts(company=company, month=month)]
    found |= {Finding("document", str(one["code"]), each.debtor) for each in documents for one in each.problems}
    found |= {
        Finding("margin", "negative" if one.is_negative else "unknown", one.key)
        for by in ("debtor", "product")
        for one in list_margins(company=company, month=month, by=by)
        if one.is_negative or one.margin is None
    }
    return found


def of_owed(company: CompanyId, issued_on: date) -> set[Finding]:
    """What customers still owe of a day's documents."""
    return {
        Finding("open", one.kind, f"{one.document} {one.open:f}")
        for one in list_open_items(company=company)
        if one.issued_on == issued_on and one.open > 0
    }


def of_bank(company: CompanyId, received: Iterable[ReceivedFile], today: date) -> set[Finding]:
    """What a bank's files say of themselves, and the entries that nobody may book unasked, with the reason."""
    found = set()
    for file in received:
        name = file.path.rpartition("/")[2]
        if file.state != "taken":
            found.add(Finding("bank-file", file.state, name))
        if file.duplicates:
            found.add(Finding("bank-file", "known-again", f"{name} {file.duplicates}"))
        found |= {Finding("bank-file", problem.code, name) for problem in file.problems}
    return found | _of_matches(company, received) | _of_waiting(company, today)


def _of_matches(company: CompanyId, received: Iterable[ReceivedFile]) -> set[Finding]:
    known = {entry.key: entry.bank_reference for entry in list_entries(company=company)}
    return {
        Finding("over", because.code, known[match.entry])
        for match in list_matches(company=company, entries=[key for file in received for key in file.keys])
        if _is_over(match.differences)
        for because in match.because
    }


def _of_waiting(company: CompanyId, today: date) -> set[Finding]:
    found = set()
    waiting = list_entries(company=company, state="open")
    proposals = list_proposals_of(company=company, entries=[entry.key for entry in waiting])
    book = load_book(company=company, today=today)
    for entry in waiting:
        named = entry.bank_reference
        found.add(Finding("bank-entry", entry.because, named))
        for proposal in proposals.get(entry.key) or (propose(entry=as_money_in(entry), book=book),):
            found |= {Finding("proposal", because.code, named) for because in proposal.because}
            if _is_over(proposal.differences):
                found |= {Finding("over", because.code, named) for because in proposal.because}
    return found


def _is_over(differences: Iterable[Difference]) -> bool:
    return any(one.kind == "on-account" for one in differences)


def of_books(company: CompanyId) -> set[Finding]:
    """Items whose postings do not come to them."""
    return {Finding("books", "out-of-step", str(one)) for one in find_items_out_of_step(company=company)}


def of_all(company: CompanyId, month: Month, today: date) -> set[Finding]:
    """All that stands in Saldo after a month was closed, whoever looks."""
    with company_context(company):
        attempts = list_fruitless_attempts(company=company, limit=100)
        found = {Finding("attempt", one.state, one.name.rpartition("/")[2]) for one in attempts}
        found |= of_checks(company) | of_payables(company, today) | of_month(company, month) | of_books(company)
    return found
