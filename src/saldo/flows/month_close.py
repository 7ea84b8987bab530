"""A month is closed: every Microsoft line rated into its bucket, drafts written, and issued when asked for.

Restartable at any moment: a chunk of debtors is one transaction, and what did not change is left as it is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any, TypeVar

from saldo.charges.missing_days import DAYS_MISSING, list_documents_without_days
from saldo.charges.month_lines import open_month
from saldo.core.identity import LANGUAGES, CompanyId
from saldo.core.periods import Month
from saldo.flows.issue_wave import finish_open_waves, issue_wave
from saldo.invoicing.actions.drafting import Drafted, draft_debtors, draft_strangers
from saldo.invoicing.actions.issuing import check_may_issue
from saldo.invoicing.actions.writing import count_anew, remove_moved
from saldo.invoicing.inputs import MonthInputs, list_debtors_to_bill, load_inputs
from saldo.invoicing.queries import MonthSums, sum_month
from saldo.invoicing.ready import list_waiting
from saldo.invoicing.wording import minimum_name
from saldo.parties.billing_actions import ensure_debtors
from saldo.parties.company import company_context
from saldo.ports.world import World

CHUNK = 250
NOTHING_CAME = "invoicing.month.nothing-came"
"""No file of Microsoft's counts for the month: there is nothing to bill but fees of our own."""

Tell = Callable[[int, int], None]
_One = TypeVar("_One")


@dataclass(frozen=True, slots=True, kw_only=True)
class Closed:
    """A month after it was closed: drafts that wait, documents issued, their gross by currency, what needs a person."""

    month: Month
    drafts: int
    issued: int
    totals: Mapping[str, Decimal]
    problems: tuple[Mapping[str, Any], ...]
    drafted: Drafted = field(default_factory=Drafted)


def close_month(
    *,
    company: CompanyId,
    month: Month,
    issue: bool = False,
    by: str,
    world: World,
    today: date,
    newest_backup: datetime | None = None,
    tell: Tell = lambda done, of: None,
) -> Closed:
    """Draft a month's documents, and issue those that nothing holds when ``issue`` says so.

    Run again it changes nothing. Refuses (UnableToIssue): as `open_wave`, before anything is drafted.
    """
    if issue:
        with company_context(company):
            check_may_issue(company=company, newest_backup=newest_backup, at=world.clock.now())
        finish_open_waves(company=company, month=month, by=by, world=world, today=today)
    drafted = draft_month(company=company, month=month, by=by, world=world, today=today, tell=tell)
    if issue:
        with company_context(company):
            waiting = list_waiting(company=company, month=month, today=today)
        if waiting.count:
            issue_wave(
                company=company,
                month=month,
                confirm_count=waiting.count,
                confirm_totals=waiting.totals,
                by=by,
                world=world,
                today=today,
                newest_backup=newest_backup,
                tell=tell,
            )
    with company_context(company):
        sums = sum_month(company=company, month=month)
        missing = _find_missing(company, month)
    return _closed(month, drafted, sums, missing)


def draft_month(
    *, company: CompanyId, month: Month, by: str, world: World, today: date, tell: Tell = lambda done, of: None
) -> Drafted:
    """Draft a month, a chunk of debtors in each transaction."""
    with company_context(company):
        ensure_debtors(company=company, at=world.clock.now(), by=by)
        names = {language: minimum_name(language) for language in LANGUAGES}
        inputs = load_inputs(company=company, month=month, today=today, minimum_names=names)
        debtors = list_debtors_to_bill(inputs=inputs)
        remove_moved(company=company, month=month, files=sorted(set(inputs.lines.files.values())))
    drafted = Drafted()
    done = 0
    for chunk in _chunks(debtors):
        with company_context(company):
            drafted.add(draft_debtors(inputs=inputs, debtors=chunk, by=by, at=world.clock.now()))
        done += len(chunk)
        tell(done, len(debtors))
    _draft_strangers(inputs, drafted, by, world)
    if drafted.written:
        with company_context(company):
            count_anew()
    return drafted


def _draft_strangers(inputs: MonthInputs, drafted: Drafted, by: str, world: World) -> None:
    for chunk in _chunks(inputs.strangers):
        with company_context(inputs.company):
            drafted.add(draft_strangers(inputs=inputs, customers=chunk, by=by, at=world.clock.now()))


def _chunks(found: Sequence[_One]) -> Iterator[Sequence[_One]]:
    for start in range(0, len(found), CHUNK):
        yield found[start : start + CHUNK]


def _find_missing(company: CompanyId, month: Month) -> list[Mapping[str, Any]]:
    """What did not come: the whole month, or the daily rows behind a document."""
    without_days = list_documents_without_days(company=company, month=month)
    missing: list[Mapping[str, Any]] = [
        {"code": DAYS_MISSING, "facts": {"document": document}} for document in without_days
    ]
    if not open_month(company=company, month=month).documents:
        missing.insert(0, {"code": NOTHING_CAME, "facts": {"month": str(month)}})
    return missing


def _closed(month: Month, drafted: Drafted, sums: MonthSums, missing: Sequence[Mapping[str, Any]]) -> Closed:
    return Closed(
        month=month,
        drafts=sums.drafts,
        issued=sums.issued,
        totals=sums.totals,
        problems=(*sums.problems, *missing),
        drafted=drafted,
    )
