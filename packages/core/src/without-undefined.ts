/** The members that are something: what is undefined wins over nothing. */
export function withoutUndefined<T extends object>(members: T): Partial<T> {
  const copy: Partial<T> = { ...members }
  for (const [name, value] of Object.entries(copy)) if (value === undefined) Reflect.deleteProperty(copy, name)
  return copy
}
