"""What breaks the Redis behind the playground, and what does one see of it?"""
