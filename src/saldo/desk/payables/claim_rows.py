"""How a claim against Microsoft is shown: what, whose, how long it can still be made."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from saldo.desk import figures
from saldo.desk.payables.shown import payable_href
from saldo.payables.pay_queries import ClaimShown

_MARKS = {"open": "warn", "filed": "wait", "granted": "plain", "refused": "plain", "dropped": "plain"}
_SOON = 7


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimRow:
    """One claim; ``moves`` are the states that can follow."""

    id: int
    kind: str
    about: str
    href: str
    text: str
    by: str
    days: str
    is_late: bool
    mark: str
    state: str
    value: Decimal | None
    granted: Decimal | None
    currency: str
    moves: tuple[tuple[str, str], ...]


def show_claim(claim: ClaimShown) -> ClaimRow:
    """A claim as a row."""
    is_open = claim.state in ("open", "filed")
    next_states = {"open": ("filed", "dropped"), "filed": ("granted", "refused", "dropped")}.get(claim.state, ())
    is_late = claim.state == "open" and claim.days_left < 0
    return ClaimRow(
        id=claim.id,
        kind=figures.say(f"payables.claim-kind.{claim.kind}"),
        about=claim.about,
        href=payable_href(claim.about) if claim.kind in ("dispute", "withholding") else "",
        text=claim.text,
        by=figures.day(claim.claim_by),
        days=say_left(claim.days_left) if is_open else "",
        is_late=is_late,
        mark="bad" if is_late or (claim.state == "open" and claim.days_left <= _SOON) else _MARKS[claim.state],
        state=figures.say(f"payables.claim-state.{claim.state}"),
        value=claim.value,
        granted=claim.granted,
        currency=claim.currency,
        moves=tuple((state, figures.say(f"pages.payables.move.{state}")) for state in next_states),
    )


def say_left(days: int) -> str:
    """Days to a last day in words."""
    if days == 0:
        return figures.say("pages.payables.last-day-today")
    return figures.say_many("pages.payables.days-left" if days > 0 else "pages.payables.days-late", abs(days))
