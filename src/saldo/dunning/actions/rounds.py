"""The daily round: find what can move, and write down that it was looked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from django.db import connection

from saldo.core.identity import CompanyId
from saldo.core.problems import Refused
from saldo.dunning import models
from saldo.dunning.candidates import count_open, due, sieve
from saldo.dunning.circumstances import debtors_with_any
from saldo.dunning.looking import Look, Seen, look_at, look_at_books
from saldo.ledger.moved_since import BookPlace
from saldo.parties.zones import zone_of

_FIRST_MIDNIGHT = "Pacific/Kiritimati"  # nowhere does a day begin earlier: hours before ours (lessons A 7)
# Without a row that is open the books have closed the item: it was paid, credited, written off or taken back.
_PAID = """
SELECT c.item, coalesce(d.country, ''), coalesce(d.zone, '')
FROM dunning_collected c
LEFT JOIN parties_debtor d ON d.company_id = c.company_id AND d.number = c.debtor
WHERE c.company_id = %(company)s AND c.step <> 'clear'
    AND NOT EXISTS (SELECT 1 FROM ledger_open_receivable i WHERE i.company_id = c.company_id AND i.item = c.item)
"""


class UnableToRunRound(Refused):
    """A round on a day that is not to be decided."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RoundDone:
    """What a round did, or would do: items looked at, moved by the step they came to, and what waits for a person."""

    on: date
    read: int
    moved: Mapping[str, int]
    cleared: int
    proposed: int
    notices: tuple[str, ...] = ()


def find_moves(*, look: Look, on: date, full: bool) -> Iterator[Seen]:
    """Every item of which anything would change on a day; ``full`` looks at all, else only at what is due."""
    with_books = debtors_with_any(company=look.company, today=on)
    latest = max(on, look.day_of(_FIRST_MIDNIGHT))
    if full:
        candidates = sieve(company=look.company, shelf=look.shelf, today=latest)
    else:
        since = last_full_day(company=look.company) or date.min
        candidates = due(company=look.company, shelf=look.shelf, today=latest, since=since)
    plain = (one for one in candidates if not full or one.debtor not in with_books)
    for seen in look_at(look, plain, with_books=with_books):
        if seen.is_news:
            yield seen
    if full:
        for seen in look_at_books(look, sorted(with_books)):
            if seen.is_news:
                yield seen


def find_paid(*, look: Look) -> dict[str, date]:
    """The items on a step that nothing is open of any more, each with its debtor's own day."""
    with connection.cursor() as cursor:
        cursor.execute(_PAID, {"company": look.company})
        rows = cursor.fetchall()
    return {item: look.day_of(zone_of(country=country, own=zone, house=look.zone)) for item, country, zone in rows}


def check_day(*, company: CompanyId, on: date) -> None:
    """Days only go forward (lessons A 7). Refuses (UnableToRunRound): dunning.round.day-before-the-last."""
    last = models.Round.objects.filter(company_id=company).order_by("-on").values_list("on", flat=True).first()
    if last is not None and on < last:
        facts = {"on": on.isoformat(), "last": last.isoformat()}
        raise UnableToRunRound(code="dunning.round.day-before-the-last", facts=facts)


def last_full_day(*, company: CompanyId) -> date | None:
    """The day of the newest round that looked at everything, or None."""
    rows = models.Round.objects.filter(company_id=company, is_full=True).order_by("-on")
    return rows.values_list("on", flat=True).first()


def was_looked_at_fully(*, company: CompanyId, on: date) -> bool:
    """Whether everything was looked at on this day already: later rounds of it look only at what changed."""
    return models.Round.objects.filter(company_id=company, on=on, is_full=True).exists()


def was_never_run(*, company: CompanyId) -> bool:
    """Whether this house has had no round yet: what the old tool knew is taken up before the first."""
    return not models.Round.objects.filter(company_id=company).exists()


def record_round(*, look: Look, done: RoundDone, full: bool, books: BookPlace, by: str) -> None:
    """Write down a round, and where the ``books`` ended when it began; its moves are in the log already."""
    models.Round.objects.create(
        company_id=look.company,
        on=done.on,
        ran_at=look.at,
        ran_by=by,
        is_full=full,
        read=done.read,
        moved=sum(done.moved.values()) + done.cleared,
        facts={
            "moved": dict(done.moved),
            "cleared": done.cleared,
            "proposed": done.proposed,
            "books": list(books),
        },
    )


def count_looked_at(*, company: CompanyId) -> int:
    """How many open items there are to look at."""
    return count_open(company=company)
