import { Results, type ShareGroupDescription } from '@samsa/client'
import { describe, expect, it } from 'vitest'
import { testIo } from '../../command/test-io.ts'
import { printShareMembers, printShareOffsets, printShareState } from './share-group-tables.ts'

const group: ShareGroupDescription = {
  groupId: 'workers',
  state: 'Stable',
  assignor: 'simple',
  members: [
    {
      memberId: 'm1',
      clientId: 'worker',
      host: '/10.0.0.1',
      rackId: undefined,
      memberEpoch: 3,
      subscribedTopics: ['orders'],
      assignment: [
        { topic: 'orders', partition: 1 },
        { topic: 'orders', partition: 0 },
        { topic: 'logs', partition: 2 },
      ],
    },
  ],
  coordinator: { id: 1, host: 'kafka', port: 9092, rack: undefined, isFenced: false },
  groupEpoch: 4,
  assignmentEpoch: 4,
  authorizedOperations: undefined,
}

describe('a share group', () => {
  it('is shown with its members', () => {
    const io = testIo()
    printShareMembers(group, true, io)
    expect(io.output()).toBe(
      '\nGROUP           CONSUMER-ID     HOST            CLIENT-ID       #PARTITIONS  MEMBER-EPOCH  ASSIGNMENT' +
        '\nworkers         m1              /10.0.0.1       worker          3            3             logs:2;orders:0,1\n',
    )
  })

  it('is shown as a whole', () => {
    const io = testIo()
    printShareState(group, false, io)
    expect(io.output()).toBe(
      '\nGROUP           COORDINATOR (ID)          STATE           #MEMBERS' +
        '\nworkers         kafka:9092  (1)           Stable          1\n',
    )
  })

  it('is shown with where it is, partition by partition', () => {
    const io = testIo()
    const offsets = new Results([
      {
        item: { topic: 'orders', partition: 1 },
        value: { startOffset: undefined, leaderEpoch: 0, lag: undefined },
      },
      { item: { topic: 'orders', partition: 0 }, value: { startOffset: 5, leaderEpoch: 0, lag: 2 } },
    ])
    printShareOffsets('workers', offsets, true, io)
    expect(io.output()).toBe(
      '\nGROUP           TOPIC           PARTITION  LEADER-EPOCH  START-OFFSET  LAG' +
        '\nworkers         orders          0          0             5             2' +
        '\nworkers         orders          1          -             -             -\n',
    )
  })

  it('without members says so', () => {
    const io = testIo()
    printShareMembers({ ...group, state: 'Empty', members: [] }, false, io)
    expect(io.output()).toBe('')
    expect(io.errors()).toBe("\nShare group 'workers' has no active members.\n")
  })
})
