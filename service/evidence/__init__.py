"""Are uploaded bytes what they claim to be?"""
