import type { ConfigRow } from './config-row.ts'
import { formatNumber } from './format-value.ts'

const kinds = {
  BOOLEAN: 'true or false',
  STRING: 'a text',
  INT: 'a whole number',
  SHORT: 'a whole number',
  LONG: 'a whole number',
  DOUBLE: 'a number',
  LIST: 'a list separated by commas',
  CLASS: 'the name of a class',
  PASSWORD: 'a text',
}

/** What a key takes, for people: continues the sentence "Allowed: …". */
export function allowedText(row: ConfigRow): string {
  if (row.rule !== undefined) return row.rule.allowed
  if (row.values !== undefined) return valuesText(row)
  const kind = (row.nonEmpty ? 'a non-empty ' : '') + kinds[row.type].slice(row.nonEmpty ? 2 : 0)
  const bounds = boundsText(row)
  return bounds === '' ? kind : `${kind} ${bounds}`
}

function valuesText(row: ConfigRow): string {
  const values = row.values!.join(', ')
  return row.type === 'LIST' ? `any of ${values}, separated by commas` : `one of ${values}`
}

function boundsText(row: ConfigRow): string {
  const orElse = row.orElse === undefined ? '' : `, or ${row.orElse}`
  if (row.min !== undefined && row.max !== undefined)
    return `from ${text(row, row.min)} to ${text(row, row.max)}${orElse}`
  if (row.min !== undefined) return `of at least ${text(row, row.min)}${orElse}`
  if (row.max !== undefined) return `of at most ${text(row, row.max)}${orElse}`
  return ''
}

function text(row: ConfigRow, bound: number): string {
  return row.type === 'DOUBLE' ? String(bound) : formatNumber(row.type, bound)
}
