"""What goes on, for staff?"""
