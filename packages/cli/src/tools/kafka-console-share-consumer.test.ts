import { describe, expect, it } from 'vitest'
import { runKafkaTool } from '../command/run-kafka-tool.ts'
import { testIo } from '../command/test-io.ts'
import { kafkaConsoleShareConsumer } from './kafka-console-share-consumer.ts'

async function run(line: string) {
  const io = testIo()
  const code = await runKafkaTool(kafkaConsoleShareConsumer, line.split(' '), io)
  return { code, errors: io.errors() }
}

describe('kafka-console-share-consumer', () => {
  it('says which options do not go together', async () => {
    for (const [line, message] of [
      ['--group g', '--topic is a required argument'],
      ['--topic a --reject --release', 'At most one of --reject and --release may be specified.'],
      ['--topic a --property b=1 --formatter-property c=1', 'cannot be specified together.'],
      ['--topic a --group g --consumer-property group.id=h', "Detected group ids: 'g', 'h'"],
      ['--topic a --formatter Nothing', 'Nothing: classes of Java cannot be loaded'],
    ] as const) {
      const ran = await run(line)
      expect(ran.code).toBe(1)
      expect(ran.errors).toContain(message)
    }
  })
})
