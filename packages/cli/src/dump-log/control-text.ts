import { readInt16 } from '@samsa/base'
import {
  type AnyMessage,
  KRaftVersionRecord,
  LeaderChangeMessage,
  type Record,
  SnapshotFooterRecord,
  SnapshotHeaderRecord,
  VotersRecord,
  decodeControlRecord,
  decodeMessage,
} from '@samsa/protocol'
import { messageJson } from '../console/stored-json.ts'

/** Control records of the metadata log: how they are called, and what their values are. */
const metadataControls: { readonly [type: string]: readonly [label: string, message: AnyMessage] } = {
  LEADER_CHANGE: ['LeaderChange:', LeaderChangeMessage],
  SNAPSHOT_HEADER: ['SnapshotHeader', SnapshotHeaderRecord],
  SNAPSHOT_FOOTER: ['SnapshotFooter', SnapshotFooterRecord],
  KRAFT_VERSION: ['KRaftVersion', KRaftVersionRecord],
  KRAFT_VOTERS: ['KRaftVoters', VotersRecord],
}

/** What a control record says; throws `MalformedError` when it cannot be read. */
export function controlText(record: Record): string {
  const { type, coordinatorEpoch } = decodeControlRecord(record)
  if (type === 'COMMIT' || type === 'ABORT')
    return `endTxnMarker: ${type} coordinatorEpoch: ${coordinatorEpoch}`
  const known = metadataControls[type]
  if (known === undefined || record.value === null)
    return `controlType: ${type}(${readInt16(record.key!, 2)})`
  const [label, message] = known
  // The value begins with its version, which is its first field as well.
  const version = Math.min(readInt16(record.value, 0), message.maxVersion)
  return `${label} ${messageJson(message.fields, version, decodeMessage(message, version, record.value))}`
}
