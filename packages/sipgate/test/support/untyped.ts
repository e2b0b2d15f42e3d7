/** Calls a method with what JavaScript, or a value from elsewhere, may pass. */
export function untyped(target: object, method: string, ...given: unknown[]): unknown {
  const called: unknown = Reflect.get(target, method)
  if (typeof called !== 'function') throw new Error(`There is no ${method}.`)
  return Reflect.apply(called, target, given)
}
