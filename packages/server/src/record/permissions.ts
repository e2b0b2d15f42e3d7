/** Who may read and write a value. Written as four bits from left to right in this order (Technical Manual 14). */
export interface ValuePermissions {
  readonly adminRead: boolean
  readonly adminWrite: boolean
  readonly publicRead: boolean
  readonly publicWrite: boolean
}

export const usualPermissions: ValuePermissions = {
  adminRead: true,
  adminWrite: true,
  publicRead: true,
  publicWrite: false,
}

/**
 * Reads permissions with the real server's fault: a bit counted from the right is taken only from text that is one
 * character longer than needed. So four characters never clear admin read, and one says nothing at all.
 */
export function parsePermissions(text: string): ValuePermissions {
  if (text === '*') return { adminRead: true, adminWrite: true, publicRead: true, publicWrite: true }
  const bit = (fromRight: number, usual: boolean): boolean =>
    text.length > fromRight ? text.at(-fromRight) === '1' : usual
  return {
    adminRead: bit(4, usualPermissions.adminRead),
    adminWrite: bit(3, usualPermissions.adminWrite),
    publicRead: bit(2, usualPermissions.publicRead),
    publicWrite: bit(1, usualPermissions.publicWrite),
  }
}

/** Four characters, such as `1110`. */
export function formatPermissions(permissions: ValuePermissions): string {
  const { adminRead, adminWrite, publicRead, publicWrite } = permissions
  return [adminRead, adminWrite, publicRead, publicWrite].map((bit) => (bit ? '1' : '0')).join('')
}
