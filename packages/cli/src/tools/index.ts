import type { KafkaTool } from '../command/kafka-tool.ts'

/**
 * Kafka's tools by name, each loaded when it is called: one tool's start does not pay for the others. The published
 * package has an executable for each, `kafka-topics` and `kafka-topics.sh`.
 */
export const kafkaTools: Readonly<Record<string, () => Promise<KafkaTool>>> = {
  'broker-list': async () => (await import('./broker-list.ts')).brokerList,
  'kafka-broker-api-versions': async () =>
    (await import('./kafka-broker-api-versions.ts')).kafkaBrokerApiVersions,
  'kafka-cluster': async () => (await import('./kafka-cluster.ts')).kafkaCluster,
  'kafka-configs': async () => (await import('./kafka-configs.ts')).kafkaConfigs,
  'kafka-console-consumer': async () => (await import('./kafka-console-consumer.ts')).kafkaConsoleConsumer,
  'kafka-console-producer': async () => (await import('./kafka-console-producer.ts')).kafkaConsoleProducer,
  'kafka-console-share-consumer': async () =>
    (await import('./kafka-console-share-consumer.ts')).kafkaConsoleShareConsumer,
  'kafka-delete-records': async () => (await import('./kafka-delete-records.ts')).kafkaDeleteRecords,
  'kafka-features': async () => (await import('./kafka-features.ts')).kafkaFeatures,
  'kafka-get-offsets': async () => (await import('./kafka-get-offsets.ts')).kafkaGetOffsets,
  'kafka-log-dirs': async () => (await import('./kafka-log-dirs.ts')).kafkaLogDirs,
  'kafka-topics': async () => (await import('./kafka-topics.ts')).kafkaTopics,
  'zookeeper-security-migration': async () => (await import('./zookeeper.ts')).zookeeperSecurityMigration,
  'zookeeper-server-start': async () => (await import('./zookeeper.ts')).zookeeperServerStart,
  'zookeeper-server-stop': async () => (await import('./zookeeper.ts')).zookeeperServerStop,
  'zookeeper-shell': async () => (await import('./zookeeper.ts')).zookeeperShell,
}
