import type { Io } from '../command/command.ts'
import { ToolUsageError } from '../command/kafka-tool.ts'
import { isGiven } from '../tools/option-rules.ts'

/** An option that got another name (KIP-1147). Both work, but not together. */
export interface RenamedOption<Name extends string> {
  readonly old: Name
  readonly now: Name
  /** In which order Kafka names the two when both are given. */
  readonly oldFirst: boolean
  /** How Kafka begins to say that the old name was used. Default: `Option`. */
  readonly notice?: 'Warning:'
}

/**
 * The options' values under their present names. Says on the standard error output which old names were used; Kafka says
 * it between the records on the standard output, which would be in the way of whatever reads them.
 *
 * @throws ToolUsageError when an option is given under both names
 */
export function underPresentNames<Name extends string, Given extends Readonly<Record<Name, unknown>>>(
  given: Given,
  renamed: readonly RenamedOption<Name>[],
  io: Io,
): Given {
  for (const { old, now, oldFirst } of renamed) {
    if (!isGiven(given, old) || !isGiven(given, now)) continue
    const [first, second] = oldFirst ? [old, now] : [now, old]
    throw new ToolUsageError(`Options --${first} and --${second} cannot be specified together.`)
  }
  const values: Record<string, unknown> = { ...given }
  for (const { old, now, notice = 'Option' } of renamed) {
    if (!isGiven(given, old)) continue
    io.printError(
      `${notice} --${old} is deprecated and will be removed in a future version. Use --${now} instead.\n`,
    )
    values[now] = given[old]
  }
  return values as Given
}
