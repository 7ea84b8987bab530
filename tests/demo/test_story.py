"""The story says what the program answered, and nothing else."""

from __future__ import annotations

import re
from xml.sax.saxutils import escape

import pytest

from saldo.demo.story import tell

MONEY = {
    "settings": {
        "fingerprint": "f1",
        "rows": [{"state": "new", "key": "everybody", "cells": [{"column": "percent", "before": "", "after": "18"}]}],
    },
    "close": {
        "month": "2026-06",
        "drafts": 0,
        "issued": 3,
        "total": {"SEK": "300.00"},
        "problems": [{"code": "x", "facts": {}, "message": "Something needs a person."}],
    },
    "statement": {
        "currencies": [
            {
                "currency": "SEK",
                "closing": "150.00",
                "movements": [
                    {"document": "2026-00001", "amount": "400.00"},
                    {"document": "receipt:1", "amount": "-400.00"},
                    {"document": "2026-00004", "amount": "150.00"},
                ],
            }
        ]
    },
    "receive": {"files": [{"entries": 3, "matched": 2, "unallocated": 1}]},
    "payables": {
        "payables": [
            {"document": "G1", "due": "2026-08-07", "last_safe": "2026-07-29", "open": "70.00", "ties_out": True},
            {"document": "G0", "due": "2026-07-07", "last_safe": "2026-06-29", "open": "0.00", "ties_out": True},
        ]
    },
}


@pytest.fixture
def program():
    """A program that accepts everything and knows one reason."""
    asked = []

    def run(words):
        asked.append(list(words))
        if words[0] == "import":
            checks = [{"code": "nce.total", "passed": 2, "tolerated": 1, "failed": 0}]
            file = {"kind": "nce-reconciliation", "state": "accepted", "rows": 3, "total": "30.00", "currency": "SEK"}
            return {"files": [{"path": path, "checks": checks, **file} for path in words[1:]]}
        if words[0] in MONEY:
            return MONEY[words[0]]
        number = len(asked)
        reason = {"amount": "-5.00", "text": "Five crowns less.", "code": "seats-removed"}
        return {
            "currency": "SEK",
            "before": {"total": "100.00"},
            "after": {"total": f"{100 - number}.00"},
            "change": f"-{number}.00",
            "reasons": [reason],
            "unexplained": "0.00",
        }

    run.asked = asked
    return run


class TestStory:
    def test_imports_every_file_but_the_truth_and_explains_the_one_who_moved_furthest(self, program, tmp_path):
        said = []
        told = tell(folder=tmp_path, program=program, say=said.append)
        imported = program.asked[0][1:]
        assert not any(path.endswith("truth.json") for path in imported)
        assert told.files == len(imported)
        assert told.rows == 3 * told.files
        assert (told.passed, told.tolerated, told.failed) == (2 * told.files, told.files, 0)
        assert [mover["change"] for mover in told.movers] == ["-4.00", "-3.00", "-2.00"]
        assert [words for words in program.asked if words[0] == "explain"][3][2] == told.movers[0]["id"]
        assert any("Five crowns less." in line for line in said)

    def test_goes_on_to_invoices_and_money(self, program, tmp_path):
        said = []
        told = tell(folder=tmp_path, program=program, say=said.append)
        names = [words[0] for words in program.asked]
        assert [name for name in names if name not in ("import", "explain", "statement")] == [
            *("settings", "settings", "close", "close", "receive", "payables")
        ]
        assert program.asked[names.index("settings") + 1][-1] == "f1"
        priced = [words for words in program.asked if "price" in words]
        assert [words[2] for words in priced] == [told.movers[0]["id"]]
        assert (told.money.issued, told.money.matched, told.money.unallocated) == (3, 2, 1)
        assert told.money.owed == {mover["customer"]: "150.00" for mover in told.movers}
        owed = [line for line in said if "due 20" in line]
        assert len(owed) == 1
        assert "G1, due 2026-08-07, to be sent by 2026-07-29; ties out" in owed[0]
        assert any("Something needs a person." in line for line in said)

    def test_pays_whole_by_the_first_and_a_hundred_too_little_by_the_second(self, program, tmp_path):
        told = tell(folder=tmp_path, program=program, say=lambda line: None)
        text = (tmp_path / "bank.xml").read_text("utf-8")
        amounts = re.findall(r'<Ntry>.*?<Amt Ccy="SEK">([0-9.]+)</Amt>.*?<Nm>(.*?)</Nm>', text)
        first, second = (escape(told.movers[place]["customer"]) for place in (0, 1))
        assert amounts == [("400.00", first), ("150.00", first), ("50.00", second)]

    def test_says_it_in_ten_steps(self, program, tmp_path):
        said = []
        tell(folder=tmp_path, program=program, say=said.append, lang="sv")
        steps = [line.strip().split(" ")[0] for line in said if line.startswith("\n")]
        assert steps == [f"{number}." for number in range(1, 11)]
        told = [words for words in program.asked if words[0] in ("explain", "close")]
        assert all(words[-1] == "sv" for words in told)
