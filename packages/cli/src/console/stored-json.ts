import { ZERO_UUID } from '@samsa/base'
import type { AnyField, FieldType, Fields } from '@samsa/protocol'
import { javaDouble } from './java-numbers.ts'

/** The JSON of a message as Kafka writes it: the fields of its version in order, optional ones only when they say something. */
export function messageJson(fields: Fields, version: number, value: unknown): string {
  return structJson(fields, version, value as Record<string, unknown>)
}

function structJson(fields: Fields, version: number, value: Record<string, unknown>): string {
  const members: string[] = []
  for (const [name, field] of Object.entries(fields)) {
    if (!field.isIn(version)) continue
    const member = value[name]
    if (field.tag >= 0 && isDefault(field, member)) continue
    members.push(`${JSON.stringify(name)}:${valueJson(field.type, version, member)}`)
  }
  return `{${members.join(',')}}`
}

function valueJson(type: FieldType, version: number, value: unknown): string {
  if (value === null || value === undefined) return 'null'
  if (type.kind === 'array') {
    return `[${(value as unknown[]).map(element => valueJson(type.element, version, element)).join(',')}]`
  }
  if (type.kind === 'struct') return structJson(type.fields, version, value as Record<string, unknown>)
  if (value instanceof Uint8Array) return JSON.stringify(Buffer.from(value).toString('base64'))
  if (type.kind === 'float64') return javaDouble(value as number)
  return typeof value === 'bigint' ? `${value}` : JSON.stringify(value)
}

function isDefault({ defaultValue, type }: AnyField, value: unknown): boolean {
  if (Array.isArray(value) || value instanceof Uint8Array) return value.length === 0 && defaultValue !== null
  if (defaultValue !== undefined) return value === defaultValue
  if (value === null || value === undefined) return true
  if (type.kind === 'uuid') return value === ZERO_UUID
  return value === 0 || value === 0n || value === '' || value === false
}
