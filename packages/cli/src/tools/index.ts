import type { KafkaTool } from '../command/kafka-tool.ts'

/**
 * Kafka's tools by name, each loaded when it is called: one tool's start does not pay for the others. The published
 * package has an executable for each, `kafka-topics` and `kafka-topics.sh`.
 */
export const kafkaTools: Readonly<Record<string, () => Promise<KafkaTool>>> = {
  'broker-list': async () => (await import('./broker-list.ts')).brokerList,
  'kafka-acls': async () => (await import('./kafka-acls.ts')).kafkaAcls,
  'kafka-broker-api-versions': async () =>
    (await import('./kafka-broker-api-versions.ts')).kafkaBrokerApiVersions,
  'kafka-client-metrics': async () => (await import('./kafka-client-metrics.ts')).kafkaClientMetrics,
  'kafka-cluster': async () => (await import('./kafka-cluster.ts')).kafkaCluster,
  'kafka-configs': async () => (await import('./kafka-configs.ts')).kafkaConfigs,
  'kafka-console-consumer': async () => (await import('./kafka-console-consumer.ts')).kafkaConsoleConsumer,
  'kafka-console-producer': async () => (await import('./kafka-console-producer.ts')).kafkaConsoleProducer,
  'kafka-console-share-consumer': async () =>
    (await import('./kafka-console-share-consumer.ts')).kafkaConsoleShareConsumer,
  'kafka-consumer-groups': async () => (await import('./kafka-consumer-groups.ts')).kafkaConsumerGroups,
  'kafka-consumer-perf-test': async () =>
    (await import('./kafka-consumer-perf-test.ts')).kafkaConsumerPerfTest,
  'kafka-delegation-tokens': async () => (await import('./kafka-delegation-tokens.ts')).kafkaDelegationTokens,
  'kafka-delete-records': async () => (await import('./kafka-delete-records.ts')).kafkaDeleteRecords,
  'kafka-dump-log': async () => (await import('./kafka-dump-log.ts')).kafkaDumpLog,
  'kafka-e2e-latency': async () => (await import('./kafka-e2e-latency.ts')).kafkaE2eLatency,
  'kafka-features': async () => (await import('./kafka-features.ts')).kafkaFeatures,
  'kafka-get-offsets': async () => (await import('./kafka-get-offsets.ts')).kafkaGetOffsets,
  'kafka-groups': async () => (await import('./kafka-groups.ts')).kafkaGroups,
  'kafka-leader-election': async () => (await import('./kafka-leader-election.ts')).kafkaLeaderElection,
  'kafka-log-dirs': async () => (await import('./kafka-log-dirs.ts')).kafkaLogDirs,
  'kafka-metadata-quorum': async () => (await import('./kafka-metadata-quorum.ts')).kafkaMetadataQuorum,
  'kafka-producer-perf-test': async () =>
    (await import('./kafka-producer-perf-test.ts')).kafkaProducerPerfTest,
  'kafka-reassign-partitions': async () =>
    (await import('./kafka-reassign-partitions.ts')).kafkaReassignPartitions,
  'kafka-replica-verification': async () =>
    (await import('./kafka-replica-verification.ts')).kafkaReplicaVerification,
  'kafka-share-consumer-perf-test': async () =>
    (await import('./kafka-share-consumer-perf-test.ts')).kafkaShareConsumerPerfTest,
  'kafka-share-groups': async () => (await import('./kafka-share-groups.ts')).kafkaShareGroups,
  'kafka-streams-groups': async () => (await import('./kafka-streams-groups.ts')).kafkaStreamsGroups,
  'kafka-topics': async () => (await import('./kafka-topics.ts')).kafkaTopics,
  'kafka-transactions': async () => (await import('./kafka-transactions.ts')).kafkaTransactions,
  'kafka-verifiable-consumer': async () =>
    (await import('./kafka-verifiable-consumer.ts')).kafkaVerifiableConsumer,
  'kafka-verifiable-producer': async () =>
    (await import('./kafka-verifiable-producer.ts')).kafkaVerifiableProducer,
  'kafka-verifiable-share-consumer': async () =>
    (await import('./kafka-verifiable-share-consumer.ts')).kafkaVerifiableShareConsumer,
  'zookeeper-security-migration': async () => (await import('./zookeeper.ts')).zookeeperSecurityMigration,
  'zookeeper-server-start': async () => (await import('./zookeeper.ts')).zookeeperServerStart,
  'zookeeper-server-stop': async () => (await import('./zookeeper.ts')).zookeeperServerStop,
  'zookeeper-shell': async () => (await import('./zookeeper.ts')).zookeeperShell,
}
