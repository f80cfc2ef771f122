import type { Script } from './script.ts'

const tokens = 'kafka-delegation-tokens --bootstrap-server {server}'
const secure = `${tokens} --command-config {files}/client.properties`

export const delegationTokens: Script = {
  name: 'delegation-tokens',
  only: { subject: 'kafka', because: 'Samsa has no delegation tokens yet' },
  files: { 'client.properties': 'client.id=parity\n' },
  steps: [
    // Nobody logs in here: Kafka refuses tokens on such connections.
    `${secure} --create --max-life-time-period -1`,
    `${secure} --create --max-life-time-period 1000 --renewer-principal User:a --renewer-principal User:b --owner-principal User:c`,
    `${secure} --create --max-life-time-period -1 --renewer-principal nobody`,
    `${secure} --renew --renew-time-period 1 --hmac abcd`,
    `${secure} --expire --expiry-time-period -1 --hmac abcd`,
    `${secure} --describe`,
    `${secure} --describe --owner-principal User:a --owner-principal User:b`,
    `${secure} --create`,
    `${secure} --create --max-life-time-period soon`,
    `${secure} --renew --hmac abcd`,
    `${secure} --renew --renew-time-period 1`,
    `${secure} --expire --hmac abcd`,
    `${secure} --create --max-life-time-period 1 --hmac a`,
    `${secure} --renew --hmac a --renew-time-period 1 --renewer-principal User:a`,
    `${secure} --expire --hmac a --expiry-time-period 1 --owner-principal User:a`,
    `${secure} --describe --hmac a`,
    `${secure} --describe --create`,
    `${secure}`,
    `${tokens} --describe`,
    `${secure} --describ`,
    'kafka-delegation-tokens --help',
    'kafka-delegation-tokens --version',
  ],
}
