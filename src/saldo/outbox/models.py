"""What leaves the house: every message is an order first, and goes out only through a channel that was opened."""

from __future__ import annotations

from typing import ClassVar

from django.db import models


class Channel(models.Model):
    """One way out of one company; closed means rehearsal: captured and shown, not sent (practice 10).

    The first live run needs a second person; a run over ``daily_cap`` stops.
    """

    company = models.ForeignKey("parties.Company", on_delete=models.PROTECT, related_name="+")
    kind = models.TextField()
    is_open = models.BooleanField(default=False)
    opened_by = models.TextField(blank=True)
    opened_at = models.DateTimeField(null=True)
    first_run_confirmed_by = models.TextField(blank=True)
    daily_cap = models.IntegerField(default=500)
    next_cap = models.IntegerField(null=True)  # a raised one, which one person may set for a later day only
    next_cap_from = models.DateTimeField(null=True)  # the midnight at which it begins

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["company", "kind"], name="one_channel_a_kind")]

    def __str__(self) -> str:
        return f"{self.kind} {'open' if self.is_open else 'rehearsal'}"


class Message(models.Model):
    """An order to send something, and what came of it.

    ``state``: waiting (for its recall time), captured (rehearsal), held (cap or first run: a person decides), sending,
    sent, refused (by the receiving server), bounced (came back), recalled. An order without receipt stays ``sending``.
    """

    company = models.ForeignKey("parties.Company", on_delete=models.PROTECT, related_name="+")
    key = models.TextField()  # the same order twice is one: "invoice:2026-00017:mail"
    channel = models.TextField()
    purpose = models.TextField()  # "invoice", "reminder"
    about = models.TextField()  # what it concerns: "invoice:2026-00017"
    debtor = models.TextField(blank=True)
    recipients = models.JSONField(default=list)  # addresses
    language = models.CharField(max_length=8)
    subject = models.TextField(blank=True)
    body = models.TextField(blank=True)
    attachments = models.JSONField(default=list)  # [{"name", "media_type", "sha256"}] of the document store
    awaits_paper = models.BooleanField(default=False)  # its paper is still to be made; it does not leave without
    fingerprint = models.TextField()  # of what was ordered; recipients may be mended later
    state = models.TextField(default="waiting")
    ordered_at = models.DateTimeField()
    ordered_by = models.TextField()
    not_before = models.DateTimeField()
    attempts = models.IntegerField(default=0)
    tried_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)
    message_id = models.TextField(blank=True)
    code = models.TextField(blank=True)  # why it was refused, bounced or held
    said = models.TextField(blank=True)  # the other server's own words
    refusals = models.JSONField(default=list)  # recipients who did not get it: [{"address", "status", "said"}]
    released_by = models.TextField(blank=True)  # who let it out of a hold; no cap holds it again
    released_at = models.DateTimeField(null=True)
    settled_at = models.DateTimeField(null=True)  # when a person dealt with a refusal or a bounce
    settled_by = models.TextField(blank=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["company", "key"], name="one_message_a_key")]
        indexes: ClassVar = [
            models.Index(fields=["company", "state", "not_before"], name="message_by_state"),
            models.Index(fields=["company", "about"], name="message_by_subject"),
            models.Index(fields=["company", "message_id"], name="message_by_its_id"),
            models.Index(fields=["company", "channel", "tried_at"], name="message_by_try"),
        ]

    def __str__(self) -> str:
        return f"{self.channel} {self.about} {self.state}"
