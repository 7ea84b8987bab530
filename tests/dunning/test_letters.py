"""Letters: what stands in them, in five languages and in that order; what never may."""

from __future__ import annotations

import io
import re
from dataclasses import replace
from datetime import UTC, date, datetime, time
from decimal import Decimal

import pytest
from pypdf import PdfReader

from saldo.dunning.letters.mail import file_name, mail_of
from saldo.dunning.letters.pdf import render_html, render_pdf
from saldo.dunning.rules.letter import LetterAhead, LetterFacts, Product, leaves_at, tell_ahead
from saldo.dunning.rules.policy import Act, Hours, Step
from saldo.invoicing.rules.paper import UnableToWritePaper
from tests.dunning.letter_cases import CASES, E3, LANGUAGES, letter_of, with_costs
from tests.golden.files import check_golden
from tests.invoicing.test_paper import read_html

STOCKHOLM, TOKYO = "Europe/Stockholm", "Asia/Tokyo"


def text_of(letter: LetterFacts) -> str:
    subject, body = mail_of(letter)
    return f"{read_html(render_html(letter))}\n=== {subject}\n=== {file_name(letter)}\n{body}"


class TestGolden:
    @pytest.mark.parametrize("language", LANGUAGES)
    @pytest.mark.parametrize("case", CASES)
    def test_reads_as_it_was_looked_at(self, case: str, language: str) -> None:
        check_golden(name=f"letters/{case}.{language}.txt", text=text_of(CASES[case](language)))


class TestWhatALetterSays:
    @pytest.mark.parametrize("language", LANGUAGES)
    def test_owed_then_what_happens_then_how_to_object_then_whom_to_call(self, language: str) -> None:
        text = read_html(render_html(letter_of("formal-notice", language)))
        places = [text.index("2026-00471"), text.index("Microsoft 365 E3"), text.rindex("+46 40")]
        assert places == sorted(places)

    def test_two_documents_add_up(self) -> None:
        text = read_html(render_html(letter_of("reminder")))
        assert "To pay now, SEK | 59,676.83" in text

    def test_a_contested_part_is_not_asked_for_and_is_said(self) -> None:
        text = read_html(render_html(with_costs()))
        assert "58,476.83 | 48,476.83" in text
        assert "10,000.00 SEK of what is open is not asked for now" in text

    def test_interest_and_fee_are_told_apart_from_what_is_to_be_paid_now(self) -> None:
        text = read_html(render_html(with_costs()))
        assert "To pay now, SEK | 49,676.83" in text
        assert "Interest, on your next document | 302.66" in text
        assert "Fee, on your next document | 180.00" in text

    def test_the_hour_on_which_access_stops_stands_there_with_its_seats(self) -> None:
        text = read_html(render_html(letter_of("final-notice")))
        assert "Access to Microsoft 365 E3 (25 seats), Microsoft Teams Phone Standard (1 seat) and 2 more" in text
        assert "stops on 29 June 2026 at 09:00 your time" in text

    def test_a_name_from_anywhere_is_drawn_or_refused(self) -> None:
        letter = letter_of("reminder")
        assert "海风酒店" in "".join(pages_of(replace(letter, buyer=replace(letter.buyer, name="海风酒店"))))
        with pytest.raises(UnableToWritePaper):
            render_pdf(replace(letter, buyer=replace(letter.buyer, name="\U000130a3")))

    def test_a_name_is_never_markup(self) -> None:
        letter = letter_of("reminder")
        html = render_html(replace(letter, buyer=replace(letter.buyer, name="<img src=x> AB")))
        assert "<img" not in html

    def test_the_mail_and_the_letter_ask_for_the_same(self) -> None:
        for case, make in CASES.items():
            asked = re.findall(r"[\d,]+\.\d\d", mail_of(make("en"))[1])
            assert set(asked) <= set(re.findall(r"[\d,]+\.\d\d", read_html(render_html(make("en"))))), case

    def test_the_same_facts_give_the_same_pages(self) -> None:
        assert pages_of(letter_of("reminder")) == pages_of(letter_of("reminder"))


class TestForecastInALetter:
    STEP = Step(code="suspension", acts=(Act(kind="propose-suspension", classes=("licences", "azure")),), proof="none")

    def test_only_steps_of_the_letters_own_items_are_told_once(self) -> None:
        from saldo.dunning.rules.forecast import Ahead

        one = Ahead(on=date(2026, 5, 28), at=time(9), step=self.STEP, items=("a",), planned_on=None)
        later = replace(one, on=date(2026, 6, 2), items=("b",))
        azure, software = Product("Azure", None, "azure"), Product("Windows Server", Decimal(2), "software")
        told = tell_ahead([one, later], frozenset({"a", "b"}), [azure, software, E3])
        assert told == (LetterAhead(on=date(2026, 5, 28), at=time(9), kind="access", products=(E3, azure)),)
        assert tell_ahead([one], frozenset({"b"}), [E3]) == ()

    def test_work_of_ours_alone_is_not_told(self) -> None:
        from saldo.dunning.rules.forecast import Ahead

        ours = Step(code="decision", acts=(Act(kind="call"), Act(kind="propose-write-off")), proof="none")
        ahead = Ahead(on=date(2026, 5, 28), at=time(9), step=ours, items=("a",), planned_on=None)
        assert tell_ahead([ahead], frozenset({"a"}), [E3]) == ()


class TestHours:
    HOURS = Hours(opens=time(8), closes=time(17))

    @pytest.mark.parametrize(
        ("at", "zone", "leaves"),
        [
            ((12, 10, 0), STOCKHOLM, (12, 10, 0)),  # noon there
            ((12, 0, 30), STOCKHOLM, (12, 6, 0)),  # half past two: at eight
            ((12, 15, 0), STOCKHOLM, (13, 6, 0)),  # five o'clock is too late
            ((12, 10, 0), TOKYO, (12, 23, 0)),  # seven in the evening there: next morning
            ((15, 15, 30), STOCKHOLM, (18, 6, 0)),  # Friday evening: Monday
        ],
    )
    def test_a_mail_leaves_in_the_debtors_own_office_hours(self, at, zone, leaves) -> None:
        moment = datetime(2026, 5, *at, tzinfo=UTC)
        seen = leaves_at(at=moment, hours=self.HOURS, zone=zone, closed=lambda day: False)
        assert seen.astimezone(UTC) == datetime(2026, 5, *leaves, tzinfo=UTC)


def pages_of(letter: LetterFacts) -> list[str]:
    return [page.extract_text() for page in PdfReader(io.BytesIO(render_pdf(letter))).pages]
