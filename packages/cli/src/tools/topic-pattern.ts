import { FailedError } from '../command/command.ts'

/**
 * What a topic's name is matched with, as Kafka's tools read it: a regular expression for the whole name, where commas
 * separate alternatives as well.
 */
export function matcherOf(given: string): (name: string) => boolean {
  const text = given
    .trim()
    .replaceAll(',', '|')
    .replaceAll(' ', '')
    .replace(/^["']+|["']+$/g, '')
  try {
    const pattern = new RegExp(`^(?:${text})$`)
    return name => pattern.test(name)
  } catch {
    throw new FailedError(`${given} is an invalid regex.`)
  }
}
