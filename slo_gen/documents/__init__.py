"""What people read: the pieces of pages, and charts for them."""
