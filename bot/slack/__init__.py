"""Slack: what Pong hears there (app.py) and how what it knows is drawn there (render/)."""
