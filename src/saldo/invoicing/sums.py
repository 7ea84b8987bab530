"""Sums that the database keeps with the lines, in the transaction that writes or removes them (triggers)."""

from __future__ import annotations

from typing import ClassVar

from django.db import models


class LineSum(models.Model):
    """What one statement added to the lines of a month, or took away: how many of a bucket and reason, and their cost.

    Written by the database with the lines themselves, so that no writer can forget it; all rows of a month together are
    the sums over its lines that have a source at Microsoft's. Rows are only ever added: nobody waits for anybody.
    """

    company = models.ForeignKey(
        "parties.Company", on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    month = models.DateField()
    bucket = models.TextField()
    because = models.TextField(blank=True)
    cost_currency = models.CharField(max_length=3, blank=True)
    lines = models.BigIntegerField()
    cost = models.DecimalField(max_digits=28, decimal_places=3)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["company", "month"], name="line_sum_by_month")]

    def __str__(self) -> str:
        return f"{self.bucket} {self.lines}"


class MarginSum(models.Model):
    """What one statement added to a debtor's or a product's lines of a month, or took away: net, and what it costs us.

    ``by``: debtor, product. All rows of a month and key together are the sums over its lines on documents and drafts,
    in the document's currency. Rows are only ever added: nobody waits for anybody.
    """

    company = models.ForeignKey(
        "parties.Company", on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    month = models.DateField()
    by = models.TextField()
    key = models.TextField(blank=True)  # the debtor's number, or the product's id; "" for fees of our own
    name = models.TextField(blank=True)
    currency = models.CharField(max_length=3)
    lines = models.BigIntegerField()
    net = models.DecimalField(max_digits=28, decimal_places=3)
    cost = models.DecimalField(max_digits=60, decimal_places=21)  # exact: an amount times a rate
    unknown = models.BigIntegerField()  # lines charged to us in another currency, for which no rate was used

    class Meta:
        indexes: ClassVar = [models.Index(fields=["company", "month", "by", "key"], name="margin_sum_by_key")]

    def __str__(self) -> str:
        return f"{self.by} {self.key} {self.net}"
