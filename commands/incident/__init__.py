"""What can be asked about an incident? One verb a file."""
