import type { Walk } from '../walk.ts'

const cluster = 'waits for clusters of several brokers'
const sql = 'waits for Samsa’s SQL'
const create =
  '$KAFKA_HOME/bin/kafka-topics.sh --create --topic topic-from-cli --partitions 3 --replication-factor 2 --bootstrap-server `broker-list.sh`'
const list = '$KAFKA_HOME/bin/kafka-topics.sh --list --bootstrap-server `broker-list.sh`'
const consume =
  '$KAFKA_HOME/bin/kafka-console-consumer.sh --topic=topic1 --from-beginning --bootstrap-server `broker-list.sh`'
const message =
  '{"userId": 1000, "messageId": "2019/12/21-22:46:03:131468", "message": {"wordId": 2, "word": "world"}}'

export const handsOnWithKsql: Walk = {
  name: '001 hands-on with Python and KSQL, in containers',
  source:
    'a hands-on of December 2019 with three brokers in the wurstmeister image, kafka-python and KSQL 5.3',
  async steps(shell) {
    const { address } = shell
    shell.skip('docker-compose up -d --build', 'Docker is not needed: the image’s variables are given')
    shell.skip('docker-compose scale kafka=3', cluster)
    shell.skip('KAFKA_CREATE_TOPICS="topic1:3:2,topic2:3:2"', `${cluster}; one replica instead`)
    const container = {
      KAFKA_ADVERTISED_HOST_NAME: address,
      KAFKA_HOST_NAME: address,
      KAFKA_ZOOKEEPER_CONNECT: 'zookeeper:2181',
      KAFKA_CREATE_TOPICS: 'topic1:3:1,topic2:3:1',
    }
    await shell.start('samsa start --data kafka-logs', 'the topic topic2 is made', container)

    shell.skip(
      './start-kafka-shell.sh $DOCKER_HOST_IP',
      'it opens a shell in a container; the walk has its own',
    )
    shell.remember({ SAMSA_BOOTSTRAP_SERVER: `${address}:9092` })
    await shell.run('broker-list.sh', { prints: [`${address}:9092`] })
    await shell.run(list, { prints: ['topic1', 'topic2'] })
    shell.skip(create, `${cluster}; one replica instead`)
    await shell.run(create.replace('factor 2', 'factor 1'), { prints: ['Created topic topic-from-cli.'] })
    await shell.run(list, { prints: ['topic-from-cli', 'topic1', 'topic2'] })

    const consumer = await shell.start(consume)
    shell.skip(
      'python topic1-producer.py',
      'it asks Docker for addresses; the console producer sends its message',
    )
    const produce = 'kafka-console-producer.sh --topic topic1 --bootstrap-server `broker-list.sh`'
    await shell.run(produce, { input: `${message}\n` })
    await shell.shows(consumer, message)

    shell.skip('ksql> CREATE STREAM topic1_stream1 …, select, CREATE TABLE … AS SELECT', sql)
  },
}
