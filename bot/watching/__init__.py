"""How does what an incident is about do right now, and over time?"""
