import { decodeUtf8 } from '@samsa/base'
import { describe, expect, test } from 'vitest'
import { GroupModel } from '../../testing/group-model.ts'
import type { GroupState } from './group.ts'

type State = GroupState | 'Dead'

const events = {
  'an unknown member joins (v3)': m => answerOf(m, m.join({ version: 3 })),
  'an unknown member joins (v4)': m => answerOf(m, m.join({ version: 4 })),
  'a member id nobody knows joins': m => answerOf(m, m.join({ memberId: 'stranger' })),
  'the leader rejoins': m => answerOf(m, m.join({ memberId: 'client-1' })),
  'a follower rejoins unchanged': m => answerOf(m, m.join({ memberId: 'client-2' })),
  'a follower rejoins changed': m => answerOf(m, m.join({ memberId: 'client-2', topics: ['u'] })),
  'a member of another protocol type joins': m =>
    answerOf(m, m.join({ version: 3, protocolType: 'connect' })),
  'a member with other protocols joins': m => answerOf(m, m.join({ version: 3, protocols: ['sticky'] })),
  'the leader syncs': m =>
    answerOf(
      m,
      m.sync({ memberId: 'client-1', generation: 1, assignments: { 'client-1': 'x', 'client-2': 'y' } }),
    ),
  'a follower syncs': m => answerOf(m, m.sync({ memberId: 'client-2', generation: 1 })),
  'a stranger syncs': m => answerOf(m, m.sync({ memberId: 'stranger', generation: 1 })),
  'a follower syncs for another generation': m =>
    answerOf(m, m.sync({ memberId: 'client-2', generation: 9 })),
  'a follower sends a heartbeat': m => m.heartbeat('client-2', 1).errorCode,
  'a stranger sends a heartbeat': m => m.heartbeat('stranger', 1).errorCode,
  'a follower sends a heartbeat for another generation': m => m.heartbeat('client-2', 9).errorCode,
  'a follower leaves': m => m.leave('client-2')!.members![0]!.errorCode,
  'the leader leaves': m => m.leave('client-1')!.members![0]!.errorCode,
  'a stranger leaves': m => m.leave('stranger')!.members![0]!.errorCode,
  "a follower's session ends": m => fire(m, 'session/client-2'),
  'the join timer goes off': m => fire(m, 'join'),
  'the sync timer goes off': m => fire(m, 'sync'),
  'a follower commits': m => commit(m, 'client-2', 1),
  'a follower commits for another generation': m => commit(m, 'client-2', 9),
  'anyone commits without membership': m => commit(m, '', -1),
  'the group is deleted': m => m.delete()!,
} satisfies Record<string, (model: GroupModel) => string>

type Event = keyof typeof events

