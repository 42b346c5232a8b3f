"""What monitoring says of services: readers, one file for each system, and the states that follow from what they read."""
