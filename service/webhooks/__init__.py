"""What does the identity provider tell us, and is it really the provider?"""
