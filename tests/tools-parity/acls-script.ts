import { type Script, aMomentLater } from './script.ts'

const at = '--bootstrap-server {server}'
const acls = `kafka-acls ${at}`
const list = (more: string) => ({ line: `${acls} --list ${more}`, isUnordered: true })
const add = (more: string) => ({ line: `${acls} --add ${more}`, isUnordered: true })
const remove = (more: string) => ({ line: `${acls} --remove ${more}`, isUnordered: true })

export const accessRules: Script = {
  name: 'acls',
  only: { subject: 'kafka', because: 'Samsa has no access rules yet' },
  // Operations and rules come in the order of Java's hash sets, a blank before the first; stack traces are not imitated.
  normalise: text =>
    text
      .replaceAll(
        /^(\tat |\t\.\.\. \d+ more|Caused by: |(java|joptsimple|org)\.[\w.$]+Exception: ).*\n/gm,
        '',
      )
      .replaceAll(/only supports operations \[(.*)\]/g, (_, names: string) => {
        return `only supports operations [${names.split(', ').sort().join(', ')}]`
      })
      .replaceAll(/^ \t/gm, '\t'),
  steps: [
    list(''),
    add('--allow-principal User:alice --operation Read --operation Describe --topic orders'),
    aMomentLater,
    add('--allow-principal User:alice --operation Read --operation Write --topic orders'),
    add(
      '--allow-principal User:bob --allow-principal User:carol --allow-host 10.0.0.1 --allow-host 10.0.0.2 --operation write --topic orders --topic payments',
    ),
    add("--deny-principal User:* --deny-host 10.0.0.9 --operation All --topic '*'"),
    add('--allow-principal User:dave --operation Read --group app --resource-pattern-type prefixed'),
    add('--allow-principal User:dave --topic or --resource-pattern-type PREFIXED'),
    add('--allow-principal User:dave --operation DescribeConfigs --cluster'),
    add('--allow-principal User:dave --operation DescribeTokens --user-principal User:alice'),
    add('--allow-principal User:dave --operation Describe --delegation-token abc'),
    add('--allow-principal User:erin --producer --topic orders --transactional-id tx --idempotent'),
    add('--allow-principal User:frank --consumer --topic orders --group app'),
    add('--allow-principal User:gina --producer --consumer --topic orders --group app'),
    aMomentLater,
    list(''),
    list('--topic orders'),
    list('--topic orders --group app'),
    list('--topic orders --resource-pattern-type match'),
    list('--topic orders --resource-pattern-type any'),
    list('--topic or --resource-pattern-type prefixed'),
    list('--cluster'),
    list('--principal User:bob --principal User:frank'),
    list('--principal bob'),
    list('--topic nothing'),
    remove('--allow-principal User:bob --allow-host 10.0.0.1 --operation Write --topic orders --force'),
    remove('--topic payments --force'),
    remove('--allow-principal User:frank --consumer --topic orders --group app --force'),
    remove('--topic or --resource-pattern-type match --force'),
    aMomentLater,
    list(''),
    remove("--topic orders --topic '*' --group app --cluster --transactional-id tx --force"),
    remove('--group app --resource-pattern-type any --force'),
    remove('--topic or --resource-pattern-type any --force'),
    remove('--user-principal User:alice --delegation-token abc --force'),
    aMomentLater,
    list(''),
    add('--topic orders'),
    add('--allow-principal User:alice'),
    add('--allow-principal alice --topic orders'),
    add('--allow-principal User:alice --operation Cook --topic orders'),
    add('--allow-principal User:alice --operation ClusterAction --topic orders'),
    add('--allow-principal User:alice --operation Describe_Configs --topic orders'),
    add('--allow-principal User:alice --topic orders --resource-pattern-type match'),
    add('--allow-principal User:alice --topic orders --resource-pattern-type strange'),
    add('--allow-principal User:alice --cluster --resource-pattern-type prefixed'),
    add('--allow-principal User:alice --producer --group app'),
    add('--allow-principal User:alice --consumer --topic orders'),
    add('--allow-principal User:alice --consumer --topic orders --group app --cluster'),
    add('--allow-principal User:alice --idempotent --topic orders'),
    add('--allow-principal User:alice --producer --operation Read --topic orders'),
    add('--allow-principal User:alice --producer --deny-principal User:bob --topic orders'),
    add('--principal User:alice --topic orders'),
    list('--producer'),
    list('--allow-principal User:alice'),
    `${acls} --add --list --topic orders`,
    `${acls} --topic orders`,
    `${acls} --list --bootstrap-controller {server}`,
    `${acls} --list --topics orders`,
    `${acls} --list --topic`,
    'kafka-acls --help',
    'kafka-acls --version',
  ],
}
