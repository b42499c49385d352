"""Campaigns, personas, and the grants that came out wrong."""

from __future__ import annotations

from collections.abc import Sequence

from grantwatch.measure.chapters.words import MOST_LISTED, Chapter, counted, left, number, percent, top
from grantwatch.report.document import Json

__all__ = ["attacks", "campaigns", "false_highs", "missed", "personas", "strays"]


def campaigns(figures: Json) -> Chapter:
    """By campaign."""
    rows = [
        (
            each["id"],
            str(each["grants"]),
            str(each["taken"]),
            str(each["matched"]),
            counted(each["severities"]),
            number(each["median_score"], 0),
            percent(each["high_share"]),
            top(each["evidence"]),
        )
        for each in figures["campaigns"]
    ]
    words = ("Recall at high is over taken grants. The last column: evidence that the taken ones below high did have.",)
    header = (
        "Campaign", "Grants", "Taken", "Matched", "Severities", "Median score", "Recall at high", "Evidence when missed"
    )  # fmt: skip
    return Chapter("Campaigns", words, header, tuple(rows))


def attacks(made: Json, method: Json) -> Chapter:
    """Whether attacks were recognised as one."""
    many = method["many_victims"]
    rows = [
        (
            str(each["seed"]),
            each["attack"],
            each["campaign"],
            str(each["users"]),
            str(each["victims"]),
            str(each["together"]),
            _strangers(each),
            str(each["pieces"]),
            each["severity"] or "–",
            _recognised(each),
        )
        for each in made["listed"]
        if each["victims"] >= many
    ]
    false = "; ".join(counted(kinds) for kinds in made["false_kinds"])
    words = (
        f"Attacks in which {many} people or more gave something away, and whether one campaign incident holds all of "
        f"them: {made['recognised']} of {made['many']} ({percent(made['recall'])}), {made['alone']} of these without "
        f"anybody else in it. One that holds at least {many}: "
        f"{made['seen']}. Share of the victims in the best incident, on average: {percent(made['share_together'])}.",
        f"Of {made['campaign_incidents']} campaign incidents, {made['false_campaigns']} hold no grant of an attacker"
        + (f": {false}." if false else "."),
        f"Of the grants in the others {percent(made['purity'])} are of the attack that most of the incident is of; "
        f"{made['mixed']} hold two attacks or more. Attacks on one tenant may share a hoster's range, a kit, or the "
        "same hours, and then nothing in the logs tells them apart.",
    )
    header = (
        "Seed", "Attack", "Campaign", "Users", "Victims", "In one incident", "Strangers", "Incidents", "Severity",
        "Recognised",
    )  # fmt: skip
    return Chapter("Campaigns as one incident", words, header, tuple(rows[:MOST_LISTED]), left(rows))


def _recognised(attack: Json) -> str:
    if attack["recognised"]:
        return "yes" if attack["alone"] else "yes, with others"
    return "no"


def _strangers(attack: Json) -> str:
    kinds = counted(attack["stranger_kinds"])
    return f"{attack['strangers']} ({kinds})" if attack["strangers"] else "0"


def personas(figures: Json) -> Chapter:
    """By persona."""
    rows = [
        (
            each["id"],
            str(each["grants"]),
            str(each["hard"]),
            str(each["matched"]),
            counted(each["severities"]),
            number(each["median_score"], 0),
            str(each["high"]),
            top(each["evidence"]),
        )
        for each in figures["personas"]
    ]
    header = (
        "Persona", "Grants", "Hard", "Matched", "Severities", "Median score", "High or critical", "Evidence when high"
    )  # fmt: skip
    return Chapter("Personas", ("Honest grants, by who gave them.",), header, tuple(rows))


def missed(listed: Sequence[Json]) -> Chapter:
    """Taken grants below high."""
    rows = [
        (
            str(each["seed"]),
            str(each["grant"]),
            each["kind"] + (" (hard)" if each["hard"] else ""),
            each["found_outcome"] or "not found",
            "–" if each["score"] is None else f"{each['severity']} {each['score']}",
            ", ".join(each["evidence"][:6]) or each["reason"],
            each["note"],
        )
        for each in listed
    ]
    words = (f"Taken grants below high: {len(listed)}. Evidence with what it weighs, heaviest first.",)
    header = ("Seed", "Grant", "Campaign", "Outcome seen", "Verdict", "Evidence", "What it was")
    return Chapter("What was missed", words, header, tuple(rows[:MOST_LISTED]), left(rows))


def false_highs(listed: Sequence[Json]) -> Chapter:
    """High grants that are no attacker's."""
    rows = [
        (
            str(each["seed"]),
            "–" if each["grant"] is None else str(each["grant"]),
            each["kind"] + (" (hard)" if each["hard"] else ""),
            f"{each['severity']} {each['score']}",
            ", ".join(each["evidence"][:6]),
            each["note"],
        )
        for each in listed
    ]
    words = (f"Grants at high or critical that are no attacker's: {len(listed)}.",)
    header = ("Seed", "Grant", "Persona", "Verdict", "Evidence", "What it was")
    return Chapter("What was wrongly high", words, header, tuple(rows[:MOST_LISTED]), left(rows))


def strays(listed: Sequence[Json]) -> Chapter:
    """What reconstruction got wrong."""
    rows = [
        (
            str(each["seed"]),
            "–" if each["grant"] is None else str(each["grant"]),
            each["kind"] + (" (hard)" if each["hard"] else ""),
            each["outcome"],
            each["found_outcome"] or "not found",
            "–" if each["score"] is None else f"{each['severity']} {each['score']}",
            each["reason"],
        )
        for each in listed
    ]
    words = (f"Grants that were missed or merged, doubled, or are none at all: {len(listed)}.",)
    header = ("Seed", "Grant", "Persona or campaign", "Outcome", "Outcome seen", "Verdict", "What happened")
    return Chapter("What was not reconstructed rightly", words, header, tuple(rows[:MOST_LISTED]), left(rows))
