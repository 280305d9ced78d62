"""What stays in force until somebody takes it back?"""
