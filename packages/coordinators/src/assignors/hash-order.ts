// Where Kafka's assignors walk over a hash map, the order of its keys decides which member gets one partition more. A
// group whose leader changes between Java and Samsa must not move partitions for that, so the order is computed here.

/** The hash of a Java string. */
export function textHash(text: string): number {
  let hash = 0
  for (let i = 0; i < text.length; i++) hash = (Math.imul(31, hash) + text.charCodeAt(i)) | 0
  return hash
}

/** The hash that Kafka's Java class for a partition of a topic has. */
export function partitionHash(topic: string, partition: number): number {
  return (Math.imul(31, 31 + partition) + textHash(topic)) | 0
}

/** `items` in the order in which a Java hash map walks over them that they were put into one after the other. */
export function inHashOrder<T>(items: Iterable<T>, hashOf: (item: T) => number): T[] {
  const list = [...items]
  const mask = tableSize(list.length) - 1
  // Within a bucket the order of insertion stays, also when the table grows. (Buckets of eight and more become trees in
  // Java, sorted by the whole hash; with tables at most three quarters full that takes chosen names.)
  const buckets = list.map((item, index) => ({ item, index, bucket: spread(hashOf(item)) & mask }))
  buckets.sort((one, other) => one.bucket - other.bucket || one.index - other.index)
  return buckets.map(({ item }) => item)
}

function spread(hash: number): number {
  return hash ^ (hash >>> 16)
}

function tableSize(count: number): number {
  let size = 16
  while (count > size * 0.75) size *= 2
  return size
}
