"""The hunt beside public rules, and beside itself with less telemetry."""

from __future__ import annotations

from collections.abc import Sequence

from grantwatch.measure.chapters.words import Chapter, at, counted, number, percent, top
from grantwatch.report.document import Json

__all__ = ["at_severities", "beside_rules", "degraded", "logic", "unseen"]


def beside_rules(run: Json) -> Chapter:
    """Rules and the hunt at equal recall."""
    rows = [
        (
            rule["title"],
            str(rule["alerts"]),
            str(rule["false"]),
            percent(rule["recall"]),
            number(rule["false_per_1000_users_day"]),
            "–" if rule["threshold"] is None else str(rule["threshold"]),
            "–" if rule["hunt_false"] is None else str(rule["hunt_false"]),
            _ratio(rule),
        )
        for rule in run["rules"]
    ]
    hours = run["method"]["alert_hours"]
    words = (
        f"The same records. What one rule fires on for one user within {hours:g} hour of the first is one alert; it is "
        "true where it holds a record of an attacker's grant, and a taken grant is recalled where a true alert holds a "
        "record of it. Grants of the hunt are not folded. At the start of the logs every user is new, to rules "
        "and hunt alike.",
        "At equal recall: the highest score at which the hunt recalls as many taken grants as the rule, and how many "
        "grants that are no attacker's have that score or more.",
    )
    header = (
        "Rule", "Alerts", "False", "Recall", "False per 1,000 users and day", "Hunt: score",
        "Hunt: false at equal recall", "Rule : hunt",
    )  # fmt: skip
    return Chapter("Beside the public rules", words, header, tuple(rows), _best(run["rules"]))


def at_severities(run: Json) -> Chapter:
    """The hunt as it is set up, beside the best rule for that."""
    rows = [
        (
            each["severity"],
            percent(each["recall"]),
            str(each["false"]),
            each["rule_title"] or "none recalls as much",
            percent(each["rule_recall"]),
            "–" if each["rule_false"] is None else str(each["rule_false"]),
            _of(each),
        )
        for each in run["standings"]
    ]
    words = (
        "The hunt from each severity on, and of the rules that recall at least as much the one with the fewest false "
        "alerts.",
    )
    header = ("From", "Recall", "False", "Best rule", "Its recall", "Its false alerts", "Rule : hunt")
    return Chapter("Beside the best rule at each severity", words, header, tuple(rows))


def unseen(run: Json) -> tuple[Chapter, ...]:
    """By campaign, what is left without the non-interactive sign-ins, and why; none where that was not measured."""
    given = {kind["id"]: kind for kind in run["overall"]["campaigns"]}
    step = next((each for each in run["degraded"] if each["step"] == "non_interactive"), None)
    if step is None:
        return ()
    rows = []
    for kind in step["figures"]["campaigns"]:
        if not kind["taken"]:
            continue
        before, left = given[kind["id"]]["high"], kind["high"]
        rows.append(
            (
                kind["id"],
                str(kind["taken"]),
                str(before),
                str(left),
                counted(kind["severities"]),
                top(kind["evidence"]),
                "–" if left >= before else _why(kind),
            )
        )
    words = (
        "The redemption and every later use of the tokens are in the non-interactive sign-ins only. What is left is "
        "the approval, which is the victim's own in person, place and browser, and what the audit logs tell of deeds.",
    )
    header = (
        "Campaign", "Taken", "High as given", "High without", "Severities without", "Evidence when missed",
        "Why they are missed",
    )  # fmt: skip
    return (Chapter("Without non-interactive sign-ins, by campaign", words, header, tuple(rows)),)


_DEEDS = ("collection.", "persistence.", "network.used_elsewhere")


def _why(kind: Json) -> str:
    deeds = [count for signal, count in kind["evidence"].items() if signal.startswith(_DEEDS)]
    if not deeds:
        return "Nothing was done that an audit log tells of: only the victim's own approval is left."
    if max(deeds) < kind["taken"] - kind["high"]:
        return "Of some nothing is left but the victim's own approval; of the others a deed alone is not enough."
    return "A deed is left, and nothing that tells that it was not the owner's."


def _of(standing: Json) -> str:
    if standing["rule_false"] is None:
        return "–"
    if standing["ratio"] is None:
        return f"{standing['rule_false']} : 0"
    return f"{standing['ratio']:.1f} : 1"


def _ratio(rule: Json) -> str:
    if rule["hunt_false"] == 0:
        return f"{rule['false']} : 0"
    if rule["ratio"] is not None:
        return f"{rule['ratio']:.1f} : 1"
    return "hunt never reaches it" if rule["recall"] else "finds nothing"


def _best(rules: Sequence[Json]) -> tuple[str, ...]:
    """The rule that comes nearest to the hunt."""
    reached = [rule for rule in rules if rule["threshold"] is not None]
    beaten = [rule for rule in reached if rule["ratio"] is not None]
    none = [rule["title"] for rule in reached if rule["ratio"] is None]
    never = [rule["title"] for rule in rules if rule["recall"] and rule["threshold"] is None]
    said = []
    if beaten:
        best = min(beaten, key=lambda rule: (rule["ratio"], rule["rule"]))
        said.append(
            f"The rule that comes nearest: {best['title']}, with {best['false']} false alerts against "
            f"{best['hunt_false']} of the hunt, {_ratio(best)}."
        )
    if none:
        said.append(f"At the recall of these the hunt has no false grant at all: {', '.join(none)}.")
    if never:
        said.append(f"The hunt reaches at no score the recall of: {', '.join(never)}.")
    return tuple(said)


def logic(run: Json) -> Chapter:
    """What the rules are."""
    rows = [
        (rule["title"], rule["logic"], rule["simplified"], "; ".join(rule["sources"])) for rule in run["declared_rules"]
    ]
    words = ("Their logic in our own words, and where we had to choose.",)
    return Chapter("The public rules", words, ("Rule", "Looks for", "Here", "Known from"), tuple(rows))


def degraded(run: Json) -> Chapter:
    """What is left of quality with less telemetry."""
    rows = []
    for each in run["degraded"]:
        figures = each["figures"]
        made, high, medium = figures["reconstruction"], at(figures, "high"), at(figures, "medium")
        rows.append(
            (
                each["title"],
                f"{made['matched']} of {made['real']}",
                f"{made['doubled']} / {made['phantom']}",
                percent(high["recall"]),
                percent(medium["recall"]),
                percent(high["precision"]),
                number(high["false_per_1000_users_day"]),
                top({kind["id"]: kind["high"] for kind in figures["personas"] if kind["high"]}, 3),
                number(figures["average_precision"]),
                percent(figures["attacks"]["recall"]),
                str(len(figures["blind_signals"])),
                number(figures["not_assessed_per_grant"], 1),
            )
        )
    stretch = run["method"]["stretch_days"]
    words = (
        "Telemetry taken away, each step on top of those before; then one thing by itself. Without history: the hunt "
        f"gets stretches of at most {stretch} days, each by itself, so a grant that lives on into the next stretch may "
        "be shown once more.",
    )
    header = (
        "Logs", "Matched", "Doubled / phantom", "Recall at high", "Recall at medium", "Precision at high",
        "False highs per 1,000 users and day", "Whose", "Average precision", "Campaigns recognised", "Blind signals",
        "Signals not assessed per grant",
    )  # fmt: skip
    blind = max((each["figures"]["blind_signals"] for each in run["degraded"]), key=len)
    more = (f"What the verdicts say was not assessed for any grant, at the most: {', '.join(blind)}.",) if blind else ()
    return Chapter("With less telemetry", words, header, tuple(rows), more)
