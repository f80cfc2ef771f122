import { memoryWorld } from '@samsa/base'
import { runKafkaTool, testIo } from '@samsa/cli'
import { describe, expect, it } from 'vitest'
import { kafkaStorage } from './kafka-storage.ts'
import type { ServerParts } from './server-parts.ts'

const files = {
  '/home/me/node.properties': 'node.id=4\nlog.dirs=/b,/a\nzookeeper.connect=localhost:2181\n',
  '/home/me/voters.properties': 'node.id=4\nlog.dirs=/v\ncontroller.quorum.voters=4@localhost:9093\n',
  '/home/me/wrong.properties': 'log.dirs=/b\nnum.partitions=0\n',
}

/** A machine whose disk outlives the calls of the tool. */
function machine() {
  const world = memoryWorld()
  const run = async (line: string) => {
    const io = testIo({ files })
    const code = await runKafkaTool(kafkaStorage({ world } as unknown as ServerParts), line.split(' '), io)
    return { code, output: io.output(), errors: io.errors() }
  }
  return { world, run }
}

describe('kafka-storage', () => {
  it('makes ids of clusters', async () => {
    const { run } = machine()
    expect((await run('random-uuid')).output).toMatch(/^[\w-]{22}\n$/)
  })

  it('formats the directories of a node, and says what they hold', async () => {
    const { run } = machine()
    const before = await run('info -c node.properties')
    expect(before).toMatchObject({
      code: 1,
      output: 'Found problems:\n  /a does not exist\n  /b does not exist\n\n',
    })
    const formatted = await run('format -t abc -c node.properties')
    expect(formatted).toMatchObject({ code: 0, errors: '' })
    expect(formatted.output).toBe(
      'Formatting data directory /a with metadata.version 4.3-IV0.\nFormatting metadata directory /b with metadata.version 4.3-IV0.\n',
    )
    const after = await run('info -c node.properties')
    expect(after.code).toBe(0)
    expect(after.output).toMatch(
      /^Found log directories:\n {2}\/a\n {2}\/b\n\nFound metadata: \{cluster\.id=abc, directory\.id=[\w-]{22}, node\.id=4, version=1\}\n\n$/,
    )
  })

  it('formats no directory twice', async () => {
    const { run } = machine()
    await run('format -t abc -c voters.properties')
    expect(await run('format -t abc -c voters.properties')).toMatchObject({
      code: 1,
      errors:
        'Log directory /v is already formatted. Use --ignore-formatted to ignore this directory and format the others.\n',
    })
    expect(await run('format -t abc -c voters.properties -g')).toMatchObject({
      code: 0,
      output: 'All of the log directories are already formatted.\n',
    })
    expect((await run('format -t other -c voters.properties -g')).errors).toBe(
      'Invalid cluster.id in: /v/meta.properties. Expected other, but read abc\n',
    )
  })

  it.each([
    ['format -c node.properties', 'kafka-storage: error: argument --cluster-id/-t is required\n'],
    ['info', 'kafka-storage: error: argument --config/-c is required\n'],
    [
      'format -t a -c node.properties -s -N',
      'kafka-storage: error: argument --no-initial-controllers/-N: not allowed with argument --standalone/-s\n',
    ],
    ['format -t a -c voters.properties --standalone', 'You cannot specify controller.quorum.voters and '],
    ['format -t a -c node.properties -S x', 'Samsa keeps no SCRAM credentials yet'],
    ['format -t a -c node.properties -f nope=1', 'Unsupported feature: nope. Supported features are: elig'],
    ['format -t a -c node.properties -r 2.0', "Unknown metadata.version '2.0'."],
    ['format -t a -c wrong.properties', 'num.partitions: 0 is too small.'],
    ['info -c none.properties', 'The properties file cannot be read: ENOENT'],
  ])('refuses %s, and writes nothing', async (line, message) => {
    const { run, world } = machine()
    const { code, errors } = await run(line)
    expect([code, errors.startsWith(message) || errors]).toEqual([1, true])
    expect(world.disk.exists('/a') || world.disk.exists('/b') || world.disk.exists('/v')).toBe(false)
  })

  it('shows what releases begin with, and what features need', async () => {
    const { run } = machine()
    expect((await run('version-mapping -r 3.9')).output).toBe(
      'metadata.version=21 (3.9)\nkraft.version=1\ntransaction.version=0\ngroup.version=0\neligible.leader.replicas.version=0\nshare.version=0\nstreams.version=0\n',
    )
    expect((await run('version-mapping')).output).toContain('metadata.version=30 (4.3-IV0)\n')
    expect((await run('feature-dependencies -f share.version=1 -f metadata.version=20')).output).toBe(
      'share.version=1 has no dependencies.\nmetadata.version=20 (3.8-IV0) has no dependencies.\n',
    )
  })
})
