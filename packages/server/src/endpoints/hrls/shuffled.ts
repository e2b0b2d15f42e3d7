/** The items in an order that the seed decides: what a database without ORDER BY may do. */
export function shuffled<T>(items: readonly T[], seed: number): readonly T[] {
  let state = seed >>> 0
  const keyed = items.map((item) => {
    // splitmix32
    state = (state + 0x9e3779b9) >>> 0
    let key = Math.imul(state ^ (state >>> 16), 0x21f0aaad)
    key = Math.imul(key ^ (key >>> 15), 0x735a2d97)
    return { item, key: (key ^ (key >>> 15)) >>> 0 }
  })
  return keyed.sort((a, b) => a.key - b.key).map(({ item }) => item)
}
