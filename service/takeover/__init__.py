"""How do data of the replaced server become ours? By importing its dump, or by adopting its database.

The steps for an operator: docs/migrating.md.
"""


class TakeoverError(Exception):
    """Nothing was changed. The text says why, one sentence a line, without any value of a row."""
