"""What work waits for the worker?"""
