"""Money that came in: bank files, their entries once each, and what settled what."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models

MONEY: dict[str, Any] = {"max_digits": 28, "decimal_places": 3}


class BankFile(models.Model):
    """One file from a bank, by content; ``warnings`` say where it is odd or does not add up.

    ``refused`` is the code why nothing of it was taken, empty when it was; a refused one may be brought again.
    """

    company = models.ForeignKey("parties.Company", on_delete=models.PROTECT, related_name="+")
    sha256 = models.CharField(max_length=64)
    name = models.TextField()
    format = models.TextField()
    entries = models.IntegerField()
    booked = models.IntegerField()
    duplicates = models.IntegerField()
    warnings = models.JSONField(default=list)  # [{"code", "row", "column", "seen", "facts"}]
    refused = models.TextField(blank=True)
    received_at = models.DateTimeField()
    received_by = models.TextField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["company", "sha256"], name="one_bank_file_a_content")]

    def __str__(self) -> str:
        return self.name


class BankEntry(models.Model):
    """One movement on one account, once, however many files tell of it.

    ``state``: pending (in its return period), open (nothing or not all of it is matched), matched, returned, set-aside
    (not a customer's money, with a reason). ``value`` is signed: money in is positive.
    """

    company = models.ForeignKey("parties.Company", on_delete=models.PROTECT, related_name="+")
    key = models.TextField()  # stable and public: "receipt:…"
    fingerprint = models.CharField(max_length=64)  # account, day, value, bank's reference or all texts, and its count
    movement = models.CharField(max_length=64, blank=True)  # the bank's own booking, which parts of a batch share
    file = models.ForeignKey(BankFile, on_delete=models.PROTECT, related_name="+")
    place = models.TextField()  # where in the file
    account = models.TextField()  # code of our bank account
    booked_on = models.DateField()
    value_on = models.DateField()
    currency = models.CharField(max_length=3)
    value = models.DecimalField(**MONEY)
    fee = models.DecimalField(**MONEY, default=0)  # what the bank kept, where the file says so
    original_currency = models.CharField(max_length=3, blank=True)
    original_value = models.DecimalField(**MONEY, null=True)
    payer = models.TextField(blank=True)
    payer_account = models.TextField(blank=True)
    references = models.JSONField(default=list)  # structured ones: OCR, RF, end-to-end id
    text = models.TextField(blank=True)
    bank_reference = models.TextField(blank=True)
    kind = models.TextField(default="payment")  # payment, return, fee, interest, transfer, card-settlement
    state = models.TextField(default="open")
    because = models.TextField(blank=True)
    settles_on = models.DateField(null=True)  # when a pending one becomes cleared

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["company", "fingerprint"], name="one_bank_entry_a_fingerprint"),
            models.UniqueConstraint(fields=["company", "key"], name="one_bank_entry_a_key"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["company", "state", "booked_on"], name="bank_entry_by_state"),
            models.Index(fields=["company", "movement"], name="bank_entry_by_movement"),
            models.Index(fields=["company", "account", "booked_on"], name="bank_entry_by_account"),
        ]

    def __str__(self) -> str:
        return f"{self.booked_on} {self.value} {self.payer}"


class Match(models.Model):
    """One entry settles items: certain ones book themselves, the rest a person confirmed; undone by a mirror."""

    company = models.ForeignKey("parties.Company", on_delete=models.PROTECT, related_name="+")
    key = models.TextField()  # also of its posting
    entry = models.ForeignKey(BankEntry, on_delete=models.PROTECT, related_name="+")
    debtor = models.TextField()
    used = models.DecimalField(**MONEY)  # of the entry's money, in its currency
    currency = models.CharField(max_length=3)  # of the items
    shares = models.JSONField()  # [{"item", "value"}]
    differences = models.JSONField(default=list)  # [{"kind": one of rules.proposals.DIFFERENCES, "value", "debtor"}]
    because = models.JSONField(default=list)  # [{"code", "facts"}]
    allocations = models.IntegerField(default=0)  # how many, named by the match's key and their number
    is_automatic = models.BooleanField()
    made_at = models.DateTimeField()
    made_by = models.TextField()
    undone_at = models.DateTimeField(null=True)
    undone_by = models.TextField(blank=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["company", "key"], name="one_match_a_key")]

    def __str__(self) -> str:
        return f"{self.entry_id} {self.debtor}"


class PartReturn(models.Model):
    """A part of a receipt that the bank took back with another entry; ``free`` of it had settled nothing."""

    company = models.ForeignKey("parties.Company", on_delete=models.PROTECT, related_name="+")
    receipt = models.ForeignKey(BankEntry, on_delete=models.PROTECT, related_name="+")
    entry = models.ForeignKey(BankEntry, on_delete=models.PROTECT, related_name="+")
    value = models.DecimalField(**MONEY)  # positive, in the currency of both
    free = models.DecimalField(**MONEY)
    parts = models.JSONField(default=list)  # [{"match", "value", "reopened": [{"item", "value"}]}]
    made_at = models.DateTimeField()
    made_by = models.TextField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["company", "entry"], name="one_part_return_an_entry")]

    def __str__(self) -> str:
        return f"{self.value} of {self.receipt_id}"


class Proposed(models.Model):
    """What an entry that did not match itself may settle, as the last look found it; a person takes one or none."""

    company = models.ForeignKey("parties.Company", on_delete=models.PROTECT, related_name="+")
    entry = models.ForeignKey(BankEntry, on_delete=models.PROTECT, related_name="+")
    proposals = models.JSONField()  # surest first, as `rules.proposals.Proposal`, figures as texts
    made_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["company", "entry"], name="one_proposed_an_entry")]

    def __str__(self) -> str:
        return f"{len(self.proposals)} for {self.entry_id}"


class FeeAllowance(models.Model):
    """How much a payment with a sure reference may be short, so that the rest is the bank's fee; one row a currency."""

    company = models.ForeignKey("parties.Company", on_delete=models.PROTECT, related_name="+")
    currency = models.CharField(max_length=3)
    value = models.DecimalField(**MONEY)
    set_at = models.DateTimeField()
    set_by = models.TextField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["company", "currency"], name="one_fee_allowance_a_currency")
        ]

    def __str__(self) -> str:
        return f"{self.value} {self.currency}"


