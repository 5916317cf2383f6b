"""Which organizations take part, and are they verified?"""
