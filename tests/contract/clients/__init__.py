"""What do generated clients need to be checked?"""