class Refund(models.Model):
    """Money to be sent back to a debtor out of a credit on its account; two people and a waiting day (practice 18).

    ``state``: proposed, approved (from ``payable_from`` on it may be paid), paid, withdrawn.
    """

    company = models.ForeignKey("parties.Company", on_delete=models.PROTECT, related_name="+")
    key = models.TextField()  # stable and public: "refund:…"
    item = models.TextField()  # key of the credit item it is taken from
    debtor = models.TextField()
    currency = models.CharField(max_length=3)
    value = models.DecimalField(**MONEY)
    payee = models.TextField()
    payee_account = models.TextField()
    reason = models.TextField()
    state = models.TextField(default="proposed")
    proposed_at = models.DateTimeField()
    proposed_by = models.TextField()
    approved_at = models.DateTimeField(null=True)
    approved_by = models.TextField(blank=True)
    payable_from = models.DateField(null=True)
    entry = models.TextField(blank=True)  # key of the bank entry with which it left
    order = models.TextField(blank=True)  # number of the payment order it stands in

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["company", "key"], name="one_refund_a_key")]

    def __str__(self) -> str:
        return f"{self.key} {self.value} {self.currency}"


class RefundOrder(models.Model):
    """A payment file of approved refunds: one of our accounts, one day, one currency.

    ``state``: ordered, captured (rehearsal, never handed over), handed-over, cancelled.
    """

    company = models.ForeignKey("parties.Company", on_delete=models.PROTECT, related_name="+")
    number = models.TextField()  # "R2026-0001"
    account = models.TextField()  # code of our bank account
    pay_on = models.DateField()
    currency = models.CharField(max_length=3)
    state = models.TextField(default="ordered")
    file = models.TextField(blank=True)  # sha256 in the document store
    refunds = models.JSONField(default=list)  # [{"refund", "value"}] as they stood when ordered
    ordered_at = models.DateTimeField()
    ordered_by = models.TextField()
    handed_over_at = models.DateTimeField(null=True)
    handed_over_by = models.TextField(blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["company", "number"], name="one_refund_order_a_number")
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.state}"


class LearnedPayer(models.Model):
    """Who a payer's name or account turned out to be, by the matches of people; never alone enough to book."""

    company = models.ForeignKey("parties.Company", on_delete=models.PROTECT, related_name="+")
    kind = models.TextField()  # account, name
    said = models.TextField()  # normalised
    debtor = models.TextField()
    times = models.IntegerField(default=1)
    last_on = models.DateField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["company", "kind", "said", "debtor"], name="one_learned_payer_of_a_kind")
        ]

    def __str__(self) -> str:
        return f"{self.said} is {self.debtor}"


class CsvMapping(models.Model):
    """What the columns of one bank's CSV files mean, as a person mapped them."""

    company = models.ForeignKey("parties.Company", on_delete=models.PROTECT, related_name="+")
    name = models.TextField()
    head = models.JSONField()  # the column names by which a file is recognised
    columns = models.JSONField()  # field → column
    habits = models.JSONField()  # delimiter, decimal point, date form, encoding, account
    made_at = models.DateTimeField()
    made_by = models.TextField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["company", "name"], name="one_mapping_a_name")]

    def __str__(self) -> str:
        return self.name


class WatchedFolder(models.Model):
    """Where the files of one account arrive."""

    company = models.ForeignKey("parties.Company", on_delete=models.PROTECT, related_name="+")
    account = models.TextField()
    path = models.TextField()
    looked_at = models.DateTimeField(null=True)
    newest_at = models.DateTimeField(null=True)  # of the newest file taken

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["company", "account"], name="one_folder_an_account")]

    def __str__(self) -> str:
        return self.path
