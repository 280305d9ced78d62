"""What is told to people outside, and who said that it may be?"""
