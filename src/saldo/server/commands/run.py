"""``saldo run``: the desk and its background worker, on this machine, until Ctrl C."""

from __future__ import annotations

import argparse
import contextlib
import os
import signal
import socket
import subprocess
import sys
import time

from saldo.cli.output import Output
from saldo.server.installation import Installation, find_installation, home_folder, start_database

HOST = "127.0.0.1"
_ENDS_AFTER_SECONDS = 10


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Where to serve, and whether to begin with a demo partner."""
    parser.add_argument("--port", type=_port, default=8000, metavar="PORT", help="8000 unless you say another")
    parser.add_argument("--demo", action="store_true", help="on an empty installation, begin with a demo partner")


def run(args: argparse.Namespace, out: Output) -> int:
    """Make or open the installation, start web server and worker, stay until one of them ends."""
    if not _is_free(args.port):
        return out.fail(
            "server.port-taken",
            f"Port {args.port} is in use on this machine. Choose another: saldo run --port {args.port + 1}",
            {"port": args.port},
        )
    _open(args, out)
    for ending in (signal.SIGTERM, signal.SIGHUP):  # whoever stops us stops what we started
        signal.signal(ending, signal.default_int_handler)
    processes: list[subprocess.Popen[bytes]] = []
    try:
        processes += _start(args.port)
        _wait_until_served(args.port, processes)
        if all(process.poll() is None for process in processes):
            _greet(args, out)
        while all(process.poll() is None for process in processes):
            time.sleep(0.5)
    except KeyboardInterrupt:
        out.note("Stopping.")
        return 0
    finally:
        _end(processes)
    out.note("The desk stopped by itself; what it said last stands above.")
    return 1


def _open(args: argparse.Namespace, out: Output) -> Installation:
    home = home_folder()
    from saldo.server.setup import make_installation, start_django

    installation = find_installation(home)
    if installation is None:
        out.say(f"Making an installation in {home} …")
        installation = make_installation(home)
    else:
        start_database(installation)
        start_django(home)
    from saldo.server.setup import migrate

    migrate()
    if args.demo:
        from saldo.server.demo_partner import ensure_demo_partner

        ensure_demo_partner(installation, out)
    return installation


def _start(port: int) -> list[subprocess.Popen[bytes]]:
    """The web server and the worker, each a process of its own; DuckDB connects after the fork.

    Each in a group of its own: Ctrl C reaches this program alone, which ends them in order and misses none.
    """
    python = sys.executable
    environment = {**os.environ, "PYTHONUNBUFFERED": "1"}
    web = [python, "-m", "gunicorn", "saldo.server.wsgi", "--config", "python:saldo.server.gunicorn"]
    worker = [python, "-m", "saldo.server.worker"]
    return [
        subprocess.Popen([*web, "--bind", f"{HOST}:{port}"], env=environment, start_new_session=True),
        subprocess.Popen(worker, env=environment, start_new_session=True),
    ]


def _wait_until_served(port: int, processes: list[subprocess.Popen[bytes]]) -> None:
    while _is_free(port) and all(process.poll() is None for process in processes):
        time.sleep(0.1)


def _greet(args: argparse.Namespace, out: Output) -> None:
    address = f"http://{HOST}:{args.port}"
    from saldo.server.demo_partner import find_demo_files, find_demo_sign_ins

    sign_ins, to_try, steps = find_demo_sign_ins(home_folder()), find_demo_files(home_folder()), first_steps()
    out.document({"address": address, "sign_ins": sign_ins, "first_steps": steps})
    out.say(f"\nSaldo is ready: {address}")
    if sign_ins:
        out.say("\nDemo sign-ins (all with the same password):")
        for sign_in in sign_ins:
            out.say(f"  {sign_in['role']:<24} {sign_in['email']:<32} {sign_in['password']}")
    if steps:
        out.say("\nNobody can sign in yet. In another terminal, with your own words:")
        for step in steps:
            out.say(f"  {step}")
    if to_try is not None:
        out.say(f"\nTwo files to try the import with lie in {to_try}")
    out.say("\nCtrl C stops it.")


def first_steps() -> list[str]:
    """The commands that are missing before anybody can sign in; none once somebody can."""
    from saldo.parties.queries import has_people, list_companies

    steps = []
    if not list_companies():
        steps.append('saldo init --company "Your Company" --country SE --currency SEK')
    if not has_people():
        steps.append("saldo person add --email you@your-company.example --role global-admin")
    return steps


def _end(processes: list[subprocess.Popen[bytes]]) -> None:
    for process in processes:
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
    for process in processes:
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(_ENDS_AFTER_SECONDS)
        with contextlib.suppress(ProcessLookupError):  # what did not end, and what it left behind
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _port(said: str) -> int:
    if said.isascii() and said.isdigit() and 0 < int(said) < 2**16:
        return int(said)
    raise argparse.ArgumentTypeError(f"{said} is not a port between 1 and 65535")


def _is_free(port: int) -> bool:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.settimeout(1)
        return probe.connect_ex((HOST, port)) != 0
