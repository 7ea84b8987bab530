"""What is written down of debtors and of ourselves, and what is refused with its field and its reason."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from saldo.audit import queries as audit
from saldo.core.identity import CompanyId, CustomerId
from saldo.parties import actions, debtors
from saldo.parties.billing_actions import (
    UnableToEdit,
    add_debtor,
    assign_tenant,
    edit_debtor,
    ensure_debtors,
    set_particulars,
)
from saldo.parties.rules.debtor_fields import find_ring, read_debtor
from saldo.parties.rules.registrations import (
    check_bankgiro,
    check_participant,
    check_registration,
    check_vat_id,
)
from tests.conftest import NOW


@pytest.fixture
def house(company: CompanyId) -> CompanyId:
    seen = [
        actions.CustomerSeen(key=CustomerId(key), name=name, country="SE")
        for key, name in (("a", "Ankaret AB"), ("b", "Bryggan AB"), ("c", "Cykeln AB"))
    ]
    actions.note_customers(company=company, seen=seen, at=NOW)
    ensure_debtors(company=company, at=NOW, by="test")
    return company


def change(company, number="10001", **changes):
    return edit_debtor(company=company, number=number, changes=changes, by="user:1", at=NOW)


class TestNumbers:
    @pytest.mark.parametrize(
        ("country", "said", "kept"),
        [
            ("SE", "SE 5567321707 01", "SE556732170701"),
            ("SE", "556732170701", "SE556732170701"),
            ("DE", "de 136 695 976", "DE136695976"),
            ("GR", "094259216", "EL094259216"),
            ("GR", "GR 094259216", "EL094259216"),
            ("MX", "BEL 010101 AC9", "BEL010101AC9"),
            ("US", "DE136695976", "DE136695976"),
            ("GB", "GB 980 7806 84", "980780684"),
            ("NO", "NO 995 525 828 MVA", "995525828MVA"),
            ("BR", "16.727.230/0001-97", "16727230000197"),
            ("BR", "390.533.447-05", "39053344705"),
            ("US", "whatever", "WHATEVER"),
            ("SE", "  ", ""),
        ],
    )
    def test_a_good_vat_id_is_kept_as_its_state_writes_it(self, country, said, kept) -> None:
        assert check_vat_id(country=country, said=said) == (kept, None)

    @pytest.mark.parametrize(
        ("country", "said", "why"),
        [
            ("SE", "SE556732170801", "bad-checksum"),
            ("SE", "SE5567321707", "bad-format"),
            ("DE", "DE136695977", "bad-checksum"),
            ("BR", "16.727.230/0001-98", "bad-checksum"),
            ("CN", "123", "bad-length"),
            ("SE", "SE" + "9" * 5000, "bad-length"),
        ],
    )
    def test_a_wrong_vat_id_says_why(self, country, said, why) -> None:
        assert check_vat_id(country=country, said=said)[1] == f"parties.number.{why}"

    @pytest.mark.parametrize(
        ("country", "said", "answer"),
        [
            ("SE", "556732-1707", ("5567321707", None)),
            ("SE", "556732-1708", ("556732-1708", "parties.number.bad-checksum")),
            ("NO", "988 077 917", ("988077917", None)),
            ("DE", "HRB 12345 Köln", ("HRB 12345 Köln", None)),
        ],
    )
    def test_an_organisation_number_is_held_against_its_register(self, country, said, answer) -> None:
        assert check_registration(country=country, said=said) == answer

    @pytest.mark.parametrize(
        ("said", "why"),
        [("0007:5567321707", None), ("0007:5567321708", "bad-checksum"), ("7:5", "bad-format"), ("9930:DE1", None)],
    )
    def test_an_electronic_address_names_its_scheme(self, said, why) -> None:
        assert check_participant(said)[1] == (f"parties.number.{why}" if why else None)

    @pytest.mark.parametrize(
        ("said", "why"),
        [
            ("991-2346", None),
            ("991-2347", "bad-checksum"),
            ("12", "bad-length"),
            ("99１2346", "bad-format"),
            ("", None),
        ],
    )
    def test_a_bankgiro_has_a_check_digit(self, said, why) -> None:
        assert check_bankgiro(said)[1] == (f"parties.number.{why}" if why else None)

    @given(country=st.sampled_from(["SE", "DE", "US", "BR", "GR", "", "??"]), said=st.text(max_size=60))
    def test_no_text_at_all_makes_a_check_fall_over(self, country, said) -> None:
        for number, fault in (
            check_vat_id(country=country, said=said),
            check_registration(country=country, said=said),
            check_participant(said),
            check_bankgiro(said),
        ):
            assert isinstance(number, str)
            assert fault is None or fault.startswith("parties.number.")


class TestEditing:
    def test_changes_what_is_said_and_leaves_the_rest(self, house) -> None:
        people = [("Ekonomi", "ekonomi@ankaret.example"), ("", "vd@ankaret.example")]
        changed = change(house, vat_id="SE556732170701", emails=people, language="sv", city="Åre")
        assert changed == ("city", "emails", "language", "vat_id")
        after = debtors.get_debtor(company=house, number="10001")
        assert (after.name, after.vat_id, after.city) == ("Ankaret AB", "SE556732170701", "Åre")
        assert after.emails == tuple(people)
        assert change(house, city="Åre") == ()

    @pytest.mark.parametrize(
        ("changes", "field", "code"),
        [
            ({"vat_id": "SE556732170801"}, "vat_id", "parties.number.bad-checksum"),
            ({"country": "XX"}, "country", "parties.field.bad-country"),
            ({"language": "klingon"}, "language", "parties.field.bad-language"),
            ({"emails": [("", "ekonomi@")]}, "emails", "parties.field.bad-address"),
            ({"name": "  "}, "name", "parties.field.empty"),
            ({"street": "a\nb"}, "street", "parties.field.bad-text"),
            ({"credit_limit": "7"}, "credit_limit", "parties.field.unknown"),
        ],
    )
    def test_a_refusal_names_the_field_and_why_and_changes_nothing(self, house, changes, field, code) -> None:
        with pytest.raises(UnableToEdit) as refused:
            change(house, city="Lund", **changes)
        assert (refused.value.code, refused.value.facts["field"]) == (code, field)
        assert debtors.get_debtor(company=house, number="10001").city == ""

    def test_a_preview_names_every_fault_at_once(self) -> None:
        read = read_debtor(said={"name": "", "vat_id": "SE1", "country": "??"})
        assert {fault.field for fault in read.faults} == {"name", "vat_id", "country"}

    def test_a_debtor_taken_over_keeps_its_number(self, house) -> None:
        said = {"name": "Dammen AS", "country": "no", "registration": "988 077 917"}
        assert add_debtor(company=house, number="K-77", fields=said, by="user:1", at=NOW) == "K-77"
        assert add_debtor(company=house, fields={"name": "Eken AB"}, by="user:1", at=NOW) == "10004"
        assert debtors.get_debtor(company=house, number="K-77").registration == "988077917"
        with pytest.raises(UnableToEdit, match=r"parties\.debtor\.exists"):
            add_debtor(company=house, number="K-77", fields=said, by="user:1", at=NOW)

    def test_a_tenant_is_charged_to_another_debtor(self, house) -> None:
        assign_tenant(company=house, customer=CustomerId("b"), debtor="10001", by="user:1", at=NOW)
        assert [tenant.key for tenant in debtors.list_tenants(company=house, debtor="10001")] == ["a", "b"]
        assert debtors.list_tenants(company=house, debtor="10002") == ()

    def test_the_log_keeps_names_of_fields_and_no_contents(self, house) -> None:
        change(house, name="Ankaret Hotell AB", emails=[("Eva", "eva@ankaret.example")])
        entry = next(e for e in audit.list_entries(company=house) if e.code == "parties.debtor.edited")
        assert (entry.subject, entry.facts) == ("debtor:10001", {"fields": ["emails", "name"]})


class TestParents:
    def test_a_parent_pays(self, house) -> None:
        change(house, number="10002", parent="10001")
        assert debtors.get_debtor(company=house, number="10002").parent == "10001"
        assert [child.number for child in debtors.list_children(company=house, debtor="10001")] == ["10002"]
        change(house, number="10002", parent=None)
        assert debtors.get_debtor(company=house, number="10002").parent is None

    def test_a_ring_is_refused_with_its_members(self, house) -> None:
        change(house, number="10002", parent="10001")
        change(house, number="10003", parent="10002")
        with pytest.raises(UnableToEdit) as refused:
            change(house, number="10001", parent="10003")
        assert refused.value.facts["debtors"] == ["10001", "10003", "10002", "10001"]
        with pytest.raises(UnableToEdit, match=r"parties\.debtor\.ring"):
            change(house, number="10001", parent="10001")

    @given(wishes=st.lists(st.tuples(st.integers(0, 7), st.integers(0, 7)), max_size=40))
    def test_no_order_of_wishes_ever_closes_a_ring(self, wishes) -> None:
        parents: dict[str, str] = {}
        for child, parent in wishes:
            if not find_ring(parents=parents, debtor=str(child), parent=str(parent)):
                parents[str(child)] = str(parent)
        for start in parents:
            seen, at = set(), start
            while at in parents:
                assert at not in seen
                seen.add(at)
                at = parents[at]


class TestParticulars:
    def test_our_own_vat_id_is_checked_by_our_country(self, company) -> None:
        changes = {"vat_id": "556732170701", "email": "faktura@fjordlys.example", "language": "sv"}
        assert set(set_particulars(company=company, changes=changes, by="user:1", at=NOW)) == set(changes)
        assert debtors.get_particulars(company=company).vat_id == "SE556732170701"
        with pytest.raises(UnableToEdit, match=r"parties\.number\.bad-checksum"):
            set_particulars(company=company, changes={"vat_id": "SE556732170801"}, by="user:1", at=NOW)


class TestTexts:
    @pytest.mark.parametrize("number", ["1\x000", "1\n0", "9" * 301])
    def test_a_number_that_no_paper_takes_is_refused(self, company, number) -> None:
        with pytest.raises(UnableToEdit) as refusal:
            add_debtor(company=company, fields={"name": "Ann"}, number=number, by="user:1", at=NOW)
        assert (refusal.value.code, refusal.value.facts["field"]) == ("parties.field.bad-text", "number")

    def test_a_contact_whose_name_no_database_takes_is_refused(self, house) -> None:
        with pytest.raises(UnableToEdit) as refusal:
            change(house, emails=[("Ann\x00", "ann@b.example")])
        assert refusal.value.code == "parties.field.bad-text"
