import type { Explanation } from './explained.ts'

/** Where `kafka-storage` is meant to differ. */
export const storageExplanations: readonly Explanation[] = [
  {
    tool: 'kafka-storage',
    line: / format /,
    kafka: /^Bootstrap metadata: /,
    ours: /^$/,
    reason: 'Kafka prints the records its metadata log begins with; Samsa keeps metadata in its own form',
  },
  {
    tool: 'kafka-storage',
    kafka: /^Exception in thread "main" java\.lang\.RuntimeException: Invalid cluster\.id in: /,
    ours: /^Invalid cluster\.id in: /,
    reason: 'Kafka lets the exception through; the message is the same',
  },
  {
    tool: 'kafka-storage',
    kafka: /Stored node id 1 doesn't match previous node id 2/,
    ours: /^Invalid node\.id in: .* Expected 2, but read 1$/,
    reason: 'Kafka takes the two ids for each other; ours says it as it does for the cluster id',
  },
  {
    tool: 'kafka-storage',
    kafka:
      /^You cannot specify controller\.quorum\.voters and format the node with --initial-controllers or --standalone\./,
    ours: /^You cannot specify controller\.quorum\.voters and format the node with --initial-controllers or --standalone\. Leave one of the two out\.$/,
    reason: 'what to do about it is in our own words',
  },
  {
    tool: 'kafka-storage',
    line: /version-mapping/,
    kafka: /^Unknown metadata\.version .* 4\.3-IV0, 4\.4-IV0$/,
    ours: /^Unknown metadata\.version .* 4\.3-IV0$/,
    reason: 'Kafka’s version-mapping lists a version that is not released',
  },
  {
    tool: 'kafka-storage',
    line: /alone\.properties/,
    kafka: /^(1|Because controller\.quorum\.voters is not set on this controller, .*|)$/,
    ours: /^(0|Formatting metadata directory .*|)$/,
    reason: 'a Samsa node needs no quorum of controllers, so it need not be said how one begins',
  },
]
