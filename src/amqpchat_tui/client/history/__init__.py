"""What was said in a room before we came and while we were away, read from a stream on the broker."""
