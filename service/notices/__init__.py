"""What is a person told by mail?"""
