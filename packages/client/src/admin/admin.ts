import { Cluster } from '../cluster/index.ts'
import { type ConfigEntries, readConfig } from '../config/read-config.ts'
import { KafkaError } from '../errors.ts'
import type { Outside } from '../outside.ts'
import { type AclBinding, type AclFilter, createAcls, deleteAcls, describeAcls } from './acls.ts'
import { type AdminConfig, adminConfig } from './admin-config.ts'
import { type DescribeGroupsOptions, describeClassicGroups } from './classic-groups.ts'
import { telemetrySubscription } from './client-metrics.ts'
import {
  type DescribeClusterOptions,
  describeApiVersions,
  describeCluster,
  unregisterBroker,
} from './cluster-description.ts'
import {
  type AlterConfigsOptions,
  type ConfigChanges,
  type ConfigResource,
  type ConfigResourceType,
  type DescribeConfigsOptions,
  describeConfigs,
  incrementalAlterConfigs,
  listConfigResources,
} from './configs.ts'
import { describeConsumerGroups } from './consumer-groups.ts'
import type { AdminContext, CallOptions } from './context.ts'
import { ControllerCluster } from './controller-cluster.ts'
import {
  type CreateDelegationTokenOptions,
  type DescribeDelegationTokenOptions,
  type ExpireDelegationTokenOptions,
  type RenewDelegationTokenOptions,
  createDelegationToken,
  describeDelegationToken,
  expireDelegationToken,
  renewDelegationToken,
} from './delegation-tokens.ts'
import { type ElectionType, electLeaders } from './elections.ts'
import {
  type DescribeFeaturesOptions,
  type FeatureUpdate,
  type UpdateFeaturesOptions,
  describeFeatures,
  updateFeatures,
} from './features.ts'
import { type ListGroupsOptions, listGroups } from './group-listings.ts'
import {
  type MemberToRemove,
  type RemoveMembersOptions,
  deleteGroups,
  removeGroupMembers,
} from './group-members.ts'
import {
  type ListGroupOffsetsOptions,
  type NewGroupOffset,
  type OffsetsOfGroup,
  alterGroupOffsets,
  deleteGroupOffsets,
  listGroupOffsets,
} from './group-offsets.ts'
import {
  type DescribeLogDirsOptions,
  type ReplicaMove,
  alterReplicaLogDirs,
  describeLogDirs,
  describeReplicaLogDirs,
} from './log-dirs.ts'
import { type ListOffsetsOptions, type OffsetQuery, listOffsets } from './offsets.ts'
import {
  type CreatePartitionsOptions,
  type NewPartitions,
  type RecordsToDelete,
  createPartitions,
  deleteRecords,
} from './partitions.ts'
import {
  type NewRaftVoter,
  type RaftVoterOptions,
  addRaftVoter,
  describeMetadataQuorum,
  removeRaftVoter,
} from './quorum.ts'
import {
  type AlterClientQuotasOptions,
  type QuotaChange,
  type QuotaFilter,
  alterClientQuotas,
  describeClientQuotas,
} from './quotas.ts'
import {
  type AlterReassignmentsOptions,
  type NewReassignment,
  alterPartitionReassignments,
  listPartitionReassignments,
} from './reassignments.ts'
import { type ScramAlteration, alterUserScramCredentials, describeUserScramCredentials } from './scram.ts'
import {
  type NewShareGroupOffset,
  alterShareGroupOffsets,
  deleteShareGroupOffsets,
  describeShareGroups,
  listShareGroupOffsets,
} from './share-groups.ts'
import { describeStreamsGroups } from './streams-groups.ts'
import { type DescribeTopicsOptions, describeTopics, describeTopicsById } from './topic-descriptions.ts'
import type { TopicPartition, TopicPartitionReplica } from './topic-partitions.ts'
import {
  type CreateTopicsOptions,
  type DeleteTopicsOptions,
  type ListTopicsOptions,
  type NewTopic,
  createTopics,
  deleteTopics,
  deleteTopicsById,
  listTopics,
} from './topics.ts'
import {
  type AbortTransactionSpec,
  type DescribeProducersOptions,
  type ListTransactionsOptions,
  abortTransaction,
  describeProducers,
  describeTransactions,
  fenceProducers,
  listTransactions,
} from './transactions.ts'

