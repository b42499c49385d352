"""Write the pages of docs/ that are made from declarations: `python tools/make_docs.py` (a test compares them)."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from grantwatch.records.forms import FORMS, Form
from grantwatch.records.wrappers import WRAPPERS
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


def anchor(heading: str) -> str:
    """The anchor that a Markdown viewer gives to a heading."""
    return "".join(letter for letter in heading.lower() if letter.isalnum() or letter in "-_ ").replace(" ", "-")


PAGES = {
    "docs/signals.md": signals_page,
    "docs/forms.md": forms_page,
    **{f"docs/forms/{form.name}.md": partial(form_page, form) for form in FORMS.values() if not form.is_flat},
}


def main() -> None:
    """Write every page."""
    for path, page in PAGES.items():
        (ROOT / path).parent.mkdir(exist_ok=True)
        (ROOT / path).write_text(page(), encoding="utf-8")


if __name__ == "__main__":
    main()
