"""What we agreed with each debtor: prices, fees, terms, tax; every row holds from a day until the next one of its kind.

Rows are never changed: a new version begins on its own day, and an issued document names the versions it used.
"""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models

MONEY: dict[str, Any] = {"max_digits": 28, "decimal_places": 3}
EXACT: dict[str, Any] = {"max_digits": 38, "decimal_places": 18}


class PriceRule(models.Model):
    """One version of one price rule (`agreements.rules.prices.PriceRule`)."""

    company = models.ForeignKey("parties.Company", on_delete=models.PROTECT, related_name="+")
    code = models.TextField()  # stable and public; its versions share it
    version = models.IntegerField()
    level = models.TextField()  # company, segment, debtor, tenant
    target = models.TextField(blank=True)  # segment, debtor number or tenant key
    product = models.TextField(blank=True)  # product id or name; "" is any
    sku = models.TextField(blank=True)
    publisher = models.TextField(blank=True)
    category = models.TextField(blank=True)
    charge_type = models.TextField(blank=True)
    method = models.TextField()
    value = models.JSONField(default=dict)  # figures as texts
    currency = models.CharField(max_length=3, blank=True)  # of fixed prices and minimum fees
    starts_on = models.DateField()
    reaches = models.TextField(default="renewal")  # renewal, or from-date (practice 5)
    made_by = models.TextField()
    made_at = models.DateTimeField()
    reason = models.TextField(blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["company", "code", "version"], name="one_price_rule_a_version")
        ]
        indexes: ClassVar = [models.Index(fields=["company", "starts_on"], name="price_rule_by_day")]

    def __str__(self) -> str:
        return f"{self.code} v{self.version}"


class ServiceFee(models.Model):
    """A fee of our own, every month while it holds: support, backup, management."""

    company = models.ForeignKey("parties.Company", on_delete=models.PROTECT, related_name="+")
    debtor = models.TextField()
    tenant = models.TextField(blank=True)
    code = models.TextField()
    name = models.TextField()  # as it stands on the invoice
    quantity = models.DecimalField(**EXACT, default=1)
    unit_price = models.DecimalField(**EXACT)
    currency = models.CharField(max_length=3)
    starts_on = models.DateField()
    ends_before = models.DateField(null=True)
    made_by = models.TextField()
    made_at = models.DateTimeField()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["company", "debtor"], name="service_fee_by_debtor")]

    def __str__(self) -> str:
        return f"{self.code} {self.debtor}"


class Terms(models.Model):
    """How a debtor is billed from a day on; ``debtor`` empty holds for everybody without terms of their own."""

    company = models.ForeignKey("parties.Company", on_delete=models.PROTECT, related_name="+")
    debtor = models.TextField(blank=True)
    starts_on = models.DateField()
    net_days = models.IntegerField(default=30)
    invoice_day = models.IntegerField(default=0)  # of the month after; 0 is the day of issue
    currency = models.CharField(max_length=3, blank=True)  # "" is the currency of the charges
    purchase_order = models.TextField(blank=True)
    grouping = models.TextField(default="debtor")  # debtor, tenant, subscription, or split (by the rules in ``split``)
    split = models.JSONField(default=list)  # [{"name", "purchase_order", "subscriptions", "tags"}]
    delivery = models.TextField(default="mail")  # mail, e-invoice, letter, none
    policy = models.TextField(blank=True)  # key of the collections policy
    support_offer = models.TextField(blank=True)  # key of the support offer
    notice_days = models.IntegerField(default=0)  # agreed notice before a price changes
    made_by = models.TextField()
    made_at = models.DateTimeField()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["company", "debtor", "-starts_on"], name="terms_by_debtor")]

    def __str__(self) -> str:
        return f"{self.debtor or 'everybody'} from {self.starts_on}"


class TaxProfile(models.Model):
    """How a debtor is taxed from a day on, with the proof of it."""

    company = models.ForeignKey("parties.Company", on_delete=models.PROTECT, related_name="+")
    debtor = models.TextField()
    starts_on = models.DateField()
    treatment = models.TextField()  # standard, reverse-charge, export, exempt, outside-scope
    region = models.TextField(blank=True)  # place within the country, where rates differ
    certificate = models.TextField(blank=True)
    certificate_until = models.DateField(null=True)
    withholding = models.DecimalField(max_digits=7, decimal_places=4, default=0)  # per cent of the net
    made_by = models.TextField()
    made_at = models.DateTimeField()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["company", "debtor", "-starts_on"], name="tax_profile_by_debtor")]

    def __str__(self) -> str:
        return f"{self.debtor} {self.treatment}"


class TaxRate(models.Model):
    """A tax rate that a company adds to, or sets instead of, the dated table of `agreements.rules.tax_rates`."""

    company = models.ForeignKey("parties.Company", on_delete=models.PROTECT, related_name="+")
    country = models.CharField(max_length=2)
    region = models.TextField(blank=True)
    percent = models.DecimalField(max_digits=7, decimal_places=4)
    starts_on = models.DateField()
    source = models.TextField()

    def __str__(self) -> str:
        return f"{self.country} {self.percent} %"


class ExchangeRate(models.Model):
    """One published rate: one unit of ``base`` is ``rate`` units of ``quote``."""

    company = models.ForeignKey("parties.Company", on_delete=models.PROTECT, related_name="+")
    source = models.TextField()  # "ecb"
    base = models.CharField(max_length=3)
    quote = models.CharField(max_length=3)
    on = models.DateField()
    rate = models.DecimalField(**EXACT)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["company", "source", "base", "quote", "on"], name="one_rate_a_day")
        ]

    def __str__(self) -> str:
        return f"{self.base}/{self.quote} {self.on} {self.rate}"


class RatesSetting(models.Model):
    """Where a company takes its rates of exchange from; one row a company, none is the usual place."""

    company = models.OneToOneField("parties.Company", on_delete=models.PROTECT, related_name="+")
    source = models.TextField()  # the name its rates are kept under
    address = models.TextField()  # a path or an https address
    set_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.source} {self.address}"
