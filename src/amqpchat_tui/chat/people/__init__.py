"""Who is in a room, as far as that can be known, and when to say that one is there oneself.

All moments are seconds of a clock that is never set, handed in; so is all that is random.
"""
