"""One file for each way in which a step reaches the outside."""
