"""A room on a broker: exchange, queue and binding, what is said into it and what comes out of it."""
