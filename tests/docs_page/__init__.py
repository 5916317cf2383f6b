"""What does a person see who opens /docs?"""
