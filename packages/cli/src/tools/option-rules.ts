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
