"""Jembatan: takes candidates from sign-up over identity verification to a job abroad."""
