import type { Walk } from '../walk.ts'

const consume =
  'kafka-console-consumer.sh --bootstrap-server kafka:9092 --from-beginning --topic my-test-topic'
const message = 'Hello, this is a message from producer'

export const publishAndSubscribe: Walk = {
  name: '000 publish and subscribe, in containers',
  source: 'Amo Chen, MyApollo, 9 October 2018; Kafka 2 in the wurstmeister image',
  async steps(shell) {
    shell.skip(
      'docker-compose up, docker network inspect',
      'Docker is not needed: the image’s variables are given',
    )
    // The container listens on all of its addresses; here it must leave those of others alone (KAFKA_HOST_NAME).
    await shell.start('samsa start --data kafka-logs', 'is ready after', containerOf(shell.address))
    await shell.run(
      'kafka-topics.sh --create --zookeeper zookeeper:2181 --replication-factor 1 --partitions 1 --topic my-test-topic',
      { prints: ['Created topic my-test-topic.'] },
    )
    await shell.run('kafka-topics.sh --list --zookeeper zookeeper:2181', { prints: ['my-test-topic'] })

    const consumer = await shell.start(consume)
    await shell.run('kafka-console-producer.sh --broker-list kafka:9092 --topic my-test-topic', {
      input: `${message}\n`,
    })
    await shell.shows(consumer, message)
    await shell.interrupt(consumer)
    // Started again, it prints the same once more.
    await shell.start(consume, message)
  },
}

/** What docker-compose.yml sets, with the address the tutorial puts in. */
function containerOf(address: string): NodeJS.ProcessEnv {
  return {
    KAFKA_ADVERTISED_HOST_NAME: address,
    KAFKA_HOST_NAME: address,
    KAFKA_ZOOKEEPER_CONNECT: 'zookeeper:2181',
  }
}
