"""Page: bank files. Bring them, see what became of each, how fresh every account is, which folders are watched."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from saldo.core.identity import CompanyId
from saldo.core.problems import Refused
from saldo.desk import figures
from saldo.desk.fields import say_refusal
from saldo.desk.import_detail import say_code
from saldo.desk.landing import UnableToLand, land_files
from saldo.desk.paging import address
from saldo.desk.receipts.said import name_accounts, name_actors
from saldo.desk.running import list_running, list_stopped
from saldo.doors.gate import gate_everywhere
from saldo.doors.visitor import Visitor, get_visitor
from saldo.doors.world import get_world
from saldo.flows.receive_batches import MAPPED_AGAIN, NO_MAPPING, TASK, receive_upload
from saldo.flows.receive_files import ReceivedFile, receive_paths
from saldo.parties.debtors import list_bank_accounts
from saldo.receipts.actions.habits import stop_watching, watch_folder
from saldo.receipts.queries import (
    BankFile,
    NewestFile,
    WatchedFolder,
    count_states_of_files,
    find_file,
    list_files,
    list_folders,
    list_newest_files,
)

_SHOWN = 50
_MOST_WARNINGS = 20
_OLD_AFTER_DAYS = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class FileShown:
    """One file and what became of it; ``warnings`` are sentences with their place."""

    name: str
    format: str
    came: str
    counts: tuple[tuple[str, str], ...]
    mark: str
    state: str
    refused: str
    warnings: tuple[str, ...]
    more_warnings: int
    mapping_href: str
    is_new: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Freshness:
    """How fresh one account is, and the folder watched for it."""

    code: str
    account: str
    until: str
    received: str
    is_old: bool
    folder: str
    looked: str


@gate_everywhere("receipt.read")
def files(request: HttpRequest) -> HttpResponse:
    """The newest files first; those that were brought just now are open."""
    visitor = get_visitor(request)
    company = visitor.company.id
    new = request.GET.get("new", "").split(",")[:50]
    found = list(list_files(company=company, limit=_SHOWN))
    known = {one.sha256 for one in found}
    brought_again = [find_file(company=company, sha256=sha[:64]) for sha in new if sha and sha not in known]
    found = [one for one in brought_again if one is not None] + found
    may_match = visitor.may_everywhere("receipt.match")
    page: dict[str, Any] = {
        "files": _files(company, found, new, may_match),
        "accounts": _freshness(company, visitor),
        "choices": [(account.code, account.name) for account in list_bank_accounts(company=company)],
        "may_match": may_match,
        "may_watch": visitor.may_everywhere("company.settings"),
        "receipts_href": reverse("desk:receipts"),
    } | _running(visitor)
    return render(request, "desk/receipts/files.html", {"page": page})


@require_POST
@gate_everywhere("receipt.match")
def upload(request: HttpRequest) -> HttpResponse:
    """Take bank files, match what came in, and say of each what became of it."""
    visitor = get_visitor(request)
    try:
        landing = Path(settings.LANDING)
        batch = land_files(landing=landing, files=request.FILES.getlist("files"), paths=request.POST.getlist("paths"))
    except UnableToLand as refused:
        messages.error(request, say_code(refused.code, refused.facts))
        return redirect("desk:receipts-files")
    received = receive_upload(company=visitor.company.id, batch=batch, actor=visitor.actor, world=get_world())
    if received is None:
        messages.success(request, figures.say("pages.receipts.files.is-queued"))
        return redirect("desk:receipts-files")
    say_received(request, received)
    return redirect(address(reverse("desk:receipts-files"), {"new": ",".join(file.sha256 for file in received)}))


@gate_everywhere("receipt.read")
def progress(request: HttpRequest) -> HttpResponse:
    """What the worker takes right now, for the open page; when nothing runs any more the page is told to look again."""
    page = _running(get_visitor(request))
    response = render(request, "desk/imports/running.html", {"page": page})
    if not page["running"]:
        response["HX-Refresh"] = "true"
    return response


def _running(visitor: Visitor) -> dict[str, Any]:
    """Uploads that wait or are being taken, in words of their own: each file counts as it is done."""
    facts: dict[str, Any] = {
        "company": visitor.company.id,
        "landing": Path(settings.LANDING),
        "now": get_world().clock.now(),
    }
    working = figures.say("pages.receipts.files.working")
    return {
        "progress_href": reverse("desk:receipts-files-progress"),
        "running": [one if one.is_waiting else replace(one, words=working) for one in list_running(task=TASK, **facts)],
        "stopped": list_stopped(task=TASK, **facts),
    }


@require_POST
@gate_everywhere("company.settings")
def watch(request: HttpRequest) -> HttpResponse:
    """Watch a folder of this machine for an account's files."""
    visitor = get_visitor(request)
    account, path = request.POST.get("account", ""), request.POST.get("path", "").strip()[:1000]
    known = {one.code for one in list_bank_accounts(company=visitor.company.id)}
    if account not in known or not Path(path).is_absolute() or not Path(path).is_dir():
        messages.error(request, figures.say("pages.receipts.files.no-folder"))
        return redirect("desk:receipts-files")
    watch_folder(company=visitor.company.id, account=account, path=path, by=visitor.actor, at=get_world().clock.now())
    messages.success(request, figures.say("pages.receipts.files.is-watched"))
    return redirect("desk:receipts-files")


