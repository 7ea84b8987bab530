"""A debtor's story under the standard policy, as `saldo policy simulate` tells it to people and to programs."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from saldo.server.entry import main
from tests.dunning.policies import READY
from tests.golden.files import check_golden

EVENTS = [
    {"on": "2026-01-31", "type": "invoice", "id": "F-1", "amount": "12400.00", "currency": "SEK", "due": "2026-03-02"},
    {"on": "2026-02-10", "type": "invoice", "id": "F-2", "amount": "500.00", "due": "2026-03-02"},
    {"on": "2026-03-12", "type": "promise", "amount": "500.00", "due": "2026-03-19", "invoice": "F-2"},
    {"on": "2026-03-13", "type": "notice-failed", "invoice": "F-1"},
    {"on": "2026-03-16", "type": "release", "invoice": "F-1"},
    {"on": "2026-03-20", "type": "payment", "id": "P-1", "amount": "500.00", "invoice": "F-2"},
    {"on": "2026-04-20", "type": "payment", "id": "P-2", "amount": "12400.00"},
    {"on": "2026-04-28", "type": "chargeback", "id": "P-2"},
    {"on": "2026-05-06", "type": "dispute", "invoice": "F-1", "amount": "12400.00"},
    {"on": "2026-05-20", "type": "dispute-closed", "invoice": "F-1"},
]


@pytest.mark.parametrize("lang", ["en", "sv", "zh-Hans", "pt-BR", "es"])
def test_the_time_line(lang: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    check_golden(name=f"policy_simulation.{lang}.txt", text=simulated(tmp_path, capsys, "--lang", lang))


def test_the_document(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    check_golden(name="policy_simulation.json", text=simulated(tmp_path, capsys, "--json"))


def simulated(folder: Path, capsys: pytest.CaptureFixture[str], *words: str) -> str:
    events = folder / "events.json"
    events.write_text(json.dumps(EVENTS), encoding="utf-8")
    asked = ["policy", "simulate", str(READY / "standard.yaml"), "--events", str(events), "--until", "2026-06-30"]
    assert main([*asked, "--country", "SE", *words]) == 0
    return capsys.readouterr().out
