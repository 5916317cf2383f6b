"""How does a person leave, and what is left of them?"""
