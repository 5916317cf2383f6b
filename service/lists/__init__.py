"""How is one page of a long list read, counted and continued?"""
