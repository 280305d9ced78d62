"""What has Pong promised in an incident, and what happens when the moment has come?"""
