"""What do we promise to clients, and how do they read it?"""
