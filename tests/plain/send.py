"""Say something in the room: `python send.py NICK TEXT...`, or without TEXT each line of standard input."""

import os
import sys

import pika

url = os.environ.get("AMQPCHAT_URL", "amqp://guest:guest@localhost:5672/")
room = os.environ.get("AMQPCHAT_ROOM", "broadcast_chat")
nick, *words = sys.argv[1:]

connection = pika.BlockingConnection(pika.URLParameters(url))
channel = connection.channel()
channel.exchange_declare(exchange=room, exchange_type="fanout")

for line in [" ".join(words)] if words else sys.stdin:
    channel.basic_publish(exchange=room, routing_key=nick, body=line.rstrip("\n"))
connection.close()
