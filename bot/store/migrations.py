"""What was changed last in the store's tables? A change is a new function at the end."""

from bot.store.tables import migrations

__all__ = ["migrations"]
