import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { runKafkaTool } from '../command/run-kafka-tool.ts'
import { testIo } from '../command/test-io.ts'
import { kafkaDumpLog } from '../tools/kafka-dump-log.ts'

// What Apache Kafka wrote, and what its own tool prints of that: see fixtures/wire/logs/README.md.
const folder = fileURLToPath(new URL('../../../../fixtures/wire/logs', import.meta.url))

const couldNotRead = /(skipping\.) .*$/

async function dump(kind: string): Promise<string[]> {
  const directory = `${folder}/${kind}`
  const io = { ...testIo(), directory }
  const words = ['--files', '00000000000000000000.log', `--${kind}-decoder`]
  expect(await runKafkaTool(kafkaDumpLog, words, io)).toBe(0)
  return io.output().trimEnd().split('\n')
}

function expected(kind: string): string[] {
  return readFileSync(`${folder}/${kind}/dump.txt`, 'utf8').trimEnd().split('\n')
}

const faults = {
  'cluster-metadata': [
    'the record has frame version 2, and only 1 is known',
    'there is no type of record with the number 99',
    'TopicRecord has no version 9',
    '16 bytes expected where 2 are left (at /incarnationId)',
    '87 bytes follow after the ClearElrRecord',
  ],
  'remote-log-metadata': ['there is no type of record with the number 42'],
}

describe.each(['cluster-metadata', 'remote-log-metadata'] as const)('kafka-dump-log --%s-decoder', kind => {
  it('prints every type of record in every version as Kafka’s tool does', async () => {
    const ours = await dump(kind)
    const theirs = expected(kind)
    expect(ours.map(line => line.replace(couldNotRead, '$1'))).toEqual(
      theirs.map(line => line.replace(couldNotRead, '$1')),
    )
  })

  it('says what is the matter with a record it cannot read, and goes on', async () => {
    const told = (await dump(kind)).flatMap(line => couldNotRead.exec(line)?.[0] ?? [])
    expect(told).toEqual(faults[kind].map(fault => `skipping. ${fault}`))
  })
})
