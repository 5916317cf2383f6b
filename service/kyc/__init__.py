"""Is this candidate the person they say they are?"""
