/** A filter expression as data. */
export type Expression =
  | { readonly kind: 'literal'; readonly value: Literal }
  | { readonly kind: 'pattern'; readonly pattern: RegExp }
  | { readonly kind: 'path'; readonly root: Root; readonly steps: readonly (string | number)[] }
  | { readonly kind: 'list'; readonly items: readonly Expression[] }
  | { readonly kind: 'call'; readonly name: FunctionName; readonly argument: readonly Expression[] }
  | { readonly kind: 'not' | 'minus'; readonly of: Expression }
  | {
      readonly kind: 'operation'
      readonly operator: Operator
      readonly left: Expression
      readonly right: Expression
    }

export type Literal = string | number | boolean | null

/** What there is of a record. */
export const roots = ['topic', 'partition', 'offset', 'timestamp', 'key', 'value', 'headers', 'size'] as const
export type Root = (typeof roots)[number]

/** Functions with how many arguments each takes. */
export const functions = { exists: 1, length: 1, lower: 1, upper: 1, startsWith: 2, endsWith: 2 } as const
export type FunctionName = keyof typeof functions

/** By how tightly they bind, loosest first. */
export const operatorLevels = [
  ['||'],
  ['&&'],
  ['==', '!=', '<=', '>=', '<', '>', '=~', '!~', 'in', 'contains'],
  ['+', '-'],
  ['*', '/', '%'],
] as const
export type Operator = (typeof operatorLevels)[number][number]

/** Operators written as words. */
export const operatorWords: Readonly<Record<string, Operator>> = {
  and: '&&',
  or: '||',
  in: 'in',
  contains: 'contains',
}
