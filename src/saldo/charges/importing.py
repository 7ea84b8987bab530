"""What an import does before its transaction: room in the line store, files written there, leftovers removed.

Imports run beside each other, never beside the sweeper; a file that no catalogue knows yet must not be swept away.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from shutil import rmtree
from tempfile import mkdtemp

from django.db import connection

from saldo.charges import models
from saldo.charges.formats.shape import Delivery
from saldo.charges.store.preparing import Prepared, prepare
from saldo.charges.store.sweeping import SCRATCH, sweep
from saldo.core.identity import CompanyId

_STORE_LOCK = 0x5A1D05


def sweep_store(*, company: CompanyId, store: Path) -> int:
    """Remove what interrupted imports left; returns how many files went, 0 too when an import is under way."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [_STORE_LOCK])
        if not cursor.fetchone()[0]:
            return 0
        try:
            parts = models.Part.objects.filter(company_id=company).exclude(stored="")
            return sweep(store=store, company=company, stored=frozenset(parts.values_list("stored", flat=True)))
        finally:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [_STORE_LOCK])


@contextmanager
def importing() -> Iterator[None]:
    """Keep the sweeper out while files are written that the catalogue does not know yet; ends with the process."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock_shared(%s)", [_STORE_LOCK])
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock_shared(%s)", [_STORE_LOCK])


@contextmanager
def scratch_folder(*, store: Path) -> Iterator[Path]:
    """A folder beside the store for what is unpacked and summed; gone at the end, or with the next sweep."""
    (store / SCRATCH).mkdir(parents=True, exist_ok=True)
    folder = Path(mkdtemp(dir=store / SCRATCH))
    try:
        yield folder
    finally:
        rmtree(folder, ignore_errors=True)


def prepare_delivery(
    *, company: CompanyId, delivery: Delivery, store: Path, scratch: Path, tell: Callable[[int], None]
) -> Prepared:
    """Write all parts of a delivery into the line store, sum and check them; nothing of it counts yet.

    Refuses (UnableToReadFile): as `charges.store.preparing.prepare`.
    """
    return prepare(delivery, store=store / str(company), scratch=scratch, tell=tell)
