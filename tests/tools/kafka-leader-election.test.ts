import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ToolBroker } from './tool-broker.ts'

let broker: ToolBroker

beforeAll(async () => {
  broker = await ToolBroker.start({ topics: ['orders'] })
})
afterAll(() => broker[Symbol.asyncDispose]())

const run = (more: string, file = '') =>
  broker.run(`kafka-leader-election --election-type ${more}`, { files: { '/f.json': file } })

describe('kafka-leader-election', () => {
  it('asks the cluster: Samsa alone elects nobody', async () => {
    const { code, errors } = await run('preferred --topic orders --partition 0')
    expect(code).toBe(1)
    expect(errors).toContain('does not know ElectLeaders')
  })

  it.each([
    ['{', 'Replica election data is empty'],
    ['{}', 'Replica election data is missing "partitions" field'],
    ['{"partitions": [{"topic": "a"}]}', 'No such field exists: `partition`'],
    [
      '{"partitions": [{"topic": "a", "partition": 0}, {"topic": "a", "partition": 0}]}',
      'Replica election data contains duplicate partitions: [a-0]',
    ],
  ])('refuses the file %j', async (file, problem) => {
    expect((await run('unclean --path-to-json-file /f.json', file)).errors).toBe(`${problem}\n`)
  })

  it.each([
    [
      'preferred',
      'One and only one of the following options is required: topic, all-topic-partitions, path-to-json-file',
    ],
    ['preferred --topic a', 'Missing required option(s): partition'],
    ['preferred --all-topic-partitions --partition 1', 'Option partition is only allowed if topic is used'],
    [
      'best --all-topic-partitions',
      "Cannot parse argument 'best' of option election-type: it is preferred or unclean",
    ],
  ])('refuses %s', async (more, problem) => {
    const { code, errors } = await run(more)
    expect([code, errors.split('\n')[0]]).toEqual([1, problem])
  })
})
