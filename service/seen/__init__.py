"""What did a member of staff see before they decide about it?"""
