"""The first tutorial's consumer: everything by default, one topic, printed until it is stopped."""

import sys

from kafka import KafkaConsumer

# The tutorial gives no address at all: kafka-python then connects to localhost:9092.
address = {"bootstrap_servers": sys.argv[1]} if len(sys.argv) > 1 else {}
for message in KafkaConsumer("sample", **address):
    print(message, flush=True)
