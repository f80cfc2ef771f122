import { ToolUsageError } from '../command/kafka-tool.ts'

// Which options go together, in the words of Kafka's tools.

type Given<Name extends string> = Readonly<Partial<Record<Name, unknown>>>

/** Whether an option was on the command line; one with a default always was. */
export function isGiven<Name extends string>(given: Given<Name>, name: Name): boolean {
  const value = given[name]
  return value !== undefined && value !== false && !(Array.isArray(value) && value.length === 0)
}

/** Those of some options that were on the command line. */
export function givenOf<Name extends string>(given: Given<string>, names: readonly Name[]): Name[] {
  return names.filter(name => isGiven(given, name))
}

/** Throws `ToolUsageError` when an option is missing. */
export function requireOptions(given: Given<string>, names: readonly string[]): void {
  for (const name of names) {
    if (!isGiven(given, name)) throw new ToolUsageError(`Missing required argument "[${name}]"`)
  }
}

/** Throws `ToolUsageError` when an option is given together with one of some others. */
export function forbidTogether(given: Given<string>, used: string, others: readonly string[]): void {
  if (!isGiven(given, used)) return
  for (const other of others) {
    if (other !== used && isGiven(given, other))
      throw new ToolUsageError(`Option "[${used}]" can't be used with option "[${other}]"`)
  }
}

/**
 * The one of some actions that is to be done.
 *
 * @param list how the problem lists the actions
 * @throws ToolUsageError when none is given, or more than one
 */
export function onlyAction<Name extends string>(
  given: Given<string>,
  names: readonly Name[],
  list: string,
): Name {
  const [action, ...others] = givenOf(given, names)
  if (action !== undefined && others.length === 0) return action
  throw new ToolUsageError(`Command must include exactly one action: ${list}`)
}

/** Throws `ToolUsageError` when an action has none of the options that say what it is about. */
export function requireOneOf(given: Given<string>, action: string, names: readonly string[]): void {
  if (givenOf(given, names).length > 0) return
  const list = names.map(name => `[${name}]`).join(', ')
  throw new ToolUsageError(`Option [${action}] takes one of these options: ${list}`)
}
