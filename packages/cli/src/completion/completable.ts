import type { Command } from '../command/command.ts'
import type { KafkaTool } from '../command/kafka-tool.ts'
import type { OptionRow, OptionTable } from '../command/options.ts'

/** What a shell has to know of a program to complete its command lines. */
export interface Completable {
  /** `samsa`, or `kafka-topics`, which also goes by `kafka-topics.sh`. */
  readonly program: string
  /** By the words that lead there: '' is the program itself, `topics create` a verb of a noun. */
  readonly places: ReadonlyMap<string, Place>
}

interface Place {
  readonly words: readonly Candidate[]
  readonly options: readonly CompletableOption[]
}

/** A word that may come next. */
export interface Candidate {
  readonly word: string
  readonly about: string
}

export interface CompletableOption {
  readonly long: string
  readonly short: string | undefined
  readonly about: string
  readonly value: 'none' | 'text' | 'file'
  readonly choices: readonly string[]
}

const help: CompletableOption = {
  long: 'help',
  short: 'h',
  about: 'Print this help.',
  value: 'none',
  choices: [],
}

/** A program of commands, each of one word or of a noun and a verb. */
export function completableProgram(
  program: string,
  commands: readonly Command[],
  nouns: Readonly<Record<string, string>>,
): Completable {
  const places = new Map<string, Place>()
  const firsts = new Map<string, Candidate>()
  for (const { name, about, words = [], options } of commands) {
    const [first, verb] = name.split(' ') as [string, string | undefined]
    firsts.set(first, { word: first, about: verb === undefined ? about : (nouns[first] ?? '') })
    if (verb !== undefined) {
      const earlier = places.get(first)?.words ?? []
      places.set(first, { words: [...earlier, { word: verb, about }], options: [help] })
    }
    const choices = words.flatMap(({ choices = [], about }) => choices.map(word => ({ word, about })))
    places.set(name, { words: choices, options: optionsOf(options) })
  }
  const version = { ...help, long: 'version', short: 'V', about: 'Print the version.' }
  places.set('', { words: [...firsts.values()], options: [help, version] })
  return { program, places }
}

/** One of Kafka's tools. */
export function completableTool({ name, options, verbs = {} }: KafkaTool): Completable {
  const words = Object.entries(verbs).map(([word, { about }]) => ({ word, about }))
  const places = new Map<string, Place>([['', { words, options: optionsOf(options) }]])
  for (const [verb, own] of Object.entries(verbs)) {
    places.set(verb, { words: [], options: optionsOf({ ...options, ...own.options }) })
  }
  return { program: name, places }
}

function optionsOf(table: OptionTable): CompletableOption[] {
  const shown = Object.entries(table).filter(
    ([, { facts }]) => facts.isHidden !== true && facts.insteadOf === undefined,
  )
  return [...shown.map(([long, row]) => optionOf(long, row)), help]
}

function optionOf(long: string, { kind, facts }: OptionRow): CompletableOption {
  const { short, about, argument = '', choices = [] } = facts
  const isFile = /\b(file|files|directory|path)\b/.test(argument)
  return { long, short, about, choices, value: kind === 'flag' ? 'none' : isFile ? 'file' : 'text' }
}

/** The names a program is called by. */
export function namesOf({ program }: Completable): string[] {
  return program === 'samsa' ? [program] : [program, `${program}.sh`]
}

/** A program and the words that lead to a place in it, as one text. */
export function pathOf(program: string, place: string): string {
  return place === '' ? program : `${program} ${place}`
}

/** The spellings of an option. */
function flagsOf({ long, short }: CompletableOption): string[] {
  return short === undefined ? [`--${long}`] : [`-${short}`, `--${long}`]
}

/** Every place below a program. */
export function deeperPaths(all: readonly Completable[]): string[] {
  return all.flatMap(({ program, places }) =>
    [...places.keys()].filter(place => place !== '').map(place => pathOf(program, place)),
  )
}

/** All places of all programs, with the words that lead there. */
export function placesOf(all: readonly Completable[]): (Place & { readonly path: string })[] {
  return all.flatMap(({ program, places }) =>
    [...places].map(([place, candidates]) => ({ path: pathOf(program, place), ...candidates })),
  )
}

/** The options of all places that a value follows, with the words that lead up to the value, for each spelling. */
export function optionsWithValues(
  all: readonly Completable[],
): (CompletableOption & { readonly paths: readonly string[] })[] {
  return placesOf(all).flatMap(({ path, options }) =>
    options
      .filter(({ value }) => value !== 'none')
      .map(option => ({ paths: flagsOf(option).map(flag => `${path} ${flag}`), ...option })),
  )
}

/** Text in single quotes, as bash and zsh read it. */
export function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`
}
