"""`python -m bot`: hands over to bot.cli."""

import sys

from bot.cli import main

sys.exit(main())
