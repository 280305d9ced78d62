"""What does Pong ask of a PostgreSQL, and what does each answer mean?

One connection that may only read, on which no statement lasts long: a sick server is not made sicker.
"""
