"""The document store gives back what was kept, or says that it cannot."""

from __future__ import annotations

import hashlib

import pytest

from saldo.outbox import documents


@pytest.fixture(autouse=True)
def _own_store(settings, tmp_path) -> None:
    settings.DOCUMENT_STORE = tmp_path / "documents"


class TestDocuments:
    def test_bytes_are_found_again_by_their_sha256(self) -> None:
        kept = documents.keep(b"%PDF-1.7 ...")
        assert kept == hashlib.sha256(b"%PDF-1.7 ...").hexdigest()
        assert documents.read(kept) == b"%PDF-1.7 ..."

    def test_the_same_bytes_are_kept_once(self, tmp_path) -> None:
        assert documents.keep(b"same") == documents.keep(b"same")
        assert len([path for path in (tmp_path / "documents").rglob("*") if path.is_file()]) == 1

    def test_what_was_changed_behind_our_back_is_refused(self, tmp_path) -> None:
        kept = documents.keep(b"invoice")
        (tmp_path / "documents" / kept[:2] / kept).write_bytes(b"forged")
        with pytest.raises(documents.UnableToRead, match=r"outbox\.document\.changed"):
            documents.read(kept)

    @pytest.mark.parametrize("name", ["0" * 64, "../../etc/passwd", ""])
    def test_what_was_never_kept_is_unknown(self, name: str) -> None:
        with pytest.raises(documents.UnableToRead, match=r"outbox\.document\.unknown"):
            documents.read(name)
