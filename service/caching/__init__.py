"""How does a client learn, for the price of the session check, that what it has is still true?

The rules: docs/rules/caching.md.
"""
