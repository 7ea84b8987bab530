"""``saldo policy simulate``: replay events on an empty book, and show each day on which anything changed."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator, Mapping
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

from saldo.cli.asked import day_argument
from saldo.cli.output import Output
from saldo.cli.policy_check import read_text
from saldo.cli.policy_file import country_argument, read_policy_file, working_days_of
from saldo.core.identity import LANGUAGES
from saldo.core.money import amount_text

if TYPE_CHECKING:
    from collections.abc import Callable

    from saldo.dunning.rules.policy import Act
    from saldo.dunning.rules.simulation import BookDay, ItemDay

    Words = Callable[..., str]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The policy, the events, the last day, and whose working days count."""
    parser.add_argument("file", metavar="FILE", type=Path, help="the policy, as YAML")
    parser.add_argument("--events", metavar="EVENTS.json", type=Path, required=True, help="a JSON list of events")
    parser.add_argument("--until", metavar="YYYY-MM-DD", type=day_argument, required=True, help="the last day shown")
    parser.add_argument(
        "--country", metavar="CC", type=country_argument, help="whose holidays; else the jurisdiction's"
    )
    parser.add_argument("--lang", choices=LANGUAGES, help="language of the words; else the person's own")


def run(args: argparse.Namespace, out: Output) -> int:
    """Replay the events; refused with a code where they tell no story."""
    from saldo.dunning.rules.event_rows import read_events
    from saldo.dunning.rules.simulation import replay

    policy, text_hash = read_policy_file(args.file, command="simulate")
    events = read_events(_read_json(read_text(args.events, command="simulate")))
    closed = working_days_of(policy, args.country or "")
    shown = []
    for day in replay(policy, events, until=args.until, closed=closed):
        shown.append(_day(day))
        passed, whole = ((last - events[0].on).days for last in (day.on, args.until))
        out.progress(done=max(passed, 0), of=max(whole, 1), what=f"{day.on}")
    out.document({"days": shown, "policy": policy.code, "hash": text_hash, "until": args.until.isoformat()})
    language = args.lang.replace("-", "_") if args.lang else None
    for line in _timeline(shown, lambda code: args.words(code=code, facts={}, language=language)):
        out.say(line)
    return 0


def _read_json(text: str) -> object:
    """The JSON document, amounts exact. Refuses (UnableToReplay): dunning.event.not-json."""
    from saldo.dunning.rules.events import UnableToReplay

    try:
        document: object = json.loads(text, parse_float=Decimal)
    except (ValueError, ArithmeticError, RecursionError) as fault:
        place = {"line": fault.lineno, "column": fault.colno} if isinstance(fault, json.JSONDecodeError) else {}
        raise UnableToReplay(code="dunning.event.not-json", facts=place) from None
    return document


def _day(day: BookDay) -> dict[str, Any]:
    currency = day.items[0].currency if day.items else ""
    return {
        "on": day.on.isoformat(),
        "step": day.step,
        "because": day.because,
        "facts": {name: _plain(value, currency) for name, value in day.facts.items()},
        "actions": [action for notice in _by_notice(day) for action in _actions(notice)],
        "items": [
            {
                "invoice": item.invoice,
                "step": item.step,
                "because": item.because,
                "facts": {name: _plain(value, item.currency) for name, value in item.facts.items()},
            }
            for item in day.items
        ],
    }


def _by_notice(day: BookDay) -> Iterator[list[ItemDay]]:
    """The items on which one step began on one day, by currency: they go into one notice, whose total is theirs."""
    found: dict[tuple[str, str], list[ItemDay]] = {}
    for item in day.entered:
        found.setdefault((item.step, item.currency), []).append(item)
    yield from found.values()


def _actions(items: list[ItemDay]) -> Iterator[dict[str, Any]]:
    step, currency = items[0].entered, items[0].currency
    assert step is not None
    owed = sum((item.facts.get("owed", Decimal(0)) for item in items), Decimal(0))
    about = {
        "step": step.code,
        "invoices": [item.invoice for item in items],
        "owed": amount_text(owed, currency),
        "currency": currency,
        "release": step.release,
    }
    for act in step.acts:
        yield {"action": act.kind, **_more_of(act, currency), **about}


def _more_of(act: Act, currency: str) -> dict[str, Any]:
    """What only this kind of act says."""
    said: dict[str, Any] = {}
    if act.letter:
        said["letter"] = act.letter
    if currency in act.net:
        said["net"] = amount_text(act.net[currency], currency)
    if act.yearly_percent is not None:
        said["yearly_percent"] = f"{act.yearly_percent:f}"
    if act.classes:
        said["classes"] = list(act.classes)
    return said


def _plain(value: object, currency: str) -> object:
    """A fact as JSON has it: amounts as text with the digits of their currency, days in ISO 8601."""
    if isinstance(value, Decimal):
        return amount_text(value, currency)
    return value if isinstance(value, str | int | None) else str(value)


def _timeline(days: list[dict[str, Any]], words: Callable[[str], str]) -> Iterator[str]:
    """Each day with its reason, the items where there are several, and what is done."""
    for day in days:
        yield f"{day['on']}  {day['step']}: {words(_because(day))}"
        if len(day["items"]) > 1:
            for item in day["items"]:
                yield f"              {item['invoice']}  {item['step']}: {words(_because(item))}"
        for action in day["actions"]:
            yield f"            → {' '.join(_told(action))}"


def _because(told: Mapping[str, Any]) -> str:
    return f"dunning.because.{told['because']}"


def _told(action: Mapping[str, Any]) -> Iterator[str]:
    yield str(action["action"])
    for name in ("letter", "net", "yearly_percent"):
        if name in action:
            yield str(action[name])
    yield from action.get("classes", ())
    yield f"({', '.join(action['invoices'])}: {action['owed']} {action['currency']})"
