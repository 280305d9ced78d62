"""Who has to say yes to a plan, and what becomes of it until they have?"""
