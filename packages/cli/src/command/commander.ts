import { Command as Commander, InvalidArgumentError, Option } from 'commander'
import { OptionError, type OptionRow, type OptionTable } from './options.ts'

/** A bare parser whose output goes to `io` and that throws `CommanderError` instead of ending the process. */
export function bareCommander(
  name: string,
  about: string,
  io: { print(text: string): void; printError(text: string): void },
): Commander {
  return new Commander(name)
    .description(about)
    .helpOption('-h, --help', 'Print this help.')
    .helpCommand(false)
    .exitOverride()
    .configureOutput({ writeOut: text => io.print(text), writeErr: text => io.printError(text) })
}

/** Adds a table's options to a parser. */
export function addOptions(commander: Commander, table: OptionTable, manner: Manner = {}): void {
  for (const [name, row] of Object.entries(table)) {
    commander.addOption(optionOf(name, row, manner))
    const { insteadOf, means } = row.facts
    if (insteadOf !== undefined && means !== undefined)
      commander.on(`option:${name}`, () => addValue(commander, insteadOf, means))
  }
}

function addValue(commander: Commander, name: string, value: string): void {
  const attribute = attributeOf(name)
  const earlier = (commander.getOptionValue(attribute) as string[] | undefined) ?? []
  commander.setOptionValue(attribute, [...earlier, value])
}

/** How Kafka's tools differ from the parser's ways. */
export interface Manner {
  /** An option with one value that is given twice is wrong; otherwise the last one counts. */
  readonly refusesRepeats?: boolean
  /** Missing options are looked for afterwards (`missingOptions`). */
  readonly leavesRequired?: boolean
}

/** An option was given twice though it has one value. */
export class RepeatedOptionError extends Error {
  override readonly name = 'RepeatedOptionError'
}

/** The parsed options by their names in the table, defaults and earlier spellings filled in. */
export function optionValues(commander: Commander, table: OptionTable): Record<string, unknown> {
  const given = givenTo(commander)
  const values: Record<string, unknown> = {}
  for (const [name, row] of Object.entries(table)) {
    const value = given[attributeOf(name)]
    const target = row.facts.insteadOf ?? name
    if (row.facts.means !== undefined) continue
    if (value !== undefined) values[target] = value
    else if (row.facts.insteadOf === undefined) values[name] ??= row.default
  }
  return values
}

/** By Commander's names; what stood before the verb counts as if it stood behind it. */
function givenTo(commander: Commander): Record<string, unknown> {
  return { ...commander.parent?.opts(), ...commander.opts() }
}

/** The names of required options that are missing. */
export function missingOptions(commander: Commander, table: OptionTable): string[] {
  const values = optionValues(commander, table)
  const isMissing = (value: unknown) => value === undefined || (Array.isArray(value) && value.length === 0)
  return Object.keys(table).filter(name => table[name]!.facts.isRequired === true && isMissing(values[name]))
}

/** One line for each earlier spelling that was used and has something to say. */
export function noticesOf(commander: Commander, table: OptionTable): string[] {
  const given = givenTo(commander)
  return Object.entries(table).flatMap(([name, { facts }]) =>
    facts.notice !== undefined && given[attributeOf(name)] !== undefined
      ? [`--${name}: ${facts.notice}`]
      : [],
  )
}

/** Command lines with what they do, as `--help` ends. */
export function examplesText(examples: readonly (readonly [line: string, about: string])[]): string {
  if (examples.length === 0) return ''
  const width = Math.max(...examples.map(([line]) => line.length))
  const lines = examples.map(([line, about]) => `  ${line.padEnd(width)}  ${about}\n`)
  return `\nExamples:\n${lines.join('')}`
}

function optionOf(name: string, row: OptionRow, manner: Manner): Option {
  const { facts } = row
  const option = new Option(flagsOf(name, row), facts.about)
  // A name that begins with `no-` is a name, and takes nothing away from another option.
  option.negate = false
  if (facts.choices !== undefined) option.choices([...facts.choices])
  if (facts.isRequired === true && manner.leavesRequired !== true) option.makeOptionMandatory()
  if (facts.isHidden === true || facts.insteadOf !== undefined) option.hideHelp()
  if (row.kind === 'flag') return option
  if (facts.isValueOptional === true) option.preset('')
  option.argParser((given, earlier) => {
    if (earlier !== undefined && manner.refusesRepeats === true && !isList(row))
      throw new RepeatedOptionError(name)
    return parsed(row, given, earlier)
  })
  return option
}

function flagsOf(name: string, { kind, facts }: OptionRow): string {
  const long = facts.short === undefined ? `--${name}` : `-${facts.short}, --${name}`
  if (kind === 'flag') return long
  const argument = facts.isVariadic === true ? `${facts.argument}...` : facts.argument
  return facts.isValueOptional === true ? `${long} [${argument}]` : `${long} <${argument}>`
}

function parsed(row: OptionRow, given: string, earlier: unknown): unknown {
  const { choices } = row.facts
  if (choices !== undefined && !choices.includes(given)) {
    throw new InvalidArgumentError(`Allowed choices are ${choices.join(', ')}.`)
  }
  const value = readValue(row, given)
  return isList(row) ? [...((earlier as unknown[] | undefined) ?? []), value] : value
}

function isList({ facts }: OptionRow): boolean {
  return facts.isRepeatable === true || facts.isVariadic === true
}

function readValue(row: OptionRow, given: string): unknown {
  try {
    return row.parse(given)
  } catch (error) {
    if (error instanceof OptionError) throw new InvalidArgumentError(`${error.message}.`)
    throw error
  }
}

/** Commander's name for the value: camel case after dashes. */
function attributeOf(name: string): string {
  return name.replaceAll(/-(.)/g, (_, letter: string) => letter.toUpperCase())
}
