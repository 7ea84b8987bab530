"""``saldo policy check``: prove a collections policy, or refute it with examples that a person can follow."""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

from saldo.cli.asked import day_argument
from saldo.cli.output import Output, wrong_usage
from saldo.core.identity import LANGUAGES
from saldo.core.money import minor_unit
from saldo.core.written import write_number

if TYPE_CHECKING:
    from collections.abc import Callable

    from saldo.dunning.formats.yaml_nodes import Fault
    from saldo.dunning.rules.example import Moment
    from saldo.dunning.rules.finding import Finding

    Words = Callable[..., str]

_EXTRAS = ("debtor_owed", "items", "segment", "least", "most")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The file, the day and country whose law counts, and the language of the words."""
    parser.add_argument("file", metavar="FILE", type=Path, help="the policy, as YAML")
    parser.add_argument("--today", type=day_argument, metavar="YYYY-MM-DD", help="the day whose law counts; else today")
    parser.add_argument("--country", default="", metavar="CC", help="whose law, where the policy names no jurisdiction")
    parser.add_argument("--lang", choices=LANGUAGES, help="language of the words; else the person's own")


def run(args: argparse.Namespace, out: Output) -> int:
    """Check the policy; 1, with the whole document, when it is refuted."""
    from saldo.dunning.formats.policy_text import lines_of, read_policy
    from saldo.dunning.rules.check import check
    from saldo.dunning.rules.finding import with_lines
    from saldo.dunning.rules.policy import Policy, hash_of

    text = read_text(args.file, command="check")
    read = read_policy(text)
    words = _words(args)
    if not isinstance(read, Policy):
        out.document({"valid": False, "findings": [_fault(one, words) for one in read]})
        for fault in read:
            out.say(f"{args.file}:{fault.line}:{fault.column}: {words(fault.code)} {_seen(fault)}".rstrip())
        return 1
    on = args.today or args.clock.now().date()
    findings = with_lines(check(read, on=on, country=args.country.upper()), lines_of(text))
    found = {"policy": read.code, "hash": hash_of(text), "on": on.isoformat()}
    out.document({"valid": not findings, "findings": [_finding(one, words) for one in findings], **found})
    _say(findings, read.code, args, out, words)
    return int(bool(findings))


def read_text(path: Path, *, command: str) -> str:
    """The text of a policy's file; wrong usage (exit 2) where it cannot be read."""
    try:
        return path.read_bytes().decode("utf-8")
    except OSError as fault:
        wrong_usage(f"saldo policy {command}: {path}: {fault.strerror}")
    except UnicodeDecodeError:
        wrong_usage(f"saldo policy {command}: {path} is not UTF-8")


def _words(args: argparse.Namespace) -> Words:
    language = args.lang.replace("-", "_") if args.lang else None

    def words(code: str, **facts: Any) -> str:
        text: str = args.words(code=code, facts=facts, language=language)
        return text

    return words


def _seen(fault: Fault) -> str:
    return f"“{fault.seen}”" if fault.seen else ""


def _fault(fault: Fault, words: Words) -> dict[str, Any]:
    place = {"line": fault.line, "column": fault.column, "seen": fault.seen}
    return {"code": fault.code, "step": "", "counterexample": [place], "line": fault.line, "message": words(fault.code)}


def _finding(finding: Finding, words: Words) -> dict[str, Any]:
    return {
        "code": finding.code,
        "step": finding.step,
        "counterexample": [_moment(one) for one in finding.counterexample],
        "line": finding.line,
        "message": words(finding.code),
    }


def _moment(moment: Moment) -> dict[str, Any]:
    currency = str(moment.facts.get("currency", ""))
    facts = {name: _plain(value, currency) for name, value in moment.facts.items()}
    return {"on": moment.on.isoformat(), "what": moment.what, **facts}


def _plain(value: object, currency: str) -> object:
    """A fact as JSON has it: days as text, amounts with the digits of their currency, lists as lists."""
    if isinstance(value, Decimal):
        return _amount(value, currency)
    if isinstance(value, date):
        return value.isoformat()
    return list(value) if isinstance(value, tuple) else value


def _amount(value: Decimal, currency: str) -> str:
    """With the currency's digits; with all its own where it is a rate, or finer than any payment."""
    if currency and value == value.quantize(minor_unit(currency)):
        return f"{value.quantize(minor_unit(currency)):f}"
    return f"{value:f}"


def _say(findings: Sequence[Finding], code: str, args: argparse.Namespace, out: Output, words: Words) -> None:
    """What was found, by line, each with its example as a small timeline; or that the policy holds."""
    if not findings:
        out.say(words("cli.policy.sound", policy=code))
        return
    for finding in findings:
        out.say(f"{args.file}:{finding.line}: {f'{finding.step}: ' if finding.step else ''}{words(finding.code)}")
        for moment in finding.counterexample:
            out.say(f"    {moment.on}  {' '.join(told(moment, words))}")
        out.say()
    out.say(words("cli.policy.refuted", policy=code, count=len(findings)))


def told(moment: Moment, words: Words) -> Iterator[str]:
    """One moment in sentences: what happens, then what else has to be known."""
    currency = str(moment.facts.get("currency", ""))
    facts: Mapping[str, Any] = {name: _shown(value, currency) for name, value in moment.facts.items()}
    yield words(f"dunning.story.{moment.what}", **facts)
    if "because" in facts:
        yield words(f"dunning.because.{facts['because']}")
    for name in _EXTRAS:
        if name in facts and moment.what != "law":
            yield words(f"dunning.story.and-{name.replace('_', '-')}", **facts)


def _shown(value: object, currency: str) -> str:
    if isinstance(value, tuple):
        return ", ".join(map(str, value))
    if isinstance(value, int) and not isinstance(value, bool):
        return write_number(Decimal(value), "en")
    return str(_plain(value, currency))
