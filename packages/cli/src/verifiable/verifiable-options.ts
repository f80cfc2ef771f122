import { integer, text } from '../command/options.ts'

export const verifiableOptions = {
  'bootstrap-server': text({
    argument: 'host:port',
    about: 'Brokers to ask first, separated by commas (default: 127.0.0.1:9092).',
  }),
  'broker-list': text({
    argument: 'host:port',
    about: 'What --bootstrap-server was called.',
    insteadOf: 'bootstrap-server',
    notice: 'this is called --bootstrap-server now.',
  }),
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
