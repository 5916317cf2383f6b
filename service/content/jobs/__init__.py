"""Which jobs are offered?"""
