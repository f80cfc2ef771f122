import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ToolBroker } from './tool-broker.ts'

let broker: ToolBroker

beforeAll(async () => {
  broker = await ToolBroker.start({ topics: [{ name: 'orders', partitions: 2 }] })
})
afterAll(() => broker[Symbol.asyncDispose]())

const run = (more: string, file = '') =>
  broker.run(`kafka-reassign-partitions ${more}`, { files: { '/f.json': file } })

describe('kafka-reassign-partitions', () => {
  it('proposes an assignment', async () => {
    const file = '{"version": 1, "topics": [{"topic": "orders"}]}'
    const { code, output } = await run('--generate --topics-to-move-json-file /f.json --broker-list 1', file)
    expect(code).toBe(0)
    const [now, current, , next, proposed] = output.split('\n')
    expect([now, next]).toEqual([
      'Current partition replica assignment',
      'Proposed partition reassignment configuration',
    ])
    expect(JSON.parse(current!).partitions).toMatchObject([
      { topic: 'orders', partition: 0, replicas: [1], log_dirs: [expect.stringMatching(/^\//)] },
      { topic: 'orders', partition: 1, replicas: [1] },
    ])
    expect(proposed).toBe(
      '{"version":1,"partitions":[{"topic":"orders","partition":0,"replicas":[1],"log_dirs":["any"]},{"topic":"orders","partition":1,"replicas":[1],"log_dirs":["any"]}]}',
    )
  })

  it('asks the cluster to move replicas: Samsa alone has nowhere to move them', async () => {
    const { code, output } = await run('--list')
    expect(code).toBe(1)
    expect(output).toMatch(/^Error: org\.apache\.kafka\.common\.errors\.UnsupportedVersionException: /)
  })

  it.each([
    [
      '--list --execute',
      'Command must include exactly one action: --generate, --execute, --verify, --cancel, --list',
    ],
    ['--execute', 'Missing required argument "[reassignment-json-file]"'],
    ['--list --timeout 5', 'Option "[timeout]" can\'t be used with action "[list]"'],
  ])('refuses %s', async (more, problem) => {
    const { code, errors } = await run(more)
    expect([code, errors.split('\n')[0]]).toEqual([1, problem])
  })

  it('tells what is wrong on the standard output, as Kafka’s does', async () => {
    const { code, output } = await run('--execute --reassignment-json-file /f.json', '{"partitions": []}')
    expect([code, output]).toEqual([1, 'Error: Partition reassignment list cannot be empty\n'])
  })
})
