"""A mail server on this machine: as much IMAP as reading a mailbox takes, with a note of every command."""

from __future__ import annotations

import base64
import re
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field


@dataclass
class House:
    """One mailbox: its messages by number, who may enter, and every command that was given."""

    validity: int = 7
    messages: dict[int, bytes] = field(default_factory=dict)
    user: str = "billing@fjordlys.example"
    password: str = "secret"
    token: str = "good-token"
    commands: list[str] = field(default_factory=list)
    breaks_at: int = 0  # the number at which the line is cut

    def put(self, *mails: bytes) -> None:
        """New messages, numbered on."""
        for mail in mails:
            self.messages[max(self.messages, default=0) + 1] = mail


class _Visit(socketserver.StreamRequestHandler):
    house: House

    def handle(self) -> None:
        self.say("* OK ready")
        while line := self.rfile.readline():
            tag, _, command = line.decode().rstrip("\r\n").partition(" ")
            self.house.commands.append(re.sub(r"(LOGIN \S+) .*", r"\1", command))
            word = command.split(" ")[0].upper()
            done = self.uid(command) if word == "UID" else getattr(self, f"do_{word.lower()}")(command)
            if done is None:
                return
            self.say(f"{tag} {done} .")
            if word == "LOGOUT":
                return

    def say(self, text: str) -> None:
        self.wfile.write(f"{text}\r\n".encode())

    def do_capability(self, command: str) -> str:
        self.say("* CAPABILITY IMAP4rev1 AUTH=XOAUTH2")
        return "OK"

    def do_login(self, command: str) -> str:
        _, user, password = (part.strip('"') for part in command.split(" "))
        is_known = (user, password) == (self.house.user, self.house.password)
        return "OK" if is_known else "NO [AUTHENTICATIONFAILED] wrong"

    def do_authenticate(self, command: str) -> str:
        self.say("+")
        said = base64.b64decode(self.rfile.readline()).decode()
        if said == f"user={self.house.user}\x01auth=Bearer {self.house.token}\x01\x01":
            return "OK"
        self.say("+ " + base64.b64encode(b'{"status":"401"}').decode())
        assert self.rfile.readline().strip() == b""
        return "NO AUTHENTICATE failed"

    def do_examine(self, command: str) -> str:
        if command.partition(" ")[2] != '"INBOX"':
            return "NO there is no such folder"
        self.say(f"* {len(self.house.messages)} EXISTS")
        self.say(f"* OK [UIDVALIDITY {self.house.validity}] valid")
        return "OK [READ-ONLY] done"

    def do_logout(self, command: str) -> str:
        self.say("* BYE")
        return "OK"

    def uid(self, command: str) -> str | None:
        numbers = sorted(self.house.messages)
        if search := re.fullmatch(r"UID SEARCH UID (\d+):\*", command):
            found = [uid for uid in numbers if uid >= int(search[1])] or numbers[-1:]  # as RFC 3501 asks
            self.say("* SEARCH " + " ".join(map(str, found)))
            return "OK"
        fetch = re.fullmatch(r"UID FETCH ([\d,]+) \((.+)\)", command)
        assert fetch is not None, command
        for uid in (int(one) for one in fetch[1].split(",")):
            data = self.house.messages[uid]
            if fetch[2] == "UID RFC822.SIZE":
                self.say(f"* {uid} FETCH (UID {uid} RFC822.SIZE {len(data)})")
                continue
            assert fetch[2] == "BODY.PEEK[]"
            if uid == self.house.breaks_at:
                return None
            self.wfile.write(f"* {uid} FETCH (UID {uid} BODY[] {{{len(data)}}}\r\n".encode() + data + b")\r\n")
        return "OK"


@contextmanager
def open_house(house: House) -> Iterator[int]:
    """Serve it on loopback; gives the port."""

    class Visit(_Visit):
        pass

    Visit.house = house

    class Server(socketserver.ThreadingTCPServer):
        allow_reuse_address = True
        daemon_threads = True

    with Server(("127.0.0.1", 0), Visit) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            yield server.server_address[1]
        finally:
            server.shutdown()
            thread.join()
