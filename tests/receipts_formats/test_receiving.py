"""Files arrive by command and in watched folders: each for itself, with its figures as interface.md has them."""

from __future__ import annotations

import json
import os
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from saldo.cli import receive
from saldo.cli.commands import parser
from saldo.cli.output import Output
from saldo.core.clock import FixedClock
from saldo.core.identity import CompanyId
from saldo.flows.receive_files import look_into_folders, receive_paths
from saldo.ledger.queries import list_open_items
from saldo.parties.models import Debtor
from saldo.ports.world import World
from saldo.receipts import queries
from saldo.receipts.actions.habits import UnableToMap, map_sheet, stop_watching, watch_folder
from saldo.receipts.rules.entries import SheetMapping
from saldo.server.messages import message_of
from tests.conftest import NOW
from tests.ledger.books import invoice, post
from tests.receipts_formats.samples import BGMAX, MT940, NORMA43, camt, entry
from tests.rooms.importing import NoQueue

SHAPE = {"path", "format", "entries", "booked", "duplicates", "matched", "unallocated", "problems"}
TEXT = camt(entry(), closing="150.00")
DAY = date(2026, 5, 12)
AMBIGUOUS = "Date,Amount,Currency\n05/03/2026,12.50,EUR\n"


def world(at: datetime = NOW) -> World:
    return World(clock=FixedClock(at), queue=NoQueue())


def ensure_debtor(company: CompanyId) -> None:
    Debtor.objects.create(company_id=company, number="10001", name="Olles färg AB", country="SE", first_seen_at=NOW)


