import type { Walk } from '../walk.ts'

const cluster = 'waits for clusters of several brokers'
const create = `kafka-topics.sh --create --topic topic-name \\
                --zookeeper HOST1:2181,HOST2:PORT2,... \\
                --bootstrap-server HOST1:9092,... \\
                --partitions 1 \\
                --replication-factor 2`
const topics = 'kafka-topics.sh --bootstrap-server HOST1:9092,...'

export const notesOnStreaming: Walk = {
  name: '004 notes on event streaming',
  source: 'notes of a student on Kafka 2 and 3, unpacked and in the Bitnami image',
  async steps(shell) {
    await shell.run('bin/zookeeper-server-start.sh config/zookeeper.properties')
    await shell.start('bin/kafka-server-start.sh config/server.properties', 'is ready after')
    shell.skip('docker-compose up with two nodes', cluster)
    shell.skip(create, `${cluster}; one replica instead`)
    await shell.run(create.replace('factor 2', 'factor 1'), { prints: ['Created topic topic-name.'] })
    await shell.run(`${topics} --create --topic first-topic`, { prints: ['Created topic first-topic.'] })
    await shell.run(`${topics} --list all`, { prints: ['first-topic', 'topic-name'] })
    await shell.run(`${topics} --describe --topic first-topic`, {
      prints: [
        /^Topic: first-topic\tTopicId: [\w-]{22}\tPartitionCount: 1\tReplicationFactor: 1\tConfigs: segment\.bytes=1073741824$/,
        /^\tTopic: first-topic\tPartition: 0\tLeader: 0\tReplicas: 0\tIsr: 0/,
      ],
    })
    await shell.run(
      `kafka-console-producer.sh --topic topic-name \\
                          --zookeeper node1:2181,node2:2181,... \\
                          --bootstrap-server node1:9092,...`,
      { input: 'one\ntwo\n' },
    )
    const consumer = await shell.start(
      `kafka-console-consumer.sh --topic topic-name \\
                          --from-beginning \\
                          --bootstrap-server node1:9092,... --zookeeper node1:2181,...`,
    )
    await shell.shows(consumer, 'one\ntwo\n')
    shell.skip('the recipe consumer in Python', 'tests/interop/run tutorials runs it with kafka-python')
    shell.skip('Kafka Streams, Kafka Connect, Elasticsearch, Spark', 'waits for Samsa’s Streams and Connect')
  },
}
