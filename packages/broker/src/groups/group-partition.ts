/**
 * The partition of `__consumer_offsets` that holds a group: Java's hash of the id's UTF-16 units, without its sign bit.
 * Kafka's data and clients depend on it.
 */
export function groupPartition(groupId: string, partitionCount: number): number {
  let hash = 0
  for (let i = 0; i < groupId.length; i++) hash = (Math.imul(hash, 31) + groupId.charCodeAt(i)) | 0
  return (hash & 0x7fffffff) % partitionCount
}
