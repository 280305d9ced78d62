"""What does pong.toml and the environment say, and is it whole?"""
