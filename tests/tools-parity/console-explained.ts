import type { Explanation } from './explained.ts'

const consoleTools = /^kafka-console-/

/** Differences of the console tools that are meant. */
export const consoleExplanations: readonly Explanation[] = [
  {
    tool: consoleTools,
    kafka: /^((Option|Warning:) --\S+ is deprecated and will be removed in .*)?$/,
    ours: /^((Option|Warning:) --\S+ is deprecated and will be removed in .*|--max-partition-memory-bytes: .*)?$/,
    reason: 'ours says it on the standard error output, where it is not in the way of what reads the records',
  },
  {
    tool: consoleTools,
    line: / --(consumer-property|consumer\.config|producer\.config) /,
    kafka: /^./,
    ours: /^(Option|Warning:) --\S+ is deprecated/,
    reason: 'where the deprecation is told in the same place as the failure, it comes first',
  },
  {
    tool: consoleTools,
    kafka: /^The consumer rebalance protocol \(KIP-848\) is production-ready!/,
    ours: /^/,
    reason: 'Kafka advertises a protocol on the standard error output',
  },
  {
    tool: consoleTools,
    kafka: /^(java|org\.apache)\.[\w.]+(Exception|Error): /,
    ours: /^(No |headers\.|acks: |compression\.type: |--line-reader)/,
    reason: 'Kafka names the class of its exception; ours says what is wrong, and what is allowed',
  },
  {
    tool: 'kafka-console-producer',
    line: /client\.properties/,
    kafka: /^$/,
    ours: /^max\.poll\.records is not a configuration key of this client: it is ignored\.$/,
    reason: 'Kafka logs it',
  },
  {
    tool: 'kafka-console-consumer',
    line: /print\.epoch=true/,
    kafka: /\tEpoch:NOT_PRESENT\t/,
    ours: /\tEpoch:0\t/,
    reason: 'Kafka’s tool drops the epoch before it prints it (4.3); ours prints it',
  },
  {
    tool: 'kafka-console-consumer',
    line: /LoggingMessageFormatter/,
    kafka: /^$/,
    ours: /^CreateTime:<ms>, key:/,
    reason: 'Kafka logs it, to where its logging is set up for; ours to the standard error output',
  },
  {
    tool: 'kafka-console-consumer',
    line: /--formatter kafka\.tools/,
    kafka: /^(1|kafka\.tools\..*)$/,
    ours: /^(0|Processed a total of 2 messages)$/,
    reason: 'names that classes had in earlier releases work',
  },
  {
    tool: 'kafka-console-consumer',
    line: /--formatter my\.Own/,
    kafka: /^my\.Own$/,
    ours: /^my\.Own: classes of Java cannot be loaded/,
    reason: 'ours says which there are',
  },
  {
    tool: 'kafka-console-consumer',
    line: /--skip-message-on-error/,
    kafka: /^$/,
    ours: /^Skipped the record at offset/,
    reason: 'Kafka logs it',
  },
  {
    tool: 'kafka-console-consumer',
    line: /IntegerDeserializer$|isolation-level read_everything|--include '\['/,
    kafka: /^$/,
    ours: /^(Could not print the record|isolation\.level: |--include: )/,
    reason: 'Kafka logs it',
  },
  {
    tool: 'kafka-console-consumer',
    line: /__consumer_offsets/,
    kafka: /^(\{"key":.*|Processed a total of .*)?$/,
    ours: /^(\{"key":.*|Processed a total of .*)?$/,
    reason: 'Kafka ends none of these with a line; and what each tool finds there is also of the runs before',
  },
  {
    tool: consoleTools,
    line: /--enable-systest-events/,
    kafka: /^$/,
    ours: /^shutdown_complete$/,
    reason: 'Kafka says it when its process ends, which it does not do here',
  },
  {
    tool: consoleTools,
    line: /'bad name'/,
    kafka: /^$/,
    ours: /^Error processing message, terminating consumer process: /,
    reason: 'Kafka logs it',
  },
]
