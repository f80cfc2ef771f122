/**
 * Where our tables differ from Kafka 4.3's on purpose, each with its reason. A test compares the tables in both
 * directions and accepts exactly these; the reference page lists them.
 */
export const deliberateDifferences: Record<'broker' | 'topic', Readonly<Record<string, string>>> = {
  broker: {
    'node.id default': 'Kafka requires it. A first node starts without configuration as node 1.',
    'process.roles default': 'Kafka requires it. A Samsa node is broker and controller in one.',
    'controller.listener.names default':
      "Kafka requires it. CONTROLLER is the name in every shipped server.properties, and Samsa's listeners must not open it.",
    'listeners default':
      'Kafka listens on every interface, without login. Samsa listens on the loopback address until told otherwise.',
    'log.dir default': 'Kafka takes /tmp/kafka-logs, which many systems empty at a restart.',
    'controller.quorum.voters valid values':
      'Kafka names the rule "non-empty list", but accepts an empty one. Samsa has no quorum, and accepts any list.',
    'controller.quorum.bootstrap.servers valid values':
      'Kafka names the rule "non-empty list", but accepts an empty one. Samsa has no quorum, and accepts any list.',
    'authorizer.class.name valid values': 'Kafka names the rule "non-null string": any text, as here.',
    'group.consumer.migration.policy valid values':
      'The same values, which are not case sensitive, in lower case.',
    'write.caching': "Samsa's own key: whether acks=all waits for the disk.",
  },
  topic: {
    'leader.replication.throttled.replicas valid values': 'The same rule, checked by a function.',
    'follower.replication.throttled.replicas valid values': 'The same rule, checked by a function.',
    'write.caching': "Samsa's own key: whether acks=all waits for the disk.",
  },
}
