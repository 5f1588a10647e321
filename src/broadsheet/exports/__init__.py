"""What leaves the Store, in forms that others read."""
