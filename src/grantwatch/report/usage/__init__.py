"""The inventory of use, proposals and checks, for a terminal, for programs, for a spreadsheet, and as a page."""
