"""Show what the room hears, until Ctrl-C: `python listen.py`."""

import os
import signal
import sys

import pika

url = os.environ.get("AMQPCHAT_URL", "amqp://guest:guest@localhost:5672/")
room = os.environ.get("AMQPCHAT_ROOM", "broadcast_chat")

connection = pika.BlockingConnection(pika.URLParameters(url))
channel = connection.channel()
channel.exchange_declare(exchange=room, exchange_type="fanout")
queue = channel.queue_declare(queue="", exclusive=True).method.queue
channel.queue_bind(exchange=room, queue=queue)

signal.signal(signal.SIGTERM, signal.default_int_handler)
print(f"Listening in {room}.", file=sys.stderr)
try:
    for method, _, body in channel.consume(queue, auto_ack=True):
        print(f"[{method.routing_key}] {body.decode(errors='replace')}", flush=True)
except KeyboardInterrupt:
    connection.close()
