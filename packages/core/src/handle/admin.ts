import { InvalidArgumentError } from '../errors.ts'
import { checkOptions, inPlace } from '../options.ts'
import { checkIndex, type HandleName, parseHandle, parseReference, type ValueReference } from './name.ts'

/** What an HS_ADMIN value says: who may do what with the record. */
export interface AdminData extends ValueReference {
  /** 12 digits, '1' for granted, in the order of {@link adminPermissions}. */
  readonly permissions: string
}

/** The rights that an HS_ADMIN value can grant, in the order of its digits (Technical Manual, section 3.2). */
export const adminPermissions = [
  'LIST_HANDLES',
  'READ_VALUE',
  'ADD_ADMIN',
  'REMOVE_ADMIN',
  'MODIFY_ADMIN',
  'ADD_VALUE',
  'REMOVE_VALUE',
  'MODIFY_VALUE',
  'DELETE_DERIVED_PREFIX',
  'ADD_DERIVED_PREFIX',
  'DELETE_HANDLE',
  'ADD_HANDLE',
] as const

/** One right. */
export type AdminPermission = (typeof adminPermissions)[number]

/** Everything but listing a prefix and making prefixes below it: what B2HANDLE and PYHANDLE grant. */
const usualPermissions = '011111110011'

/** Who administers a new handle. */
export interface AdminOptions {
  /** The value that identifies the owner, or the group of owners. Default: `200:0.NA/<prefix>`. */
  readonly owner?: string | ValueReference | undefined
  /** Default: '011111110011', everything but LIST_HANDLES, DELETE_DERIVED_PREFIX and ADD_DERIVED_PREFIX. */
  readonly permissions?: string | readonly AdminPermission[] | undefined
  /** Where the HS_ADMIN value goes. Default: the first free index from 100. */
  readonly index?: number | undefined
}

/** The HS_ADMIN value of a new handle. */
export function adminFor(handle: HandleName, options: AdminOptions = {}): AdminData {
  const owner = parseReference(options.owner ?? `200:0.NA/${handle.prefix}`)
  return { handle: owner.handle, index: owner.index, permissions: encodePermissions(options.permissions) }
}

/** An owner that is none would show in every handle made. */
export function checkAdmin(where: string, admin: AdminOptions | false | undefined): void {
  if (admin === undefined || admin === false) return
  checkOptions(where, admin, ['owner', 'permissions', 'index'])
  try {
    adminFor(parseHandle('prefix/suffix'), admin)
    if (admin.index !== undefined) checkIndex(admin.index)
  } catch (error) {
    throw inPlace(where, error)
  }
}

/**
 * Rights as the 12 digits of an HS_ADMIN value.
 *
 * @throws InvalidArgumentError `INVALID_VALUE` for other digits or an unknown name.
 */
export function encodePermissions(permissions: string | readonly AdminPermission[] = usualPermissions): string {
  if (typeof permissions === 'string') {
    if (/^[01]{12}$/.test(permissions)) return permissions
    throw new InvalidArgumentError(
      'INVALID_VALUE',
      `'${permissions}' is no set of permissions: HS_ADMIN takes 12 digits 0 or 1, such as ${usualPermissions}, or names.`,
    )
  }
  for (const name of permissions) {
    if (!adminPermissions.includes(name)) {
      throw new InvalidArgumentError(
        'INVALID_VALUE',
        `There is no permission ${name}. There are: ${adminPermissions.join(', ')}.`,
      )
    }
  }
  return adminPermissions.map((name) => (permissions.includes(name) ? '1' : '0')).join('')
}

/**
 * The rights that the digits of an HS_ADMIN value grant, by name. Fewer than 12 are taken as the last ones, as servers do.
 *
 * @throws InvalidArgumentError `INVALID_VALUE` for anything but up to 12 digits 0 or 1.
 */
export function decodePermissions(digits: string): AdminPermission[] {
  if (!/^[01]{1,12}$/.test(digits)) {
    throw new InvalidArgumentError('INVALID_VALUE', `'${digits}' is no set of permissions: up to 12 digits 0 or 1.`)
  }
  return grantedBy(digits)
}

/** The same for what a server sent. */
export function grantedBy(digits: string): AdminPermission[] {
  const all = digits.padStart(adminPermissions.length, '0')
  return adminPermissions.filter((_name, place) => all[place] === '1')
}
