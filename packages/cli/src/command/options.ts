/**
 * The options of a command as a table, keyed by their spelling on the command line: parsing, help and completion are
 * read off it, and `run` gets typed values: `options['bootstrap-server']` is text.
 */
export interface OptionTable {
  readonly [name: string]: OptionRow
}

interface OptionFacts {
  /** One sentence or two. */
  readonly about: string
  /** A letter: `-p`. */
  readonly short?: string
  /**
   * An earlier spelling of another option: what is given under this name is given to that one. With a notice, one line
   * says so on the standard error output.
   */
  readonly insteadOf?: string
  readonly notice?: string
  /** Given, it is as if `insteadOf`, which may be repeated, were given with this value in the same place. */
  readonly means?: string
  /** Not told of in `--help`: spellings of old tutorials. */
  readonly isHidden?: boolean
}

interface ValueFacts extends OptionFacts {
  /** What the value is, shown as `--topic <name>`. */
  readonly argument: string
  readonly choices?: readonly string[]
  /** May be given several times. */
  readonly isRepeatable?: boolean
  /** Takes all words up to the next option: `--properties a=1 b=2`. */
  readonly isVariadic?: boolean
  /** The command line is wrong without it. */
  readonly isRequired?: boolean
  /** `--partition` alone is allowed and gives empty text. */
  readonly isValueOptional?: boolean
}

export interface OptionRow<T = unknown> {
  readonly kind: 'flag' | 'text' | 'integer' | 'number'
  readonly facts: OptionFacts & Partial<ValueFacts>
  readonly default?: T
  /** Reads the text; throws `OptionError`. */
  parse(text: string): unknown
}

/** The value of an option is not what the option takes. */
export class OptionError extends Error {
  override readonly name = 'OptionError'
}

export type OptionsOf<Table extends OptionTable> = {
  readonly [Name in keyof Table]: Table[Name] extends OptionRow<infer T> ? T : never
}

type ValueOf<T, Facts> = Facts extends { isRepeatable: true } | { isVariadic: true }
  ? readonly T[]
  : Facts extends { isRequired: true } | { default: T }
    ? T
    : T | undefined

type TextOf<Facts> = Facts extends { choices: readonly (infer Choice)[] } ? Choice : string

/** Given or not. */
export function flag(facts: OptionFacts): OptionRow<boolean> {
  return { kind: 'flag', facts, default: false, parse: () => true }
}

/** Any text. */
export function text<const Facts extends ValueFacts & { default?: string }>(
  facts: Facts,
): OptionRow<ValueOf<TextOf<Facts>, Facts>> {
  return valueRow('text', facts, given => given)
}

/** A whole number. */
export function integer<const Facts extends ValueFacts & { default?: number; min?: number; max?: number }>(
  facts: Facts,
): OptionRow<ValueOf<number, Facts>> {
  return valueRow('integer', facts, given => {
    if (!/^[+-]?\d+$/.test(given)) throw new OptionError(`'${given}' is not a whole number`)
    return inRange(Number(given), given, facts)
  })
}

/** A number, with a fraction or without. */
export function number<const Facts extends ValueFacts & { default?: number; min?: number; max?: number }>(
  facts: Facts,
): OptionRow<ValueOf<number, Facts>> {
  return valueRow('number', facts, given => {
    const value = Number(given)
    if (given.trim() === '' || Number.isNaN(value)) throw new OptionError(`'${given}' is not a number`)
    return inRange(value, given, facts)
  })
}

function valueRow<T>(
  kind: OptionRow['kind'],
  facts: ValueFacts & { default?: unknown },
  parse: (given: string) => unknown,
): OptionRow<T> {
  const isList = facts.isRepeatable === true || facts.isVariadic === true
  const fallback = facts.default ?? (isList ? [] : undefined)
  return { kind, facts, parse, ...(fallback !== undefined && { default: fallback as T }) }
}

function inRange(value: number, given: string, { min, max }: { min?: number; max?: number }): number {
  if (!Number.isSafeInteger(value) && Number.isInteger(value)) throw new OptionError(`${given} is too large`)
  if (min !== undefined && value < min) throw new OptionError(`${given} is less than ${min}`)
  if (max !== undefined && value > max) throw new OptionError(`${given} is more than ${max}`)
  return value
}
