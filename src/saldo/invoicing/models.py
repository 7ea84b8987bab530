"""What our customers owe us: lines with their Microsoft sources, drafts, issued documents.

An invoice is a draft until it has a number; from then on neither it nor its lines can be changed (trigger). What
happens to it later (sent, paid, cancelled) stands elsewhere: in the outbox, the ledger, the mirror document.
"""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models

from saldo.invoicing.paper_records import AuthorityDocument as AuthorityDocument
from saldo.invoicing.paper_records import Explanation as Explanation
from saldo.invoicing.paper_records import Paper as Paper
from saldo.invoicing.sums import LineSum as LineSum
from saldo.invoicing.sums import MarginSum as MarginSum

MONEY: dict[str, Any] = {"max_digits": 28, "decimal_places": 3}
EXACT: dict[str, Any] = {"max_digits": 38, "decimal_places": 18}


class InvoicingSettings(models.Model):
    """How a company issues (practice 7, 8, 13)."""

    company = models.OneToOneField("parties.Company", on_delete=models.PROTECT, related_name="+")
    fiscal_form = models.TextField(default="own")  # own, external, es-verifactu
    series = models.TextField(default="{year}-{number:05d}")  # how a number is written; year of the issue day
    rounding = models.TextField(default="by-rate")  # by-line, or by-rate: tax on the sum of each rate
    recall_minutes = models.IntegerField(default=60)
    backup_days = models.IntegerField(default=7)  # issuing refuses when the newest backup is older
    demands_backup = models.BooleanField(default=False)  # in rehearsal too; once mail is live, always (practice 13)
    credit_limit = models.DecimalField(**MONEY, default=1000)  # what one person may credit alone
    updated_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.fiscal_form


class Series(models.Model):
    """The last number given in one year; locked while numbers are given, so that none is missing and none twice."""

    company = models.ForeignKey("parties.Company", on_delete=models.PROTECT, related_name="+")
    year = models.IntegerField()
    last = models.IntegerField(default=0)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["company", "year"], name="one_series_a_year")]

    def __str__(self) -> str:
        return f"{self.year}: {self.last}"


class Wave(models.Model):
    """Invoices issued together: count and total were confirmed, mail leaves after the recall time (practice 8)."""

    company = models.ForeignKey("parties.Company", on_delete=models.PROTECT, related_name="+")
    month = models.DateField()
    count = models.IntegerField()
    totals = models.JSONField()  # currency → gross as text
    issued_at = models.DateTimeField()
    issued_by = models.TextField()
    recall_until = models.DateTimeField()
    recalled_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.month:%Y-%m}: {self.count}"


class Invoice(models.Model):
    """A draft (``number`` empty) or an issued document, with everything that its paper says."""

    company = models.ForeignKey("parties.Company", on_delete=models.PROTECT, related_name="+", db_index=False)
    kind = models.TextField(
        default="invoice"
    )  # invoice, credit-note, cancellation (mirror), statement (fiscal: external)
    month = models.DateField()
    debtor = models.TextField()
    group = models.TextField(blank=True)  # of a split or joined bill: what it is for
    currency = models.CharField(max_length=3)
    language = models.CharField(max_length=8)
    number = models.TextField(blank=True)
    year = models.IntegerField(null=True)  # of the series
    sequence = models.IntegerField(null=True)
    issued_on = models.DateField(null=True)
    issued_at = models.DateTimeField(null=True)
    issued_by = models.TextField(blank=True)
    due_on = models.DateField(null=True)
    reference = models.TextField(blank=True)  # OCR or RF
    purchase_order = models.TextField(blank=True)
    mirrors = models.TextField(blank=True)  # number of the document that this one cancels or credits
    replaces = models.TextField(blank=True)  # number of the document that this one corrects
    seller = models.JSONField(default=dict)
    buyer = models.JSONField(default=dict)
    terms = models.JSONField(default=dict)  # net days, delivery, the versions they came from
    rates = models.JSONField(default=list)  # exchange rates used: [{"base", "quote", "on", "rate", "source"}]
    taxes = models.JSONField(default=list)  # [{"treatment", "percent", "base", "tax", "reason"}], amounts as texts
    net = models.DecimalField(**MONEY)
    tax = models.DecimalField(**MONEY)
    gross = models.DecimalField(**MONEY)
    fingerprint = models.CharField(max_length=64)  # of what it was drafted from; the same again changes nothing
    wave = models.ForeignKey(Wave, on_delete=models.PROTECT, null=True, related_name="+")
    drafted_at = models.DateTimeField()
    origin = models.TextField(default="close")  # close drafts it again when something changed; person: it stays
    made_by = models.TextField(blank=True)  # who proposed it, where a person did
    reason = models.TextField(blank=True)  # of a cancellation, a correction, a credit note
    held_because = models.TextField(blank=True)  # why a draft is not issued with its wave
    problems = models.JSONField(default=list)  # [{"code", "facts"}] of a draft

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["company", "number"], name="one_invoice_a_number", condition=~models.Q(number="")
            ),
            models.UniqueConstraint(
                fields=["company", "year", "sequence"],
                name="one_invoice_a_place_in_the_series",
                condition=~models.Q(number=""),
            ),
            models.UniqueConstraint(
                fields=["company", "month", "debtor", "kind", "group", "currency", "mirrors"],
                name="one_draft_of_a_kind",
                condition=models.Q(number="", origin="close"),
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["company", "month", "debtor"], name="invoice_by_month"),
            models.Index(fields=["company", "debtor", "issued_on"], name="invoice_by_debtor"),
            models.Index(fields=["company", "month"], name="invoice_draft", condition=models.Q(number="")),
            models.Index(
                fields=["company", "mirrors"],
                name="invoice_by_mirror",
                condition=models.Q(kind__in=["cancellation", "credit-note"]),
            ),
        ]

    def __str__(self) -> str:
        return self.number or f"draft {self.pk}"


