"""The numbers of a policy that hold for all of it: hours, limits, names."""

from __future__ import annotations

from datetime import time

from saldo.dunning.rules.finding import Case, Finding, Findings
from saldo.dunning.rules.policy import BEFORE_FRIDAY, Hours

LANGUAGES = ("en", "sv", "zh-Hans", "pt-BR", "es")
MOST_BANK_HOURS = 96
TRIAGE_DAYS = (1, 30)
NOTICE_HOLDS_DAYS = (14, 180)
PROMISE_DAYS = (1, 60)
PROMISES_PER_ITEM = (0, 5)
DAYTIME = (time(6), time(22))


def settings(case: Case) -> Findings:
    """Hours in which nothing could leave or somebody would be woken, limits that hold nothing back, missing names."""
    policy = case.policy
    yield from _hours(case, "sending", policy.sending, "dunning.check.never-sends")
    yield from _hours(case, "access", policy.access, "dunning.check.never-touches")
    if set(policy.access.weekdays) - set(BEFORE_FRIDAY):
        days = ", ".join(map(str, policy.access.weekdays))
        yield Finding("dunning.check.access-day", "", case.says("access", days))
    limits = (
        ("bank-data-hours", policy.bank_hours, 1, MOST_BANK_HOURS, "dunning.check.bank-hours"),
        ("triage-days", policy.triage_days, *TRIAGE_DAYS, "dunning.check.triage-days"),
        ("notice-holds-days", policy.notice_holds_days, *NOTICE_HOLDS_DAYS, "dunning.check.notice-holds-days"),
        ("longest-days", policy.promise_days, *PROMISE_DAYS, "dunning.check.promise-days"),
        ("per-item", policy.promises_per_item, *PROMISES_PER_ITEM, "dunning.check.promises"),
    )
    for field, value, least, most, code in limits:
        if not least <= value <= most:
            yield Finding(code, "", case.says(field, value, least=least, most=most))
    for currency, floor in sorted(policy.floor.items()):
        if floor < 0:
            yield Finding("dunning.check.floor-negative", "", case.says("floor", f"{floor} {currency}", least=0))
    missing = [language for language in LANGUAGES if not policy.names.get(language, "").strip()]
    if missing:
        yield Finding("dunning.check.name-missing", "", case.says("names", ", ".join(missing)))


def _hours(case: Case, field: str, hours: Hours, never: str) -> Findings:
    shown = f"{hours.opens:%H:%M}–{hours.closes:%H:%M}"
    if not hours.weekdays or hours.opens >= hours.closes:
        yield Finding(never, "", case.says(field, shown))
    elif hours.opens < DAYTIME[0] or hours.closes > DAYTIME[1]:
        yield Finding("dunning.check.at-night", "", case.says(field, shown))
