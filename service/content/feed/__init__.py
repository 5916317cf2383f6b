"""What is there to read for candidates?"""
