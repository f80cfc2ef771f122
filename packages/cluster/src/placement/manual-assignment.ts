import type { MetadataImage } from '../image/metadata-image.ts'

/**
 * What is wrong with one partition's brokers as a request names them; undefined when nothing is.
 *
 * @param replicationFactor what the topic's other partitions have, once known
 */
export function manualAssignmentProblem(
  image: MetadataImage,
  brokerIds: readonly number[],
  replicationFactor: number | undefined,
): string | undefined {
  if (brokerIds.length === 0) return 'The manual partition assignment includes an empty replica list.'
  const sorted = [...brokerIds].sort((a, b) => a - b)
  for (const [at, id] of sorted.entries()) {
    if (image.broker(id) === undefined) {
      return `The manual partition assignment includes broker ${id}, but no such broker is registered.`
    }
    if (id === sorted[at - 1]) {
      return `The manual partition assignment includes the broker ${id} more than once.`
    }
  }
  if (replicationFactor !== undefined && replicationFactor !== brokerIds.length) {
    return `The manual partition assignment includes a partition with ${brokerIds.length} replica(s), but this is not consistent with previous partitions, which have ${replicationFactor} replica(s).`
  }
  return undefined
}

/** Whether none of these brokers can lead. */
export function allFenced(image: MetadataImage, brokerIds: readonly number[]): boolean {
  return brokerIds.every(id => image.broker(id)?.fenced !== false)
}
