import { ToolUsageError } from '../../command/kafka-tool.ts'

/** The one value of an option that may be repeated elsewhere, but not here. */
export function onlyValue(values: readonly string[], name: string): string {
  if (values.length > 1)
    throw new ToolUsageError(`Found multiple arguments for option ${name}, but you asked for only one`)
  return values[0]!
}
