// The syntax of RE2, which brokers match subscriptions with (KIP-848): what is not a regular expression there, and why.

/** Why a text is not a regular expression of RE2; undefined when it is one. */
export function re2Problem(regex: string): string | undefined {
  try {
    new Syntax(regex).check()
    return undefined
  } catch (error) {
    if (error instanceof SyntaxProblem) return error.message
    throw error
  }
}

class SyntaxProblem extends Error {}

const MOST_REPEATS = 1000

const posixClass =
  /^\[:\^?(?:alnum|alpha|ascii|blank|cntrl|digit|graph|lower|print|punct|space|upper|word|xdigit):\]/

class Syntax {
  readonly #text: string
  #at = 0
  /** How many groups are open. */
  #depth = 0
  /** What stands before is something that can be repeated, or is repeated already. */
  #before: 'nothing' | 'atom' | 'repeated' = 'nothing'
  readonly #names = new Set<string>()

  constructor(text: string) {
    this.#text = text
  }

  check(): void {
    while (this.#at < this.#text.length) this.#token()
    if (this.#depth > 0) throw new SyntaxProblem('missing closing )')
  }

  #token(): void {
    switch (this.#text[this.#at]) {
      case '(':
        this.#open()
        break
      case ')':
        this.#close()
        break
      case '|':
        this.#at++
        this.#before = 'nothing'
        break
      case '[':
        this.#class()
        break
      case '*':
      case '+':
      case '?':
        this.#repetition(1)
        break
      case '{':
        this.#count()
        break
      case '\\':
        this.#escape()
        break
      default:
        this.#atom(characterAt(this.#text, this.#at).length)
    }
  }

  #atom(length: number): void {
    this.#at += length
    this.#before = 'atom'
  }

  #match(pattern: RegExp): RegExpExecArray | null {
    return pattern.exec(this.#text.slice(this.#at))
  }

  #open(): void {
    const flags = this.#match(/^\(\?([^:)]*)([:)]?)/)
    if (flags === null || this.#match(/^\(\?P?</) !== null) {
      this.#at += flags === null ? 1 : this.#name()
    } else {
      if (flags[2] === '' || !/^(?:[imsU]+(?:-[imsU]+)?|-[imsU]+)?$/.test(flags[1]!))
        throw new SyntaxProblem('invalid or unsupported Perl syntax')
      this.#at += flags[0].length
      if (flags[2] === ')') return
    }
    this.#depth++
    this.#before = 'nothing'
  }

  /** The length of `(?P<name>`. */
  #name(): number {
    const name = this.#match(/^\(\?P?<(\w+)>/)
    if (name === null) throw new SyntaxProblem('invalid named capture')
    if (this.#names.has(name[1]!)) throw new SyntaxProblem('duplicate capture group name')
    this.#names.add(name[1]!)
    return name[0].length
  }

  #close(): void {
    if (this.#depth === 0) throw new SyntaxProblem('unexpected )')
    this.#depth--
    this.#atom(1)
  }

  #count(): void {
    const count = this.#match(/^\{(\d+)(?:(,)(\d*))?\}/)
    if (count === null) {
      this.#atom(1)
      return
    }
    const [whole, least, comma, most] = count
    const limit = comma === undefined || most === '' ? Number(least) : Number(most)
    if (limit > MOST_REPEATS || limit < Number(least)) throw new SyntaxProblem('invalid repeat count')
    this.#repetition(whole.length)
  }

  #repetition(length: number): void {
    if (this.#before === 'nothing') throw new SyntaxProblem('missing argument to repetition operator')
    if (this.#before === 'repeated') throw new SyntaxProblem('invalid nested repetition operator')
    this.#at += length
    if (this.#text[this.#at] === '?') this.#at++
    this.#before = 'repeated'
  }

  #escape(): void {
    const quoted = this.#match(/^\\Q((?:.|\n)*?)(?:\\E|$)/)
    if (quoted !== null) {
      this.#at += quoted[0].length
      if (quoted[1] !== '') this.#before = 'atom'
      return
    }
    this.#atom(this.#match(/^\\[AbBz]/)?.[0].length ?? this.#setLength() ?? this.#escapedCharacter().length)
  }

  /** The length of `\d`, `\pN` and the like; undefined where none stands. */
  #setLength(): number | undefined {
    const perl = this.#match(/^\\[dDsSwW]/)
    if (perl !== null) return perl[0].length
    const unicode = this.#match(/^\\[pP](?:\{\^?(\w+)\}|([^{]))/)
    if (unicode === null) return this.#match(/^\\[pP]/) === null ? undefined : refuseRange()
    if (!isUnicodeSet(unicode[1] ?? unicode[2]!)) refuseRange()
    return unicode[0].length
  }

  /** One character that is written with a backslash. */
  #escapedCharacter(): { readonly length: number; readonly code: number } {
    if (this.#at + 1 === this.#text.length) throw new SyntaxProblem('trailing backslash at end of expression')
    const [hex] = this.#match(/^\\x(?:[\dA-Fa-f]{2}|\{[\dA-Fa-f]+\})/) ?? []
    if (hex !== undefined) {
      const code = Number.parseInt(hex.replace(/^\\x\{?/, ''), 16)
      if (code > 0x10ffff) refuseEscape()
      return { length: hex.length, code }
    }
    const [octal] = this.#match(/^\\(?:0[0-7]{0,2}|[1-7][0-7]{1,2})/) ?? []
    if (octal !== undefined) return { length: octal.length, code: Number.parseInt(octal.slice(1), 8) }
    const next = this.#text[this.#at + 1]!
    const control = 'afnrtv'.indexOf(next)
    if (control >= 0) return { length: 2, code: [7, 12, 10, 13, 9, 11][control]! }
    if (!/[\0-\x7f]/.test(next) || /[\dA-Za-z]/.test(next)) refuseEscape()
    return { length: 2, code: next.charCodeAt(0) }
  }

  #class(): void {
    this.#at += this.#match(/^\[\^?/)![0].length
    for (let isFirst = true; isFirst || this.#text[this.#at] !== ']'; isFirst = false) this.#classItem()
    this.#atom(1)
  }

  #classItem(): void {
    const posix = this.#match(posixClass)
    if (posix === null && this.#match(/^\[:\^?\w*:\]/) !== null) refuseRange()
    const length = posix?.[0].length ?? (this.#text[this.#at] === '\\' ? this.#setLength() : undefined)
    if (length !== undefined) {
      this.#at += length
      return
    }
    const from = this.#classCharacter()
    if (this.#match(/^-[^\]]/) === null) return
    this.#at++
    if (this.#classCharacter() < from) refuseRange()
  }

  #classCharacter(): number {
    if (this.#at >= this.#text.length) throw new SyntaxProblem('missing closing ]')
    if (this.#text[this.#at] === '\\') {
      const { length, code } = this.#escapedCharacter()
      this.#at += length
      return code
    }
    const character = characterAt(this.#text, this.#at)
    this.#at += character.length
    return character.codePointAt(0)!
  }
}

function refuseRange(): never {
  throw new SyntaxProblem('invalid character class range')
}

function refuseEscape(): never {
  throw new SyntaxProblem('invalid escape sequence')
}

function characterAt(text: string, at: number): string {
  return String.fromCodePoint(text.codePointAt(at)!)
}

/** Whether Unicode has a script or a general category of that name. */
function isUnicodeSet(name: string): boolean {
  return name === 'Any' || [`Script=${name}`, `General_Category=${name}`].some(isProperty)
}

function isProperty(property: string): boolean {
  try {
    new RegExp(`\\p{${property}}`, 'u')
    return true
  } catch {
    return false
  }
}
