import { type ErrorName, OffsetForLeaderEpoch } from '@samsa/protocol'
import { checkEpoch } from '../fetch/read-partitions.ts'
import type { Handler } from '../handler.ts'

const UNKNOWN = -1

/** OffsetForLeaderEpoch v0–4. Tells where an epoch's records end, so that a client finds where logs parted (KIP-101). */
export const offsetForLeaderEpoch: Handler<typeof OffsetForLeaderEpoch> = {
  api: OffsetForLeaderEpoch,
  serve(request, { partitions: hosted }) {
    return {
      throttleTimeMs: 0,
      topics: request.topics.map(({ topic, partitions }) => ({
        topic,
        partitions: partitions.map(({ partition: index, currentLeaderEpoch, leaderEpoch }) => {
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
          const { epoch, endOffset } = found.partition.log.endOffsetForEpoch(leaderEpoch)
          return { errorCode: 'NONE' as const, partition: index, leaderEpoch: epoch, endOffset }
        }),
      })),
    }
  },
}
