"""The first tutorial's producer: two messages, the second with a key."""

import sys

from kafka import KafkaProducer

producer = KafkaProducer(bootstrap_servers=sys.argv[1] if len(sys.argv) > 1 else "localhost:9092")
producer.send("sample", b"Hello, World!")
producer.send("sample", key=b"message-two", value=b"This is Kafka-Python")
producer.close()  # the tutorial types this into a shell that lives on; a script must wait for its last batch
