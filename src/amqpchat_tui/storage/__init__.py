"""What is kept on disk: one SQLite database in the state folder, which a thread writes to.

`store` is what others make; SQLite comes in when a store is started, after the first frame. `files` says
where everything is, and costs little to import.
"""
