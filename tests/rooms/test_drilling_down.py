"""From a bill down to the rows: one as it was delivered, and the days behind a meter."""

from __future__ import annotations

import pytest

from saldo.charges.drill_down import UnableToFindRow, get_original_row, list_daily_rows
from saldo.core.identity import CustomerId, FileId
from saldo.core.periods import Month
from tests.microsoft_files import AZURE, HAVSBRIS, METER, header, legacy_day, legacy_usage, licence, write_csv
from tests.rooms.importing import Postman


class TestOriginalRow:
    def test_a_portal_file_with_two_tables_shows_the_billed_row(self, postman: Postman) -> None:
        billing = write_csv(postman.folder / "b.part", [legacy_usage()]).read_text("utf-8-sig")
        daily = write_csv(postman.folder / "d.part", [legacy_day()]).read_text("utf-8-sig")
        both = postman.folder / "usage.csv"
        both.write_text(f"{billing}\n{daily}", encoding="utf-8")
        result, _ = postman.bring_paths(both)
        row = get_original_row(company=postman.company, file=FileId(result.sha256), row=1)
        assert row["PretaxCharges"] == "80"

    def test_an_invoice_header_is_shown_under_its_own_names(self, postman: Postman) -> None:
        result = postman.bring_header(header(), header(number="G000000002", total="1.50"))
        row = get_original_row(company=postman.company, file=FileId(result.sha256), row=2)
        assert (row["id"], row["totalCharges"], row["amendsOf"]) == ("G000000002", "1.5", "")

    @pytest.mark.parametrize("row", [0, 2])
    def test_a_row_that_is_not_there_is_refused(self, postman: Postman, row: int) -> None:
        result = postman.bring(licence())
        with pytest.raises(UnableToFindRow, match="unknown"):
            get_original_row(company=postman.company, file=FileId(result.sha256), row=row)


class TestDays:
    def test_days_that_name_their_customer_by_name_only_are_found_under_the_customer(self, postman: Postman) -> None:
        postman.bring(licence())
        postman.bring(legacy_usage(CustomerId="", CustomerCompanyName="Havsbris Hotell AB"))
        postman.bring(legacy_day(CustomerId="", on="2/6/2026"), legacy_day(CustomerId="", on="2/7/2026"))
        rows = list_daily_rows(
            company=postman.company,
            customer=CustomerId(HAVSBRIS),
            month=Month(2026, 2),
            subscription=AZURE,
            product_id=METER,
            sku_id="7UD-00001",
            availability_id="EU NORTH/1",
        )
        assert [(row.used_on.day, str(row.quantity.normalize()), row.amount) for row in rows] == [
            (6, "2E+1", None),
            (7, "2E+1", None),
        ]
