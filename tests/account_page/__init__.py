"""Can people without a new app look after their account, and can nobody else?"""
