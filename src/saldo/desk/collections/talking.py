"""What to say to a debtor, and what to do first: the facts of the talk before the telephone is lifted."""

from __future__ import annotations

from datetime import date

from saldo.desk import figures
from saldo.desk.collections.chosen import Chosen
from saldo.desk.collections.said import say_circumstance, say_letter, say_step
from saldo.dunning.rules.calling import CallFacts, next_action

_NO_REACH = ("no-answer", "wrong-number", "message-left")


def say_action(chosen: Chosen, today: date) -> str:
    """The one thing to do first."""
    course = chosen.course
    running = {one.kind: one for one in course.running}
    promise = running.get("promise")
    tries = 0
    for one in course.calls:
        if one.outcome not in _NO_REACH:
            break
        tries += 1
    stops = next((one.on for one in course.ahead if one.step.touches_access), None)
    last = next((one for one in course.circumstances if one.kind == "promise"), None)
    facts = CallFacts(
        today=today,
        notice_failed=any(one.notice_failed for one in course.items),
        has_dispute="dispute" in running,
        promise_until=promise.until if promise else None,
        promise_broken=last is not None and last.state == "broken",
        money_in_flight="in-flight" in running,
        tries=tries,
        wrong_number=bool(course.calls) and course.calls[0].outcome == "wrong-number",
        access_stops_on=stops,
    )
    return figures.say(f"pages.collections.action.{next_action(facts)}", day=figures.day(stops or today))


def list_points(chosen: Chosen, today: date) -> list[str]:
    """What is owed since when, what was written, said and promised, and what comes next: the facts of the talk."""
    course, currency = chosen.course, chosen.currency
    late = course.overdue(currency, today)
    points = []
    if late:
        days = (today - late[0].due_on).days
        points.append(
            figures.say_many(
                "pages.collections.say.owed", days, amount=chosen.overdue, currency=currency, items=chosen.overdue_items
            )
        )
    if course.notices:
        last = course.notices[0]
        points.append(
            figures.say(
                f"pages.collections.say-letter.{last.state}", letter=say_letter(last.letter), day=figures.day(last.on)
            )
        )
    if course.calls:
        call = course.calls[0]
        words = figures.say(f"pages.collections.called.{call.outcome}")
        points.append(figures.say("pages.collections.say.call", what=words, day=figures.day(call.on)))
    broken = sum(one.kind == "promise" and one.state == "broken" for one in course.circumstances)
    if broken:
        points.append(figures.say_many("pages.collections.say.broken", broken))
    points += [say_circumstance(one, currency) for one in course.running]
    if course.ahead:
        ahead = course.ahead[0]
        points.append(
            figures.say("pages.collections.say.next", step=say_step(ahead.step.code), day=figures.day(ahead.on))
        )
    return points