// Two members, client-1 (the leader) and client-2, in generation 1; in PreparingRebalance the leader has rejoined and
// client-2 is waited for. '…' means that the request waits.
const table: Record<State, Record<Event, string>> = {
  Dead: {
    'an unknown member joins (v3)': '… PreparingRebalance',
    'an unknown member joins (v4)': 'MEMBER_ID_REQUIRED Empty',
    'a member id nobody knows joins': 'UNKNOWN_MEMBER_ID Dead',
    'the leader rejoins': 'UNKNOWN_MEMBER_ID Dead',
    'a follower rejoins unchanged': 'UNKNOWN_MEMBER_ID Dead',
    'a follower rejoins changed': 'UNKNOWN_MEMBER_ID Dead',
    'a member of another protocol type joins': '… PreparingRebalance',
    'a member with other protocols joins': '… PreparingRebalance',
    'the leader syncs': 'UNKNOWN_MEMBER_ID Dead',
    'a follower syncs': 'UNKNOWN_MEMBER_ID Dead',
    'a stranger syncs': 'UNKNOWN_MEMBER_ID Dead',
    'a follower syncs for another generation': 'UNKNOWN_MEMBER_ID Dead',
    'a follower sends a heartbeat': 'UNKNOWN_MEMBER_ID Dead',
    'a stranger sends a heartbeat': 'UNKNOWN_MEMBER_ID Dead',
    'a follower sends a heartbeat for another generation': 'UNKNOWN_MEMBER_ID Dead',
    'a follower leaves': 'UNKNOWN_MEMBER_ID Dead',
    'the leader leaves': 'UNKNOWN_MEMBER_ID Dead',
    'a stranger leaves': 'UNKNOWN_MEMBER_ID Dead',
    "a follower's session ends": '- Dead',
    'the join timer goes off': '- Dead',
    'the sync timer goes off': '- Dead',
    'a follower commits': 'GROUP_ID_NOT_FOUND Dead',
    'a follower commits for another generation': 'GROUP_ID_NOT_FOUND Dead',
    'anyone commits without membership': 'NONE Empty',
    'the group is deleted': 'GROUP_ID_NOT_FOUND Dead',
  },
  Empty: {
    'an unknown member joins (v3)': '… PreparingRebalance',
    'an unknown member joins (v4)': 'MEMBER_ID_REQUIRED Empty',
    'a member id nobody knows joins': 'UNKNOWN_MEMBER_ID Empty',
    'the leader rejoins': 'UNKNOWN_MEMBER_ID Empty',
    'a follower rejoins unchanged': 'UNKNOWN_MEMBER_ID Empty',
    'a follower rejoins changed': 'UNKNOWN_MEMBER_ID Empty',
    'a member of another protocol type joins': '… PreparingRebalance',
    'a member with other protocols joins': '… PreparingRebalance',
    'the leader syncs': 'UNKNOWN_MEMBER_ID Empty',
    'a follower syncs': 'UNKNOWN_MEMBER_ID Empty',
    'a stranger syncs': 'UNKNOWN_MEMBER_ID Empty',
    'a follower syncs for another generation': 'UNKNOWN_MEMBER_ID Empty',
    'a follower sends a heartbeat': 'UNKNOWN_MEMBER_ID Empty',
    'a stranger sends a heartbeat': 'UNKNOWN_MEMBER_ID Empty',
    'a follower sends a heartbeat for another generation': 'UNKNOWN_MEMBER_ID Empty',
    'a follower leaves': 'UNKNOWN_MEMBER_ID Empty',
    'the leader leaves': 'UNKNOWN_MEMBER_ID Empty',
    'a stranger leaves': 'UNKNOWN_MEMBER_ID Empty',
    "a follower's session ends": '- Empty',
    'the join timer goes off': '- Empty',
    'the sync timer goes off': '- Empty',
    'a follower commits': 'UNKNOWN_MEMBER_ID Empty',
    'a follower commits for another generation': 'UNKNOWN_MEMBER_ID Empty',
    'anyone commits without membership': 'NONE Empty',
    'the group is deleted': 'NONE Dead',
  },
  PreparingRebalance: {
    'an unknown member joins (v3)': '… PreparingRebalance',
    'an unknown member joins (v4)': 'MEMBER_ID_REQUIRED PreparingRebalance',
    'a member id nobody knows joins': 'UNKNOWN_MEMBER_ID PreparingRebalance',
    'the leader rejoins': '… PreparingRebalance',
    'a follower rejoins unchanged': 'NONE CompletingRebalance',
    'a follower rejoins changed': 'NONE CompletingRebalance',
    'a member of another protocol type joins': 'INCONSISTENT_GROUP_PROTOCOL PreparingRebalance',
    'a member with other protocols joins': 'INCONSISTENT_GROUP_PROTOCOL PreparingRebalance',
    'the leader syncs': 'REBALANCE_IN_PROGRESS PreparingRebalance',
    'a follower syncs': 'REBALANCE_IN_PROGRESS PreparingRebalance',
    'a stranger syncs': 'UNKNOWN_MEMBER_ID PreparingRebalance',
    'a follower syncs for another generation': 'ILLEGAL_GENERATION PreparingRebalance',
    'a follower sends a heartbeat': 'REBALANCE_IN_PROGRESS PreparingRebalance',
    'a stranger sends a heartbeat': 'UNKNOWN_MEMBER_ID PreparingRebalance',
    'a follower sends a heartbeat for another generation': 'ILLEGAL_GENERATION PreparingRebalance',
    'a follower leaves': 'NONE CompletingRebalance',
    'the leader leaves': 'NONE PreparingRebalance',
    'a stranger leaves': 'UNKNOWN_MEMBER_ID PreparingRebalance',
    "a follower's session ends": '- CompletingRebalance',
    'the join timer goes off': '- CompletingRebalance',
    'the sync timer goes off': '- PreparingRebalance',
    'a follower commits': 'NONE PreparingRebalance',
    'a follower commits for another generation': 'ILLEGAL_GENERATION PreparingRebalance',
    'anyone commits without membership': 'UNKNOWN_MEMBER_ID PreparingRebalance',
    'the group is deleted': 'NON_EMPTY_GROUP PreparingRebalance',
  },
  CompletingRebalance: {
    'an unknown member joins (v3)': '… PreparingRebalance',
    'an unknown member joins (v4)': 'MEMBER_ID_REQUIRED CompletingRebalance',
    'a member id nobody knows joins': 'UNKNOWN_MEMBER_ID CompletingRebalance',
    'the leader rejoins': 'NONE CompletingRebalance',
    'a follower rejoins unchanged': 'NONE CompletingRebalance',
    'a follower rejoins changed': '… PreparingRebalance',
    'a member of another protocol type joins': 'INCONSISTENT_GROUP_PROTOCOL CompletingRebalance',
    'a member with other protocols joins': 'INCONSISTENT_GROUP_PROTOCOL CompletingRebalance',
    'the leader syncs': 'NONE(x) Stable',
    'a follower syncs': '… CompletingRebalance',
    'a stranger syncs': 'UNKNOWN_MEMBER_ID CompletingRebalance',
    'a follower syncs for another generation': 'ILLEGAL_GENERATION CompletingRebalance',
    'a follower sends a heartbeat': 'NONE CompletingRebalance',
    'a stranger sends a heartbeat': 'UNKNOWN_MEMBER_ID CompletingRebalance',
    'a follower sends a heartbeat for another generation': 'ILLEGAL_GENERATION CompletingRebalance',
    'a follower leaves': 'NONE PreparingRebalance',
    'the leader leaves': 'NONE PreparingRebalance',
    'a stranger leaves': 'UNKNOWN_MEMBER_ID CompletingRebalance',
    "a follower's session ends": '- PreparingRebalance',
    'the join timer goes off': '- CompletingRebalance',
    'the sync timer goes off': '- Empty',
    'a follower commits': 'REBALANCE_IN_PROGRESS CompletingRebalance',
    'a follower commits for another generation': 'ILLEGAL_GENERATION CompletingRebalance',
    'anyone commits without membership': 'UNKNOWN_MEMBER_ID CompletingRebalance',
    'the group is deleted': 'NON_EMPTY_GROUP CompletingRebalance',
  },
  Stable: {
    'an unknown member joins (v3)': '… PreparingRebalance',
    'an unknown member joins (v4)': 'MEMBER_ID_REQUIRED Stable',
    'a member id nobody knows joins': 'UNKNOWN_MEMBER_ID Stable',
    'the leader rejoins': '… PreparingRebalance',
    'a follower rejoins unchanged': 'NONE Stable',
    'a follower rejoins changed': '… PreparingRebalance',
    'a member of another protocol type joins': 'INCONSISTENT_GROUP_PROTOCOL Stable',
    'a member with other protocols joins': 'INCONSISTENT_GROUP_PROTOCOL Stable',
    'the leader syncs': 'NONE(one) Stable',
    'a follower syncs': 'NONE(two) Stable',
    'a stranger syncs': 'UNKNOWN_MEMBER_ID Stable',
    'a follower syncs for another generation': 'ILLEGAL_GENERATION Stable',
    'a follower sends a heartbeat': 'NONE Stable',
    'a stranger sends a heartbeat': 'UNKNOWN_MEMBER_ID Stable',
    'a follower sends a heartbeat for another generation': 'ILLEGAL_GENERATION Stable',
    'a follower leaves': 'NONE PreparingRebalance',
    'the leader leaves': 'NONE PreparingRebalance',
    'a stranger leaves': 'UNKNOWN_MEMBER_ID Stable',
    "a follower's session ends": '- PreparingRebalance',
    'the join timer goes off': '- Stable',
    'the sync timer goes off': '- PreparingRebalance',
    'a follower commits': 'NONE Stable',
    'a follower commits for another generation': 'ILLEGAL_GENERATION Stable',
    'anyone commits without membership': 'UNKNOWN_MEMBER_ID Stable',
    'the group is deleted': 'NON_EMPTY_GROUP Stable',
  },
}

