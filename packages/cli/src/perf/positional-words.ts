import { FailedError, type Io } from '../command/command.ts'

const names = [
  'bootstrap-server',
  'topic',
  'num-records',
  'producer-acks',
  'record-size',
  'command-config',
] as const

/**
 * The options of `kafka-e2e-latency` as it took them before Kafka 4.2: words in this order.
 *
 * @throws FailedError when there are too few or too many
 */
export function positionalOptions(words: readonly string[], io: Io): Record<string, string> {
  if (words.length !== names.length && words.length !== names.length - 1) {
    throw new FailedError(
      `Invalid number of arguments. Expected 5 or 6 positional arguments, but got ${words.length}. Usage: bootstrap-server topic num-records producer-acks record-size [optional] command-config`,
    )
  }
  io.print(
    `WARNING: Positional argument usage is deprecated and will be removed in Apache Kafka 5.0. Please use named arguments instead: ${names.map(name => `--${name}`).join(', ')}\n`,
  )
  return Object.fromEntries(words.map((word, index) => [names[index]!, word]))
}
