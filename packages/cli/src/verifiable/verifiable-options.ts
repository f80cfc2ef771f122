import { integer, text } from '../command/options.ts'
import { bootstrapServerOption, brokerListOption } from '../tools/connection-options.ts'

export const verifiableOptions = {
  ...bootstrapServerOption,
  ...brokerListOption,
  topic: text({ argument: 'name', about: 'The topic.', isRequired: true }),
  'max-messages': integer({
    argument: 'count',
    about: 'End after that many records; -1 goes on until it is stopped (default).',
    default: -1,
  }),
  'command-config': text({ argument: 'file', about: "A properties file with the client's configuration." }),
}

/** Kafka's verifiable tools call themselves by a shorter name. */
export function verifiableUsageText(name: string): (problem: string) => string {
  return problem => `${name.replace(/^kafka-/, '')}: error: ${problem}`
}
