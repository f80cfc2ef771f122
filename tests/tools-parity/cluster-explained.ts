import type { Explanation } from './explained.ts'

/** Differences that are meant, of the tools about the cluster, partitions and logs. */
export const clusterExplanations: readonly Explanation[] = [
  {
    kafka: /^com\.fasterxml\.\S+Exception: (Expected|No such field)/,
    ours: /^(Expected|No such field)/,
    reason: "the name of Java's class tells nothing",
  },
]
