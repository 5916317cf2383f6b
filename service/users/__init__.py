"""Which accounts exist, and what may they do?"""
