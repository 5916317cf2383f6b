"""How do data of the replaced server become ours? By importing its dump, or by adopting its database.

The steps for an operator: docs/migrating.md.

Used once in the product's life, so it stands behind a fence: only `service/cli.py` imports it. It can be deleted on the day
that docs/migrating.md names at its end: 90 days after production was switched, when the replaced server is off, its last
dump is imported or its database adopted, and nobody wants the way back. With this package go `import` and
`migrate --adopt` in `service/cli.py`, the refusal of a foreign database in `migrate.migrate`, `tests/tools/takeover`, and
sections 1 to 4 of the page.
"""


class TakeoverError(Exception):
    """Nothing was changed. The text says why, one sentence a line, without any value of a row."""
