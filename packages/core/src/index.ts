// Adding a name here makes it public.
export type {
  Api,
  AttemptHeaders,
  AuthorizeContext,
  Challenge,
  ChallengeContext,
  ClientContext,
  CloseContext,
  ConfigContext,
  ConnectionInfo,
  Credentials,
  ResponseHeaders,
  SendContext,
  SendRequest,
  SendResponse,
  Strategy,
  TlsContext,
  TlsIdentity,
} from './credentials.ts'
export {
  AuthError,
  HandleAlreadyExistsError,
  HandleNotFoundError,
  HandlePermissionError,
  HandleProtocolError,
  HandleRecordError,
  HandleResponseError,
  HandlekitError,
  HttpError,
  InvalidArgumentError,
  TransportError,
} from './errors.ts'
export type {
  AnyHandleError,
  AuthErrorCode,
  AuthErrorOptions,
  HandleResponseCode,
  HandleResponseErrorOptions,
  HttpErrorOptions,
  InvalidArgumentCode,
  ProtocolErrorCode,
  RecordErrorCode,
  TransportErrorCode,
  TransportErrorOptions,
} from './errors.ts'
export { HttpClient } from './http-client.ts'
export type { HttpClientOptions, HttpRequestOptions, HttpResponse, QueryValue } from './http-client.ts'
export type { ConnectOptions } from './transport/open.ts'
export type { PublicKeyInput, Trust } from './transport/trust.ts'
export { loadCredentialsFile } from './config/credentials-file.ts'
export type { CredentialsFile, CredentialsFileOptions } from './config/credentials-file.ts'
export { HandleClient } from './handle/client.ts'
export type { DeleteOptions, HandleClientOptions, ResolveOptions } from './handle/client.ts'
export { adminPermissions, decodePermissions, encodePermissions } from './handle/admin.ts'
export type { AdminData, AdminOptions, AdminPermission } from './handle/admin.ts'
export type { CallOptions } from './handle/api.ts'
export type { CreateOptions, MintOptions } from './handle/create.ts'
export type { DataInput, HandleData, KeyData, SiteData } from './handle/data.ts'
export type { ValueInput, ValuesInput } from './handle/draft.ts'
export type { EditOptions, RemoveOptions, SetOptions, ValuePatch } from './handle/edits.ts'
export type { HandleListing, HandlePage, ListOptions } from './handle/listing.ts'
export { parseHandle, parseReference } from './handle/name.ts'
export type { HandleName, ValueReference } from './handle/name.ts'
export type { HandleRecord, HandleValue, TypeOptions } from './handle/record.ts'
export type { WriteResult } from './handle/result.ts'
export { trustOnFirstUse } from './handle/trust-on-first-use.ts'
export type { TrustOnFirstUseOptions } from './handle/trust-on-first-use.ts'
export type { VerifiedIdentity } from './handle/verify.ts'
export type { PlannedRequest } from './handle/writer.ts'
