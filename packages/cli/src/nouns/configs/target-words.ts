import type { CommandWord } from '../../command/command.ts'

export const kindWord: CommandWord = {
  name: 'kind',
  about: 'topic, broker, broker-logger, group, client-metrics, user, client or ip.',
  isRequired: true,
}

export const nameWord: CommandWord = {
  name: 'name',
  about: "Its name or number; 'default' for what holds for all brokers, users, clients or ips.",
  isRequired: true,
}
