import { FailedError } from '../command/command.ts'

/** A filter expression cannot be read: the message shows where. */
export class FilterError extends FailedError {
  constructor(what: string, source: string, at: number) {
    super(`--filter: ${what}\n  ${source.replaceAll(/\s/g, ' ')}\n  ${' '.repeat(at)}^`)
  }
}
