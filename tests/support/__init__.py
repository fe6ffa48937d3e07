"""What the tests stand on: a RabbitMQ node, a network to break, a terminal to look at, and patience."""
