"""Write examples/logs: 45 days of a tenant that does not exist, in the mixed forms that a responder is handed.

    python examples/make_logs.py [FOLDER]
    python examples/make_policies.py [FOLDER]

The second writes examples/tenant: the same tenant's Conditional Access as exported, and a candidate.

Interactive sign-ins were taken from Graph, silent ones from a storage account, audits and the mailboxes' activity
from a workspace, and the Unified Audit Log of one mailbox was handed in separately. Running this again writes the
same records. Who is who stands in grantwatch/lab/fabrikam.py.
"""

from __future__ import annotations

import sys
from datetime import datetime
from pathlib import Path

from grantwatch.lab import ENTRA, ActivityEvent, Event, Person, SignInEvent
from grantwatch.lab.fabrikam import Fabrikam
from grantwatch.lab.records import audit_row, envelope_signin, graph_signin, office_row, ual_record
from grantwatch.lab.writers import write_array, write_log_analytics_csv, write_ndjson, write_pages

ASKED_FROM = datetime(2026, 9, 7)
"""The Unified Audit Log was asked for one person and from this day only."""


def write(folder: Path) -> list[Path]:
    """Write the files into `folder` and return their paths; no name gives the form away."""
    folder.mkdir(parents=True, exist_ok=True)
    tenant = Fabrikam()
    events = tenant.events()
    sign_ins = [event for event in events if isinstance(event, SignInEvent)]
    deeds = [event for event in events if isinstance(event, ActivityEvent)]
    in_directory = [event for event in deeds if event.workload == ENTRA]
    in_mailboxes = [event for event in deeds if event.workload != ENTRA and event.actor != tenant.marta]
    newest_first = [graph_signin(event) for event in reversed(sign_ins) if event.interactive]
    hers = [event for event in events if event.time >= ASKED_FROM and unified(event, tenant.marta)]
    return [
        *write_pages(folder / "one.json", newest_first, context="beta/$metadata#auditLogs/signIns"),
        write_ndjson(folder / "two.json.gz", (envelope_signin(event) for event in sign_ins if not event.interactive)),
        write_log_analytics_csv(folder / "three.csv", [audit_row(event) for event in in_directory]),
        write_array(folder / "four.json", map(ual_record, hers)),
        write_log_analytics_csv(folder / "five.csv", [office_row(event) for event in in_mailboxes]),
    ]


def unified(event: Event, person: Person) -> bool:
    """Whether the export of one person's logons and mailbox holds the event."""
    if isinstance(event, SignInEvent):
        return event.interactive and event.user == person
    return event.workload != ENTRA and event.actor == person


if __name__ == "__main__":
    for path in write(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent / "logs"):
        print(f"{path.stat().st_size:>8}  {path}")
