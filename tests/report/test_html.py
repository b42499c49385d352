"""The page: one file, no script, nothing loaded, all log text harmless."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from html.parser import HTMLParser

import pytest

from grantwatch.pipeline import Hunt
from grantwatch.report.html import anchor, render

VOID = {"meta", "br", "hr", "img", "input", "link", "path", "rect", "circle", "line"}
HOSTILE = [
    "</style><script>alert(1)</script>",
    "\"><img src=x onerror=alert(1)>' onmouseover='x",
    "javascript:alert(1)",
    "{{ 7 * 7 }}{% raw %}",
    "]]><!--\x00\x1b[2J\u202e\u2066",
]


class Page(HTMLParser):
    """What a page is made of: tags, attributes, ids, links, and whether every tag is closed."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: Counter[str] = Counter()
        self.attributes: list[tuple[str, str, str]] = []
        self.open: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags[tag] += 1
        self.attributes += [(tag, name, value or "") for name, value in attrs]
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags[tag] += 1
        self.attributes += [(tag, name, value or "") for name, value in attrs]

    def handle_endtag(self, tag: str) -> None:
        assert self.open, f"</{tag}> closes nothing"
        assert self.open.pop() == tag

    def values(self, name: str) -> list[str]:
        return [value for _, attribute, value in self.attributes if attribute == name]


def assert_inert(text: str) -> Page:
    page = Page(text)
    assert page.open == []
    assert not {"script", "iframe", "object", "embed", "link", "form", "img", "base"} & set(page.tags)
    assert not [name for _, name, _ in page.attributes if name.startswith("on") or name in {"src", "srcset", "action"}]
    assert all(href.startswith("#") for href in page.values("href"))
    assert "default-src 'none'" in " ".join(page.values("content"))
    assert "@import" not in text
    assert "url(" not in text
    return page


def test_is_one_inert_file(hunt: Hunt) -> None:
    page = assert_inert(render(hunt))
    ids = page.values("id")
    assert len(ids) == len(set(ids))
    assert {href[1:] for href in page.values("href")} <= set(ids)


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_changes_nothing(hunt: Hunt, hostile: Callable[[str], Hunt], text: str) -> None:
    made = render(hostile(text))
    assert_inert(made)
    assert not {"\x00", "\x1b", "\u202e", "\u2066"} & set(made)


def test_megabytes_are_cut_and_the_page_says_so(hostile: Callable[[str], Hunt]) -> None:
    made = render(hostile("A" * 10_000_000))
    assert "[cut: 10,000,000 characters]" in made
    assert len(made) < 1_000_000


def test_answers_what_an_analyst_asks(hunt: Hunt) -> None:
    made = render(hunt)
    for part in (
        "1 grant needs containment now",
        "ada@contoso.example approved a device code for Microsoft Authentication Broker",
        "3 s later",
        "Did you enter a code at microsoft.com/devicelogin on 14 Sep 2026 at 10:00 UTC?",
        "DELETE https://graph.microsoft.com/v1.0/devices(deviceId=",
        "There is no Unified Audit Log",
        "Global Administrator",
        "&#34;userAgent&#34;: &#34;python-requests/2.33.1&#34;",
        "exports/notes.docx",
        "createdDateTime is no time",
    ):
        assert part in made, part


def test_opens_what_matters_and_folds_the_rest(hunt: Hunt) -> None:
    made = render(hunt)
    assert made.count('<details class="grant sev-edge sev-critical" open>') == 1
    assert made.count('<details class="grant sev-edge sev-none">') == 2


def test_no_grant_is_never_called_clean(no_grants: Hunt) -> None:
    made = render(no_grants)
    assert_inert(made)
    assert "No device code grant found" in made
    assert "Not assessed" in made
    assert "clean" not in made.lower()


def test_says_what_it_leaves_out(many: Hunt) -> None:
    made = render(many)
    assert "200 further grants of the lowest scores have no section here" in made
    page = Page(made)
    assert {href[1:] for href in page.values("href")} <= set(page.values("id"))


def test_anchors_are_stable_and_safe() -> None:
    assert anchor("a1-B_2") == "grant-a1-B_2"
    assert anchor('x" onclick="') == anchor('x" onclick="')
    assert '"' not in anchor('x" onclick="')
    assert anchor("a b") != anchor("a c")


def test_the_raw_records_are_limited(hunt: Hunt) -> None:
    big = replace(hunt, raw=dict.fromkeys(hunt.raw, '{"a": "' + "b" * 100_000 + '"}'))
    assert "[cut: 100,009 characters]" in render(big)


def test_says_what_to_do_first_and_leads_there(hunt: Hunt) -> None:
    made = render(hunt)
    assert '<a href="#grant-g-phished-do">delete the rogue device, disable the account, revoke all sessions</a>' in made


def test_short_requests_of_urgent_steps_are_in_sight(hunt: Hunt) -> None:
    made = render(hunt)
    revoke = made[made.index("Revoke all sessions") :]
    assert '<details class="requests" open>' in revoke[: revoke.index("/revokeSignInSessions")]
    policy = made[made.index("Block the device code flow") :]
    assert '<details class="requests">' in policy[: policy.index("/conditionalAccess/policies")]


def test_thousands_of_quiet_grants_stay_a_page(hunt: Hunt) -> None:
    quiet = hunt.grants[-1]
    grants = tuple(replace(quiet, grant=replace(quiet.grant, grant_id=f"q{number}")) for number in range(5000))
    made = render(replace(hunt, grants=(hunt.grants[0], *grants)))
    assert len(made) < 5_000_000
    assert "3,000 more grants in the JSON report" in made
    assert "4,900 further grants" in made
    page = Page(made)
    assert {href[1:] for href in page.values("href")} <= set(page.values("id"))


def test_raw_records_of_many_grants_have_one_budget(hunt: Hunt) -> None:
    judged = hunt.grants[0]
    many = tuple(replace(judged, grant=replace(judged.grant, grant_id=f"g{number}")) for number in range(250))
    made = render(replace(hunt, grants=many, incidents=(), raw=dict.fromkeys(hunt.raw, "b" * 20_000)))
    assert made.count("b" * 20_000) == 300
    assert "Raw records are left out here" in made
