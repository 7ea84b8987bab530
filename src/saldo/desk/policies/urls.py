"""The addresses of policies: writing, comparing, publishing, who holds to which."""

from __future__ import annotations

from django.urls import path

from saldo.desk.policies import compare, edit, machine, overview, publish, review, set_up, version

urlpatterns = [
    path("policies/", overview.policies, name="policies"),
    path("policies/set-up/", set_up.set_up, name="policy-set-up"),
    path("policies/compare/", compare.compare, name="policy-compare"),
    path("policies/review/", review.review, name="policy-review"),
    path("policies/review/take-over/", review.take_over, name="policy-take-over"),
    path("policies/time-machine/", machine.machine, name="policy-machine"),
    path("policies/time-machine/start/", machine.start, name="policy-machine-start"),
    path("policies/edit/<slug:code>/", edit.edit, name="policy-edit"),
    path("policies/edit/<slug:code>/check/", edit.check, name="policy-check"),
    path("policies/edit/<slug:code>/drop/", edit.drop, name="policy-drop"),
    path("policies/edit/<slug:code>/publish/", publish.publish, name="policy-publish"),
    path("policies/<slug:code>/assign/", version.assign, name="policy-assign"),
    path("policies/<slug:code>/<int:number>/", version.version, name="policy-version"),
    path("policies/<slug:code>/<int:number>/acknowledged/", version.acknowledged, name="policy-acknowledged"),
]
