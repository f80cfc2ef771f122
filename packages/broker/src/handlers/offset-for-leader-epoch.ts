import {
  type ErrorName,
  OffsetForLeaderEpoch,
  type OffsetForLeaderEpochRequest,
  type OffsetForLeaderEpochResponse,
} from '@samsa/protocol'
import { checkEpoch } from '../fetch/read-partitions.ts'
import type { Handler } from '../handler.ts'
import { endOffsetForEpoch } from '../partitions/partition-epochs.ts'
import type { Partitions } from '../partitions/partitions.ts'
import { whenAnswered } from '../when-answered.ts'

type PartitionQuery = OffsetForLeaderEpochRequest['topics'][number]['partitions'][number]
type PartitionAnswer = OffsetForLeaderEpochResponse['topics'][number]['partitions'][number]

const UNKNOWN = -1

/** OffsetForLeaderEpoch v0–4. Tells where an epoch's records end, so that a client finds where logs parted (KIP-101). */
export const offsetForLeaderEpoch: Handler<typeof OffsetForLeaderEpoch> = {
  api: OffsetForLeaderEpoch,
  serve(request, { partitions: hosted, pace }) {
    const topics = pace.mapNested(
      request.topics,
      ({ partitions }) => partitions,
      (query, { topic }) => find(topic, query, hosted),
      ({ topic }, partitions) => ({ topic, partitions }),
    )
    return whenAnswered(topics, topics => ({ throttleTimeMs: 0, topics }))
  },
}

function find(topic: string, query: PartitionQuery, hosted: Partitions): PartitionAnswer {
  const { partition: index, currentLeaderEpoch, leaderEpoch } = query
  const unknown = (errorCode: ErrorName) => ({
    errorCode,
    partition: index,
    leaderEpoch: UNKNOWN,
    endOffset: UNKNOWN,
  })
  const found = hosted.lookUp(topic, index)
  if ('error' in found) return unknown(found.error)
  const error = checkEpoch(currentLeaderEpoch, found.partition.leaderEpoch)
  if (error !== 'NONE') return unknown(error)
  const { epoch, endOffset } = endOffsetForEpoch(found.partition, leaderEpoch)
  return { errorCode: 'NONE', partition: index, leaderEpoch: epoch, endOffset }
}
