import type { Disk, Logger } from '@samsa/base'
import { type SegmentFileName, parseSegmentFileName } from './file-names.ts'
import type { FilePool } from './file-pool.ts'
import { Segment } from './segment.ts'

// Compaction puts one new segment in the place of a run of old ones, so that a crash at any moment leaves the old or
// the new ones, whole:
//
//   1. write *.cleaned, sync them and the directory     crash: *.cleaned are removed, the old ones stay
//   2. rename *.cleaned to *.swap, sync the directory   crash: a *.cleaned that is left takes its *.swap with it
//   3. remove the old files, sync the directory         crash: the old files in the range of *.swap are removed
//   4. rename *.swap to their final names               crash: the same

/** Ends what a crash interrupted: exchanges of segments, and removals. `names` is the directory's content. */
export function finishSwaps(
  disk: Disk,
  directory: string,
  names: readonly string[],
  pool: FilePool,
  logger: Logger,
): void {
  const files = names.map(name => ({ name, file: parseSegmentFileName(name) })).filter(isSegmentFile)
  const remove = (name: string) => disk.remove(`${directory}/${name}`)
  const cleaned = files.filter(({ file }) => file.suffix === '.cleaned')
  const firstCleaned = Math.min(...cleaned.map(({ file }) => file.baseOffset))
  for (const { name, file } of files) {
    const isAbandoned = file.suffix === '.swap' && file.baseOffset >= firstCleaned
    if (file.suffix === '.deleted' || file.suffix === '.cleaned' || isAbandoned) remove(name)
  }
  const swaps = files.filter(({ file }) => file.suffix === '.swap' && file.baseOffset < firstCleaned)
  if (swaps.length === 0) return
  logger.info('An exchange of compacted segments that a crash interrupted is completed.', { directory })
  for (const { file } of swaps.filter(swap => swap.file.kind === 'log')) {
    const end = endOf(disk, directory, file.baseOffset, pool)
    for (const other of files) {
      if (
        other.file.suffix === '' &&
        other.file.kind !== 'snapshot' &&
        isWithin(other.file, file.baseOffset, end)
      ) {
        remove(other.name)
      }
    }
  }
  for (const { name } of swaps) {
    disk.rename(`${directory}/${name}`, `${directory}/${name.slice(0, -'.swap'.length)}`)
  }
}

type Named = { name: string; file: SegmentFileName }
const isSegmentFile = (entry: { name: string; file: SegmentFileName | undefined }): entry is Named =>
  entry.file !== undefined

const isWithin = (file: SegmentFileName, start: number, end: number) =>
  file.baseOffset >= start && file.baseOffset < Math.max(end, start + 1)

function endOf(disk: Disk, directory: string, baseOffset: number, pool: FilePool): number {
  const size = disk.size(`${directory}/${String(baseOffset).padStart(20, '0')}.log.swap`)
  const options = {
    pool,
    directory,
    baseOffset,
    size,
    createdAtMs: 0,
    hasTransactionFile: false,
    suffix: '.swap',
  } as const
  const segment = new Segment(options)
  const scanner = segment.scan(0)
  let end = baseOffset
  while (scanner.next()) end = scanner.lastOffset + 1
  segment.log.close()
  return end
}
