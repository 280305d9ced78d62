"""How is a Redis reached, and what is wrong when it is not?"""
