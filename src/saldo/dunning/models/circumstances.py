"""What keeps an item back: holds, promises, disputes, marks, money on its way."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from saldo.dunning.models.fields import MONEY, of_company


class Hold(models.Model):
    """Nobody is chased: a debtor or one item, until a day (null: until it is ended), for a reason, by somebody."""

    company = of_company()
    debtor = models.TextField()
    item = models.TextField(blank=True)  # "" holds the whole debtor
    reason = models.TextField()
    until = models.DateField(null=True)
    placed_on = models.DateField()
    placed_at = models.DateTimeField()
    placed_by = models.TextField()
    ended_on = models.DateField(null=True)
    ended_by = models.TextField(blank=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["company", "debtor"], name="hold_by_debtor")]

    def __str__(self) -> str:
        return f"{self.debtor} {self.item} until {self.until}"


class Promise(models.Model):
    """The debtor said: this much by that day. ``state``: open, kept, broken, withdrawn; it breaks by itself."""

    company = of_company()
    debtor = models.TextField()
    currency = models.CharField(max_length=3)
    promised = models.DecimalField(**MONEY)
    received = models.DecimalField(**MONEY, default=0)  # of it, since it was taken
    until = models.DateField()
    items = models.JSONField(default=list)  # item keys; none: the oldest first
    said_by = models.TextField(blank=True)
    note = models.TextField(blank=True)
    taken_on = models.DateField()
    taken_at = models.DateTimeField()
    taken_by = models.TextField()
    state = models.TextField(default="open")
    settled_on = models.DateField(null=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["company", "debtor"], name="promise_by_debtor")]

    def __str__(self) -> str:
        return f"{self.debtor} {self.promised} {self.currency} until {self.until}"


class Dispute(models.Model):
    """The debtor contests an amount of an item; the rest of it goes on."""

    company = of_company()
    debtor = models.TextField()
    item = models.TextField()
    disputed = models.DecimalField(**MONEY)
    line = models.TextField(blank=True)  # the invoice line it is about
    reason = models.TextField()
    raised_on = models.DateField()
    raised_at = models.DateTimeField()
    raised_by = models.TextField()
    closed_on = models.DateField(null=True)
    closed_by = models.TextField(blank=True)
    outcome = models.TextField(blank=True)  # ours, theirs, partly

    class Meta:
        indexes: ClassVar = [models.Index(fields=["company", "debtor"], name="dispute_by_debtor")]

    def __str__(self) -> str:
        return f"{self.item} {self.disputed}"


class Mark(models.Model):
    """A debtor is insolvent, or protected. Insolvency covers debt up to ``since_on``; later debt runs (practice 19).

    A protected debtor's access is touched only once a Global admin signed (``signed_by``).
    """

    company = of_company()
    debtor = models.TextField()
    kind = models.TextField()  # insolvency, protected
    since_on = models.DateField()
    reason = models.TextField()
    evidence = models.TextField(blank=True)
    set_at = models.DateTimeField()
    set_by = models.TextField()
    signed_at = models.DateTimeField(null=True)
    signed_by = models.TextField(blank=True)
    ended_on = models.DateField(null=True)
    ended_by = models.TextField(blank=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["company", "debtor"], name="mark_by_debtor")]

    def __str__(self) -> str:
        return f"{self.debtor} {self.kind}"


class PaymentInFlight(models.Model):
    """Money on its way, or in its return period, not in the books yet. ``state``: pending, settled, failed."""

    company = of_company()
    debtor = models.TextField()
    currency = models.CharField(max_length=3)
    pending = models.DecimalField(**MONEY)
    item = models.TextField(blank=True)  # "" : the oldest first
    reference = models.TextField(blank=True)
    since_on = models.DateField()
    state = models.TextField(default="pending")
    settled_on = models.DateField(null=True)
    recorded_at = models.DateTimeField()
    recorded_by = models.TextField()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["company", "debtor"], name="in_flight_by_debtor")]

    def __str__(self) -> str:
        return f"{self.debtor} {self.pending} {self.currency}"
