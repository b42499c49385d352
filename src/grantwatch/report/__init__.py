"""What a hunt found, for people and for machines.

The modules are imported where they are used, since Rich and Jinja2 are slow to load:

    document.document(hunt), document.dumps(hunt)   the JSON contract
    terminal.render(hunt, console)                  the triage table on a terminal
    html.render(hunt)                               one self-contained page
    timeline.timeline(grant)                        one grant as SVG
"""
