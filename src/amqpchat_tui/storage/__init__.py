"""What is kept on disk, in the state folder."""
