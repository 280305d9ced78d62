"""What can be asked about a Redis? One verb a file."""
