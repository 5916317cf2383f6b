"""Which programs stand around the product? They ask it, start it or fill it; it never needs them."""
