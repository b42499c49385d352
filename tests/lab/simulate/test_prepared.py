"""A prepared record, filled in, is byte for byte what the writer would have made of the event."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import datetime

import pytest

from grantwatch.lab import mail_access, token_id_of
from grantwatch.lab.events import Machine, Person, Place, SignInEvent
from grantwatch.lab.ids import Mint
from grantwatch.lab.simulate.forms import FORMS, lines_of
from grantwatch.lab.simulate.prepared import MARKED_PLACE, MESSAGES, Ids, person_values, place_values
from grantwatch.lab.simulate.recipes import ALL, Recipes
from grantwatch.lab.simulate.tenant import Tenant

TENANT = Tenant(4, 20)
WHEN = datetime(2026, 8, 5, 23, 57, 1, 43000)
PERSON = Person(Mint(1).guid(), "zoe.o'neil@rowan-tools.example", 'Zoë "Zo" O\'Neil 100%')
PLACE = Place("2001:db8:12::7", 64533, "PT", "Porto", "Porto", 41.1496, -8.0)


def values_of(event: SignInEvent) -> tuple[bytes, ...]:
    """In the order of MARKS."""
    correlation = event.correlation_id.encode()
    asked = (event.request_id.encode(), correlation, event.token_id.encode())
    moment = (b"2026-08-05T23:57:01", b"043000", b"103", b"2026-08-06T00:01:01")
    person, place = person_values(event.user, event.device), place_values(event.place)
    return (*person, event.session_id.encode(), correlation, *place, *asked, *moment)


@pytest.mark.parametrize("number", range(len(ALL)))
@pytest.mark.parametrize("kind", ["edge", "safari", "firefox"])
def test_it_is_what_the_writer_makes(number: int, kind: str) -> None:
    forms = tuple(FORMS)
    recipes = Recipes(TENANT, forms)
    recipe = ALL[number]
    kind = ("ios" if kind == "edge" else "android") if recipe.where == "phone" else kind
    trust = "Azure AD joined" if kind in {"edge", "safari"} else ""
    mint = Mint(number)
    event = recipes.event(recipe, kind, trust, True, 150)
    assert event.place is MARKED_PLACE
    device = Machine(mint.guid(), "RT-LT-1", event.device.os, event.device.browser, True, True, trust)
    whole = replace(
        event, user=PERSON, place=PLACE, time=WHEN, request_id=mint.request_id(), correlation_id=mint.guid(),
        session_id=mint.guid(), device=device if trust else event.device,
    )  # fmt: skip
    values = values_of(whole)
    records, *_ = recipes.make(recipe, kind, trust, True, 150)
    made = [(record.file, record.text % record.values(values)) for record in records]
    expected = lines_of(whole, forms)
    if kind == "firefox" and recipe.agent != "browser":
        expected = []
    assert made == expected


@pytest.mark.parametrize("messages", [1, 9, 10, MESSAGES])
@pytest.mark.parametrize("number", [number for number, recipe in enumerate(ALL) if recipe.client_info])
def test_mail_is_what_the_writer_makes(number: int, messages: int) -> None:
    forms = tuple(FORMS)
    recipe = ALL[number]
    recipes = Recipes(TENANT, forms)
    kind = "ios" if recipe.where == "phone" else "edge"
    _, mail, _ = recipes.make(recipe, kind, "", False, 150)
    token = replace(
        recipes.event(recipe, kind, "", False, 150), user=PERSON, place=PLACE, request_id=Mint(2).request_id(),
        session_id=Mint(3).guid(),
    )  # fmt: skip
    (whole,) = mail_access(
        Mint(7), PERSON, tenant_id=TENANT.id, at=WHEN, place=PLACE, client=recipe.client, messages=messages,
        client_info=recipe.client_info, token=token,
    )  # fmt: skip
    record = whole.record_id
    items = [item[1:25].encode() for item in whole.items]
    values = (
        *person_values(PERSON, Machine()), token.session_id.encode(), b"", *place_values(PLACE), b"", b"",
        token.token_id.encode(), b"2026-08-05T23:57:01", b"043000", b"", b"", record.encode(),
        record.replace("-", "").upper().encode(), b"", *items,
    )  # fmt: skip
    assert [(each.file, each.text % each.values(values)) for each in mail[messages - 1]] == lines_of(whole, forms)


def test_ids_come_as_the_mint_gives_them() -> None:
    ids = Ids(random.Random(1))  # noqa: S311 - fiction, not a secret
    taken = [ids.take() for _ in range(5000)]
    assert len({request for request, _, _ in taken} | {correlation for _, correlation, _ in taken}) == 10_000
    for request, correlation, token in taken:
        assert token_id_of(request.decode()).encode() == token
        assert request.endswith(b"00")
        for guid in (request, correlation):
            assert guid[14:15] == b"4"
            assert guid[19:20] in b"89ab"
