"""What does an alert do here, and what is said of it?"""
