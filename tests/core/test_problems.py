"""Faults as values, refusals as exceptions, and the clock that enters by the door."""

from __future__ import annotations

from datetime import UTC, datetime

from saldo.core.clock import FixedClock
from saldo.core.identity import FileId
from saldo.core.problems import Place, Problem, Refused, as_seen


class TestFaults:
    def test_a_problem_names_its_file_row_and_column(self) -> None:
        place = Place(file=FileId("ab"), row=3118, column="Subtotal")
        problem = Problem(code="charges.line.bad-money", place=place, seen="12,4O")
        assert (problem.place.row, problem.seen, problem.facts) == (3118, "12,4O", {})

    def test_a_refusal_says_its_code_and_its_facts(self) -> None:
        assert str(Refused(code="access.on-hold")) == "access.on-hold"
        assert str(Refused(code="access.on-hold", facts={"until": 3})) == "access.on-hold {'until': 3}"


class TestClock:
    def test_a_fixed_clock_shows_what_it_was_set_to(self) -> None:
        at = datetime(2026, 5, 12, 7, 12, tzinfo=UTC)
        assert FixedClock(at).now() == at


class TestSeen:
    def test_half_characters_and_nul_become_a_mark_and_the_rest_stays(self) -> None:
        assert as_seen("Å\ud800b\x00c") == "Å?b\N{REPLACEMENT CHARACTER}c"
