"""Addresses of collections: board, list, calls, round, people; forms about one debtor and what takes them back."""

from __future__ import annotations

from django.urls import path

from saldo.desk.collections import acting, board, calls, letters, listing, people, rounds, undoing

urlpatterns = [
    path("collections/", board.collections, name="collections"),
    path("collections/list/", listing.listing, name="collections-list"),
    path("collections/collections.csv", listing.listing_csv, name="collections-csv"),
    path("collections/collections.xlsx", listing.listing_xlsx, name="collections-xlsx"),
    path("collections/calls/", calls.calls, name="collections-calls"),
    path("collections/calls/finish/", calls.finish, name="collections-finish"),
    path("collections/round/", rounds.round_page, name="collections-round"),
    path("collections/round/run/", rounds.run, name="collections-run"),
    path("collections/round/release/", rounds.release, name="collections-release"),
    path("collections/people/", people.people, name="collections-people"),
    path("collections/people/people.csv", people.people_csv, name="collections-people-csv"),
    path("collections/people/people.xlsx", people.people_xlsx, name="collections-people-xlsx"),
    path("collections/of/<str:number>/promise/", acting.promise, name="collections-promise"),
    path("collections/of/<str:number>/dispute/", acting.dispute, name="collections-dispute"),
    path("collections/of/<str:number>/hold/", acting.hold, name="collections-hold"),
    path("collections/of/<str:number>/mark/", acting.mark, name="collections-mark"),
    path("collections/of/<str:number>/in-flight/", acting.in_flight, name="collections-in-flight"),
    path("collections/of/<str:number>/call/", acting.call, name="collections-call"),
    path("collections/of/<str:number>/promise/<int:id>/end/", undoing.promise_end, name="collections-promise-end"),
    path("collections/of/<str:number>/dispute/<int:id>/end/", undoing.dispute_end, name="collections-dispute-end"),
    path("collections/of/<str:number>/hold/<int:id>/end/", undoing.hold_end, name="collections-hold-end"),
    path("collections/of/<str:number>/mark/<int:id>/end/", undoing.mark_end, name="collections-mark-end"),
    path("collections/of/<str:number>/mark/<int:id>/sign/", undoing.mark_sign, name="collections-mark-sign"),
    path(
        "collections/of/<str:number>/in-flight/<int:id>/end/", undoing.in_flight_end, name="collections-in-flight-end"
    ),
    path("collections/of/<str:number>/letters/<int:notice>/", letters.proof, name="collections-proof"),
    path("collections/of/<str:number>/letters/<int:notice>/<int:place>.pdf", letters.paper, name="collections-paper"),
]
