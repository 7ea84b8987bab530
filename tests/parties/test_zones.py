"""Where a debtor's days begin."""

from __future__ import annotations

from zoneinfo import available_timezones

import pytest

from saldo.parties.zones import _USUAL, zone_of


class TestZones:
    @pytest.mark.parametrize(
        ("country", "own", "expected"),
        [
            ("SE", "", "Europe/Stockholm"),
            ("ES", "Atlantic/Canary", "Atlantic/Canary"),
            ("ES", "", "Europe/Madrid"),
            ("br", "", "America/Sao_Paulo"),
            ("FI", "", "Europe/Helsinki"),
            ("", "", "Europe/Stockholm"),
            ("KZ", "", "Europe/Stockholm"),
        ],
    )
    def test_is_the_debtors_own_or_the_usual_one_of_its_country(self, country: str, own: str, expected: str) -> None:
        assert zone_of(country=country, own=own, house="Europe/Stockholm") == expected

    def test_the_house_keeps_its_own_zone_in_its_own_country(self) -> None:
        assert zone_of(country="US", own="", house="America/Denver") == "America/Denver"

    def test_every_usual_zone_exists(self) -> None:
        assert set(_USUAL.values()) <= available_timezones()
