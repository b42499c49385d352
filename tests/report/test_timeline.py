"""The picture of a grant: valid SVG, inside its box, labels that do not touch, text that stays text."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

from grantwatch.grants.model import Grant, LegKind, Network
from grantwatch.pipeline import Hunt
from grantwatch.report.timeline import CHARACTER, WIDTH, timeline

SVG = "{http://www.w3.org/2000/svg}"


def drawn(grant: Grant) -> ET.Element:
    return ET.fromstring(timeline(grant))  # noqa: S314 - our own drawing


def labels(root: ET.Element) -> list[tuple[float, float, float]]:
    found = []
    for text in root.iter(f"{SVG}text"):
        if text.get("class") not in {"tl-label", "tl-tick"}:
            continue
        width = len("".join(text.itertext())) * CHARACTER
        x, y = float(text.get("x", "0")), float(text.get("y", "0"))
        left = {"end": x - width, "middle": x - width / 2}.get(text.get("text-anchor", "start"), x)
        found.append((left, left + width, y))
    return found


def test_says_what_it_is(phished_grant: Grant) -> None:
    root = drawn(phished_grant)
    assert root.get("role") == "img"
    assert "ada@contoso.example" in (root.findtext(f"{SVG}title") or "")
    assert root.findtext(f"{SVG}desc")


def test_has_a_lane_for_each_party_and_for_what_followed(phished_grant: Grant) -> None:
    lanes = [text.text for text in drawn(phished_grant).iter(f"{SVG}text") if text.get("class") == "tl-lane"]
    assert lanes == ["approver’s network", "redeemer’s network", "what followed"]


def test_labels_stay_inside_and_do_not_touch(phished_grant: Grant) -> None:
    crowded = replace(
        phished_grant,
        follow_ons=tuple(
            replace(follow_on, time=follow_on.time + timedelta(seconds=step))
            for follow_on in phished_grant.follow_ons
            for step in range(3)
        ),
    )
    found = labels(drawn(crowded))
    assert all(left >= 0 and right <= WIDTH for left, right, _ in found)
    for index, (left, right, y) in enumerate(found):
        for other_left, other_right, other_y in found[index + 1 :]:
            assert y != other_y or right <= other_left or other_right <= left


def test_seconds_and_days_both_get_ticks(phished_grant: Grant) -> None:
    texts = {text.text for text in drawn(phished_grant).iter(f"{SVG}text")}
    assert {"+3 s", "+5 min", "+1 h", "+3 d"} <= texts


def test_copes_with_one_instant(phished_grant: Grant) -> None:
    single = replace(phished_grant, legs=phished_grant.legs[:1], token_uses=(), follow_ons=())
    assert drawn(single) is not None
    assert timeline(replace(single, legs=())) == ""


def test_leaves_out_what_is_too_much_and_says_so(phished_grant: Grant) -> None:
    long = replace(phished_grant, token_uses=phished_grant.token_uses[:1] * 500)
    text = timeline(long)
    assert "more in the tables" in text
    assert len(text) < 20_000


def test_hostile_text_stays_text(hostile: Callable[[str], Hunt]) -> None:
    root = drawn(hostile("\x00\u202e</title><script>alert(1)</script>&\ud800" * 50).grants[0].grant)
    assert not list(root.iter(f"{SVG}script"))


def test_two_records_of_one_leg_are_one_mark(phished_grant: Grant) -> None:
    twice = replace(phished_grant, legs=(phished_grant.legs[0], *phished_grant.legs))
    texts = [text.text for text in drawn(twice).iter(f"{SVG}text")]
    assert texts.count("interrupt 50199, 2 records") == 1
    assert "interrupt 50199" not in texts


def test_a_lane_names_its_network_as_fully_as_any_record_does(phished_grant: Grant) -> None:
    bare = replace(phished_grant.legs[0], network=Network(ip="198.51.100.23"))
    root = drawn(replace(phished_grant, legs=(bare, *phished_grant.legs[1:]), token_uses=(), follow_ons=()))
    notes = [note.text for note in root.iter(f"{SVG}tspan")]
    assert " \u00b7 198.51.100.23, AS64501, DE" in notes


def test_a_block_that_met_another_network_is_not_the_approvers(phished_grant: Grant) -> None:
    interrupt, _, redemption = phished_grant.legs
    blocked = replace(redemption, kind=LegKind.BLOCKED, interactive=True, error_code=53003)
    root = drawn(replace(phished_grant, legs=(interrupt, blocked), token_uses=(), follow_ons=()))
    lanes = [text.text for text in root.iter(f"{SVG}text") if text.get("class") == "tl-lane"]
    assert lanes == ["approver’s network", "the device’s network"]
