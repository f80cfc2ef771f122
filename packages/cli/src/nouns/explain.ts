import { FailedError, type Io, command, exitCodes } from '../command/command.ts'
import { flag } from '../command/options.ts'
import type { Explanation } from '../explain/explanation.ts'

/** `samsa explain ERROR`: what an error means, whether it may pass, and what to do. */
export const explainCommand = command({
  name: 'explain',
  about: 'Say what an error of Kafka means, whether trying again helps, and what to do.',
  words: [
    {
      name: 'error',
      about: 'Its name, its number, its class in Java, or a message. Without: all of them.',
      isVariadic: true,
    },
  ],
  options: { json: flag({ about: 'One JSON object a line.' }) },
  examples: [
    ['samsa explain NOT_ENOUGH_REPLICAS', 'An error by its name.'],
    ['samsa explain 6', 'By its number.'],
    ['samsa explain CommitFailedException', 'By its class in Java.'],
    ['samsa explain "Broker transport failure"', 'A message of a client.'],
  ],
  async run({ json }, io, words) {
    const { allExplanations, explain, nearestError } = await import('../explain/explanation.ts')
    const text = words.join(' ')
    if (text === '') {
      const { clientMessages } = await import('../explain/client-messages.ts')
      printAll(
        allExplanations(),
        clientMessages.map(({ title }) => title),
        json,
        io,
      )
      return exitCodes.ok
    }
    const found = explain(text)
    if (found === undefined) {
      const nearest = nearestError(text)
      const hint = nearest === undefined ? '' : ` Did you mean ${nearest}?`
      throw new FailedError(
        `'${text}' is no error I know.${hint} samsa explain lists all; a whole message in quotes is looked through.`,
      )
    }
    io.print(json ? `${JSON.stringify(found)}\n` : explanationText(found))
    return exitCodes.ok
  },
})

function explanationText({ name, code, java, about, retry, toDo }: Explanation): string {
  const number = code === undefined ? '' : ` (${code})`
  const inJava = java === undefined ? '' : `, in Java ${java}`
  return `${name}${number}${inJava}\n\n  ${about}\n\n  Try again?  ${retry}\n  What to do  ${toDo}\n`
}

function printAll(all: readonly Explanation[], messages: readonly string[], json: boolean, io: Io): void {
  if (json) {
    for (const one of all) io.print(`${JSON.stringify(one)}\n`)
    return
  }
  const width = Math.max(...all.map(({ name }) => name.length))
  for (const { code, name, about } of all) {
    io.print(`${String(code).padStart(4)}  ${name.padEnd(width)}  ${about}\n`)
  }
  io.print(`\nMessages of clients:\n${messages.map(title => `  ${title}\n`).join('')}`)
}
