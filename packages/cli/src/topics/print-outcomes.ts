import type { Results } from '@samsa/client'
import { type Io, exitCodes } from '../command/command.ts'
import { jsonLine } from '../format/json-line.ts'

/** Tells what became of each topic, and answers the exit code. */
export function printOutcomes<Value>(
  results: Results<string, Value>,
  io: Io,
  json: boolean,
  done: (topic: string, value: Value) => string,
): number {
  for (const { item: topic, value, error } of results) {
    if (json)
      io.print(jsonLine({ topic, done: error === undefined, error: error?.code, message: error?.message }))
    else if (error === undefined) io.print(`${done(topic, value)}\n`)
    else io.printError(`samsa: ${topic}: ${error.message}\n`)
  }
  return results.failures().length === 0 ? exitCodes.ok : exitCodes.failed
}
