import { adminRight } from '../record/admin.ts'
import { isOfType, isSameValue, type HandleValue } from '../record/value.ts'

/** The rights that adding a value needs. */
export function rightsToAdd(value: HandleValue): number {
  return isAdmin(value) ? adminRight.addAdmin : adminRight.addValue
}

/** The rights that removing a value needs. */
export function rightsToRemove(value: HandleValue): number {
  return isAdmin(value) ? adminRight.removeAdmin : adminRight.removeValue
}

/** The rights that putting one value in the place of another needs: none for the same content. */
export function rightsToReplace(old: HandleValue, value: HandleValue): number {
  if (isSameValue(old, value)) return 0
  if (isAdmin(old) && isAdmin(value)) return adminRight.modifyAdmin
  if (isAdmin(old)) return adminRight.removeAdmin | adminRight.modifyValue
  if (isAdmin(value)) return adminRight.addAdmin | adminRight.modifyValue
  return adminRight.modifyValue
}

/** The rights that turning one record into another needs, all together. */
export function rightsToRewrite(old: readonly HandleValue[], values: readonly HandleValue[]): number {
  const kept = values.map((value) => {
    const before = withIndex(old, value.index)
    return before ? rightsToReplace(before, value) : rightsToAdd(value)
  })
  const removed = old.filter(({ index }) => !withIndex(values, index)).map(rightsToRemove)
  return [...kept, ...removed].reduce((all, rights) => all | rights, 0)
}

/** Values as they are stored: with the time of writing, or that of the stored value if nothing else changed. */
export function stamped(old: readonly HandleValue[], values: readonly HandleValue[], now: number): HandleValue[] {
  const seconds = Math.floor(now / 1000)
  return values.map((value) => {
    const before = withIndex(old, value.index)
    return { ...value, timestamp: before && isSameValue(before, value) ? before.timestamp : seconds }
  })
}

export function withIndex(values: readonly HandleValue[], index: number): HandleValue | undefined {
  return values.find((value) => value.index === index)
}

function isAdmin(value: HandleValue): boolean {
  return isOfType(value, 'HS_ADMIN')
}
