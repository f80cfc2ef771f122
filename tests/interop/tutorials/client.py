"""Follows the two Python tutorials step by step, each of their scripts a process of its own."""

import json
import os
import subprocess
import sys
import time

here = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(here, "..", "shared"))
import msgpack  # noqa: E402
from kafka import KafkaAdminClient, KafkaConsumer, KafkaProducer  # noqa: E402
from kafka.admin import NewTopic  # noqa: E402
from kafka.errors import TopicAlreadyExistsError  # noqa: E402
from report import case, same  # noqa: E402

bootstrap = sys.argv[2]


def script(name, **more):
    return subprocess.Popen([sys.executable, os.path.join(here, name), bootstrap], text=True, **more)


def hello_world():
    admin = KafkaAdminClient(bootstrap_servers=bootstrap)
    try:
        admin.create_topics([NewTopic("sample", 1, 1)])
    except TopicAlreadyExistsError:
        pass
    same("sample is among the topics", "sample" in KafkaConsumer(bootstrap_servers=bootstrap).topics(), True)
    consumer = script("consumer_sample.py", stdout=subprocess.PIPE)
    try:
        time.sleep(2)  # the consumer starts at the end: it must be there before the messages
        same("the producer's exit", script("producer_sample.py").wait(20), 0)
        first, second = consumer.stdout.readline(), consumer.stdout.readline()
    finally:
        consumer.kill()
        consumer.wait()
    same("first message", "topic='sample', partition=0" in first and "key=None, value=b'Hello, World!'" in first, True)
    same("second message", "key=b'message-two', value=b'This is Kafka-Python'" in second, True)


def producer_makes_the_topic():
    """Nobody created `parsed_recipes` in the tutorial: the first message does."""
    producer = KafkaProducer(bootstrap_servers=[bootstrap], api_version=(0, 10), value_serializer=msgpack.dumps)
    for title, calories in (("Salad", 120), ("Cheesecake", 401), ("Lasagne", 336)):
        producer.send("parsed_recipes", json.dumps({"title": title, "calories": calories}))
    producer.flush(20)
    producer.close()


def recipe_alerts():
    consumer = script("recipe_alerts.py", stdout=subprocess.PIPE)
    try:
        printed, _ = consumer.communicate(timeout=30)
    finally:
        consumer.kill()
    same("exit", consumer.returncode, 0)
    same(
        "alerts",
        printed.splitlines()[-2:],
        ["Alert: Cheesecake calories count is 401", "Alert: Lasagne calories count is 336"],
    )


case("hello world: a consumer waiting on `sample` prints both messages", hello_world)
case("a producer speaking 0.10 makes the topic it writes to", producer_makes_the_topic)
case("the recipe consumer speaking 0.10 prints its alerts and ends", recipe_alerts)
