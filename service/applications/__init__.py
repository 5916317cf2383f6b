"""Who applied for which job, and how far did it get?"""
