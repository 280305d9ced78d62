"""The only one who runs a Plan, once people have approved it."""
