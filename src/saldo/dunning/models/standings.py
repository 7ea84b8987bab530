"""Where each open item stands, every decision that moved it, the rounds, and what they propose."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from saldo.dunning.models.fields import MONEY, of_company


class Collected(models.Model):
    """Where one open item stands. Only the round and the acts of people on it write here.

    ``proposed``: the step that waits for a person to release it. ``version`` is pinned when the item leaves `clear`.
    """

    company = models.ForeignKey(
        "parties.Company", on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    item = models.TextField()
    debtor = models.TextField()
    currency = models.CharField(max_length=3)
    policy = models.TextField()
    version = models.IntegerField()
    step = models.TextField(default="clear")
    since = models.DateField(null=True)
    proved_on = models.DateField(null=True)
    notice_failed = models.BooleanField(default=False)
    left = models.TextField(blank=True)
    proposed = models.TextField(blank=True)
    reviewed = models.TextField(blank=True)  # "code:version" that a person saw and kept it from
    because = models.TextField(blank=True)
    facts = models.JSONField(default=dict)  # of the newest decision, as texts
    owed = models.DecimalField(**MONEY, default=0)  # as that decision saw it
    decided_on = models.DateField(null=True)
    decided_at = models.DateTimeField(null=True)
    look_again_on = models.DateField(null=True)  # null: only an event; a touched item gets the day of the touch

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["company", "item"], name="one_standing_an_item")]
        indexes: ClassVar = [
            models.Index(fields=["company", "debtor"], name="collected_by_debtor"),
            models.Index(
                fields=["company", "look_again_on"],
                name="collected_to_look",
                condition=models.Q(look_again_on__isnull=False),
            ),
            models.Index(fields=["company", "step"], name="collected_by_step", condition=~models.Q(step="clear")),
        ]

    def __str__(self) -> str:
        return f"{self.item} {self.step}"


class Decided(models.Model):
    """One decision that moved an item, with all it was made from, so that it can be made again. Never changed."""

    company = models.ForeignKey(
        "parties.Company", on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    item = models.TextField()
    debtor = models.TextField()
    on = models.DateField()  # the debtor's own day
    at = models.DateTimeField()
    by = models.TextField()
    policy = models.TextField()
    version = models.IntegerField()
    before = models.TextField()
    step = models.TextField()
    because = models.TextField()
    facts = models.JSONField()  # what the reason tells
    known = models.JSONField()  # the whole `Facts` and `Standing` it was made from
    notice = models.TextField(blank=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["company", "debtor", "on"], name="decided_by_debtor"),
            models.Index(fields=["company", "item"], name="decided_by_item"),
            models.Index(fields=["company", "on"], name="decided_by_day"),
        ]

    def __str__(self) -> str:
        return f"{self.on} {self.item} {self.step}"


class Round(models.Model):
    """One look at the whole book: how many items were read, how many moved, what left the house for it."""

    company = of_company()
    on = models.DateField()
    ran_at = models.DateTimeField()
    ran_by = models.TextField()
    is_full = models.BooleanField()
    read = models.IntegerField()
    moved = models.IntegerField()
    facts = models.JSONField(default=dict)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["company", "ran_at"], name="round_by_time")]

    def __str__(self) -> str:
        return f"{self.on} {self.moved} of {self.read}"


class SuspensionProposal(models.Model):
    """The policy has run its course for a debtor: these products, in this order, from that day. Two people decide.

    ``state``: proposed, withdrawn (paid, released, superseded), taken (the room of access carries it out).
    """

    company = of_company()
    debtor = models.TextField()
    currency = models.CharField(max_length=3)
    items = models.JSONField()
    classes = models.JSONField()
    act = models.TextField()  # propose-suspension, end-of-term
    step = models.TextField()
    proposed_on = models.DateField()
    not_before = models.DateTimeField()
    owed = models.DecimalField(**MONEY)
    state = models.TextField(default="proposed")
    because = models.TextField(blank=True)
    made_at = models.DateTimeField()
    made_by = models.TextField()
    settled_at = models.DateTimeField(null=True)
    settled_by = models.TextField(blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["company", "debtor", "currency", "act"],
                name="one_open_suspension_a_debtor",
                condition=models.Q(state="proposed"),
            )
        ]

    def __str__(self) -> str:
        return f"{self.debtor} {self.act} {self.state}"
