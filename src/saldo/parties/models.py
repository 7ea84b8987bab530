"""Who we are and whom we serve: companies, people and their grants, customers."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import functions

LANGUAGE_CHOICES = [("en", "en"), ("sv", "sv"), ("zh-Hans", "zh-Hans"), ("pt-BR", "pt-BR"), ("es", "es")]
CLOUD_CHOICES = [("global", "global"), ("us-gov", "us-gov"), ("cn-21vianet", "cn-21vianet")]
THEME_CHOICES = [("system", "system"), ("light", "light"), ("dark", "dark")]


class Company(models.Model):
    """A legal entity of the partner."""

    name = models.TextField(unique=True)
    country = models.CharField(max_length=2)
    currency = models.CharField(max_length=3)
    zone = models.TextField(default="UTC")
    cloud = models.CharField(max_length=12, choices=CLOUD_CHOICES, default="global")
    created_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.name


class People(BaseUserManager["User"]):
    """Makes users from an address; allauth and Django ask for it by these names."""

    def create_user(self, email: str, password: str | None = None, **fields: object) -> User:
        """A person who may sign in once a password is set."""
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def get_by_natural_key(self, username: str | None) -> User:
        """The person of this address, whatever its case."""
        return self.get(email__iexact=username)


class User(AbstractBaseUser):
    """A person who works at the desk; what they may do stands in their grants."""

    email = models.EmailField(unique=True)
    name = models.TextField(blank=True)
    language = models.CharField(max_length=8, choices=LANGUAGE_CHOICES, default="en")
    theme = models.CharField(max_length=8, choices=THEME_CHOICES, default="system")
    has_single_keys = models.BooleanField(default=True)
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField(null=True)

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []
    objects: ClassVar[People] = People()

    def __str__(self) -> str:
        return self.name or self.email


class Grant(models.Model):
    """One role of one person in one company, over a scope, perhaps until a day (practice 3)."""

    company = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="+")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    role = models.TextField()
    scope = models.TextField(default="all")
    scope_of = models.TextField(blank=True)  # which provider's requests, for the scope "handed-over"
    ends_before = models.DateField(null=True)
    given_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["company", "user", "role", "scope", "scope_of"], name="one_grant_of_a_kind")
        ]

    def __str__(self) -> str:
        return f"{self.role} ({self.scope})"


class Debtor(models.Model):
    """A legal entity that pays us: one or many tenants are charged to it; a parent may pay for it (practice 2)."""

    company = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="+")
    number = models.TextField()  # our customer number, stable and public: it stands on papers and in the ledger
    name = models.TextField()
    country = models.CharField(max_length=2, blank=True)
    street = models.TextField(blank=True)
    postcode = models.TextField(blank=True)
    city = models.TextField(blank=True)
    region = models.TextField(blank=True)
    vat_id = models.TextField(blank=True)
    registration = models.TextField(blank=True)  # organisation number where it is not the VAT id
    electronic_address = models.TextField(blank=True)  # Peppol participant, "0007:5567321707"
    emails = models.JSONField(default=list)  # billing contacts: [{"name", "address"}]
    language = models.CharField(max_length=8, choices=LANGUAGE_CHOICES, blank=True)  # "" is the company's own
    segment = models.TextField(blank=True)
    zone = models.TextField(blank=True, db_default="")  # IANA name; "" is what the country says
    parent = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="+")
    is_active = models.BooleanField(default=True)
    first_seen_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["company", "number"], name="one_debtor_a_number")]
        indexes: ClassVar = [models.Index(models.F("company"), functions.Lower("name"), name="debtor_by_name")]

    def __str__(self) -> str:
        return f"{self.number} {self.name}"


class Particulars(models.Model):
    """What our own papers say of us; one row a company."""

    company = models.OneToOneField(Company, on_delete=models.PROTECT, related_name="+")
    legal_name = models.TextField()
    street = models.TextField(blank=True)
    postcode = models.TextField(blank=True)
    city = models.TextField(blank=True)
    region = models.TextField(blank=True)
    vat_id = models.TextField(blank=True)
    registration = models.TextField(blank=True)
    electronic_address = models.TextField(blank=True)
    email = models.TextField(blank=True)
    phone = models.TextField(blank=True)
    website = models.TextField(blank=True)
    has_f_tax = models.BooleanField(default=False)  # approved for Swedish F-tax, which papers there must say
    language = models.CharField(max_length=8, choices=LANGUAGE_CHOICES, default="en")  # of papers, where none is agreed

    def __str__(self) -> str:
        return self.legal_name


class BankAccount(models.Model):
    """An account of ours or of a payee's; used only after two people and a waiting day (practice 18).

    ``owner``: "own", or the payee ("microsoft"). ``state``: proposed, active, closed.
    """

    company = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="+")
    code = models.TextField()  # stable and public: "bank:1930" in the ledger
    owner = models.TextField(default="own")
    name = models.TextField()
    currency = models.CharField(max_length=3)
    iban = models.TextField(blank=True)
    bic = models.TextField(blank=True)
    giro = models.TextField(blank=True)  # Swedish bankgiro, digits only
    number = models.TextField(blank=True)  # where there is no IBAN: branch and account
    state = models.TextField(default="proposed")
    proposed_by = models.TextField()
    proposed_at = models.DateTimeField()
    approved_by = models.TextField(blank=True)
    approved_at = models.DateTimeField(null=True)
    usable_from = models.DateField(null=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["company", "code"], name="one_bank_account_a_code")]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"


class Customer(models.Model):
    """A customer's tenant; ``key`` is its name in Microsoft's rows: tenant GUID, account number, or a bare name."""

    company = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="+")
    key = models.TextField()
    name = models.TextField()
    domain = models.TextField(blank=True)
    country = models.CharField(max_length=2, blank=True)
    owner = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")  # sales agent
    debtor = models.ForeignKey(Debtor, on_delete=models.PROTECT, null=True, related_name="+")  # who pays; None: not yet
    first_seen_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["company", "key"], name="one_customer_a_key")]
        indexes: ClassVar = [models.Index(models.F("company"), functions.Lower("name"), name="customer_by_name")]

    def __str__(self) -> str:
        return self.name
