"""Charts of what was measured: figures become a picture and its alternative text."""
