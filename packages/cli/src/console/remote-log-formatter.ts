import type { ConsumerRecord } from '@samsa/client'
import type { ByteOutput } from './byte-output.ts'
import type { RecordFormatter } from './record-formatter.ts'
import { remoteLogText } from './remote-log-text.ts'

/** Prints records of `__remote_log_metadata`, one a line. */
export const remoteLogFormatter: RecordFormatter = {
  write({ partition, offset, value }: ConsumerRecord, output: ByteOutput): void {
    if (value === null) return
    output.text(`partition: ${partition}, offset: ${offset}, value: ${remoteLogText(value)}\n`)
  },
}
