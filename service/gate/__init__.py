"""May this version go live?"""
