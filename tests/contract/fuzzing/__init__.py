"""What do the generated requests of `make fuzz` need beside the contract document?"""
