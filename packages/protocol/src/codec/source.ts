/**
 * Items of lists that a codec which works in steps reads or writes in one: few enough that the longest strings take
 * little time, many enough that steps cost next to nothing.
 */
export const STEP_ITEMS = 32

/** Lines of generated source, and names that are used once. */
export class Source {
  readonly #lines: string[] = []
  readonly #constants: unknown[] = []
  #names = 0

  line(text: string): void {
    this.#lines.push(text)
  }

  /** A name that no other call returns. */
  name(prefix: string): string {
    return `${prefix}${this.#names++}`
  }

  /** An expression for a value that is not written out in the source. */
  constant(value: unknown): string {
    return `constants[${this.#constants.push(value) - 1}]`
  }

  /** Compiles the lines as a module of one function, which the last line returns; `scope` are the names it may use. */
  compile<T>(scope: Readonly<Record<string, unknown>>): T {
    const make = new Function('constants', ...Object.keys(scope), `'use strict'\n${this.#lines.join('\n')}`)
    return make(this.#constants, ...Object.values(scope)) as T
  }
}
