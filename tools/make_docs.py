"""Write the pages of docs/ that are made from declarations: `python tools/make_docs.py` (a test compares them)."""

from __future__ import annotations

import json
import re
from functools import partial
from pathlib import Path

from grantwatch.lab.simulate import FORMS as SIMULATED
from grantwatch.lab.simulate import all_campaigns, all_personas
from grantwatch.lab.simulate.declared import Campaign, Persona
from grantwatch.measure import markdown
from grantwatch.policy.posture import registered as registered_checks
from grantwatch.records.forms import FORMS, Form
from grantwatch.records.wrappers import WRAPPERS
from grantwatch.rules.export import FORMATS, exported
from grantwatch.rules.queries import beyond, queries
from grantwatch.rules.source import Column, Source, sources
from grantwatch.signals import Signal, registered
from grantwatch.signals.catalogue import catalogue, covering

ROOT = Path(__file__).resolve().parent.parent
NOTE = "<!-- Made by tools/make_docs.py from the declarations. Change those, then run it again. -->\n"


def signals_page() -> str:
    """The catalogue of signals."""
    signals = registered()
    lines = [
        "# Signals",
        "",
        NOTE,
        "A signal is a named reason to think a grant good or bad. It answers one question about one grant; where it",
        "fires, it is evidence. Weights are log-odds; within one group the strongest counts in full, the rest in part.",
        "",
        "| Signal | Group | Weight | Alone | Catalogue | Question |",
        "|---|---|---|---|---|---|",
        *(
            f"| {linked(signal)} | {signal.group} | {signal.weight:+.1f} | {'yes' if signal.alone else ''} | "
            f"{', '.join(map(str, signal.entries))} | {signal.question} |"
            for signal in signals
        ),
        "",
        "## Coverage of the catalogue",
        "",
        "What logs can tell of device code phishing, and what tells it. Signals declare which entries they cover.",
        "",
        "| Entry | What it is | Signals | Elsewhere |",
        "|---|---|---|---|",
        *(
            f"| {entry.number} | {entry.title} | {', '.join(map(linked, covering(entry.number)))} | "
            f"{entry.elsewhere or ('' if covering(entry.number) else 'Not yet.')} |"
            for entry in catalogue()
        ),
        "",
    ]
    for signal in signals:
        lines += [
            f"## {signal.id}",
            "",
            f"{signal.title}. {signal.question}",
            "",
            f"- Group `{signal.group}`, weight {signal.weight:+.1f}"
            + ("; may make a grant high without a second group" if signal.alone else ""),
            f"- Looks at: {signal.looks_at}",
            f"- ATT&CK: {', '.join(signal.techniques) or 'none'}",
            f"- Catalogue: {', '.join(map(str, signal.entries)) or 'no entry'}",
            f"- Needs: {', '.join(f'`{need}`' for need in signal.needs) or 'nothing beyond the grant itself'}",
            *(f"- False positive: {text}" for text in signal.false_positives),
            *(f"- Gap: {text}" for text in signal.gaps),
            "",
        ]
    return "\n".join(lines)


def checks_page() -> str:
    """The checks of the posture."""
    checks = registered_checks()
    lines = [
        "# Checks of policies",
        "",
        NOTE,
        "A check answers one question about exported Conditional Access policies; where it finds a gap, that is a",
        "finding with its fix. A finding may weigh less than its check, never more. How to run them:",
        "[What policies leave open](policy.md).",
        "",
        "| Check | Severity | Question |",
        "|---|---|---|",
        *(f"| [{each.id}](#{anchor(each.id)}) | {each.severity.label} | {each.question} |" for each in checks),
        "",
    ]
    for each in checks:
        lines += [
            f"## {each.id}",
            "",
            f"{each.title}. {each.question}",
            "",
            f"- Severity: {each.severity.label}",
            f"- Fix: {each.fix}",
            f"- Needs: {', '.join(('policies', *each.needs))}",
            *(f"- See: <{reference}>" for reference in each.references),
            "",
        ]
    return "\n".join(lines)


def linked(signal: Signal) -> str:
    """The id of a signal as a link to its section."""
    return f"[{signal.id}](#{anchor(signal.id)})"


