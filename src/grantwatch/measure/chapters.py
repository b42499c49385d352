"""What a run says, chapter by chapter, from its JSON: the same for a page, a terminal and a ticket."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from grantwatch.report.document import Json

__all__ = ["Chapter", "chapters"]

MOST_LISTED = 40


@dataclass(frozen=True, slots=True)
class Chapter:
    """A heading, paragraphs, and a table where `header` is not empty. `more`: words below the table."""

    title: str
    words: tuple[str, ...]
    header: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    more: tuple[str, ...] = ()


def chapters(run: Json) -> list[Chapter]:
    """Every chapter, in order. Only `degraded` is left out where the run has none."""
    figures = run["overall"]
    return [
        _tenants(run),
        _reconstruction(figures["reconstruction"]),
        _severities(figures),
        _rules(run),
        _logic(run),
        _campaigns(figures),
        _attacks(figures["attacks"], run["method"]),
        _personas(figures),
        _delay(figures["delay"]),
        _reliability(figures),
        *([_degraded(run)] if run["degraded"] else []),
        _missed(figures["missed"]),
        _false_highs(figures["false_highs"]),
    ]


def _number(value: float | None, digits: int = 3) -> str:
    return "–" if value is None else f"{value:.{digits}f}"


def _percent(share: float | None) -> str:
    return "–" if share is None else f"{100 * share:.1f}%"


def _top(counts: dict[str, int], most: int = 4) -> str:
    return ", ".join(f"{name} {count}" for name, count in list(counts.items())[:most]) or "–"


def _tenants(run: Json) -> Chapter:
    tuned = run["tuned_on"]
    tried = [tenant["seed"] for tenant in run["tenants"]]
    both = sorted(set(tried) & set(tuned))
    if both:
        said = f"Weights were tuned on seeds {_listed(tuned)}, of which {_listed(both)} are measured here."
    elif tuned:
        said = f"Weights were tuned on seeds {_listed(tuned)}, none of which is measured here."
    else:
        said = "The run does not say which seeds weights were tuned on."
    rows = [
        (
            str(tenant["seed"]),
            f"{tenant['users']:,}",
            str(tenant["days"]),
            f"{tenant['records']:,}",
            str(tenant["figures"]["grants"]),
            str(tenant["figures"]["taken"]),
            _percent(_at(tenant["figures"], "high")["recall"]),
            _percent(_at(tenant["figures"], "high")["precision"]),
            _number(_at(tenant["figures"], "high")["false_per_1000_users_day"]),
            _number(tenant["figures"]["average_precision"]),
            _number(tenant["figures"]["reliability"]["brier"]),
        )
        for tenant in run["tenants"]
    ]
    header = (
        "Seed", "Users", "Days", "Records", "Grants", "Taken", "Recall at high", "Precision at high",
        "False highs per 1,000 users and day", "Average precision", "Brier",
    )  # fmt: skip
    words = (
        "Simulated tenants, each with its own people, habits and attacks. A grant is taken where an attacker got a "
        "token of it: recall is over those.",
        said,
    )
    return Chapter("Tenants", words, header, tuple(rows))


def _listed(values: Iterable[object]) -> str:
    return ", ".join(map(str, values))


def _at(figures: Json, severity: str) -> Json:
    found: Json = next(each for each in figures["severities"] if each["severity"] == severity)
    return found


def _reconstruction(made: Json) -> Chapter:
    rows = (
        ("Real grants", str(made["real"])),
        ("Matched", str(made["matched"])),
        ("Missed", f"{made['missed']} (of which merged into another: {made['merged']})"),
        ("Doubled", str(made["doubled"])),
        ("Phantom", f"{made['phantom']} (of which decoys: {made['decoys_taken']} of {made['decoys']})"),
        ("Outcome as it was", f"{made['right_outcome']} of {made['matched']}"),
    )
    words = (
        "A grant of the hunt is the real one with which it shares the most sign-in records of the flow itself. Doubled "
        "are those beyond the first for one real grant; phantom are those that are no real grant at all.",
    )
    return Chapter("Reconstruction", words, ("Grants", "Number"), rows)


def _severities(figures: Json) -> Chapter:
    rows = [
        (
            at["severity"],
            str(at["alerts"]),
            str(at["true"]),
            str(at["false"]),
            _percent(at["precision"]),
            _percent(at["recall"]),
            _percent(at["recall_hard"]),
            _number(at["false_per_1000_users_day"]),
        )
        for at in figures["severities"]
    ]
    words = (
        "Each row holds everything at that severity or worse. A grant of an attacker is rightly shown whatever came of "
        "it, also where nobody got a token. Doubled grants and phantoms count each time that they are shown.",
    )
    header = (
        "From", "Grants", "True", "False", "Precision", "Recall", "Recall of the hard ones",
        "False per 1,000 users and day",
    )  # fmt: skip
    more = (
        f"Average precision over all scores: {_number(figures['average_precision'])}. Attempts of attackers at which "
        "nobody got a token are not ranked; equal scores have no order.",
    )
    return Chapter("Recall and precision", words, header, tuple(rows), more)


def _rules(run: Json) -> Chapter:
    rows = [
        (
            rule["title"],
            str(rule["alerts"]),
            str(rule["false"]),
            _percent(rule["recall"]),
            _number(rule["false_per_1000_users_day"]),
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
        "record of it. Grants of the hunt are not folded.",
        "At equal recall: the highest score at which the hunt recalls as many taken grants as the rule, and how many "
        "grants that are no attacker's have that score or more.",
    )
    header = (
        "Rule", "Alerts", "False", "Recall", "False per 1,000 users and day", "Hunt: score",
        "Hunt: false at equal recall", "Rule : hunt",
    )  # fmt: skip
    return Chapter("Beside the public rules", words, header, tuple(rows), _best(run["rules"]))


def _ratio(rule: Json) -> str:
    if rule["hunt_false"] == 0:
        return f"{rule['false']} : 0"
    if rule["ratio"] is not None:
        return f"{rule['ratio']:.1f} : 1"
    return "hunt never reaches it" if rule["recall"] else "finds nothing"


def _best(rules: Sequence[Json]) -> tuple[str, ...]:
    """The rule that comes nearest to the hunt."""
    beaten = [rule for rule in rules if rule["ratio"] is not None]
    never = [rule["title"] for rule in rules if rule["recall"] and rule["threshold"] is None]
    said = []
    if beaten:
        best = min(beaten, key=lambda rule: (rule["ratio"], rule["rule"]))
        said.append(f"The rule that comes nearest: {best['title']}, with {_ratio(best)} false alerts at equal recall.")
    if never:
        said.append(f"The hunt reaches at no score the recall of: {', '.join(never)}.")
    return tuple(said)


def _logic(run: Json) -> Chapter:
    rows = [
        (rule["title"], rule["logic"], rule["simplified"], "; ".join(rule["sources"])) for rule in run["declared_rules"]
    ]
    words = ("Their logic in our own words, and where we had to choose.",)
    return Chapter("The public rules", words, ("Rule", "Looks for", "Here", "Known from"), tuple(rows))


def _campaigns(figures: Json) -> Chapter:
    rows = [
        (
            each["id"],
            str(each["grants"]),
            str(each["taken"]),
            str(each["matched"]),
            _severity_counts(each["severities"]),
            _number(each["median_score"], 0),
            _percent(each["high_share"]),
            _top(each["evidence"]),
        )
        for each in figures["campaigns"]
    ]
    words = ("Recall at high is over taken grants. The last column: evidence that the taken ones below high did have.",)
    header = (
        "Campaign", "Grants", "Taken", "Matched", "Severities", "Median score", "Recall at high", "Evidence when missed"
    )  # fmt: skip
    return Chapter("Campaigns", words, header, tuple(rows))


def _severity_counts(counts: dict[str, int]) -> str:
    return ", ".join(f"{count} {name}" for name, count in counts.items() if count) or "none found"


def _attacks(made: Json, method: Json) -> Chapter:
    many = method["many_victims"]
    rows = [
        (
            str(each["seed"]),
            each["attack"],
            each["campaign"],
            str(each["users"]),
            str(each["victims"]),
            str(each["together"]),
            str(each["strangers"]),
            str(each["pieces"]),
            each["severity"] or "–",
            "yes" if each["recognised"] else "no",
        )
        for each in made["listed"]
        if each["victims"] >= many
    ]
    words = (
        f"Attacks in which {many} people or more gave something away, and whether one campaign incident holds all of "
        f"them: {made['recognised']} of {made['many']} ({_percent(made['recall'])}). One that holds at least {many}: "
        f"{made['seen']}. Share of the victims in the best incident, on average: {_percent(made['share_together'])}.",
        f"Of {made['campaign_incidents']} campaign incidents, {made['false_campaigns']} hold no grant of an attacker.",
    )
    header = (
        "Seed", "Attack", "Campaign", "Users", "Victims", "In one incident", "Strangers", "Incidents", "Severity",
        "Recognised",
    )  # fmt: skip
    return Chapter("Campaigns as one incident", words, header, tuple(rows[:MOST_LISTED]), _left(rows))


def _left(rows: Sequence[object]) -> tuple[str, ...]:
    return (f"And {len(rows) - MOST_LISTED} more; the JSON has all.",) if len(rows) > MOST_LISTED else ()


def _personas(figures: Json) -> Chapter:
    rows = [
        (
            each["id"],
            str(each["grants"]),
            str(each["hard"]),
            str(each["matched"]),
            _severity_counts(each["severities"]),
            _number(each["median_score"], 0),
            str(each["high"]),
            _top(each["evidence"]),
        )
        for each in figures["personas"]
    ]
    header = (
        "Persona", "Grants", "Hard", "Matched", "Severities", "Median score", "High or critical", "Evidence when high"
    )  # fmt: skip
    return Chapter("Personas", ("Honest grants, by who gave them.",), header, tuple(rows))


def _delay(made: Json) -> Chapter:
    rows = (
        ("Taken grants that came out high", str(made["grants"])),
        ("Median", f"{_number(made['median_minutes'], 1)} min"),
        ("90th percentile", f"{_number(made['p90_minutes'], 1)} min"),
        ("Within 5 minutes", str(made["within_5_minutes"])),
        ("Within an hour", str(made["within_1_hour"])),
        ("Within a day", str(made["within_1_day"])),
    )
    words = (
        "From the approval until the evidence that makes it high was there: each grant is judged again as it stood at "
        "the time of each of its records. What a log takes to arrive comes on top.",
    )
    return Chapter("Time to detect", words, ("", "Value"), rows)


def _reliability(figures: Json) -> Chapter:
    rows = [
        (
            f"{given['least']}–{given['most']}",
            str(given["grants"]),
            _number(given["mean_score"], 1),
            str(given["malicious"]),
            _percent(given["share_malicious"]),
            str(tried["grants"]),
            _percent(tried["share_malicious"]),
        )
        for given, tried in zip(
            figures["reliability"]["buckets"], figures["reliability_attempts"]["buckets"], strict=True
        )
    ]
    words = (
        "A score of 70 should mean that about 70 of 100 such grants are an attacker's, in every tenant. How many there "
        "are depends on how often a tenant is attacked, which the lab chooses. Blocked and abandoned attempts are held "
        "at medium because nobody got a token, not because they are likely to be honest: they stand apart.",
    )
    header = (
        "Score", "Grants", "Mean score", "Attacker's", "Share", "Attempts", "Share of attempts"
    )  # fmt: skip
    more = (
        f"Brier score: {_number(figures['reliability']['brier'], 4)} over {figures['reliability']['grants']} grants "
        "(0 is best; 0.25 is what a coin gets).",
    )
    return Chapter("Reliability", words, header, tuple(rows), more)


def _degraded(run: Json) -> Chapter:
    rows = []
    for each in run["degraded"]:
        figures = each["figures"]
        made, high, medium = figures["reconstruction"], _at(figures, "high"), _at(figures, "medium")
        rows.append(
            (
                each["title"],
                f"{made['matched']} of {made['real']}",
                f"{made['doubled']} / {made['phantom']}",
                _percent(high["recall"]),
                _percent(medium["recall"]),
                _percent(high["precision"]),
                _number(high["false_per_1000_users_day"]),
                _number(figures["average_precision"]),
                _percent(figures["attacks"]["recall"]),
                str(len(figures["blind_signals"])),
                _number(figures["not_assessed_per_grant"], 1),
            )
        )
    stretch = run["method"]["stretch_days"]
    words = (
        "Telemetry taken away, each step on top of those before. Without history: the hunt gets stretches of at most "
        f"{stretch} days, each by itself, so a grant that lives on into the next stretch may be shown once more.",
    )
    header = (
        "Logs", "Matched", "Doubled / phantom", "Recall at high", "Recall at medium", "Precision at high",
        "False highs per 1,000 users and day", "Average precision", "Campaigns recognised", "Blind signals",
        "Signals not assessed per grant",
    )  # fmt: skip
    last = run["degraded"][-1]["figures"]["blind_signals"]
    more = (
        (f"What the verdicts of the last step say was not assessed for any grant: {', '.join(last)}.",) if last else ()
    )
    return Chapter("With less telemetry", words, header, tuple(rows), more)


def _missed(listed: Sequence[Json]) -> Chapter:
    rows = [
        (
            str(each["seed"]),
            str(each["grant"]),
            each["kind"] + (" (hard)" if each["hard"] else ""),
            each["found_outcome"] or "not found",
            "–" if each["score"] is None else f"{each['severity']} {each['score']}",
            ", ".join(each["evidence"][:6]) or each["reason"],
        )
        for each in listed
    ]
    words = (f"Taken grants below high: {len(listed)}. Evidence with what it weighs, heaviest first.",)
    header = ("Seed", "Grant", "Campaign", "Outcome seen", "Verdict", "Evidence")
    return Chapter("What was missed", words, header, tuple(rows[:MOST_LISTED]), _left(rows))


def _false_highs(listed: Sequence[Json]) -> Chapter:
    rows = [
        (
            str(each["seed"]),
            "–" if each["grant"] is None else str(each["grant"]),
            each["kind"] + (" (hard)" if each["hard"] else ""),
            f"{each['severity']} {each['score']}",
            ", ".join(each["evidence"][:6]),
        )
        for each in listed
    ]
    words = (f"Grants at high or critical that are no attacker's: {len(listed)}.",)
    header = ("Seed", "Grant", "Persona", "Verdict", "Evidence")
    return Chapter("What was wrongly high", words, header, tuple(rows[:MOST_LISTED]), _left(rows))
