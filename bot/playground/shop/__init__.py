"""Which application is there to break? One that uses Redis as the runbook's does, and lives without it."""