def forms_page() -> str:
    """The forms of logs."""
    lines = [
        "# Forms of logs",
        "",
        NOTE,
        "The form of a record is told by its keys, never by the name of its file. Files of any form may be mixed.",
        "",
        "| Form | What it is | Becomes | Accepted as |",
        "|---|---|---|---|",
        *(
            f"| [{form.name}](forms/{form.name}.md) | {form.title} | {form.table.replace('_', '-')} | {form.accepts} |"
            for form in FORMS.values()
            if not form.is_flat
        ),
        "",
        *wrapped_records(),
    ]
    return "\n".join(lines)


WAYS = {
    "portal": "In a portal",
    "powershell": "With PowerShell",
    "graph": "With Microsoft Graph",
    "api": "With a command or an API",
    "query": "With a query",
    "storage": "From a storage account",
    "collector": "With a collector",
}


def form_page(form: Form) -> str:
    """One form: how to export it, what it can show, what to know about it."""
    alternatives = "; or ".join(" and ".join(f"`{key}`" for key in keys) for keys in form.keys)
    becomes = "sign-ins" if form.table == "sign_in" else "activities"
    lines = [
        f"# {form.title}",
        "",
        NOTE,
        f"`{form.name}`: one of the [forms of logs](../forms.md) that Grantwatch reads. Its records become {becomes}.",
        "",
        "## What it can show",
        "",
        form.shows,
        "",
        "## What it cannot show",
        "",
        form.lacks,
        "",
        "## How to export it",
        "",
        *(f"- {WAYS[way]}: {how}" for way, how in form.export.items()),
        "",
        "## What to know",
        "",
        *(f"- {quirk}" for quirk in form.quirks),
        "",
        "## How it is told and what is read",
        "",
        f"Accepted: {form.accepts}. Recognised by {alternatives}.",
        "",
        "Columns: " + ", ".join(f"`{column}`" for column in form.columns) + ".",
        "",
    ]
    return "\n".join(lines)


def wrapped_records() -> list[str]:
    """How the forms may lie within other records."""
    flat = ", ".join(f"[{name}](forms/{name}.md)" for name, form in FORMS.items() if form.flat)
    return [
        "## Records within records",
        "",
        "What a SIEM or a collector exports again may hold the record, as JSON text or as an object. It is looked for",
        "at these places, first ones first, and told by its own keys. One outer record counts as one record, and it is",
        "the outer record that is shown.",
        "",
        "| Where | What has it |",
        "|---|---|",
        *(
            f"| {', '.join(f'`{path}`' for path in wrapper.paths)} | {wrapper.title}"
            + (", where the outer record is of no form itself |" if wrapper.loose else " |")
            for wrapper in WRAPPERS
        ),
        "",
        'Each may be spelled with dots, as in `{"event.original": …}` or in the header of a CSV. An Elastic document',
        "whose original event is not there, or is broken, is read by its own fields.",
        "",
        "Of some forms records are also read whose keys are the paths of fields (`status.errorCode`), as tables of",
        f"search results and CSV reports have them: {flat}.",
        "Lists, as of policies or steps, are read only where they stand in them as JSON: better export the raw text.",
        "",
        "How to export: in Splunk keep `_raw` in the results (JSON or CSV). In Elastic dump the data stream with the",
        "`_search` API or a dump tool; its integrations keep `event.original` only where they are told to. In Wazuh",
        "take `alerts.json`, or better `archives.json`: alerts hold only what a rule fired for.",
        "",
    ]


