"""How long is what kept?"""