/** Brings a new group into a state. */
const make: Record<State, () => GroupModel> = {
  Dead: () => new GroupModel(),
  Empty: () => {
    const model = make.Stable()
    model.leave('client-1')
    model.leave('client-2')
    return model
  },
  PreparingRebalance: () => {
    const model = make.Stable()
    model.join({ memberId: 'client-1' })
    return model
  },
  CompletingRebalance: () => {
    const model = new GroupModel()
    model.join({ version: 3 })
    model.join({ version: 3 })
    model.advance(6_000)
    return model
  },
  Stable: () => {
    const model = make.CompletingRebalance()
    model.sync({
      memberId: 'client-1',
      generation: 1,
      assignments: { 'client-1': 'one', 'client-2': 'two' },
    })
    return model
  },
}

describe.each(Object.keys(table) as State[])('in state %s', state => {
  test.each(Object.keys(events) as Event[])('%s', name => {
    const model = make[state]()
    expect(model.group?.state ?? 'Dead').toBe(state)
    const run: (model: GroupModel) => string = events[name]
    const outcome = `${run(model)} ${model.group?.state ?? 'Dead'}`
    expect(outcome).toBe(table[state][name])
  })
})

function answerOf(model: GroupModel, ticket: number): string {
  const answer = model.answers.get(ticket)
  if (answer === undefined) return '…'
  if (answer.errorCode !== 'NONE' || !('assignment' in answer)) return answer.errorCode
  return `NONE(${decodeUtf8(answer.assignment)})`
}

function fire(model: GroupModel, key: string): string {
  model.fire(key)
  return '-'
}

function commit(model: GroupModel, memberId: string, generation: number): string {
  const response = model.commit({ topic: 't', partition: 0, offset: 5, memberId, generation })!
  return response.topics[0]!.partitions[0]!.errorCode
}
