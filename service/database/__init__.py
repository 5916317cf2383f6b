"""How do we reach Postgres, and how does its schema get there?"""
