"""What is written down when it is over?"""
