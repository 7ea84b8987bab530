"""The catalogue: which delivered files count, what they add up to, what is wrong with them, and their narrow lines.

The Parquet files of the line store say nothing about whether they count; only these tables do.
"""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models

MONEY: dict[str, Any] = {"max_digits": 28, "decimal_places": 3}
EXACT: dict[str, Any] = {
    "max_digits": 38,
    "decimal_places": 18,
}  # prices, quantities, rates as Microsoft writes them


class Delivery(models.Model):
    """One delivered version of one of Microsoft's documents; its parts count together or not at all.

    ``state``: counts, superseded (a newer version or billed data took its place), withdrawn (taken out by a person).
    """

    company = models.ForeignKey("parties.Company", on_delete=models.PROTECT, related_name="+")
    content = models.CharField(max_length=64)  # sha256 over the hashes of its parts
    kind = models.TextField()
    source = models.TextField()
    document = models.TextField(blank=True)  # Microsoft's invoice number; "" where neither rows nor address tell
    document_key = models.TextField()  # what a re-delivery has in common with this one
    is_estimated = models.BooleanField(default=False)
    month = models.DateField(null=True)  # first of the month; a document has one month
    own_month = models.DateField(null=True)  # the month by its own rows, when no header says otherwise
    currency = models.CharField(max_length=3, blank=True)
    rows = models.BigIntegerField()
    lines = models.BigIntegerField()
    total = models.DecimalField(max_digits=38, decimal_places=18)
    gross = models.DecimalField(
        max_digits=38, decimal_places=18, null=True
    )  # with the rows' own tax, where they have it
    tax = models.DecimalField(max_digits=38, decimal_places=18, default=0)
    state = models.TextField(default="counts")
    received_at = models.DateTimeField()
    received_by = models.TextField()
    superseded_by = models.ForeignKey("self", on_delete=models.SET_NULL, null=True, related_name="+")
    accepted_because = models.TextField(blank=True)  # a person's reason for taking it with a failed check

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["company", "content"], name="one_delivery_a_content")]
        indexes: ClassVar = [
            models.Index(fields=["company", "month", "state"], name="delivery_by_month"),
            models.Index(fields=["company", "document_key"], name="delivery_by_document"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.document or self.month}"


class Part(models.Model):
    """One file, blob or page of a delivery, and the Parquet file that holds its rows."""

    company = models.ForeignKey("parties.Company", on_delete=models.PROTECT, related_name="+")
    delivery = models.ForeignKey(Delivery, on_delete=models.CASCADE, related_name="+")
    number = models.IntegerField()  # its place within the delivery, from 1
    sha256 = models.CharField(max_length=64)
    name = models.TextField()
    rows = models.BigIntegerField()
    lines = models.BigIntegerField()
    total = models.DecimalField(max_digits=38, decimal_places=18)
    stored = models.TextField(blank=True)  # name within the line store; "" for an invoice header

    class Meta:
        indexes: ClassVar = [models.Index(fields=["company", "sha256"], name="part_by_content")]

    def __str__(self) -> str:
        return self.name


class CellProblem(models.Model):
    """A cell that could not be read, with its place and what was seen."""

    company = models.ForeignKey("parties.Company", on_delete=models.PROTECT, related_name="+")
    part = models.ForeignKey(Part, on_delete=models.CASCADE, related_name="+")
    row = models.BigIntegerField()
    column = models.TextField()
    code = models.TextField()
    seen = models.TextField()

    def __str__(self) -> str:
        return f"{self.code} row {self.row} {self.column}"


class Check(models.Model):
    """One invariant of reference section 11, asked of one part: how many rows or groups passed."""

    company = models.ForeignKey("parties.Company", on_delete=models.PROTECT, related_name="+")
    part = models.ForeignKey(Part, on_delete=models.CASCADE, related_name="+")
    code = models.TextField()
    passed = models.BigIntegerField()
    tolerated = models.BigIntegerField()
    failed = models.BigIntegerField()
    samples = models.JSONField(default=list)  # [{"row" or "group", "expected", "seen"}], failed ones first

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["part", "code"], name="one_check_a_part")]

    def __str__(self) -> str:
        return f"{self.code} {self.passed}/{self.tolerated}/{self.failed}"


class MicrosoftInvoice(models.Model):
    """The header of a Microsoft document. ``total`` includes tax and adjustments."""

    company = models.ForeignKey("parties.Company", on_delete=models.PROTECT, related_name="+")
    delivery = models.ForeignKey(Delivery, on_delete=models.CASCADE, related_name="+")
    row = models.IntegerField()
    number = models.TextField()
    invoiced_on = models.DateField()
    period_starts_on = models.DateField(null=True)
    period_ends_on = models.DateField(null=True)
    total = models.DecimalField(**MONEY)
    paid = models.DecimalField(**MONEY)
    currency = models.CharField(max_length=3)
    document_type = models.TextField()
    amends = models.TextField(blank=True)
    status = models.TextField(blank=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["company", "number"], name="microsoft_invoice_by_number")]

    def __str__(self) -> str:
        return self.number


class MicrosoftBalance(models.Model):
    """What Microsoft says is still to be paid in one currency, over all its documents since the first."""

    company = models.ForeignKey("parties.Company", on_delete=models.PROTECT, related_name="+")
    delivery = models.ForeignKey(Delivery, on_delete=models.CASCADE, related_name="+")
    row = models.IntegerField()
    currency = models.CharField(max_length=3)
    balance = models.DecimalField(**MONEY)
    said_on = models.DateField()
    first_invoiced_on = models.DateField(null=True)

    def __str__(self) -> str:
        return f"{self.balance} {self.currency}"


