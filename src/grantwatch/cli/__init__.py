"""The command line: parse, call, print. Nothing heavy is imported before a command runs."""

from grantwatch.cli.main import main, program

__all__ = ["main", "program"]
