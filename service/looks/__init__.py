"""Who of staff was shown whose data, and when?"""
