import { checkOptions } from '../options.ts'
import { InvalidArgumentError } from '../errors.ts'

/** Who may read and write a value, over and above what HS_ADMIN grants. */
export interface ValuePermissions {
  /** Administrators with READ_VALUE read it. Default: true. */
  readonly adminRead?: boolean | undefined
  /** Administrators with MODIFY_VALUE write it. Default: true. Servers do not enforce a false over HTTP. */
  readonly adminWrite?: boolean | undefined
  /** Everybody reads it. Default: true. */
  readonly publicRead?: boolean | undefined
  /** Any authenticated user may write it. Default: false. */
  readonly publicWrite?: boolean | undefined
}

const names = ['adminRead', 'adminWrite', 'publicRead', 'publicWrite'] as const

/**
 * The four digits of a value's permissions: `{ publicRead: false }` is '1100'.
 *
 * @throws InvalidArgumentError `UNKNOWN_OPTION`
 */
export function encodeValuePermissions(permissions: ValuePermissions): string {
  checkOptions('encodeValuePermissions', permissions, names)
  return names.map((name) => ((permissions[name] ?? name !== 'publicWrite') ? '1' : '0')).join('')
}

/**
 * What the four digits of a value's permissions say.
 *
 * @throws InvalidArgumentError `INVALID_VALUE` for something else than four digits.
 */
export function decodeValuePermissions(digits: string): Required<{ [N in keyof ValuePermissions]: boolean }> {
  if (!/^[01]{4}$/.test(digits)) {
    throw new InvalidArgumentError(
      'INVALID_VALUE',
      `'${digits}' is not a value's permissions: four digits 0 or 1 are expected, such as '1110'.`,
    )
  }
  const [adminRead, adminWrite, publicRead, publicWrite] = Array.from(digits, (digit) => digit === '1')
  return {
    adminRead: adminRead ?? false,
    adminWrite: adminWrite ?? false,
    publicRead: publicRead ?? false,
    publicWrite: publicWrite ?? false,
  }
}
