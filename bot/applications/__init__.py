"""What does Pong ask of the application that uses Redis?"""
