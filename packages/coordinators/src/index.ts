export { type GroupConfig, groupConfig } from './group-config.ts'
export { decideDelete } from './groups/classic/delete.ts'
export { describeGroup, type GroupFilter, listGroups } from './groups/classic/describe.ts'
export {
  type Answer,
  type Decision,
  type DecisionContext,
  type GroupLimits,
  JOIN_TIMER,
  type TimerChange,
  respond,
} from './groups/classic/decision.ts'
export type { DurableEvent, GroupEvent, VolatileEvent } from './groups/classic/events.ts'
export type { OffsetCommitted, OffsetRemoved } from './offsets/offset-events.ts'
export { type RecordPosition, evolve } from './groups/classic/evolve.ts'
export type { Group, GroupState, Member, Ticket } from './groups/classic/group.ts'
export { decideHeartbeat } from './groups/classic/heartbeat.ts'
export { type JoinInput, decideJoin } from './groups/classic/join.ts'
export { type LeaveInput, decideLeave } from './groups/classic/leave.ts'
export { decideFollowUp } from './groups/classic/rebalance.ts'
export { joinRefused, syncRefused } from './groups/classic/responses.ts'
export { type SyncInput, decideSync } from './groups/classic/sync.ts'
export { decideLoaded, decideTimer } from './groups/classic/timers.ts'
export { type Groups, newGroups } from './groups/groups.ts'
export { type CommitInput, commitRefused, decideCommit } from './offsets/commit.ts'
export { endTransaction } from './offsets/evolve-offsets.ts'
export { decideOffsetExpiry } from './offsets/expire.ts'
export { type FetchedTopic, fetchAllOffsets, fetchOffsets } from './offsets/fetch.ts'
export { decideOffsetDelete, decideTopicsDeleted } from './offsets/remove.ts'
export { type GroupRecord, eventOf, isDurable, recordOf } from './records/group-records.ts'
export type {
  AssignablePartition,
  AssignableTopics,
  ClientAssignor,
  GroupAssignment,
  MemberSubscription,
  PreviousAssignment,
  Subscriptions,
  TopicPartition,
} from './assignors/assignor.ts'
export { clientAssignors } from './assignors/assignors.ts'
