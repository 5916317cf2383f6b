"""Who is calling, and how do they prove it?"""