def written(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


class TestCommand:
    def run(self, company: CompanyId, capsys: pytest.CaptureFixture[str], *words: str | Path) -> tuple[int, str]:
        args = parser(["receive"]).parse_args(["receive", *map(str, words)])
        args.company_id, args.world, args.words = company, world(), message_of
        status = receive.run(args, Output(is_json=args.json))
        return status, capsys.readouterr().out

    def test_each_file_has_its_figures_and_the_same_again_only_duplicates(
        self, company: CompanyId, capsys: pytest.CaptureFixture[str], tmp_path: Path
    ) -> None:
        paths = [written(tmp_path, str(number), text) for number, text in enumerate((TEXT, MT940, BGMAX, NORMA43))]
        status, out = self.run(company, capsys, "--json", "--today", "2026-05-12", *paths)
        files: list[dict[str, Any]] = json.loads(out)["files"]
        assert status == 0
        assert all(set(file) == SHAPE for file in files)
        told = [(file["format"], file["entries"], file["booked"], file["duplicates"]) for file in files]
        assert told == [("camt.053", 1, 1, 0), ("mt940", 3, 3, 0), ("bgmax", 2, 2, 0), ("norma43", 2, 2, 0)]
        assert [file["matched"] + file["unallocated"] for file in files] == [1, 2, 2, 1]
        _, out = self.run(company, capsys, "--json", *paths)
        files = json.loads(out)["files"]
        assert [(file["booked"], file["duplicates"]) for file in files] == [(0, 1), (0, 3), (0, 2), (0, 2)]

    def test_a_refused_file_says_why_and_the_others_are_kept(
        self, company: CompanyId, capsys: pytest.CaptureFixture[str], tmp_path: Path
    ) -> None:
        bad = written(tmp_path, "bad.xml", "<Document>")
        status, out = self.run(company, capsys, "--json", bad, tmp_path / "none", written(tmp_path, "good", TEXT))
        files = json.loads(out)["files"]
        assert status == 1
        assert [[one["code"] for one in file["problems"]] for file in files] == [
            ["receipts.file.broken-xml"],
            ["receipts.file.unreadable"],
            ["receipts.account.not-ours-yet"],
        ]
        assert files[0]["problems"][0]["message"].startswith("The XML of this file is broken in line 1")
        assert files[2]["booked"] == 1

    def test_people_read_a_table_and_sentences(
        self, company: CompanyId, capsys: pytest.CaptureFixture[str], tmp_path: Path
    ) -> None:
        status, out = self.run(company, capsys, written(tmp_path, "good", TEXT))
        assert status == 0
        assert "camt.053" in out
        assert "is not among our bank accounts yet" in out


class TestMatching:
    def test_what_an_invoice_is_paid_with_is_matched_at_once_and_counted(
        self, company: CompanyId, tmp_path: Path
    ) -> None:
        ensure_debtor(company)
        posting, (item,) = invoice("4711", net="880.00", party="10001")
        post(company, (posting, (replace(item, reference="1234567897"),)))
        (file,) = receive_paths(
            company=company, paths=[written(tmp_path, "in", BGMAX)], actor="test", world=world(), today=DAY
        )
        assert (file.entries, file.booked, file.matched, file.unallocated) == (2, 2, 1, 1)
        assert not list_open_items(company=company, party="10001")


class TestWatchedFolders:
    def test_what_is_new_is_taken_once_and_the_age_of_the_newest_is_known(
        self, company: CompanyId, tmp_path: Path
    ) -> None:
        watch_folder(company=company, account="1930", path=str(tmp_path), by="test", at=NOW)
        at = datetime.now(UTC) + timedelta(minutes=1)  # noqa: TID251, DTZ - files are written by the machine's own clock
        assert look_into_folders(world=world(at)) == 0
        written(tmp_path, "one.xml", TEXT)
        written(tmp_path, ".half", MT940)
        written(tmp_path, "part.tmp", MT940)
        assert look_into_folders(world=world(at)) == 1
        assert look_into_folders(world=world(at + timedelta(minutes=10))) == 0
        (folder,) = queries.list_folders(company=company)
        assert (folder.newest_at, folder.looked_at) == (at, at + timedelta(minutes=10))
        assert [file.name for file in queries.list_files(company=company)] == ["one.xml"]

    def test_a_file_that_is_still_written_waits(self, company: CompanyId, tmp_path: Path) -> None:
        watch_folder(company=company, account="1930", path=str(tmp_path), by="test", at=NOW)
        path = written(tmp_path, "one.xml", TEXT)
        os.utime(path, (NOW.timestamp(), NOW.timestamp()))
        assert look_into_folders(world=world(NOW + timedelta(seconds=5))) == 0
        assert look_into_folders(world=world(NOW + timedelta(seconds=11))) == 1

    def test_a_folder_that_is_gone_stops_nothing(self, company: CompanyId, tmp_path: Path) -> None:
        watch_folder(company=company, account="1930", path=str(tmp_path / "none"), by="test", at=NOW)
        assert look_into_folders(world=world()) == 0
        assert stop_watching(company=company, account="1930", by="test", at=NOW)
        assert not stop_watching(company=company, account="1930", by="test", at=NOW)


class TestMapping:
    MAPPING = SheetMapping(
        name="Our bank",
        head=("Date", "Amount"),
        columns={"booked_on": "Date", "value": "Amount"},
        delimiter=",",
        decimal_point=".",
        day_form="%d/%m/%Y",
        account="1930",
    )

    def test_a_file_that_waited_for_its_mapping_is_taken_after_it(self, company: CompanyId, tmp_path: Path) -> None:
        path = written(tmp_path, "a.csv", AMBIGUOUS)
        (waiting,) = receive_paths(company=company, paths=[path], actor="test", world=world())
        assert (waiting.state, waiting.format) == ("refused", "csv")
        map_sheet(company=company, mapping=self.MAPPING, by="test", at=NOW)
        assert queries.list_mappings(company=company) == (self.MAPPING,)
        (taken,) = receive_paths(company=company, paths=[path], actor="test", world=world())
        assert (taken.state, taken.booked) == ("taken", 1)
        (found,) = queries.list_entries(company=company)
        assert (str(found.booked_on), found.account, found.currency) == ("2026-03-05", "1930", "SEK")

    @pytest.mark.parametrize("columns", [{"value": "Amount"}, {"booked_on": "Date"}, {"booked_on": "x", "value": "y"}])
    def test_a_mapping_by_which_nothing_could_be_read_is_refused(
        self, company: CompanyId, columns: dict[str, str]
    ) -> None:
        with pytest.raises(UnableToMap, match=r"receipts\.csv\.mapping-incomplete"):
            map_sheet(company=company, mapping=replace(self.MAPPING, columns=columns), by="test", at=NOW)
