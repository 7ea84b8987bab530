"""The two sides of a paper as it writes them: an address, and the foot that says who we are."""

from __future__ import annotations

from saldo.invoicing.papers.wording import say, write_country
from saldo.invoicing.rules.paper import Side


def write_address(side: Side, home: str, lang: str) -> list[str]:
    """The lines of an address below the name, with the number under which the tax office knows them."""
    place = " ".join(filter(None, (side.postcode, side.city)))
    # A letter at home carries no country; abroad it does, in words, as post offices want it.
    country = "" if side.country == home else write_country(side.country, lang)
    lines = [*side.street.splitlines(), place, side.region, country]
    if side.vat_id:
        lines.append(say("vat-id", number=side.vat_id))
    elif side.registration:
        lines.append(say("registration", number=side.registration))
    return [line for line in lines if line]


def write_foot(seller: Side, lang: str) -> list[list[str]]:
    """What stands at the foot of every page: who we are, and where questions go."""
    place = " ".join(filter(None, (seller.postcode, seller.city)))
    country = write_country(seller.country, lang)
    papers = [
        say("registration", number=seller.registration) if seller.registration else "",
        say("f-tax") if seller.has_f_tax else seller.register_to_name,
        say("vat-id", number=seller.vat_id) if seller.vat_id else "",
    ]
    who = [", ".join(filter(None, (seller.name, *seller.street.splitlines(), place, country)))]
    questions = ", ".join(filter(None, (seller.email, seller.phone, seller.website)))
    ask = [say("questions", where=questions)] if questions else []
    return [[*who, ", ".join(filter(None, papers))], ask]
