"""What `auto-milestone init` writes."""
