"""How does staff read the audit trail?"""
