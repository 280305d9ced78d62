"""How do people decide on a plan? One verb a file."""
