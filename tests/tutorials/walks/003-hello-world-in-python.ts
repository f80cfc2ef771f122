import type { Walk } from '../walk.ts'

const elsewhere = 'tests/interop/run tutorials runs it with kafka-python'

/** No other node on this machine has it: this walk stops its node by its id. */
const brokerId = 1_000_000 + process.pid

export const helloWorldInPython: Walk = {
  name: '003 hello world in Python',
  source: 'Python 实用宝典 (pythondict.com), after timber.io; Kafka 1.1.0, unpacked',
  brokerId,
  async steps(shell) {
    shell.skip('tar -xzf kafka_2.11-1.1.0.tgz', 'the walk’s folder is laid out like it')
    await shell.run('bin/zookeeper-server-start.sh config/zookeeper.properties')
    const server = 'bin/kafka-server-start.sh config/server.properties'
    const node = await shell.start(server, 'is ready after')
    await shell.run(
      'bin/kafka-topics.sh --create --zookeeper localhost:2181 --replication-factor 1 --partitions 1 --topic sample',
      { prints: ['Created topic sample.'] },
    )
    await shell.run('bin/kafka-topics.sh --list --zookeeper localhost:2181', { prints: ['sample'] })
    await shell.run('bin/kafka-topics.sh --describe --zookeeper localhost:2181 --topic sample', {
      prints: [
        /^Topic: sample\tTopicId: [\w-]{22}\tPartitionCount: 1\tReplicationFactor: 1\tConfigs: /,
        /^\tTopic: sample\tPartition: 0\tLeader: \d+\tReplicas: \d+\tIsr: \d+/,
      ],
    })
    shell.skip('consumer.py', elsewhere)
    shell.skip('producer.py', elsewhere)

    // What the documentation of Kafka ends with: Ctrl+C, and another day the same again, in the background.
    await shell.interrupt(node)
    await shell.run('bin/kafka-server-start.sh -daemon config/server.properties', { prints: background })
    await shell.run('bin/kafka-topics.sh --list --zookeeper localhost:2181', { prints: ['sample'] })
    await shell.run(`bin/kafka-server-stop.sh --node-id=${brokerId}`)
  },
}

const background = [/ is ready after /, / keeps its data in /, /runs in the background/, /kafka-server-stop/]
