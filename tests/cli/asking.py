"""Asking a command as a person would, with the installation ready; and deliveries put into the catalogue by hand."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, fields
from typing import Any

import pytest

from saldo.charges import models
from saldo.charges.catalogue import write_delivery_totals
from saldo.charges.rules.line import LineItem
from saldo.cli.commands import parser
from saldo.cli.output import Output
from saldo.core.identity import CompanyId
from saldo.core.periods import Month
from saldo.core.problems import Refused
from tests.conftest import NOW
from tests.pages.lines import a_line

__all__ = ["Answer", "Asker", "a_delivery", "a_line"]

_OF_THE_DELIVERY = {"file", "document", "amends", "is_estimated", "platform", "row", "customer"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a command said: its text, its JSON document, and the code it was refused with."""

    text: str = ""
    document: dict[str, Any] | None = None
    code: str = ""
    facts: dict[str, Any] | None = None


class Asker:
    """Runs commands of one company."""

    def __init__(self, company: CompanyId, capsys: pytest.CaptureFixture[str]) -> None:
        self.company, self._capsys = company, capsys

    def ask(self, *words: str) -> Answer:
        """The command's answer, in text and as JSON; every figure in one of them is in the other."""
        try:
            text = self._run([*words])
            return Answer(text=text, document=json.loads(self._run([*words, "--json"])))
        except Refused as refusal:
            return Answer(code=refusal.code, facts=refusal.facts)

    def _run(self, words: list[str]) -> str:
        args = parser(words).parse_args(words)
        args.company_id = self.company
        assert _module(words[0]).run(args, Output(is_json=args.json)) == 0
        return self._capsys.readouterr().out


def _module(name: str) -> Any:
    from saldo.cli.commands import command_named

    return command_named(name).load()


def a_delivery(
    *,
    company: CompanyId,
    lines: list[LineItem],
    month: Month,
    document: str = "G000000001",
    kind: str = "nce-reconciliation",
    is_estimated: bool = False,
) -> str:
    """One counting delivery with one part that holds these lines, numbered from 1; gives the part's sha256."""
    sha256 = hashlib.sha256(f"{document} {month} {kind} {is_estimated}".encode()).hexdigest()
    total = sum(line.amount for line in lines)
    counted = {"rows": len(lines), "lines": len(lines), "total": total}
    delivery = models.Delivery.objects.create(
        company_id=company,
        content=sha256,
        kind=kind,
        source="portal",
        document=document,
        document_key=document or sha256,
        is_estimated=is_estimated,
        month=month.starts_on,
        own_month=month.starts_on,
        currency=lines[0].currency if lines else "",
        received_at=NOW,
        received_by="test",
        **counted,
    )
    part = models.Part.objects.create(
        company_id=company, delivery=delivery, number=1, sha256=sha256, name=f"{document}.csv", **counted
    )
    for row, line in enumerate(lines, start=1):
        values = {field.name: getattr(line, field.name) for field in fields(line) if field.name not in _OF_THE_DELIVERY}
        models.Line.objects.create(
            company_id=company, delivery=delivery, part=part, row=row, customer=line.customer, **values
        )
    for customer, currency in {(line.customer, line.currency) for line in lines}:
        own = [line for line in lines if (line.customer, line.currency) == (customer, currency)]
        models.CustomerTotal.objects.create(
            company_id=company,
            delivery=delivery,
            customer=customer,
            currency=currency,
            lines=len(own),
            net=sum(line.amount for line in own),
        )
    write_delivery_totals(delivery)
    return sha256