/**
 * Administers a cluster: topics, configurations, groups, access, transactions, and the cluster itself.
 *
 * ```ts
 * await using admin = new Admin({ 'bootstrap.servers': 'localhost:9092' })
 * await admin.createTopics([{ name: 'orders', partitions: 6, configs: { 'retention.ms': 86_400_000 } }])
 * ```
 *
 * Calls on several items give `Outcomes`: awaited they throw the first item's error, `results()` gives each item's
 * outcome. Every call finds the broker that has to answer (controller, partition leaders, coordinators, each broker),
 * and tries again what passes, within `timeoutMs` or `default.api.timeout.ms`. All errors are `KafkaError`; a broker that
 * lacks an API is UNSUPPORTED.
 *
 * Open connections keep the process running until `close()`.
 */
export class Admin implements AsyncDisposable {
  readonly #context: AdminContext
  #clientInstanceId: Promise<string> | undefined

  /** Connects to nothing yet. Throws `KafkaError` INVALID_CONFIG. */
  constructor(config: ConfigEntries<typeof adminConfig>, outside: Outside = {}) {
    const values = readConfig(adminConfig, config, outside.logger)
    const controllers = values['bootstrap.controllers']
    this.#context = {
      cluster: clusterOf(values, outside),
      nodes: controllers.length > 0 ? 'controllers' : 'brokers',
      defaultTimeoutMs: values['default.api.timeout.ms'],
      requestTimeoutMs: values['request.timeout.ms'],
    }
  }

  // Topics

  /** Creates topics. Items are names. TOPIC_ALREADY_EXISTS, INVALID_PARTITIONS, POLICY_VIOLATION, … */
  createTopics(topics: readonly NewTopic[], options: CreateTopicsOptions = {}) {
    return createTopics(this.#context, topics, options)
  }

  /** Creates a topic. */
  async createTopic(topic: NewTopic, options: CreateTopicsOptions = {}) {
    return (await this.createTopics([topic], options)).get(topic.name)
  }

  /** Deletes topics by name. Items are names. */
  deleteTopics(names: readonly string[], options: DeleteTopicsOptions = {}) {
    return deleteTopics(this.#context, names, options)
  }

  /** Deletes topics by id (KIP-516). Items are ids. */
  deleteTopicsById(ids: readonly string[], options: DeleteTopicsOptions = {}) {
    return deleteTopicsById(this.#context, ids, options)
  }

  /** All topics that the user may see, without internal ones unless asked for. */
  listTopics(options: ListTopicsOptions = {}) {
    return listTopics(this.#context, options)
  }

  /** Describes topics and their partitions. Items are names. */
  describeTopics(names: readonly string[], options: DescribeTopicsOptions = {}) {
    return describeTopics(this.#context, names, options)
  }

  /** Describes a topic and its partitions. */
  async describeTopic(name: string, options: DescribeTopicsOptions = {}) {
    return (await this.describeTopics([name], options)).get(name)
  }

  /** Describes topics by id (KIP-516). Items are ids. */
  describeTopicsById(ids: readonly string[], options: DescribeTopicsOptions = {}) {
    return describeTopicsById(this.#context, ids, options)
  }

  /** Adds partitions to topics. Items are names of topics. */
  createPartitions(topics: readonly NewPartitions[], options: CreatePartitionsOptions = {}) {
    return createPartitions(this.#context, topics, options)
  }

  /** Deletes records before given offsets. Items are partitions, values the first offset that is left. */
  deleteRecords(records: readonly RecordsToDelete[], options: CallOptions = {}) {
    return deleteRecords(this.#context, records, options)
  }

  /** Looks up offsets of partitions by position or time. Items are partitions. */
  listOffsets(queries: readonly OffsetQuery[], options: ListOffsetsOptions = {}) {
    return listOffsets(this.#context, queries, options)
  }

  // Configurations

  /** The configurations of resources, each a map by key. Items are resources. */
  describeConfigs(resources: readonly ConfigResource[], options: DescribeConfigsOptions = {}) {
    return describeConfigs(this.#context, resources, options)
  }

  /** Changes configurations key by key (KIP-339). Items are resources. */
  incrementalAlterConfigs(changes: readonly ConfigChanges[], options: AlterConfigsOptions = {}) {
    return incrementalAlterConfigs(this.#context, changes, options)
  }

  /** The resources of some kinds, or of all, that exist or have a configuration (KIP-1142). */
  listConfigResources(types: readonly ConfigResourceType[] = [], options: CallOptions = {}) {
    return listConfigResources(this.#context, types, options)
  }

  /** The names of the subscriptions to client metrics (KIP-714). */
  async listClientMetricsResources(options: CallOptions = {}): Promise<string[]> {
    const resources = await this.listConfigResources(['CLIENT_METRICS'], options)
    return resources.map(({ name }) => name)
  }

  // Cluster

  /** The cluster's id and its nodes. */
  describeCluster(options: DescribeClusterOptions = {}) {
    return describeCluster(this.#context, options)
  }

  /** The versions of every API that brokers speak. Items are broker ids. */
  describeApiVersions(brokers: readonly number[], options: CallOptions = {}) {
    return describeApiVersions(this.#context, brokers, options)
  }

  /** The levels of features that the cluster runs with and supports (KIP-584). */
  describeFeatures(options: DescribeFeaturesOptions = {}) {
    return describeFeatures(this.#context, options)
  }

  /** Sets the levels of features, all or none. Items are names of features. */
  updateFeatures(updates: readonly FeatureUpdate[], options: UpdateFeaturesOptions = {}) {
    return updateFeatures(this.#context, updates, options)
  }

  /** The quorum that holds the cluster's metadata (KIP-595). */
  describeMetadataQuorum(options: CallOptions = {}) {
    return describeMetadataQuorum(this.#context, options)
  }

  /** Adds a controller to the voters of the metadata quorum (KIP-853). */
  addRaftVoter(voter: NewRaftVoter, options: RaftVoterOptions = {}) {
    return addRaftVoter(this.#context, voter, options)
  }

  /** Removes a controller from the voters of the metadata quorum (KIP-853). */
  removeRaftVoter(
    voter: { readonly id: number; readonly directoryId: string },
    options: RaftVoterOptions = {},
  ) {
    return removeRaftVoter(this.#context, voter, options)
  }

  /** Forgets a broker that will not come back. */
  unregisterBroker(brokerId: number, options: CallOptions = {}) {
    return unregisterBroker(this.#context, brokerId, options)
  }

  /** The log directories of brokers, each a map by path. Items are broker ids. */
  describeLogDirs(brokers: readonly number[], options: DescribeLogDirsOptions = {}) {
    return describeLogDirs(this.#context, brokers, options)
  }

  /** The log directories of replicas. Items are replicas. */
  describeReplicaLogDirs(replicas: readonly TopicPartitionReplica[], options: CallOptions = {}) {
    return describeReplicaLogDirs(this.#context, replicas, options)
  }

  /** Moves replicas between the log directories of their brokers (KIP-113). Items are replicas. */
  alterReplicaLogDirs(moves: readonly ReplicaMove[], options: CallOptions = {}) {
    return alterReplicaLogDirs(this.#context, moves, options)
  }

  /** Elects leaders, of all partitions when none are named (KIP-460). Items are partitions. */
  electLeaders(type: ElectionType, partitions?: readonly TopicPartition[], options: CallOptions = {}) {
    return electLeaders(this.#context, type, partitions, options)
  }

  /** Starts and takes back reassignments of partitions to brokers (KIP-455). Items are partitions. */
  alterPartitionReassignments(
    reassignments: readonly NewReassignment[],
    options: AlterReassignmentsOptions = {},
  ) {
    return alterPartitionReassignments(this.#context, reassignments, options)
  }

  /** The reassignments under way, of all partitions when none are named. */
  listPartitionReassignments(partitions?: readonly TopicPartition[], options: CallOptions = {}) {
    return listPartitionReassignments(this.#context, partitions, options)
  }

  // Access

  /** Makes access rules. Items are the rules. */
  createAcls(bindings: readonly AclBinding[], options: CallOptions = {}) {
    return createAcls(this.#context, bindings, options)
  }

  /** The access rules that agree with a filter; `{}` means all. */
  describeAcls(filter: AclFilter = {}, options: CallOptions = {}) {
    return describeAcls(this.#context, filter, options)
  }

  /** Removes the access rules that agree with filters. Items are filters, values the rules each met. */
  deleteAcls(filters: readonly AclFilter[], options: CallOptions = {}) {
    return deleteAcls(this.#context, filters, options)
  }

  /** The quotas of the entities that a filter lets through (KIP-546). Default: all. */
  describeClientQuotas(filter: QuotaFilter = { components: [] }, options: CallOptions = {}) {
    return describeClientQuotas(this.#context, filter, options)
  }

  /** Changes quotas (KIP-546). Items are entities. */
  alterClientQuotas(changes: readonly QuotaChange[], options: AlterClientQuotasOptions = {}) {
    return alterClientQuotas(this.#context, changes, options)
  }

  /** The SCRAM credentials of users, or of all users that have some (KIP-554). Items are users. */
  describeUserScramCredentials(users?: readonly string[], options: CallOptions = {}) {
    return describeUserScramCredentials(this.#context, users, options)
  }

  /** Sets and deletes SCRAM credentials (KIP-554). Items are users. */
  alterUserScramCredentials(alterations: readonly ScramAlteration[], options: CallOptions = {}) {
    return alterUserScramCredentials(this.#context, alterations, options)
  }

  /** Makes a delegation token (KIP-48). */
  createDelegationToken(options: CreateDelegationTokenOptions = {}) {
    return createDelegationToken(this.#context, options)
  }

  /** Lets a delegation token live longer. Returns when it now expires, in milliseconds since the epoch. */
  renewDelegationToken(hmac: Uint8Array, options: RenewDelegationTokenOptions = {}) {
    return renewDelegationToken(this.#context, hmac, options)
  }

  /** Ends a delegation token, now or soon. Returns when it expires, in milliseconds since the epoch. */
  expireDelegationToken(hmac: Uint8Array, options: ExpireDelegationTokenOptions = {}) {
    return expireDelegationToken(this.#context, hmac, options)
  }

  /** The delegation tokens that the user may see. */
  describeDelegationToken(options: DescribeDelegationTokenOptions = {}) {
    return describeDelegationToken(this.#context, options)
  }

  // Groups

  /** All groups of the cluster, of every type unless some are asked for. */
  listGroups(options: ListGroupsOptions = {}) {
    return listGroups(this.#context, options)
  }

  /** Describes classic groups, of consumers or of others. Items are group ids. */
  describeClassicGroups(groupIds: readonly string[], options: DescribeGroupsOptions = {}) {
    return describeClassicGroups(this.#context, groupIds, options)
  }

  /** Describes groups of consumers, classic or of KIP-848. Items are group ids. */
  describeConsumerGroups(groupIds: readonly string[], options: DescribeGroupsOptions = {}) {
    return describeConsumerGroups(this.#context, groupIds, options)
  }

  /** Describes share groups (KIP-932). Items are group ids. */
  describeShareGroups(groupIds: readonly string[], options: DescribeGroupsOptions = {}) {
    return describeShareGroups(this.#context, groupIds, options)
  }

  /** Describes streams groups (KIP-1071). Items are group ids. */
  describeStreamsGroups(groupIds: readonly string[], options: DescribeGroupsOptions = {}) {
    return describeStreamsGroups(this.#context, groupIds, options)
  }

  /** Deletes groups without members: classic, consumer, share and streams ones. Items are group ids. */
  deleteGroups(groupIds: readonly string[], options: CallOptions = {}) {
    return deleteGroups(this.#context, groupIds, options)
  }

  /** Removes members from a classic group of consumers, all when none are named. Items are the members. */
  removeGroupMembers(
    groupId: string,
    members?: readonly MemberToRemove[],
    options: RemoveMembersOptions = {},
  ) {
    return removeGroupMembers(this.#context, groupId, members, options)
  }

  /** The committed offsets of classic, consumer and streams groups. Items are group ids, values results by partition. */
  listGroupOffsets(groups: readonly OffsetsOfGroup[], options: ListGroupOffsetsOptions = {}) {
    return listGroupOffsets(this.#context, groups, options)
  }

  /** Sets committed offsets of a classic, consumer or streams group without members. Items are partitions. */
  alterGroupOffsets(groupId: string, offsets: readonly NewGroupOffset[], options: CallOptions = {}) {
    return alterGroupOffsets(this.#context, groupId, offsets, options)
  }

  /** Deletes committed offsets of a classic, consumer or streams group (KIP-496). Items are partitions. */
  deleteGroupOffsets(groupId: string, partitions: readonly TopicPartition[], options: CallOptions = {}) {
    return deleteGroupOffsets(this.#context, groupId, partitions, options)
  }

  /** Where share groups are. Items are group ids, values results by partition. */
  listShareGroupOffsets(groups: readonly OffsetsOfGroup[], options: CallOptions = {}) {
    return listShareGroupOffsets(this.#context, groups, options)
  }

  /** Lets a share group without members start elsewhere. Items are partitions. */
  alterShareGroupOffsets(
    groupId: string,
    offsets: readonly NewShareGroupOffset[],
    options: CallOptions = {},
  ) {
    return alterShareGroupOffsets(this.#context, groupId, offsets, options)
  }

  /** Lets a share group without members forget topics. Items are names of topics. */
  deleteShareGroupOffsets(groupId: string, topics: readonly string[], options: CallOptions = {}) {
    return deleteShareGroupOffsets(this.#context, groupId, topics, options)
  }

  // Transactions

  /** All transactional ids of the cluster (KIP-664). */
  listTransactions(options: ListTransactionsOptions = {}) {
    return listTransactions(this.#context, options)
  }

  /** Describes transactional ids and their transactions (KIP-664). Items are transactional ids. */
  describeTransactions(transactionalIds: readonly string[], options: CallOptions = {}) {
    return describeTransactions(this.#context, transactionalIds, options)
  }

  /** Aborts the transaction of a producer in one partition, for those that no coordinator will end (KIP-664). */
  abortTransaction(spec: AbortTransactionSpec, options: CallOptions = {}) {
    return abortTransaction(this.#context, spec, options)
  }

  /** Fences the producers of transactional ids and aborts their transactions (KIP-588). Items are transactional ids. */
  fenceProducers(transactionalIds: readonly string[], options: CallOptions = {}) {
    return fenceProducers(this.#context, transactionalIds, options)
  }

  /** Ends the open transaction of a transactional id, whatever its producer does (KIP-939). */
  async forceTerminateTransaction(transactionalId: string, options: CallOptions = {}): Promise<void> {
    await this.fenceProducers([transactionalId], options)
  }

  /** The producers that lately wrote to partitions (KIP-664). Items are partitions. */
  describeProducers(partitions: readonly TopicPartition[], options: DescribeProducersOptions = {}) {
    return describeProducers(this.#context, partitions, options)
  }

  // The client itself

  /** The id that brokers know this client's metrics by (KIP-714). */
  async clientInstanceId(options: CallOptions = {}): Promise<string> {
    this.#clientInstanceId ??= telemetrySubscription(this.#context, undefined, options).then(
      subscription => subscription.clientInstanceId,
    )
    try {
      return await this.#clientInstanceId
    } catch (error) {
      this.#clientInstanceId = undefined
      throw error
    }
  }

  /** Closes all connections. Calls under way fail with CLOSED. */
  close(): Promise<void> {
    return this.#context.cluster.close()
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }
}

function clusterOf(config: AdminConfig, outside: Outside) {
  const controllers = config['bootstrap.controllers']
  if (controllers.length === 0) return new Cluster(config, outside, { role: 'admin-client' })
  if (config['bootstrap.servers'].length > 0) {
    const message = 'Give either bootstrap.servers or bootstrap.controllers, not both.'
    throw new KafkaError('INVALID_CONFIG', message)
  }
  return new ControllerCluster(config, controllers, outside)
}
