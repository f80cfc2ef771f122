import type { StreamsGroupDescription } from '@samsa/client'
import { describe, expect, it } from 'vitest'
import { testIo } from '../../command/test-io.ts'
import { internalTopics } from '../../groups/streams-progress.ts'
import { printStreamsMembers, printStreamsOffsets, printStreamsState } from './streams-group-tables.ts'

const nothing = { activeTasks: [], standbyTasks: [], warmupTasks: [] }
const topicOf = (name: string) => ({ name, partitions: 2, replicationFactor: 1, configs: new Map() })

const group: StreamsGroupDescription = {
  groupId: 'counts',
  state: 'Stable',
  groupEpoch: 3,
  assignmentEpoch: 2,
  topologyEpoch: 1,
  subtopologies: [
    {
      subtopologyId: '0',
      sourceTopics: ['orders'],
      repartitionSinkTopics: [],
      stateChangelogTopics: [topicOf('counts-store-changelog'), topicOf('mine')],
      repartitionSourceTopics: [topicOf('counts-by-repartition')],
    },
  ],
  members: [
    {
      memberId: 'm1',
      memberEpoch: 2,
      instanceId: undefined,
      rackId: undefined,
      clientId: 'counter',
      host: '/10.0.0.1',
      topologyEpoch: 1,
      processId: 'p1',
      userEndpoint: undefined,
      clientTags: new Map(),
      taskOffsets: [],
      taskEndOffsets: [],
      assignment: { ...nothing, activeTasks: [{ subtopologyId: '0', partitions: [0, 1] }] },
      targetAssignment: { ...nothing, standbyTasks: [{ subtopologyId: '0', partitions: [1] }] },
      isClassic: false,
    },
  ],
  coordinator: { id: 1, host: 'kafka', port: 9092, rack: undefined, isFenced: false },
  authorizedOperations: undefined,
}

describe('a streams group', () => {
  it('is shown with its members and their tasks', () => {
    const io = testIo()
    printStreamsMembers(group, false, io)
    expect(io.output()).toBe(
      'GROUP           MEMBER          PROCESS         CLIENT-ID       ASSIGNMENTS\n' +
        'counts          m1              p1              counter         ACTIVE: 0:[0,1]; \n',
    )
    const verbose = testIo()
    printStreamsMembers(group, true, verbose)
    expect(verbose.output()).toContain('ACTIVE: 0:[0,1]; TARGET-STANDBY: 0:[1]; \n')
    expect(verbose.output()).toContain(' 1              m1              streams         2 ')
  })

  it('is shown as a whole, and with its lag', () => {
    const io = testIo()
    printStreamsState(group, false, io)
    const one = { topic: 'orders', partition: 0, offset: 1, leaderEpoch: undefined, endOffset: 5, lag: 4 }
    printStreamsOffsets(group, [one], false, io)
    expect(io.output()).toBe(
      'GROUP           COORDINATOR (ID)          STATE                     #MEMBERS\n' +
        'counts          kafka:9092 (1)            Stable                    1\n' +
        'GROUP           TOPIC           PARTITION  OFFSET-LAG\n' +
        'counts          orders          0          4\n',
    )
  })

  it('has internal topics, of which those are known that are called so', () => {
    const strange: string[] = []
    expect(internalTopics(group, topic => strange.push(topic))).toEqual([
      'counts-by-repartition',
      'counts-store-changelog',
    ])
    expect(strange).toEqual(['mine'])
  })
})
