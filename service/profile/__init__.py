"""What does a candidate see about themselves?"""