@require_POST
@gate_everywhere("company.settings")
def leave(request: HttpRequest) -> HttpResponse:
    """Look into an account's folder no more."""
    visitor = get_visitor(request)
    account = request.POST.get("account", "")[:100]
    try:
        stop_watching(company=visitor.company.id, account=account, by=visitor.actor, at=get_world().clock.now())
    except Refused as refused:
        messages.error(request, say_refusal(refused))
    return redirect("desk:receipts-files")


def take(visitor: Visitor, paths: Sequence[Path]) -> tuple[ReceivedFile, ...]:
    """Files into the books and matched, each whole or not at all."""
    return receive_paths(company=visitor.company.id, paths=paths, actor=visitor.actor, world=get_world())


def say_received(request: HttpRequest, received: Sequence[ReceivedFile]) -> None:
    """One line over the page: how much was booked and matched; refused files say so under their names."""
    taken = [file for file in received if file.state == "taken"]
    again = [file for file in received if file.state == "duplicate"]
    if taken:
        booked, matched = sum(file.booked for file in taken), sum(file.matched for file in taken)
        messages.success(
            request,
            figures.say_many("pages.receipts.files.taken", booked, matched=figures.number(matched)),
        )
    if again:
        messages.success(request, figures.say_many("pages.receipts.files.had-already", len(again)))
    if len(taken) + len(again) < len(received):
        messages.error(
            request, figures.say_many("pages.receipts.files.refused-count", len(received) - len(taken) - len(again))
        )


def _files(company: CompanyId, found: Sequence[BankFile], new: Collection[str], may_match: bool) -> list[FileShown]:
    states = count_states_of_files(company=company, files=[one.sha256 for one in found])
    people = name_actors({one.received_by for one in found})
    return [_file(one, states.get(one.sha256, {}), people, one.sha256 in new, may_match) for one in found]


def _file(
    one: BankFile, states: Mapping[str, int], people: Mapping[str, str], is_new: bool, may_match: bool
) -> FileShown:
    counts = (
        ("entries", one.entries),
        ("booked", one.booked),
        ("duplicates", one.duplicates),
        ("matched", states.get("matched", 0)),
        ("open", states.get("open", 0)),
    )
    mark = "bad" if one.refused else "warn" if one.warnings else "plain"
    state = "refused" if one.refused else "with-warnings" if one.warnings else "taken"
    odd = [said for said in one.warnings if said["code"] != one.refused]
    warnings = [say_code(said["code"], _facts(said)) for said in odd[:_MOST_WARNINGS]]
    return FileShown(
        name=one.name,
        format=one.format,
        came=figures.say(
            "pages.receipts.files.came",
            at=figures.minute(one.received_at),
            who=people.get(one.received_by, one.received_by),
        ),
        counts=() if one.refused else tuple((f"pages.receipts.files.{name}", figures.number(n)) for name, n in counts),
        mark=mark,
        state=figures.say(f"pages.receipts.files.state.{state}"),
        refused="" if not one.refused else _say_refused(one),
        warnings=tuple(warnings),
        more_warnings=max(len(odd) - _MOST_WARNINGS, 0),
        mapping_href=_mapping_href(one) if may_match else "",
        is_new=is_new,
    )


def _say_refused(one: BankFile) -> str:
    if one.refused == NO_MAPPING:
        return figures.say("pages.receipts.files.needs-columns")
    said = next((said for said in one.warnings if said["code"] == one.refused), {"code": one.refused})
    words = say_code(one.refused, _facts(said))
    return words if "%(" not in words else figures.say("pages.receipts.files.cannot-be-read")


def _facts(said: Mapping[str, Any]) -> dict[str, Any]:
    return {"row": said.get("row", 0), "column": said.get("column", ""), "seen": said.get("seen", "")} | dict(
        said.get("facts", {})
    )


def _mapping_href(one: BankFile) -> str:
    is_sheet = one.format == "csv" and one.refused in MAPPED_AGAIN
    return reverse("desk:receipts-columns", args=[one.sha256]) if is_sheet else ""


def _freshness(company: CompanyId, visitor: Visitor) -> list[Freshness]:
    names = name_accounts(company)
    newest = {one.account: one for one in list_newest_files(company=company)}
    folders = {one.account: one for one in list_folders(company=company)}
    codes = [*names, *sorted((newest.keys() | folders.keys()) - names.keys())]
    return [_fresh(code, names, newest.get(code), folders.get(code), visitor) for code in codes]


def _fresh(
    code: str, names: Mapping[str, str], newest: NewestFile | None, folder: WatchedFolder | None, visitor: Visitor
) -> Freshness:
    return Freshness(
        code=code,
        account=names.get(code, code),
        until=figures.day(newest.booked_until) if newest else "",
        received=figures.minute(newest.received_at) if newest else "",
        is_old=newest is not None and (visitor.today - newest.received_at.date()).days > _OLD_AFTER_DAYS,
        folder=folder.path if folder else "",
        looked=figures.minute(folder.looked_at) if folder and folder.looked_at else "",
    )
