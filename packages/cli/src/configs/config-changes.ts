import { ToolUsageError } from '../command/kafka-tool.ts'

/** Keys to set and keys to give up. */
export interface Changes {
  readonly set: Readonly<Record<string, string>>
  readonly remove: readonly string[]
}

/** A comma or an equals sign counts where no bracket is open: a closing one does not follow before an opening one. */
const OUTSIDE = '(?=[^\\]]*(?:\\[|$))'
const comma = new RegExp(`,${OUTSIDE}`)
const equals = new RegExp(`\\s*=\\s*${OUTSIDE}`)

/** Reads `k1=v1,k2=[a,b]`, as Kafka's tool does: brackets keep commas together and are dropped. Throws `ToolUsageError`. */
export function parseChanges(text: string): Record<string, string> {
  const entries = withoutTrailingEmpty(text.split(comma)).map(entry => entry.split(equals))
  if (entries.some(parts => parts.length !== 2)) {
    throw new ToolUsageError(
      'Invalid entity config: all configs to be added must be in the format "key=val" or ' +
        ' "key=[val1,val2]" to group values which contain commas.',
    )
  }
  return checkedKeys(
    Object.fromEntries(entries.map(([key, value]) => [key!.trim(), value!.replaceAll(/[[\]]/g, '').trim()])),
  )
}

/** As Java splits: empty parts at the end do not count. */
function withoutTrailingEmpty(parts: string[]): string[] {
  while (parts.length > 1 && parts.at(-1) === '') parts.pop()
  return parts
}

/** The same entries. Throws `ToolUsageError` for a key with strange characters. */
export function checkedKeys(entries: Record<string, string>): Record<string, string> {
  for (const key of Object.keys(entries)) {
    if (!/^[$\w.-]*$/.test(key)) throw new ToolUsageError(`Invalid character found for config key: ${key}`)
  }
  return entries
}
