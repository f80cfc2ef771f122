import { type Admin, type ConfigChanges, Outcomes, type PartitionReassignment, Results } from '@samsa/client'
import { describe, expect, it } from 'vitest'
import { testIo } from '../../command/test-io.ts'
import { assignmentJson } from './assignment.ts'
import { cancel } from './cancel.ts'
import { execute } from './execute.ts'
import { list } from './list.ts'
import { verify } from './verify.ts'

/** A cluster of three brokers with one topic of two replicas, and what it was asked to change. */
function clusterWith(underWay: readonly PartitionReassignment[] = []) {
  const changes: ConfigChanges[] = []
  const reassigned: unknown[] = []
  const partitions = [{ partition: 0, replicas: [1, 2] }]
  const outcomes = <Item, Value>(items: readonly Item[], answer: (item: Item) => Value) =>
    new Outcomes(Promise.resolve(new Results(items.map(item => ({ item, value: answer(item) })))))
  const admin = {
    listPartitionReassignments: () => Promise.resolve(underWay),
    describeCluster: () => Promise.resolve({ brokers: [{ id: 1 }, { id: 2 }, { id: 3 }] }),
    describeTopics: (names: string[]) => outcomes(names, name => ({ name, partitions })),
    describeReplicaLogDirs: (replicas: object[]) =>
      outcomes(replicas, () => ({ current: { path: '/data', offsetLag: 0 }, future: undefined })),
    incrementalAlterConfigs(asked: ConfigChanges[]) {
      changes.push(...asked)
      return outcomes(asked, () => undefined)
    },
    alterPartitionReassignments(asked: object[]) {
      reassigned.push(...asked)
      return outcomes(asked, () => undefined)
    },
  } as unknown as Admin
  return { admin, changes, reassigned, io: testIo() }
}

const target = { topic: 'a', partition: 0, replicas: [2, 3] }
const file = assignmentJson([target])
const moving = { topic: 'a', partition: 0, replicas: [2, 3, 1], addingReplicas: [3], removingReplicas: [1] }

const options = {
  file,
  isAdditional: false,
  throttle: -1,
  logDirThrottle: -1,
  timeoutMs: 0,
  allowReplicationFactorChange: true,
}

describe('a reassignment', () => {
  it('is started once it is printed how to go back', async () => {
    const { admin, io, reassigned, changes } = clusterWith()
    await execute(admin, options, io)
    expect(io.output()).toBe(
      'Current partition replica assignment\n\n' +
        '{"version":1,"partitions":[{"topic":"a","partition":0,"replicas":[1,2],"log_dirs":["/data","/data"]}]}\n\n' +
        'Save this to use as the --reassignment-json-file option during rollback\n' +
        'Successfully started partition reassignment for a-0\n',
    )
    expect([reassigned, changes]).toEqual([[target], []])
  })

  it('is throttled where it comes from and where it goes to', async () => {
    const { admin, io, changes } = clusterWith()
    await execute(admin, { ...options, throttle: 5000 }, io)
    expect(changes[0]).toEqual({
      type: 'TOPIC',
      name: 'a',
      set: {
        'leader.replication.throttled.replicas': '0:1,0:2',
        'follower.replication.throttled.replicas': '0:3',
      },
    })
    expect(
      changes.slice(1).map(({ name, set }) => [name, set?.['leader.replication.throttled.rate']]),
    ).toEqual([
      ['1', 5000],
      ['2', 5000],
      ['3', 5000],
    ])
  })

  it('is not started beside another one, nor to brokers that there are not', async () => {
    const { admin, io } = clusterWith([moving])
    await expect(execute(admin, options, io)).rejects.toThrow('there is an existing partition assignment')
    const strange = { ...options, file: assignmentJson([{ ...target, replicas: [1, 9] }]) }
    await expect(execute(clusterWith().admin, strange, io)).rejects.toThrow('Unknown broker id 9')
  })

  it('under way is listed, and its throttle kept', async () => {
    const { admin, io, changes } = clusterWith([moving])
    await list(admin, io)
    await verify(admin, file, false, io)
    expect(io.output()).toBe(
      'Current partition reassignments:\na-0: replicas: 2,3,1. adding: 3. removing: 1.\n' +
        'Status of partition reassignment:\nReassignment of partition a-0 is still in progress.\n\n',
    )
    expect(changes).toEqual([])
  })

  it('that ended elsewhere is told of, and the throttle lifted', async () => {
    const { admin, io, changes } = clusterWith()
    await verify(admin, file, false, io)
    expect(io.output()).toBe(
      'Status of partition reassignment:\n' +
        'There is no active reassignment of partition a-0, but replica set is 1,2 rather than 2,3.\n\n' +
        'Clearing broker-level throttles on brokers 1,2,3\nClearing topic-level throttles on topic a\n',
    )
    expect(changes.map(({ type, name }) => `${type} ${name}`)).toEqual([
      'BROKER 1',
      'BROKER 2',
      'BROKER 3',
      'TOPIC a',
    ])
  })

  it('is taken back', async () => {
    const { admin, io, reassigned } = clusterWith([moving])
    await cancel(admin, { file, preservesThrottles: true, timeoutMs: 0 }, io)
    expect(io.output()).toBe(
      'Successfully cancelled partition reassignment for: a-0\nNone of the specified partition moves are active.',
    )
    expect(reassigned).toEqual([{ topic: 'a', partition: 0, replicas: null }])
  })

  it('to a log directory is told of by replica', async () => {
    const { admin, io } = clusterWith()
    const placed = [{ topic: 'a', partition: 0, broker: 2, path: '/data' }]
    const elsewhere = [{ topic: 'a', partition: 0, broker: 3, path: '/other' }]
    await verify(admin, assignmentJson([target], [...placed, ...elsewhere]), true, io)
    expect(io.output()).toContain(
      'Reassignment of replica a-0-2 completed successfully.\n' +
        'Partition a-0 on broker 3 is not being moved from log dir /data to /other.\n',
    )
  })
})
