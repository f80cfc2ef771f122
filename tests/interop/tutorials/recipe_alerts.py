"""The second tutorial's consumer: the protocol of 0.10, MessagePack around JSON, ends after a silent second."""

import json
import sys

import msgpack
from kafka import KafkaConsumer

consumer = KafkaConsumer(
    "parsed_recipes",
    bootstrap_servers=[sys.argv[1] if len(sys.argv) > 1 else "localhost:9092"],
    api_version=(0, 10),
    auto_offset_reset="earliest",
    consumer_timeout_ms=1000,
    value_deserializer=msgpack.loads,
)
for message in consumer:
    recipe = json.loads(message.value)
    if int(recipe["calories"]) > 200:
        print(f"Alert: {recipe['title']} calories count is {recipe['calories']}", flush=True)
consumer.close()
