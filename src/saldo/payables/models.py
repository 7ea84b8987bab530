"""What we owe Microsoft: documents as a graph, never edited; approvals, payments, disputes and claims beside them."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models

MONEY: dict[str, Any] = {"max_digits": 28, "decimal_places": 3}


class Payable(models.Model):
    """One document of Microsoft's. Its open amount is the open item ``microsoft:NUMBER`` of the ledger."""

    company = models.ForeignKey("parties.Company", on_delete=models.PROTECT, related_name="+")
    document = models.TextField()
    kind = models.TextField()  # invoice, void, credit, rebill
    amends = models.TextField(blank=True)  # the document it voids, credits or replaces
    month = models.DateField(null=True)
    invoiced_on = models.DateField()
    due_on = models.DateField()
    is_due_assumed = models.BooleanField(default=True)  # by the cloud's terms; False: as printed
    currency = models.CharField(max_length=3)
    net = models.DecimalField(**MONEY, null=True)  # None while only the header with tax is known
    tax = models.DecimalField(**MONEY, null=True)
    gross = models.DecimalField(**MONEY)
    source = models.TextField()  # header, lines (no header came), person (read from the document)
    seen_at = models.DateTimeField()
    version = models.IntegerField(default=0)  # how often it was posted; a correction is a mirror and a new posting
    item = models.TextField(blank=True)  # key of its open item in the ledger; "" while it comes to nothing
    paid_at_microsoft = models.DecimalField(**MONEY, default=0)  # as its header says
    rows = models.BigIntegerField(default=0)  # counted rows of its files, and what they come to
    rows_net = models.DecimalField(**MONEY, default=0)
    rows_tax = models.DecimalField(**MONEY, default=0)
    printed_invoiced_on = models.DateField(null=True)  # these four read from the document by a person
    printed_due_on = models.DateField(null=True)
    printed_total = models.DecimalField(**MONEY, null=True)
    printed_tax = models.DecimalField(**MONEY, null=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["company", "document"], name="one_payable_a_document")]
        indexes: ClassVar = [models.Index(fields=["company", "due_on"], name="payable_by_due_day")]

    def __str__(self) -> str:
        return self.document


class NamedLine(models.Model):
    """An amount on a document without a row in its files (legacy adjustments), entered by a person (practice 17)."""

    company = models.ForeignKey("parties.Company", on_delete=models.PROTECT, related_name="+")
    document = models.TextField()
    name = models.TextField()
    net = models.DecimalField(**MONEY)
    entered_at = models.DateTimeField()
    entered_by = models.TextField()

    def __str__(self) -> str:
        return f"{self.document} {self.name}"


class Approval(models.Model):
    """One person's yes to paying a document; above the limit two different people are needed."""

    company = models.ForeignKey("parties.Company", on_delete=models.PROTECT, related_name="+")
    document = models.TextField()
    approved_by = models.TextField()
    approved_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.document} by {self.approved_by}"


class PaymentRun(models.Model):
    """One payment file (pain.001): ordered, handed to the bank, seen on the account, gone from Microsoft's balance."""

    company = models.ForeignKey("parties.Company", on_delete=models.PROTECT, related_name="+")
    number = models.TextField()
    account = models.TextField()  # our bank account's code
    pay_on = models.DateField()
    file = models.CharField(max_length=64, blank=True)  # in the document store
    state = models.TextField(default="ordered")  # ordered, captured (rehearsal), handed-over, cancelled
    ordered_at = models.DateTimeField()
    ordered_by = models.TextField()
    handed_over_at = models.DateTimeField(null=True)
    handed_over_by = models.TextField(blank=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["company", "number"], name="one_payment_run_a_number")]

    def __str__(self) -> str:
        return self.number


class RunLine(models.Model):
    """One document in a payment run, and how much of it."""

    company = models.ForeignKey("parties.Company", on_delete=models.PROTECT, related_name="+")
    run = models.ForeignKey(PaymentRun, on_delete=models.PROTECT, related_name="+")
    document = models.TextField()
    currency = models.CharField(max_length=3)
    value = models.DecimalField(**MONEY)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["run", "document"], name="one_run_line_a_document")]

    def __str__(self) -> str:
        return f"{self.document} {self.value}"


class Payment(models.Model):
    """What was paid for one document; ``gone_on`` when it left Microsoft's balance (practice 16)."""

    company = models.ForeignKey("parties.Company", on_delete=models.PROTECT, related_name="+")
    key = models.TextField()
    document = models.TextField()
    run = models.ForeignKey(PaymentRun, on_delete=models.PROTECT, null=True, related_name="+")
    account = models.TextField(blank=True)  # our bank account's code; "": only Microsoft says it was paid
    item = models.TextField(blank=True)  # keys of its item and its allocation in the ledger
    allocation = models.TextField(blank=True)
    paid_on = models.DateField()
    currency = models.CharField(max_length=3)
    value = models.DecimalField(**MONEY)
    withheld = models.DecimalField(**MONEY, default=0)  # tax paid locally, with its certificate
    certificate = models.TextField(blank=True)
    claimed = models.DecimalField(**MONEY, default=0)  # of what only Microsoft says: how much a bank entry showed since
    gone_on = models.DateField(null=True)
    taken_back_on = models.DateField(null=True)
    recorded_at = models.DateTimeField()
    recorded_by = models.TextField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["company", "key"], name="one_payment_a_key")]

    def __str__(self) -> str:
        return f"{self.document} {self.value}"


class Claim(models.Model):
    """Something to claim from Microsoft before a day: SLA credit, fraud credit, a dispute, a cancellation window.

    A dispute never stops a payment: pay, claim, track (practice 16).
    """

    company = models.ForeignKey("parties.Company", on_delete=models.PROTECT, related_name="+")
    kind = models.TextField()  # dispute, sla-credit, fraud-credit, cancellation-window, withholding
    about = models.TextField()  # document, subscription or incident
    customer = models.TextField(blank=True)
    claim_by = models.DateField()
    value = models.DecimalField(**MONEY, null=True)
    currency = models.CharField(max_length=3, blank=True)
    text = models.TextField(blank=True)
    state = models.TextField(default="open")  # open, filed, granted, refused, dropped
    opened_at = models.DateTimeField()
    opened_by = models.TextField()
    settled_at = models.DateTimeField(null=True)
    settled_by = models.TextField(blank=True)
    granted = models.DecimalField(**MONEY, null=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["company", "state", "claim_by"], name="claim_by_day")]

    def __str__(self) -> str:
        return f"{self.kind} {self.about}"


class PayablesSettings(models.Model):
    """How a company pays Microsoft."""

    company = models.OneToOneField("parties.Company", on_delete=models.PROTECT, related_name="+")
    two_people_above = models.DecimalField(**MONEY, default=0)  # in the company's currency; 0: always
    bank_lead_days = models.IntegerField(default=1)  # the bank's own business days
    microsoft_country = models.CharField(max_length=2, default="IE")  # whose business days its posting takes

    def __str__(self) -> str:
        return f"two people above {self.two_people_above}"
