"""What does the browser show? Static files: no build step, no framework."""
