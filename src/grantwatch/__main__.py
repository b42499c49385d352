"""`python -m grantwatch` is `grantwatch`."""

from grantwatch.cli import program

program()