LAB = """\
A realistic tenant that does not exist, with its ground truth: to try Grantwatch without anybody's logs, and to
measure what it finds. The lab writes log records and nothing else; it cannot phish, and it speaks to no network.
Addresses are of the ranges set aside for documentation and benchmarks, domains end in `.example`.

```console
$ grantwatch lab simulate --users 40 --days 14 --seed 7 --out tenant
```

This writes `tenant/logs` and `tenant/truth.json`. Hunt over the logs alone: `grantwatch hunt tenant/logs`. The same
arguments write the same bytes; another seed makes another tenant, with other people and attacks. All options stand in
[the command line](cli.md#grantwatch-lab-simulate). Days count from 1 August 2026.

## What is written

Everybody has working days: interactive sign-ins and silent refreshes of laptop, browser and phone, from the office,
home and the road, in the time zone of a site, with passwords mistyped and second factors asked for, and mail that is
read. Browsers are updated, providers give out new addresses, people are ill or away. Among all that, personas use
device codes for honest reasons, and campaigns abuse them. All records come from the same writers, so that nothing but
what they say tells them apart.

| Form | What is written |
|---|---|
{forms}

`graph` and `ual` unless `--form` says otherwise. Each file is JSON lines, in order of time.

`graph_activity` is asked for by name, beside others: `--form graph --form ual --form graph_activity`. It nearly doubles
the number of records, as it is the largest log of real tenants too. Each request is made with a token whose sign-in is
in the other files: same user, client, session, address, user agent and token id, within the hour. Apps and
administrators' scripts ask for what they need; attackers read mail and files, some search them, and the tools of some
map the directory. Everything else is byte for byte as without it, and the truth names no request.

## The truth

`truth.json` names every device code flow in the records as one of `grants`: whose it is (`user_id`, `upn`), which
`persona` or `campaign` it is of, `malicious` or not, `hard` where its traces are few, how it ended (`redeemed`,
`approved`, `abandoned`, `blocked`), its own records (`request_ids`), up to 20 later token uses (`token_request_ids`),
and what was done with the tokens (`follow_on_ids`). The grants of one `attack` are one incident. A directory activity
stands in two feeds under one id; Graph writes `Directory_` before it. `decoys` are sign-ins that look like a flow and
are none.

## Personas

| Persona | What they do | Stands for | Share of users |
|---|---|---|---|
{personas}

Small tenants cannot have them all: chance decides which, common ones being likelier, and nearly half of the staff play
none.

## Campaigns

| Campaign | What happens | Stands for | Victims | Hard |
|---|---|---|---|---|
{campaigns}

A tenant of 1,500 users sees twenty attacks in 45 days; other sizes by the square root of users and days. Every
campaign comes once before one comes again. Nobody is hit twice.

## Add one

A persona is one file in `src/grantwatch/lab/simulate/personas/`, a campaign one in `campaigns/`. It declares itself
with a decorator and tells events; a flow is told as one `Given`, so that it cannot miss from the truth. The tests
take all that are declared. Then run `python tools/make_docs.py`.
"""


def lab_page() -> str:
    """The lab: how to simulate, who lives in the tenant, who attacks it."""
    honest = [
        f"| `{each.id}` | {each.title}. {each.what} | {_source(each.stands_for)} | {_share(each)} |"
        for each in all_personas()
    ]
    attacks = [
        f"| `{each.id}` | {each.title}. {each.what} | {_source(each.stands_for)} | {_victims(each)} | "
        f"{'yes' if each.hard else ''} |"
        for each in all_campaigns()
    ]
    return f"# The lab\n\n{NOTE}\n" + LAB.format(
        forms="\n".join(f"| `{form.name}` | {form.title} |" for form in SIMULATED.values()),
        personas="\n".join(honest),
        campaigns="\n".join(attacks),
    )


def _source(text: str) -> str:
    """Without the numbers of sections: the notes that they count in are no part of the documentation."""
    return re.sub(r"§[\d.]+ ", "", text)


def _victims(campaign: Campaign) -> str:
    number = f"{campaign.least}–{campaign.most}" if campaign.most > campaign.least else f"{campaign.least}"
    return number if campaign.victims == "staff" else f"{number} ({campaign.victims})"


def _share(persona: Persona) -> str:
    least = f", at least {persona.least}" if persona.least > 1 else ""
    most = f", at most {persona.most}" if persona.most else ""
    return f"{persona.share * 100:.1f} %{least}{most}"


def anchor(heading: str) -> str:
    """The anchor that a Markdown viewer gives to a heading."""
    return "".join(letter for letter in heading.lower() if letter.isalnum() or letter in "-_ ").replace(" ", "-")


def measure_page() -> str:
    """What was measured last: tools/measure.py writes the figures, which take long to make."""
    return markdown(json.loads((ROOT / "docs" / "measure.json").read_bytes()))


