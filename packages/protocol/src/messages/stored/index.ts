import type { FramedRecord } from '../../schema/framed-record.ts'
import type { StoredRecord } from '../../schema/stored-record.ts'
import {
  AccessControlEntryRecord,
  ClientQuotaRecord,
  DelegationTokenRecord,
  RemoveAccessControlEntryRecord,
  RemoveDelegationTokenRecord,
  RemoveUserScramCredentialRecord,
  UserScramCredentialRecord,
} from './access-metadata-records.ts'
import {
  ConsumerGroupCurrentMemberAssignmentRecord,
  ConsumerGroupMemberMetadataRecord,
  ConsumerGroupMetadataRecord,
  ConsumerGroupPartitionMetadataRecord,
  ConsumerGroupRegularExpressionRecord,
  ConsumerGroupTargetAssignmentMemberRecord,
  ConsumerGroupTargetAssignmentMetadataRecord,
} from './consumer-group-records.ts'
import { GroupMetadataRecord } from './group-metadata-record.ts'
import {
  AbortTransactionRecord,
  BeginTransactionRecord,
  EndTransactionRecord,
  FeatureLevelRecord,
  NoOpRecord,
  ProducerIdsRecord,
  ZkMigrationStateRecord,
} from './log-metadata-records.ts'
import {
  BrokerRegistrationChangeRecord,
  FenceBrokerRecord,
  RegisterBrokerRecord,
  RegisterControllerRecord,
  UnfenceBrokerRecord,
  UnregisterBrokerRecord,
} from './node-metadata-records.ts'
import { LegacyOffsetCommitRecord, OffsetCommitRecord } from './offset-commit-record.ts'
import {
  RemoteLogSegmentMetadataRecord,
  RemoteLogSegmentMetadataSnapshotRecord,
  RemoteLogSegmentMetadataUpdateRecord,
  RemotePartitionDeleteMetadataRecord,
} from './remote-log-records.ts'
import {
  ShareGroupCurrentMemberAssignmentRecord,
  ShareGroupMemberMetadataRecord,
  ShareGroupMetadataRecord,
  ShareGroupStatePartitionMetadataRecord,
  ShareGroupTargetAssignmentMemberRecord,
  ShareGroupTargetAssignmentMetadataRecord,
} from './share-group-records.ts'
import { ShareSnapshotRecord, ShareUpdateRecord } from './share-state-records.ts'
import {
  StreamsGroupCurrentMemberAssignmentRecord,
  StreamsGroupMemberMetadataRecord,
  StreamsGroupMetadataRecord,
  StreamsGroupTargetAssignmentMemberRecord,
  StreamsGroupTargetAssignmentMetadataRecord,
  StreamsGroupTopologyRecord,
} from './streams-group-records.ts'
import {
  ClearElrRecord,
  ConfigRecord,
  PartitionChangeRecord,
  PartitionRecord,
  RemoveTopicRecord,
  TopicRecord,
} from './topic-metadata-records.ts'
import { TransactionLogRecord } from './transaction-log-record.ts'

/** Every kind of record in `__consumer_offsets`. */
export const groupRecords: readonly StoredRecord[] = [
  LegacyOffsetCommitRecord,
  OffsetCommitRecord,
  GroupMetadataRecord,
  ConsumerGroupMetadataRecord,
  ConsumerGroupPartitionMetadataRecord,
  ConsumerGroupMemberMetadataRecord,
  ConsumerGroupTargetAssignmentMetadataRecord,
  ConsumerGroupTargetAssignmentMemberRecord,
  ConsumerGroupCurrentMemberAssignmentRecord,
  ConsumerGroupRegularExpressionRecord,
  ShareGroupMetadataRecord,
  ShareGroupMemberMetadataRecord,
  ShareGroupTargetAssignmentMetadataRecord,
  ShareGroupTargetAssignmentMemberRecord,
  ShareGroupCurrentMemberAssignmentRecord,
  ShareGroupStatePartitionMetadataRecord,
  StreamsGroupMetadataRecord,
  StreamsGroupMemberMetadataRecord,
  StreamsGroupTargetAssignmentMetadataRecord,
  StreamsGroupTargetAssignmentMemberRecord,
  StreamsGroupCurrentMemberAssignmentRecord,
  StreamsGroupTopologyRecord,
]

/** Every kind of record in `__transaction_state`. */
export const transactionRecords: readonly StoredRecord[] = [TransactionLogRecord]

/** Every kind of record in `__share_group_state`. */
export const shareStateRecords: readonly StoredRecord[] = [ShareSnapshotRecord, ShareUpdateRecord]

/** Every kind of record in Kafka's `__cluster_metadata`, and in snapshots of it. */
export const clusterMetadataRecords: readonly FramedRecord[] = [
  RegisterBrokerRecord,
  UnregisterBrokerRecord,
  TopicRecord,
  PartitionRecord,
  ConfigRecord,
  PartitionChangeRecord,
  FenceBrokerRecord,
  UnfenceBrokerRecord,
  RemoveTopicRecord,
  DelegationTokenRecord,
  UserScramCredentialRecord,
  FeatureLevelRecord,
  ClientQuotaRecord,
  ProducerIdsRecord,
  BrokerRegistrationChangeRecord,
  AccessControlEntryRecord,
  RemoveAccessControlEntryRecord,
  NoOpRecord,
  ZkMigrationStateRecord,
  RemoveUserScramCredentialRecord,
  BeginTransactionRecord,
  EndTransactionRecord,
  AbortTransactionRecord,
  RemoveDelegationTokenRecord,
  RegisterControllerRecord,
  ClearElrRecord,
]

/** Every kind of record in Kafka's `__remote_log_metadata`, and in its files. */
export const remoteLogRecords: readonly FramedRecord[] = [
  RemoteLogSegmentMetadataRecord,
  RemoteLogSegmentMetadataUpdateRecord,
  RemotePartitionDeleteMetadataRecord,
  RemoteLogSegmentMetadataSnapshotRecord,
]

export * from './consumer-group-records.ts'
export * from './consumer-protocol.ts'
export * from './control-records.ts'
export * from './default-principal-data.ts'
export * from './group-metadata-record.ts'
export * from './offset-commit-record.ts'
export * from './producer-snapshot.ts'
export * from './remote-log-records.ts'
export * from './share-group-records.ts'
export * from './share-state-records.ts'
export * from './streams-group-records.ts'
export * from './transaction-log-record.ts'
