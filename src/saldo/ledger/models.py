"""The books: postings that balance, open items and what settled them. Written once; corrected by mirror.

The app may insert postings, entries, allocations and seals, never change or remove them (privilege and trigger);
that entries balance per posting and currency is a constraint of the database. That a row's company exists is held by
row-level security, which lets none be written but of the company in force; a foreign key would look it up row by row.
"""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models

MONEY: dict[str, Any] = {"max_digits": 28, "decimal_places": 3}


class Posting(models.Model):
    """One event of business in the books."""

    company = models.ForeignKey(
        "parties.Company", on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    key = models.TextField()  # stable and public: "invoice:2026-00017"; the same key twice is one posting
    on = models.DateField()
    code = models.TextField()  # "invoicing.issued"
    document = models.TextField(blank=True)
    reversal_of = models.TextField(blank=True)  # key of the posting that this one mirrors
    posted_at = models.DateTimeField()
    posted_by = models.TextField()
    digest = models.CharField(max_length=64)  # sha256 of its canonical text, entries included

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["company", "key"], name="one_posting_a_key"),
            models.UniqueConstraint(
                fields=["company", "reversal_of"], name="one_reversal_a_posting", condition=~models.Q(reversal_of="")
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["company", "on"], name="posting_by_day")]

    def __str__(self) -> str:
        return f"{self.on} {self.key}"


class Entry(models.Model):
    """One leg: debit is positive, credit negative."""

    company = models.ForeignKey(
        "parties.Company", on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    posting = models.ForeignKey(
        Posting, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    account = models.TextField()  # a code of `ledger.rules.accounts`
    party = models.TextField(blank=True)  # debtor number, or "microsoft"
    on = models.DateField()
    currency = models.CharField(max_length=3)
    value = models.DecimalField(**MONEY)

    class Meta:
        indexes: ClassVar = [
            # with the company in front, as row-level security asks for it beside every posting
            models.Index(fields=["company", "posting"], name="entry_by_posting"),
            models.Index(fields=["company", "account", "party", "on"], name="entry_by_account"),
        ]

    def __str__(self) -> str:
        return f"{self.account} {self.value} {self.currency}"


class Item(models.Model):
    """Something open: an invoice, a credit, a receipt, Microsoft's document. ``original`` is signed as on its account.

    Only ``open`` and ``settled_on`` move, and only with an allocation beside them; their sum is held by a test.
    """

    company = models.ForeignKey(
        "parties.Company", on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    key = models.TextField()  # stable and public: "invoice:2026-00017", "receipt:…"
    account = models.TextField()  # "receivable", "microsoft"
    party = models.TextField()
    kind = models.TextField()  # invoice, credit-note, receipt, opening, fee, refund
    document = models.TextField(blank=True)
    reference = models.TextField(blank=True)  # what the payer quotes
    issued_on = models.DateField()
    due_on = models.DateField()
    currency = models.CharField(max_length=3)
    original = models.DecimalField(**MONEY)
    open = models.DecimalField(**MONEY)
    settled_on = models.DateField(null=True)  # the day on which nothing was left; None while something is
    posting = models.TextField()  # key of the posting that made it

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["company", "key"], name="one_item_a_key")]
        indexes: ClassVar = [
            models.Index(fields=["company", "account", "party"], name="item_by_party"),
            models.Index(
                fields=["company", "account", "due_on"], name="item_open", condition=models.Q(settled_on__isnull=True)
            ),
            models.Index(fields=["company", "account", "settled_on"], name="item_by_settlement"),
            models.Index(fields=["company", "reference"], name="item_by_reference"),
        ]

    def __str__(self) -> str:
        return f"{self.key} {self.open} {self.currency}"


class Allocation(models.Model):
    """A credit item settles part of a debit item; ``value`` is positive, a mirror of it negative."""

    company = models.ForeignKey(
        "parties.Company", on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    key = models.TextField()
    on = models.DateField()
    debit = models.TextField()  # item keys
    credit = models.TextField()
    currency = models.CharField(max_length=3)
    value = models.DecimalField(**MONEY)
    reversal_of = models.TextField(blank=True)
    made_at = models.DateTimeField()
    made_by = models.TextField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["company", "key"], name="one_allocation_a_key"),
            models.UniqueConstraint(
                fields=["company", "reversal_of"], name="one_undoing_a_key", condition=~models.Q(reversal_of="")
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["company", "debit"], name="allocation_by_debit"),
            models.Index(fields=["company", "credit"], name="allocation_by_credit"),
            models.Index(fields=["company", "on"], name="allocation_by_day"),
        ]

    def __str__(self) -> str:
        return f"{self.credit} settles {self.value} of {self.debit}"


class DaySeal(models.Model):
    """One day's postings (by when they were posted) under one hash, together with the seal before."""

    company = models.ForeignKey("parties.Company", on_delete=models.PROTECT, related_name="+")
    day = models.DateField()
    postings = models.IntegerField()
    last_posting = models.BigIntegerField()
    sums = models.JSONField()  # currency → sum of debits, as text
    digest = models.CharField(max_length=64)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["company", "day"], name="one_ledger_seal_a_day")]

    def __str__(self) -> str:
        return f"{self.day} {self.digest[:12]}"


class ClosedPeriod(models.Model):
    """No posting before this day any more; the latest row counts, so that a period may be opened again with a trace."""

    company = models.ForeignKey("parties.Company", on_delete=models.PROTECT, related_name="+")
    ends_before = models.DateField()
    closed_at = models.DateTimeField()
    closed_by = models.TextField()
    reason = models.TextField(blank=True)

    def __str__(self) -> str:
        return f"closed before {self.ends_before}"


class OpeningItem(models.Model):
    """One item of the old book as it was taken over: what the books do not say of it, for who collects it.

    Its money stands under ``item``; dispute, promise, step and last notice are kept as the old tool said them. Only
    ``undone_at`` and ``undone_by`` are ever written later.
    """

    company = models.ForeignKey("parties.Company", on_delete=models.PROTECT, related_name="+")
    take_over = models.TextField()  # one file that was taken over, and how often before
    row = models.IntegerField()
    item = models.TextField()  # its key in the books
    debtor = models.TextField()
    number = models.TextField()  # the old one
    kind = models.TextField()  # invoice, credit, deposit, receipt
    as_of = models.DateField()
    currency = models.CharField(max_length=3)
    original = models.DecimalField(**MONEY)  # before anything was paid of it
    open = models.DecimalField(**MONEY)  # when it was taken over
    dispute_amount = models.DecimalField(**MONEY, null=True)
    dispute_reason = models.TextField(blank=True)
    dispute_since = models.DateField(null=True)
    promise_amount = models.DecimalField(**MONEY, null=True)
    promise_until = models.DateField(null=True)
    step = models.TextField(blank=True)
    last_notice_on = models.DateField(null=True)
    last_notice = models.TextField(blank=True)
    digest = models.CharField(max_length=64)
    taken_at = models.DateTimeField()
    taken_by = models.TextField()
    undone_at = models.DateTimeField(null=True)
    undone_by = models.TextField(blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["company", "item"], name="one_opening_an_item"),
            models.UniqueConstraint(
                fields=["company", "kind", "number"],
                name="one_opening_a_number",
                condition=models.Q(undone_at__isnull=True),
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["company", "take_over", "row"], name="opening_by_take_over"),
            models.Index(fields=["company", "debtor"], name="opening_by_debtor"),
        ]

    def __str__(self) -> str:
        return f"{self.item} {self.open} {self.currency}"
