"""Is it whole again? Ask, and say only what was measured."""
