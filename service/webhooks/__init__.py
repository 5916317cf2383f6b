"""What do outside systems tell us?"""