def rules_page() -> str:
    """Signals as rules for others, and the fields that rules of others may name."""
    made = {format_: {each.signal: each for each in exported(format_)} for format_ in FORMATS}
    said = queries()
    lines = [
        "# Signals as rules, and the fields of rules",
        "",
        NOTE,
        "How rules are run and exported stands in [Sigma rules](sigma.md).",
        "",
        "## Signals that can be said in one query",
        "",
        f"{len(said)} of {len(said) + len(beyond())} [signals](signals.md) can be asked of single records. Each is a",
        "file in `src/grantwatch/rules/signals/`, from which all formats are made; lists of clients, networks and",
        "marks in it come from the knowledge.",
        "",
        "| Signal | Logs | Level | Sigma | Sentinel | Defender |",
        "|---|---|---|---|---|---|",
        *(
            f"| [{query.signal.id}](signals.md#{anchor(query.signal.id)}) | {query.source} | {query.level} | "
            f"{' | '.join('yes' if made[format_][query.signal.id].text else 'no' for format_ in FORMATS)} |"
            for query in said
        ),
        "",
        "What a query says otherwise than its signal:",
        "",
    ]
    for query in said:
        lines += [f"- `{query.signal.id}`: {text}" for text in (query.wider, query.narrower) if text]
    lines += ["", "What a product cannot be asked, and what its queries do without:", ""]
    for format_ in FORMATS[1:]:
        for each in made[format_].values():
            own = [note for note in each.notes if note.startswith("Matches")]
            lines += [f"- {format_}: `{each.signal}`: {each.why_not}." for _ in (1,) if each.why_not]
            lines += [f"- {format_}: `{each.signal}`: {note}" for note in own]
    lines += [
        "",
        "## Signals that cannot",
        "",
        "| Signal | Why not |",
        "|---|---|",
        *(f"| [{signal}](signals.md#{anchor(signal)}) | {reason} |" for signal, reason in beyond().items()),
        "",
        "## Fields that rules may name",
        "",
        "In any case, with and without underscores. A field that is not here is told as not in these logs.",
        "",
    ]
    for source in sources():
        lines += source_section(source)
    return "\n".join(lines)


def source_section(source: Source) -> list[str]:
    """One source of records for rules: its logsources and the names of its columns."""
    meant = [" / ".join(value for key, value in each.items() if key != "workload") for each in source.logsources]
    narrowed = {
        " / ".join(value for key, value in each.items() if key != "workload"): each["workload"]
        for each in source.logsources
        if "workload" in each
    }
    told = [f"`{each}`" + (f" (only {narrowed[each]})" if each in narrowed else "") for each in meant]
    return [
        f"### {source.title}",
        "",
        f"Logsources: {', '.join(told)}. Before a name may stand {', '.join(f'`{each}`' for each in source.prefixes)}. "
        f"Checked {source.checked.isoformat()} against: {'; '.join(source.origins)}.",
        "",
        "| Column | Names |",
        "|---|---|",
        *(
            f"| {shown(column)} | {', '.join(f'`{name}`' for name in column.known_as)} |"
            for column in source.columns.values()
        ),
        "",
    ]


def shown(column: Column) -> str:
    """A column, and what is special about its values."""
    notes = ["several values"] if column.many else []
    notes += {"enumerated": ["any spelling"], "operation": ["full stop at the end or not"]}.get(column.spelling, [])
    return column.name + (f" ({', '.join(notes)})" if notes else "")


PAGES = {
    "docs/rules.md": rules_page,
    "docs/signals.md": signals_page,
    "docs/checks.md": checks_page,
    "docs/measure.md": measure_page,
    "docs/forms.md": forms_page,
    "docs/lab.md": lab_page,
    **{f"docs/forms/{form.name}.md": partial(form_page, form) for form in FORMS.values() if not form.is_flat},
}


def main() -> None:
    """Write every page."""
    for path, page in PAGES.items():
        (ROOT / path).parent.mkdir(exist_ok=True)
        (ROOT / path).write_text(page(), encoding="utf-8")


if __name__ == "__main__":
    main()
