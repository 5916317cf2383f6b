"""How do we talk to outside systems?"""
