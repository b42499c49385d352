"""What was found of what there was."""

from __future__ import annotations

from grantwatch.measure.chapters.words import Chapter, at, listed, number, percent
from grantwatch.report.document import Json

__all__ = ["bands", "delay", "reconstruction", "reliability", "severities", "tenants"]


def tenants(run: Json) -> Chapter:
    """Which tenants, and how each went."""
    tuned = run["tuned_on"]
    tried = [tenant["seed"] for tenant in run["tenants"]]
    both = sorted(set(tried) & set(tuned))
    if both:
        said = f"Weights were tuned on seeds {listed(tuned)}, of which {listed(both)} are measured here."
    elif tuned:
        said = f"Weights were tuned on seeds {listed(tuned)}, none of which is measured here."
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
            percent(at(tenant["figures"], "high")["recall"]),
            percent(at(tenant["figures"], "high")["precision"]),
            number(at(tenant["figures"], "high")["false_per_1000_users_day"]),
            number(tenant["figures"]["average_precision"]),
            number(tenant["figures"]["reliability"]["brier"]),
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


def reconstruction(made: Json) -> Chapter:
    """Whether every grant was found, once."""
    rows = (
        ("Real grants", str(made["real"])),
        ("Matched", str(made["matched"])),
        ("Missed", f"{made['missed']} (of which merged into another: {made['merged']})"),
        ("Doubled", str(made["doubled"])),
        ("Phantom", f"{made['phantom']} (of which decoys: {made['decoys_taken']} of {made['decoys']})"),
        ("Outcome as it was", f"{made['right_outcome']} of {made['matched']}"),
        *(
            (f"Really {outcome}", f"{by['real']}, matched {by['matched']}, seen so {by['right_outcome']}")
            for outcome, by in made["by_outcome"].items()
        ),
    )
    words = (
        "A grant of the hunt is the real one with which it shares the most sign-in records of the flow itself. Doubled "
        "are those beyond the first for one real grant; phantom are those that are no real grant at all.",
    )
    return Chapter("Reconstruction", words, ("Grants", "Number"), rows)


def severities(figures: Json) -> Chapter:
    """Recall and precision from each severity on."""
    rows = [
        (
            at["severity"],
            str(at["alerts"]),
            str(at["true"]),
            str(at["false"]),
            percent(at["precision"]),
            percent(at["recall"]),
            _between(at["recall_interval"]),
            percent(at["recall_hard"]),
            number(at["false_per_1000_users_day"]),
        )
        for at in figures["severities"]
    ]
    words = (
        "Each row holds everything at that severity or worse. A grant of an attacker is rightly shown whatever came of "
        "it, also where nobody got a token. Doubled grants and phantoms count each time that they are shown.",
        f"Phishing simulations that the tenant ordered: {figures['drills']} grants, {figures['drills_high']} of them "
        "high or worse. Nothing but the tenant's word tells them from an attack, so they count in no figure, of the "
        "hunt or of a rule.",
    )
    header = (
        "From", "Grants", "True", "False", "Precision", "Recall", "Recall lies within", "Recall of the hard ones",
        "False per 1,000 users and day",
    )  # fmt: skip
    more = (
        f"Average precision over all scores: {number(figures['average_precision'])}. Attempts of attackers at which "
        "nobody got a token are not ranked; equal scores have no order; of a doubled grant the first is a find and the "
        "others are not.",
    )
    return Chapter("Recall and precision", words, header, tuple(rows), more)


def _between(bounds: list[float] | None) -> str:
    return f"{percent(bounds[0])} – {percent(bounds[1])}" if bounds else "–"


def delay(made: Json) -> Chapter:
    """How soon it could be known."""
    rows = (
        ("Taken grants that came out high", str(made["grants"])),
        ("Median", f"{number(made['median_minutes'], 1)} min"),
        ("90th percentile", f"{number(made['p90_minutes'], 1)} min"),
        ("Within 5 minutes", str(made["within_5_minutes"])),
        ("Within an hour", str(made["within_1_hour"])),
        ("Within a day", str(made["within_1_day"])),
    )
    words = (
        "From the approval until the evidence that makes it high was there: each grant is judged again as it stood at "
        "the time of each of its records. What a log takes to arrive comes on top.",
    )
    return Chapter("Time to detect", words, ("", "Value"), rows)


def reliability(figures: Json) -> Chapter:
    """Whether scores mean what they say."""
    rows = [
        (
            f"{given['least']}–{given['most']}",
            str(given["grants"]),
            number(given["mean_score"], 1),
            str(given["malicious"]),
            percent(given["share_malicious"]),
            str(tried["grants"]),
            percent(tried["share_malicious"]),
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
        f"Brier score: {number(figures['reliability']['brier'], 4)} over {figures['reliability']['grants']} grants "
        "(0 is best; 0.25 is what a coin gets).",
    )
    return Chapter("Reliability", words, header, tuple(rows), more)


def bands(run: Json) -> Chapter:
    """What a severity means, tenant by tenant."""
    names = [band["severity"] for band in run["overall"]["bands"]]
    rows = [(str(tenant["seed"]), *(_band(band) for band in tenant["figures"]["bands"])) for tenant in run["tenants"]]
    rows.append(("all", *(_band(band) for band in run["overall"]["bands"])))
    words = (
        "The share of grants of exactly this severity that is an attacker's, attempts included, and how many of how "
        "many: calibrated means that a column says the same in every row.",
    )
    return Chapter("What a severity means", words, ("Seed", *names), tuple(rows))


def _band(band: Json) -> str:
    return f"{percent(band['share_malicious'])} ({band['malicious']}/{band['grants']})" if band["grants"] else "–"
