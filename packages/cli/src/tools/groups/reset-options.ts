import type { Io } from '../../command/command.ts'
import { ToolUsageError } from '../../command/kafka-tool.ts'
import { type OptionsOf, flag, integer, text } from '../../command/options.ts'
import { readResetFile, resetFileLine } from '../../groups/reset-file.ts'
import type { PartitionOffset, ResetNotice, ResetStrategy } from '../../groups/reset-plan.ts'
import { readDateTime, readIsoDuration } from '../../groups/reset-time.ts'
import { givenOf } from '../option-rules.ts'
import { columnsLine, widthOf } from './columns.ts'
import { readInput } from './read-input.ts'

// Where the tools for consumer, share and streams groups agree about resetting offsets.

/** Whether to do it, or only to say what would be done. */
export const executionOptions = {
  'dry-run': flag({ about: 'Say what would be done, and do nothing.' }),
  execute: flag({ about: 'Do it; without this option nothing is changed.' }),
}

type ExecutionGiven = OptionsOf<typeof executionOptions>

/** Whether it is said to do it, or not to. Throws `ToolUsageError` when both are said. */
export function saysExecution(given: ExecutionGiven): boolean {
  const said = givenOf(given, ['dry-run', 'execute'])
  if (said.length > 1)
    throw new ToolUsageError('Option [reset-offsets] only accepts one of [execute] and [dry-run]')
  return said.length === 1
}

/** Throws `ToolUsageError` unless it is said either to do it or not to. */
export function requireExecution(given: ExecutionGiven): void {
  if (!saysExecution(given))
    throw new ToolUsageError('Option [reset-offsets] takes the option: [execute] or [dry-run]')
}

/** Where to: those that every kind of group takes. */
export const commonStrategyOptions = {
  'to-earliest': flag({ about: 'To where the partitions begin.' }),
  'to-latest': flag({ about: 'To where the partitions end.' }),
  'to-datetime': text({
    argument: 'time',
    about: 'To the first record not before a time: 2025-03-01T12:00:00.000 (UTC unless a zone is given).',
  }),
}

/** Where to: the rest, for groups that commit offsets. */
export const moreStrategyOptions = {
  'to-current': flag({ about: 'To what is committed; to the end where nothing is.' }),
  'to-offset': integer({ argument: 'offset', about: 'To an offset, the same in all partitions.' }),
  'shift-by': integer({ argument: 'records', about: 'So many records on, or back when negative.' }),
  'by-duration': text({ argument: 'duration', about: 'Back by a duration from now: P1DT2H30M.' }),
  'from-file': text({ argument: 'file', about: 'To what the lines of a file say, as --export writes them.' }),
  export: flag({ about: 'Print the new offsets as lines that --from-file reads.' }),
}

const strategyOptions = { ...commonStrategyOptions, ...moreStrategyOptions }
export type StrategyGiven = Partial<OptionsOf<typeof strategyOptions>>

/** The options that say where to, in the order in which Kafka looks whether they go together. */
export const strategyNames = [
  'to-offset',
  'to-datetime',
  'by-duration',
  'to-earliest',
  'to-latest',
  'to-current',
  'shift-by',
  'from-file',
] as const

/**
 * Where to, by the options; undefined when none says so. With --from-file it depends on the group: null says that the
 * file has nothing for this one.
 */
export function strategyOf(
  given: StrategyGiven,
  groupId: string,
  onlyGroup: string | undefined,
  io: Io,
): ResetStrategy | null | undefined {
  if (given['to-offset'] !== undefined) return { to: 'offset', offset: given['to-offset'] }
  if (given['to-earliest'] === true) return { to: 'earliest' }
  if (given['to-latest'] === true) return { to: 'latest' }
  if (given['shift-by'] !== undefined) return { to: 'shifted', by: given['shift-by'] }
  const datetime = given['to-datetime']
  if (datetime !== undefined) return { to: 'time', timestampMs: readDateTime(datetime) }
  const duration = given['by-duration']
  if (duration !== undefined) return { to: 'time', timestampMs: Date.now() - readIsoDuration(duration) }
  const file = given['from-file']
  if (file !== undefined) {
    const offsets = readResetFile(readInput(file, io), onlyGroup).get(groupId)
    return offsets === undefined ? null : { to: 'planned', offsets }
  }
  return given['to-current'] === true ? { to: 'current' } : undefined
}

/** Tells what was found while planning; what Kafka logs goes to the standard error output. */
export function tellNotices(notices: readonly ResetNotice[], io: Io): void {
  for (const one of notices) {
    if (one.kind === 'no-record-since') {
      const where = `Partition ${one.partition} from topic ${one.topic}`
      io.print(`\nWarn: ${where} is empty. Falling back to latest known offset.\n`)
      continue
    }
    const limit = one.kind === 'above' ? 'higher than latest' : 'lower than earliest'
    const where = `topic partition ${one.topic}-${one.partition}`
    io.printError(
      `New offset (${one.offset}) is ${limit} offset for ${where}. Value will be set to ${one.limit}\n`,
    )
  }
}

export interface GroupReset {
  readonly groupId: string
  readonly offsets: readonly PartitionOffset[]
}

/** Prints new offsets as a table. */
export function printResets(groups: readonly GroupReset[], io: Io): void {
  const widths = [
    widthOf(
      groups.map(({ groupId }) => groupId),
      15,
    ),
    widthOf(
      groups.flatMap(({ offsets }) => offsets.map(({ topic }) => topic)),
      15,
    ),
    10,
  ]
  const rows = groups.flatMap(({ groupId, offsets }) =>
    offsets.map(({ topic, partition, offset }) => [groupId, topic, partition, offset]),
  )
  const lines = groups.length === 0 ? [] : [['GROUP', 'TOPIC', 'PARTITION', 'NEW-OFFSET'], ...rows]
  io.print(`${lines.map(cells => `\n${columnsLine(widths, cells)}`).join('')}\n`)
}

/** Prints new offsets as lines that --from-file reads. */
export function exportResets(groups: readonly GroupReset[], isOfOne: boolean, io: Io): void {
  const lines = groups.flatMap(({ groupId, offsets }) =>
    offsets.map(one => resetFileLine(one, isOfOne ? undefined : groupId)),
  )
  io.print(`${lines.join('')}\n`)
}

/** No option says where to. */
export function missingStrategy(names: readonly string[]): string {
  return `Option '[reset-offsets]' requires one of the following scenarios: [${names.map(name => `[${name}]`).join(', ')}]`
}
