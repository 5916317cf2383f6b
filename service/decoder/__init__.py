"""How are bytes that nobody trusts decoded where there is nothing to steal and nowhere to go?"""
