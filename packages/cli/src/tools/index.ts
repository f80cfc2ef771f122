import type { KafkaTool } from '../command/kafka-tool.ts'

/**
 * Kafka's tools by name, each loaded when it is called: one tool's start does not pay for the others. The published
 * package has an executable for each, `kafka-topics` and `kafka-topics.sh`.
 */
export const kafkaTools: Readonly<Record<string, () => Promise<KafkaTool>>> = {
  'broker-list': async () => (await import('./broker-list.ts')).brokerList,
  'kafka-console-producer': async () => (await import('./kafka-console-producer.ts')).kafkaConsoleProducer,
  'kafka-topics': async () => (await import('./kafka-topics.ts')).kafkaTopics,
  'zookeeper-security-migration': async () => (await import('./zookeeper.ts')).zookeeperSecurityMigration,
  'zookeeper-server-start': async () => (await import('./zookeeper.ts')).zookeeperServerStart,
  'zookeeper-server-stop': async () => (await import('./zookeeper.ts')).zookeeperServerStop,
  'zookeeper-shell': async () => (await import('./zookeeper.ts')).zookeeperShell,
}
