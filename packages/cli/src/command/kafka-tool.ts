import type { Io } from './command.ts'
import type { OptionTable, OptionsOf } from './options.ts'

/**
 * One of Kafka's own command-line tools, by Kafka's name, options, output shapes and exit codes.
 *
 * Kafka parses command lines with two libraries, and their messages differ: `plain` tools have only options
 * (`kafka-topics`), `verbs` tools write a usage line and may have verbs (`kafka-cluster cluster-id`).
 */
export interface KafkaTool<Options extends OptionTable = OptionTable> {
  /** `kafka-topics`; `kafka-topics.sh` is the same. */
  readonly name: string
  /** One sentence. */
  readonly about: string
  readonly style: 'plain' | 'verbs'
  /** For tools with verbs: each with its own options, beside `options` that all of them take. */
  readonly verbs?: Readonly<Record<string, { readonly about: string; readonly options: OptionTable }>>
  readonly options: Options
  /** Does something without any option; others only say what they are for then, with exit code 1. */
  readonly runsBare?: boolean
  /** Without any option it prints its help, successfully. */
  readonly helpsBare?: boolean
  readonly examples: readonly (readonly [line: string, about: string])[]
  /**
   * Answers the exit code. Throws `ToolUsageError` when the options do not go together; a `KafkaError` or
   * `FailedError` is told as Kafka's tools do, with exit code 1.
   *
   * @param words what was given beside options, for tools of style `plain`
   */
  run(
    options: OptionsOf<Options>,
    io: Io,
    verb: string | undefined,
    words: readonly string[],
  ): Promise<number>
  /** How a failure is worded, before its message: `Error while executing topic command : `. */
  readonly failurePrefix?: string | ((error: Error, line: readonly string[]) => string)
  /** Where a failure is told. Default: the standard error output. */
  readonly failureGoesTo?: 'output' | 'error'
  /** What the cluster refused is told with the name of Java's class before the message, as by tools that do not unwrap it. */
  readonly failureHasJavaName?: boolean
  /**
   * How a wrong command line is told, for tools that do not tell it as others of their style do.
   *
   * @param problem what is wrong
   * @param error a `ToolUsageError`, unless the parser found it
   */
  usageText?(problem: string, error: unknown): string
}

/** Declares a tool: its `run` gets the options typed as its table says. */
export function kafkaTool<const Options extends OptionTable>(value: KafkaTool<Options>): KafkaTool {
  return value as unknown as KafkaTool
}

/** The options do not go together, or one is missing. The message is told, then the help, with exit code 1. */
export class ToolUsageError extends Error {
  override readonly name = 'ToolUsageError'
}

/** An option as messages of `verbs` tools name it: `--bootstrap-server/-b`. */
export function argumentName(name: string, short: string | undefined): string {
  return short === undefined ? `--${name}` : `--${name}/-${short}`
}
