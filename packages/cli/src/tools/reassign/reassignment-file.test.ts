import { describe, expect, it } from 'vitest'
import { assignmentJson } from './assignment.ts'
import { checkReassignment, reassignmentOf, topicsToMoveOf } from './reassignment-file.ts'

const one = { topic: 'a', partition: 0, replicas: [1, 2] }
const fileOf = (...partitions: object[]) => JSON.stringify({ version: 1, partitions })

describe('a reassignment', () => {
  it('is read as it is written', () => {
    const places = [{ topic: 'a', partition: 0, broker: 2, path: '/data' }]
    const json = assignmentJson([{ ...one, partition: 3 }, one], places)
    expect(JSON.parse(json).partitions).toEqual([
      { ...one, log_dirs: ['any', '/data'] },
      { ...one, partition: 3, log_dirs: ['any', 'any'] },
    ])
    const read = reassignmentOf(json)
    expect(read).toEqual({ partitions: [one, { ...one, partition: 3 }], placed: places })
    expect(() => checkReassignment(read)).not.toThrow()
  })

  it.each([
    [[], 'Partition reassignment list cannot be empty'],
    [[{ ...one, replicas: [] }], 'Partition replica list cannot be empty'],
    [[one, one], 'Partition reassignment contains duplicate topic partitions: a-0'],
    [
      [{ ...one, replicas: [1, 1] }],
      'Partition replica lists may not contain duplicate entries: a-0 contains multiple entries for 1',
    ],
    [
      [{ ...one, log_dirs: ['any'] }],
      'Size of replicas list [1, 2] is different from size of log dirs list [any] for partition a-0',
    ],
    [[{ topic: 'a', partition: 0 }], 'No such field exists: `replicas`'],
  ])('that cannot be meant is refused: %j', (partitions, problem) => {
    expect(() => checkReassignment(reassignmentOf(fileOf(...partitions)))).toThrow(problem)
  })

  it('is generated for topics that are named once', () => {
    expect(topicsToMoveOf('{"topics": [{"topic": "a"}, {"topic": "b"}]}')).toEqual(['a', 'b'])
    expect(() => topicsToMoveOf('{"topics": [{"topic": "a"}, {"topic": "a"}]}')).toThrow(
      'List of topics to reassign contains duplicate entries: [a]',
    )
  })
})
