import { readFileSync } from 'node:fs'
import type { ConsumerRecord } from '@samsa/client'
import { decodeBatch } from '@samsa/protocol'
import { expect, it } from 'vitest'
import { ByteOutput } from './byte-output.ts'
import { formatterOf } from './formatters.ts'

const folder = new URL('../../../../fixtures/wire/logs/remote-log-metadata/', import.meta.url)
const className =
  'org.apache.kafka.server.log.remote.metadata.storage.serialization.RemoteLogMetadataSerde$RemoteLogMetadataFormatter'

it('prints a record of remote log metadata as Kafka’s formatter of that name', async () => {
  const batch = readFileSync(new URL('00000000000000000000.log', folder))
  const [first] = decodeBatch(batch, 0, { maxInflatedBytes: 1 << 20 })
  const formatter = await formatterOf(className, {}, () => {})
  const output = new ByteOutput()
  formatter.write(
    { ...first!, topic: '__remote_log_metadata', partition: 7 } as unknown as ConsumerRecord,
    output,
  )
  const [, payload] = / payload: (.*)/.exec(readFileSync(new URL('dump.txt', folder), 'utf8'))!
  expect(new TextDecoder().decode(output.take())).toBe(`partition: 7, offset: 0, value: ${payload}\n`)
})
