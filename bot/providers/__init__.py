"""Who runs the Redis for us, and what do they say?"""
