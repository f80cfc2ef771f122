import type { Io } from '../command/command.ts'
import { ToolUsageError } from '../command/kafka-tool.ts'
import { isGiven } from '../tools/option-rules.ts'

/**
 * The value of an option that may be given under its old name, which is told as tools with verbs tell it.
 *
 * @throws ToolUsageError, by `conflict`, when it is given under both names
 */
export function presentValue<T>(
  given: Readonly<Record<string, unknown>>,
  [old, now]: readonly [old: string, now: string],
  conflict: (old: string, now: string) => string,
  io: Io,
): T {
  if (!isGiven(given, old)) return given[now] as T
  if (isGiven(given, now)) throw new ToolUsageError(conflict(old, now))
  io.print(
    `Option --${old} has been deprecated and will be removed in a future version. Use --${now} instead.\n`,
  )
  return given[old] as T
}

export const notTogether = (old: string, now: string) => `--${now} and --${old} cannot be specified together.`
export const exclusive = (old: string, now: string) => `Options --${old} and --${now} are mutually exclusive.`