class Line(models.Model):
    """What became of one line of Microsoft's, or a fee of our own: exactly one bucket each (issue 3).

    ``bucket``: rated (stands on an invoice), not-billed (a person decided so), held (waits for a person), unmatched
    (nobody to charge, no price). Cost is for margin and never leaves the house.
    """

    company = models.ForeignKey(
        "parties.Company", on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    month = models.DateField()
    bucket = models.TextField()
    because = models.TextField(blank=True)  # code why it is held, unmatched or not billed
    facts = models.JSONField(default=dict)  # of that code
    decided_by = models.TextField(blank=True)
    invoice = models.ForeignKey(
        Invoice, on_delete=models.CASCADE, null=True, related_name="+", db_index=False, db_constraint=False
    )
    position = models.IntegerField(default=0)  # its place on the invoice
    file = models.CharField(max_length=64, blank=True)  # the source: sha256 and row; "" for our own fees
    row = models.BigIntegerField(default=0)
    document = models.TextField(blank=True)  # Microsoft's document
    charge = models.TextField(blank=True)  # key of the Charge, where it is a fee of our own
    mirrors_line = models.BigIntegerField(null=True)  # the line that this one takes back
    customer = models.TextField()  # tenant
    subscription = models.TextField(blank=True)
    product = models.TextField()  # as it stands on the paper
    product_id = models.TextField(blank=True)
    sku_id = models.TextField(blank=True)
    category = models.TextField(blank=True)
    charge_type = models.TextField(blank=True)
    starts_on = models.DateField(null=True)  # charge period, both days included
    ends_on = models.DateField(null=True)
    quantity = models.DecimalField(**EXACT, default=0)  # negative where the line gives back
    unit_price = models.DecimalField(
        **EXACT, default=0
    )  # the customer's, of one unit and a whole cycle; never negative
    net = models.DecimalField(**MONEY, default=0)
    tax = models.DecimalField(**MONEY, default=0)  # its share of the invoice's tax; the shares add up to it
    tax_percent = models.DecimalField(max_digits=7, decimal_places=4, default=0)
    tax_treatment = models.TextField(blank=True)
    price_rule = models.TextField(blank=True)  # "code/version", or "default"
    rate = models.DecimalField(**EXACT, default=1)  # exchange rate into the invoice's currency
    cost = models.DecimalField(**MONEY, default=0)
    cost_currency = models.CharField(max_length=3, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["company", "file", "row"],
                name="one_bucket_a_line",
                condition=~models.Q(file="") & models.Q(mirrors_line__isnull=True),
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["company", "invoice", "position"], name="line_by_invoice"),
            models.Index(fields=["company", "month", "customer"], name="invoicing_line_by_month"),
            models.Index(
                fields=["company", "mirrors_line"],
                name="line_by_mirror",
                condition=models.Q(mirrors_line__isnull=False),
            ),
            models.Index(fields=["company", "charge"], name="line_by_charge", condition=~models.Q(charge="")),
        ]

    def __str__(self) -> str:
        return f"{self.product} {self.net}"


class Charge(models.Model):
    """A charge of our own that waits for the debtor's next invoice: support, late fee, service fee."""

    company = models.ForeignKey("parties.Company", on_delete=models.PROTECT, related_name="+")
    key = models.TextField()
    customer = models.TextField()
    code = models.TextField()
    name = models.TextField()
    net = models.DecimalField(**MONEY)
    currency = models.CharField(max_length=3)
    starts_on = models.DateField()
    ends_on = models.DateField()
    evidence = models.JSONField(default=dict)
    made_at = models.DateTimeField()
    made_by = models.TextField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["company", "key"], name="one_charge_a_key")]

    def __str__(self) -> str:
        return f"{self.code} {self.net}"


class Decision(models.Model):
    """A person's word on a line that could not simply be rated: bill it after all, hold it, or do not bill it."""

    company = models.ForeignKey("parties.Company", on_delete=models.PROTECT, related_name="+")
    file = models.CharField(max_length=64)
    row = models.BigIntegerField()
    bucket = models.TextField()
    reason = models.TextField()
    decided_at = models.DateTimeField()
    decided_by = models.TextField()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["company", "file", "row"], name="decision_by_line")]

    def __str__(self) -> str:
        return f"{self.bucket}: {self.reason}"


class Correction(models.Model):
    """A cancellation or a correction over one person's limit, proposed by one and waiting for another (practice 9)."""

    company = models.ForeignKey("parties.Company", on_delete=models.PROTECT, related_name="+")
    number = models.TextField()  # of the document
    act = models.TextField()  # cancel, reissue
    asked = models.JSONField(default=dict)  # of a reissue: what is right instead
    reason = models.TextField()
    given = models.DecimalField(**MONEY)  # what it gives back, with all that persons gave before, tax included
    currency = models.CharField(max_length=3)
    proposed_by = models.TextField()
    proposed_at = models.DateTimeField()
    outcome = models.TextField(blank=True)  # done, withdrawn, overtaken (the document was taken back otherwise)
    decided_by = models.TextField(blank=True)
    decided_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["company", "number"], name="one_waiting_correction_a_document", condition=models.Q(outcome="")
            )
        ]

    def __str__(self) -> str:
        return f"{self.act} {self.number}"
