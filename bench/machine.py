"""What a measurement and what everything else on the machine took of its processors, where the system tells (Linux)."""

from __future__ import annotations

import os
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

_TICKS = os.sysconf("SC_CLK_TCK")
_IDLE = (3, 4)  # the columns of /proc/stat that are no work: idle, waiting for a disk


@dataclass(frozen=True, slots=True, kw_only=True)
class Spent:
    """Seconds of processor time in a stretch of time; None where the system does not tell."""

    wall: float
    ours: float | None
    others: float | None

    @property
    def share_of_others(self) -> int | None:
        """Per cent of all processors that others held."""
        return None if self.others is None else round(100 * self.others / (self.wall * (os.cpu_count() or 1)))


class Watch:
    """Counts from where it is made; ``programs`` are the processes that belong to the measurement, with all below."""

    def __init__(self, programs: Iterable[int]) -> None:
        self.programs = tuple(programs)
        self.began, self.busy, self.own = time.perf_counter(), _busy(), self._ours()

    def read(self) -> Spent:
        """What was spent since; processes that ended meanwhile are not seen, so let none end."""
        wall, busy, own = time.perf_counter() - self.began, _busy(), self._ours()
        if busy is None or own is None or self.busy is None or self.own is None:
            return Spent(wall=wall, ours=None, others=None)
        ours = own - self.own
        return Spent(wall=wall, ours=ours, others=max(0.0, busy - self.busy - ours))

    def _ours(self) -> float | None:
        try:
            return sum(_of(pid) for pid in {one for program in self.programs for one in _with_all_below(program)})
        except FileNotFoundError:
            return None


def _busy() -> float | None:
    try:
        ticks = [int(tick) for tick in Path("/proc/stat").read_text().splitlines()[0].split()[1:9]]
    except FileNotFoundError:
        return None
    return sum(tick for column, tick in enumerate(ticks) if column not in _IDLE) / _TICKS


def _of(pid: int) -> float:
    after_name = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(after_name[11]) + int(after_name[12])) / _TICKS


def _with_all_below(pid: int) -> list[int]:
    below = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [pid, *(one for child in below for one in _with_all_below(int(child)))]
