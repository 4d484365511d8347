"""What the first floor asks of the second: Protocols and the values that cross them."""
