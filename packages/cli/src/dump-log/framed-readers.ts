import { MalformedError } from '@samsa/base'
import { type Record, clusterMetadataRecords, decodeFramedRecord } from '@samsa/protocol'
import { remoteLogText } from '../console/remote-log-text.ts'
import { messageJson } from '../console/stored-json.ts'
import type { RecordReader } from './record-readers.ts'

/** Reads records of Kafka's metadata log as JSON. They have no keys. */
export const clusterMetadataReader: RecordReader = record => ({
  key: undefined,
  value: textOrFault(record, clusterMetadataText, offset => `Error at ${offset}, skipping.`),
})

/** Reads records of `__remote_log_metadata` as Java tells such an object. They have no keys. */
export const remoteLogReader: RecordReader = record => ({
  key: undefined,
  value: textOrFault(record, remoteLogText, offset => `Error at offset ${offset}, skipping.`),
})

function clusterMetadataText(value: Uint8Array): string {
  const frame = decodeFramedRecord(clusterMetadataRecords, value)
  const { fields, name } = frame.record.message
  const data = messageJson(fields, frame.version, frame.value)
  return `{"type":"${typeName(name)}","version":${frame.version},"data":${data}}`
}

/** `NoOpRecord` is NO_OP_RECORD. */
function typeName(name: string): string {
  return name.replaceAll(/(?<=[a-z])(?=[A-Z])/g, '_').toUpperCase()
}

function textOrFault(
  { value, offset }: Record,
  read: (value: Uint8Array) => string,
  prefix: (offset: number) => string,
): string {
  try {
    if (value === null) throw new MalformedError('the record has no value')
    return read(value)
  } catch (error) {
    if (!(error instanceof MalformedError)) throw error
    return `${prefix(offset)} ${error.message}`
  }
}
