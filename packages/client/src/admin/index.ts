export { Admin } from './admin.ts'
export { type AdminConfig, adminConfig } from './admin-config.ts'
export type { CallOptions } from './context.ts'
export { type Outcome, Outcomes, Results } from './results.ts'
export type { AclOperation } from './operations.ts'
export type {
  AclBinding,
  AclFilter,
  AclPatternType,
  AclPermissionType,
  AclResourceType,
  DeletedAcl,
} from './acls.ts'
export type {
  ClassicGroupDescription,
  ClassicGroupMember,
  DescribeGroupsOptions,
} from './classic-groups.ts'
export type {
  ApiVersionRange,
  BrokerNode,
  ClusterDescription,
  DescribeClusterOptions,
} from './cluster-description.ts'
export type { ConfigEntry, ConfigSource, ConfigSynonym, ConfigType } from './config-entry.ts'
export type {
  AlterConfigsOptions,
  ConfigChanges,
  ConfigResource,
  ConfigResourceType,
  DescribeConfigsOptions,
} from './configs.ts'
export type { ConsumerGroupDescription, ConsumerGroupMember } from './consumer-groups.ts'
export type {
  CreateDelegationTokenOptions,
  DelegationToken,
  DescribeDelegationTokenOptions,
  ExpireDelegationTokenOptions,
  Principal,
  RenewDelegationTokenOptions,
} from './delegation-tokens.ts'
export type { ElectionType } from './elections.ts'
export type {
  DescribeFeaturesOptions,
  FeatureMetadata,
  FeatureRange,
  FeatureUpdate,
  UpdateFeaturesOptions,
  UpgradeType,
} from './features.ts'
export type { GroupListing, GroupState, GroupType, ListGroupsOptions } from './group-listings.ts'
export type { MemberToRemove, RemoveMembersOptions } from './group-members.ts'
export type {
  CommittedOffset,
  GroupOffsets,
  ListGroupOffsetsOptions,
  NewGroupOffset,
  OffsetsOfGroup,
} from './group-offsets.ts'
export type {
  DescribeLogDirsOptions,
  LogDirDescription,
  LogDirReplica,
  ReplicaLogDirs,
  ReplicaMove,
  ReplicaPlace,
} from './log-dirs.ts'
export type { ListOffsetsOptions, ListedOffset, OffsetQuery, OffsetSpec } from './offsets.ts'
export type { CreatePartitionsOptions, NewPartitions, RecordsToDelete } from './partitions.ts'
export type {
  NewRaftVoter,
  QuorumDescription,
  QuorumReplica,
  RaftVoterOptions,
  VoterEndpoint,
} from './quorum.ts'
export type {
  AlterClientQuotasOptions,
  ClientQuota,
  QuotaChange,
  QuotaComponent,
  QuotaEntity,
  QuotaFilter,
} from './quotas.ts'
export type { AlterReassignmentsOptions, NewReassignment, PartitionReassignment } from './reassignments.ts'
export type {
  ScramAlteration,
  ScramCredential,
  ScramDeletion,
  ScramMechanism,
  ScramUpsertion,
} from './scram.ts'
export type {
  NewShareGroupOffset,
  ShareGroupDescription,
  ShareGroupMember,
  ShareGroupOffset,
} from './share-groups.ts'
export type {
  StreamsAssignment,
  StreamsGroupDescription,
  StreamsGroupMember,
  StreamsSubtopology,
  StreamsTaskOffset,
  StreamsTasks,
  StreamsTopic,
} from './streams-groups.ts'
export type { DescribeTopicsOptions, PartitionDescription, TopicDescription } from './topic-descriptions.ts'
export type { TopicPartitionReplica } from './topic-partitions.ts'
export type {
  CreateTopicsOptions,
  CreatedTopic,
  DeleteTopicsOptions,
  ListTopicsOptions,
  NewTopic,
  TopicListing,
} from './topics.ts'
export type {
  AbortTransactionSpec,
  DescribeProducersOptions,
  FencedProducer,
  ListTransactionsOptions,
  ProducerState,
  TransactionDescription,
  TransactionListing,
  TransactionState,
} from './transactions.ts'
