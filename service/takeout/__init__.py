"""How does a person take along what the product knows of them?"""
