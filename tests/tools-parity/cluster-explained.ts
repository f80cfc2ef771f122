import type { Explanation } from './explained.ts'

/** Differences that are meant, of the tools about the cluster, partitions and logs. */
export const clusterExplanations: readonly Explanation[] = [
  {
    kafka: /^com\.fasterxml\.\S+Exception: (Expected|No such field)/,
    ours: /^(Expected|No such field)/,
    reason: "the name of Java's class tells nothing",
  },
  {
    tool: 'kafka-reassign-partitions',
    kafka: /^Error: For input string: "a"$/,
    ours: /^Error: --broker-list: 'a' is not the id of a broker$/,
    reason: 'ours names the option and what it takes',
  },
  {
    tool: 'kafka-reassign-partitions',
    kafka: /^Error: Failed to alter dir for \S+$/,
    ours: /^Error: Failed to alter dir for \S+: LOG_DIR_NOT_FOUND: /,
    reason: 'ours says why; Kafka has it in the stack trace',
  },
  {
    tool: 'kafka-reassign-partitions',
    line: /broken\.json/,
    kafka: /^Error: Unexpected end-of-input/,
    ours: /^Error: The input string is not a valid JSON$/,
    reason: "the words of Kafka's other tools, in place of the parser's",
  },
  {
    tool: 'kafka-reassign-partitions',
    kafka: /^(Error: Cannot parse argument '.*' of option throttle)?$/,
    ours: /^(Cannot parse argument '.*' of option throttle: .*)?$/,
    reason: 'ours says what the option takes, on the standard error output as for others',
  },
  {
    tool: 'kafka-replica-verification',
    kafka: /^$/,
    ours: /^(No topics found: .*|\[ is an invalid regex)$/,
    reason: 'Kafka says it in its log, which is off here; it looks at the pattern only once there are topics',
  },
]
