import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { basename, join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { defaultOf, inlineFields, taggedFields } from '../codec/layout.ts'
import { type ErrorName, errors, isRetriable } from '../errors.ts'
import type { FieldType, Fields } from '../schema/field.ts'
import type { AnyMessage } from '../schema/message.ts'
import { apis } from './index.ts'
import {
  ConsumerProtocolAssignment,
  ConsumerProtocolSubscription,
  ControlRecordTypeSchema,
  DefaultPrincipalData,
  EndTxnMarker,
  KRaftVersionRecord,
  LeaderChangeMessage,
  ProducerSnapshot,
  SnapshotFooterRecord,
  SnapshotHeaderRecord,
  VotersRecord,
  clusterMetadataRecords,
  groupRecords,
  remoteLogRecords,
  shareStateRecords,
  transactionRecords,
} from './stored/index.ts'

// Our schemas against tables of fields read off Apache Kafka, version by version and in both directions. The tables are
// no part of the project: SAMSA_KAFKA_FACTS names the folder that holds them.

const facts = process.env['SAMSA_KAFKA_FACTS'] ?? ''
const isThere = existsSync(join(facts, 'messages-4.3'))
if (!isThere)
  console.warn('Kafka field tables: skipped, SAMSA_KAFKA_FACTS does not name a folder with messages-4.3')

interface FactField {
  name: string
  type: string
  versions?: string
  nullableVersions?: string
  taggedVersions?: string
  tag?: number | string
  default?: unknown
  ignorable?: boolean
  fields?: FactField[]
}

interface FactMessage {
  name: string
  apiKey?: number
  validVersions: string
  flexibleVersions?: string
  latestVersionUnstable?: boolean
  fields?: FactField[]
  commonStructs?: { name: string; fields: FactField[] }[]
}

function load(folder: string): Map<string, FactMessage> {
  const path = join(facts, folder)
  const names = isThere ? readdirSync(path).filter(name => name.endsWith('.json')) : []
  return new Map(
    names.map(name => [basename(name, '.json'), JSON.parse(readFileSync(join(path, name), 'utf8'))]),
  )
}

const newest = new Map([...load('messages-4.3'), ...load('records-4.3')])
const older = load('messages-3.9')

const records = [...groupRecords, ...transactionRecords, ...shareStateRecords]
// Not all folders have tables of what only KRaft controllers and tiered storage write.
const framed = [...clusterMetadataRecords, ...remoteLogRecords].filter(({ message }) =>
  newest.has(message.name),
)
const ours: readonly AnyMessage[] = [
  ...apis.flatMap(api => [api.request, api.response]),
  ...records.flatMap(record => [record.key, record.value]),
  ConsumerProtocolAssignment,
  ConsumerProtocolSubscription,
  ControlRecordTypeSchema,
  DefaultPrincipalData,
  EndTxnMarker,
  KRaftVersionRecord,
  LeaderChangeMessage,
  ProducerSnapshot,
  SnapshotFooterRecord,
  SnapshotHeaderRecord,
  VotersRecord,
  ...framed.map(record => record.message),
]

// The API kept its key and changed its name.
for (const side of ['Request', 'Response']) {
  const renamed = older.get(`ListClientMetricsResources${side}`)
  if (renamed !== undefined) older.set(`ListConfigResources${side}`, renamed)
  older.delete(`ListClientMetricsResources${side}`)
}

type Range = readonly [from: number, to: number]

function rangeOf(versions: string | undefined): Range {
  const match = /^(\d+)(?:(\+)|-(\d+))?$/.exec(versions ?? 'none')
  if (match === null) return [0, -1]
  const from = Number(match[1])
  return [from, match[2] ? 0x7fff : Number(match[3] ?? from)]
}

function holds([from, to]: Range, version: number): boolean {
  return version >= from && version <= to
}

/** The table that says what a version is: the newest release, unless it dropped the version. */
function tableOf(name: string, version: number): FactMessage | undefined {
  return [newest.get(name), older.get(name)].find(
    table => table !== undefined && holds(rangeOf(table.validVersions), version),
  )
}

/** What is compared: one version of a struct, spelled out. */
interface Shape {
  inline: unknown[]
  tagged: unknown[]
}

function factShape(table: FactMessage, fields: FactField[], version: number): Shape {
  const inline: unknown[] = []
  const tagged: [number, unknown][] = []
  for (const field of fields) {
    if (!holds(rangeOf(field.versions ?? field.taggedVersions), version)) continue
    const shape = factField(table, field, version)
    if (holds(rangeOf(field.taggedVersions), version)) tagged.push([Number(field.tag), shape])
    else inline.push(shape)
  }
  return { inline, tagged: tagged.sort(([a], [b]) => a - b) }
}

function factField(table: FactMessage, field: FactField, version: number): unknown {
  const isArray = field.type.startsWith('[]')
  const type = isArray ? field.type.slice(2) : field.type
  const fields = field.fields ?? table.commonStructs?.find(struct => struct.name === type)?.fields
  const isNullable = holds(rangeOf(field.nullableVersions), version)
  return {
    name: ourName(field.name),
    type: fields === undefined ? type : factShape(table, fields, version),
    isArray,
    isNullable,
    default: factDefault(field, isArray || fields !== undefined, type),
  }
}

/** Which fields may be dropped, by path. */
function factIgnorables(
  table: FactMessage | undefined,
  fields = table?.fields,
  path = '',
): Map<string, boolean> {
  const found = new Map<string, boolean>()
  for (const field of fields ?? []) {
    const at = `${path}/${ourName(field.name)}`
    found.set(at, field.ignorable ?? false)
    const type = field.type.replace('[]', '')
    const parts = field.fields ?? table?.commonStructs?.find(struct => struct.name === type)?.fields
    if (parts !== undefined) for (const [name, is] of factIgnorables(table, parts, at)) found.set(name, is)
  }
  return found
}

function ourIgnorables(fields: Fields, path = ''): Map<string, boolean> {
  const found = new Map<string, boolean>()
  for (const [name, field] of Object.entries(fields)) {
    const at = `${path}/${name}`
    found.set(at, field.isIgnorable)
    const type = field.type.kind === 'array' ? field.type.element : field.type
    if (type.kind === 'struct') for (const [name, is] of ourIgnorables(type.fields, at)) found.set(name, is)
  }
  return found
}

function ourName(name: string): string {
  return name.charAt(0).toLowerCase() + name.slice(1)
}

const zeros: Record<string, string> = { string: '', bytes: '', records: '', bool: 'false' }

function factDefault(field: FactField, isCompound: boolean, type: string): string {
  const stated = field.default
  if (stated === 'null') return 'null'
  if (isCompound) return 'empty'
  if (type === 'uuid') return 'AAAAAAAAAAAAAAAAAAAAAA'
  if (stated === undefined || stated === null || stated === '') return zeros[type] ?? '0'
  // A number beyond the safe integers saturates (decision D9).
  if (String(stated) === '9223372036854775807') return String(Number.MAX_SAFE_INTEGER)
  return type.includes('int') ? String(Number(stated)) : String(stated)
}

function ourShape(fields: Fields, version: number): Shape {
  const shape = ([name, field]: readonly [string, Fields[string]]) => {
    const isArray = field.type.kind === 'array'
    const type = field.type.kind === 'array' ? field.type.element : field.type
    return {
      name,
      type: type.kind === 'struct' ? ourShape(type.fields, version) : factType(name, type),
      isArray,
      isNullable: field.isNullableIn(version),
      default: ourDefault(defaultOf(field), field.type),
    }
  }
  return {
    inline: inlineFields(fields, version).map(shape),
    tagged: taggedFields(fields, version).map(named => [named[1].tag, shape(named)]),
  }
}

/** How the tables call our types. A hash can use all 64 bits, so ours is a `bigInt64`. */
function factType(name: string, type: FieldType): string {
  if (type.kind === 'boolean') return 'bool'
  if (type.kind === 'bigInt64') return name === 'metadataHash' ? 'int64' : 'bigInt64'
  return type.kind === 'errorCode' ? 'int16' : type.kind
}

function ourDefault(value: unknown, type: FieldType): string {
  if (value === null) return 'null'
  if (type.kind === 'array' || type.kind === 'struct') return 'empty'
  if (type.kind === 'errorCode') return String(errors[value as ErrorName].code)
  return String(value)
}

function rows(table: string): string[][] {
  const lines = readFileSync(join(facts, 'tables-4.3', table), 'utf8')
    .trimEnd()
    .split('\n')
  return lines.slice(1).map(line => line.split('\t'))
}

describe.skipIf(!isThere)('the schemas agree with the field tables of Apache Kafka', () => {
  test('every message of the tables has a schema, and the other way round', () => {
    const theirs = [...newest.keys(), ...older.keys()].filter(
      name => !/^(Request|Response)Header$/.test(name),
    )
    expect(new Set(ours.map(message => message.name))).toEqual(new Set(theirs))
  })

  test.each(ours.map(message => [message.name, message] as const))('%s', (name, message) => {
    for (const table of [newest.get(name), older.get(name)]) {
      const [from, to] = rangeOf(table?.validVersions)
      if (to < from) continue
      expect(message.minVersion).toBeLessThanOrEqual(from)
      expect(message.maxVersion).toBeGreaterThanOrEqual(to)
    }
    for (let version = message.minVersion; version <= message.maxVersion; version++) {
      const table = tableOf(name, version)!
      expect(table, `version ${version}`).toBeDefined()
      expect(message.isFlexible(version), `version ${version}`).toBe(
        holds(rangeOf(table.flexibleVersions), version),
      )
      expect(ourShape(message.fields, version), `version ${version}`).toEqual(
        factShape(table, table.fields ?? [], version),
      )
    }
  })

  test('fields may be dropped where Kafka drops them, by the newest table that has the field', () => {
    for (const { name, fields } of ours) {
      const theirs = new Map([...factIgnorables(older.get(name)), ...factIgnorables(newest.get(name))])
      for (const [path, isIgnorable] of ourIgnorables(fields)) {
        expect(isIgnorable, `${name}${path}`).toBe(theirs.get(path))
      }
    }
  })

  test('keys and stability of APIs', () => {
    for (const [key, name, , latest, stable] of rows('apis.tsv')) {
      const api = apis[Number(key)]!
      expect([api.key, api.name]).toEqual([Number(key), name])
      if (Number(latest) < 0) continue
      expect(api.maxVersion).toBe(Number(latest))
      expect(api.latestVersionUnstable).toBe(latest !== stable)
    }
    expect(apis).toHaveLength(rows('apis.tsv').length)
  })

  test('types of stored records', () => {
    for (const record of records)
      expect([record.name, record.type]).toEqual([record.name, newest.get(record.key.name)!.apiKey])
    for (const { type, message } of framed)
      expect([message.name, type]).toEqual([message.name, newest.get(message.name)!.apiKey])
  })

  test('errors: codes, names and which are retriable', () => {
    const theirs = rows('errors.tsv').map(([code, name, , retriable]) => [
      name,
      Number(code),
      retriable === 'true',
    ])
    const table = (Object.keys(errors) as ErrorName[]).map(name => [
      name,
      errors[name].code,
      isRetriable(name),
    ])
    expect(table).toEqual(theirs)
  })
})
