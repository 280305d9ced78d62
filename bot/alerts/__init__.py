"""How does a sender's payload become Alerts? One file a source; catalog.py lists them."""