class Line(models.Model):
    """One billed row in the narrow form that pages and explanations read (`charges.rules.line.LineItem`)."""

    # No constraints in PostgreSQL: `catalogue` alone writes lines, in the transaction that writes their part, and
    # checking three keys of each of 100,000 lines is a third of an import (docs/performance.md)
    company = models.ForeignKey(
        "parties.Company", on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    delivery = models.ForeignKey(
        Delivery, on_delete=models.CASCADE, related_name="+", db_index=False, db_constraint=False
    )
    part = models.ForeignKey(Part, on_delete=models.CASCADE, related_name="+", db_index=False, db_constraint=False)
    row = models.BigIntegerField()
    customer = models.TextField()
    category = models.TextField()
    charge_type = models.TextField()
    subscription = models.TextField()
    product_id = models.TextField()
    sku_id = models.TextField()
    availability_id = models.TextField()
    product_name = models.TextField()
    sku_name = models.TextField()
    meter_name = models.TextField()
    unit_type = models.TextField()
    publisher = models.TextField()
    quantity = models.DecimalField(**EXACT)
    unit_price = models.DecimalField(**EXACT)
    effective_unit_price = models.DecimalField(**EXACT)
    discount = models.DecimalField(**MONEY)
    amount = models.DecimalField(**MONEY)
    tax = models.DecimalField(**MONEY)
    currency = models.CharField(max_length=3)
    pricing_currency = models.TextField()
    exchange_rate = models.DecimalField(**EXACT)
    ordered_on = models.DateField(null=True)
    charge_starts_on = models.DateField(null=True)
    charge_ends_on = models.DateField(null=True)
    term_starts_on = models.DateField(null=True)
    term_ends_on = models.DateField(null=True)
    term_text = models.TextField()
    billing_frequency = models.TextField()
    reference = models.TextField()
    promotion = models.TextField()
    credit_reason = models.TextField()
    qualifiers = models.TextField()
    adjustments = models.TextField()
    reservation_order = models.TextField()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["company", "delivery", "customer"], name="line_by_customer")]

    def __str__(self) -> str:
        return f"{self.customer} {self.product_name} {self.amount}"


class CustomerTotal(models.Model):
    """What one document charges one customer in one currency, before tax; lists and movers read these, not lines."""

    company = models.ForeignKey("parties.Company", on_delete=models.PROTECT, related_name="+", db_index=False)
    delivery = models.ForeignKey(Delivery, on_delete=models.CASCADE, related_name="+", db_index=False)
    customer = models.TextField()
    currency = models.CharField(max_length=3)
    lines = models.BigIntegerField()
    net = models.DecimalField(**MONEY)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["company", "delivery", "customer"], name="customer_total_by_delivery"),
            models.Index(fields=["company", "customer"], name="customer_total_by_customer"),
        ]

    def __str__(self) -> str:
        return f"{self.customer} {self.net}"


class DeliveryTotal(models.Model):
    """What one document charges in one currency, before tax: the sum of its `CustomerTotal` rows, written with them.

    Which months there are and what they come to is asked on many pages; customers are not read for that.
    """

    company = models.ForeignKey("parties.Company", on_delete=models.PROTECT, related_name="+", db_index=False)
    delivery = models.ForeignKey(Delivery, on_delete=models.CASCADE, related_name="+", db_index=False)
    currency = models.CharField(max_length=3)
    lines = models.BigIntegerField()
    net = models.DecimalField(**MONEY)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["company", "delivery", "currency"], name="one_total_a_delivery_and_currency"
            )
        ]

    def __str__(self) -> str:
        return f"{self.net} {self.currency}"


class UsageTotal(models.Model):
    """Usage of one document summed per customer and meter, with the first and last row behind it.

    Of daily usage, and of legacy usage files what they say was consumed: two sides that must agree.
    """

    company = models.ForeignKey("parties.Company", on_delete=models.PROTECT, related_name="+", db_index=False)
    delivery = models.ForeignKey(Delivery, on_delete=models.CASCADE, related_name="+", db_index=False)
    customer = models.TextField()
    subscription = models.TextField()
    entitlement = models.TextField()
    product_id = models.TextField()
    sku_id = models.TextField()
    availability_id = models.TextField()
    currency = models.CharField(max_length=3)
    rows = models.BigIntegerField()
    quantity = models.DecimalField(**EXACT)
    net = models.DecimalField(**EXACT)
    first_row = models.BigIntegerField()
    last_row = models.BigIntegerField()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["company", "delivery", "customer"], name="usage_total_by_customer")]

    def __str__(self) -> str:
        return f"{self.customer} {self.product_id} {self.net}"


class Attempt(models.Model):
    """One attempt to import one file, whatever came of it; the history of the page, nothing a bill can see."""

    company = models.ForeignKey("parties.Company", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    by = models.TextField()
    name = models.TextField()
    sha256 = models.CharField(max_length=64, blank=True)
    kind = models.TextField(blank=True)
    state = models.TextField()  # accepted, duplicate, replaced, refused
    code = models.TextField(blank=True)
    facts = models.JSONField(default=dict)
    delivery = models.ForeignKey(Delivery, on_delete=models.SET_NULL, null=True, related_name="+")
    batch = models.TextField(blank=True)  # the upload it came with

    class Meta:
        indexes: ClassVar = [models.Index(fields=["company", "-at"], name="attempt_by_time")]

    def __str__(self) -> str:
        return f"{self.name} {self.state}"
