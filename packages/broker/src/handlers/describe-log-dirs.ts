import { DiskError } from '@samsa/base'
import type { PartitionLog } from '@samsa/log'
import { DescribeLogDirs, type DescribeLogDirsRequest, type DescribeLogDirsResponse } from '@samsa/protocol'
import type { Handler, RequestContext } from '../handler.ts'

type Result = DescribeLogDirsResponse['results'][number]

/** DescribeLogDirs v0–5. What lies in each data directory, how large it is, and how much room is left. */
export const describeLogDirs: Handler<typeof DescribeLogDirs> = {
  api: DescribeLogDirs,
  async serve(request, context) {
    const logs = await logsAskedFor(request, context)
    const paths = context.config.get('log.dirs') ?? context.config.get('log.dir')
    const results = paths.map(path => describe(path.replace(/(?<=.)\/+$/, ''), logs, context))
    return { throttleTimeMs: 0, errorCode: 'NONE', results }
  },
}

async function logsAskedFor(
  { topics }: DescribeLogDirsRequest,
  { partitions, pace }: RequestContext,
): Promise<readonly PartitionLog[]> {
  if (topics === null) {
    await partitions.allOpened()
    return [...partitions.openLogs()]
  }
  const logs = new Set<PartitionLog>()
  await pace.mapNested(
    topics,
    topic => topic.partitions,
    (index, { topic }) => {
      const found = partitions.lookUp(topic, index)
      if ('partition' in found) logs.add(found.partition.log)
    },
    () => {},
  )
  return [...logs]
}

function describe(path: string, logs: readonly PartitionLog[], { world, logger }: RequestContext): Result {
  try {
    const { totalBytes, freeBytes } = world.disk.space(path)
    const topics = topicsOf(logs.filter(({ directory }) => directory.startsWith(`${path}/`)))
    return { errorCode: 'NONE', logDir: path, topics, totalBytes, usableBytes: freeBytes, isCordoned: false }
  } catch (error) {
    if (!(error instanceof DiskError)) throw error
    logger.warn(`The data directory ${path} cannot be described.`, { error })
    return {
      errorCode: 'KAFKA_STORAGE_ERROR',
      logDir: path,
      topics: [],
      totalBytes: -1,
      usableBytes: -1,
      isCordoned: false,
    }
  }
}

function topicsOf(logs: readonly PartitionLog[]): Result['topics'] {
  const topics = new Map<string, Result['topics'][number]['partitions'][number][]>()
  for (const log of logs) {
    const partitions = topics.get(log.topic) ?? []
    topics.set(log.topic, partitions)
    // Only a copy that is being moved lags behind; there is none.
    const { partition: partitionIndex, sizeBytes: partitionSize } = log
    partitions.push({ partitionIndex, partitionSize, offsetLag: 0, isFutureKey: false })
  }
  return Array.from(topics, ([name, partitions]) => ({ name, partitions }))
}
